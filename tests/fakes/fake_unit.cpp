// SPDX-License-Identifier: Apache-2.0
#include "fakes/fake_unit.hpp"

#include <algorithm>

namespace upslink::testing {

std::map<char, std::string> smart_ups_700() {
  return {
      {'a', "3.!$%+?=#|.\x01\x0e\x1a+-789>@ABCDEFGKLMNOPQRSUVWXYZ'abcefgjklmnopqrsuxyz~\x7f"},
      {'b', "50.9.D"},
      {'c', "UPS_IDEN"},
      {'e', "00"},
      {'f', "079.0"},
      {'g', "024"},
      {'j', "0037:"},
      {'k', "0"},
      {'l', "103"},
      {'m', "02/18/95"},
      {'n', "GS9502544848"},
      {'o', "115"},
      {'p', "020"},
      {'q', "02"},
      {'r', "000"},
      {'s', "H"},
      {'u', "132"},
      {'x', "02/18/95"},
      {'y', "(C) APCC"},
      {'B', "27.74"},
      {'C', "033.3"},
      {'E', "336"},
      {'F', "60.00"},
      {'G', "S"},
      {'L', "126.7"},
      {'M', "128.0"},
      {'N', "126.1"},
      {'O', "126.7"},
      {'P', "023.4"},
      {'Q', "08"},
      {'V', "GWD"},
      {'X', "OK"},
      {'0', "82"},
      {'4', "28"},
      {'5', "F2"},
      {'6', "FA"},
      {'7', "00"},
      {'8', "00"},
      {'9', "FF"},
      {'~', "00"},
      {'\'', "00"},
      {'>', "000"},
      {'\x01', "SMART-UPS 700"},
      {'\x1a', "#uD43127130133136lD43106103100097e44200155090"},
  };
}

void FakeUnit::at(Duration since_start, std::function<void()> what) {
  events_.push_back({start_ + since_start, std::move(what)});
  std::ranges::stable_sort(events_, std::ranges::greater{}, &Event::when);
}

void FakeUnit::send_text(std::string_view text) {
  auto when = now_;
  for (const char c : text) put(when += byte_time, c);
}

bool FakeUnit::chance(double probability) {
  return probability > 0 && std::uniform_real_distribution<double>(0, 1)(random) < probability;
}

void FakeUnit::put(TimePoint when, char byte) {
  const auto place = std::ranges::upper_bound(bytes_, when, {}, &std::pair<TimePoint, char>::first);
  bytes_.insert(place, {when, byte});
}

std::optional<SourceProblem> FakeUnit::open() {
  if (!plugged_in) return SourceProblem{SourceProblem::Kind::absent, "/dev/fake is not there"};
  if (!permitted) return SourceProblem{SourceProblem::Kind::denied, "no permission; give it"};
  bytes_.clear();
  line_free_ = now_;
  open_ = true;
  return std::nullopt;
}

std::string FakeUnit::answer(char command) {
  if (command == 'Y') {
    faults.dumb = false;
    return "SM";
  }
  const auto known = replies_.find(command);
  if (known == replies_.end()) return silent_if_unknown ? std::string{} : "NA";
  if (chance(faults.not_available)) return "NA";
  if (chance(faults.other_reply)) {
    auto other = replies_.begin();
    std::advance(other, std::uniform_int_distribution<std::size_t>(0, replies_.size() - 1)(random));
    return other->second;
  }
  return known->second;
}

std::string FakeUnit::damaged(std::string reply) {
  std::uniform_int_distribution<int> bit(0, 7);
  std::uniform_int_distribution<int> any(0, 255);
  if (chance(faults.truncate)) {
    reply.resize(std::uniform_int_distribution<std::size_t>(0, reply.size() - 1)(random));
  }
  reply += chance(faults.no_line_end) ? "" : "\r\n";
  std::string line;
  for (char c : reply) {
    if (chance(faults.lose_byte)) continue;
    if (chance(faults.flip_bit)) c = static_cast<char>(c ^ (1 << bit(random)));
    if (chance(faults.change_byte)) c = static_cast<char>(any(random));
    line += c;
    if (chance(faults.insert_alert)) line += "!#|&"[bit(random) & 3];
    if (chance(faults.insert_binary)) line += static_cast<char>(any(random) | 0x80);
  }
  if (chance(faults.double_reply)) line += line;
  if (chance(faults.text_before)) line = "login: 12\r\n" + line;
  if (chance(faults.noise_before)) {
    std::string noise;
    for (int i = 0; i < 12; ++i) noise += static_cast<char>(any(random));
    line = noise + line;
  }
  return line;
}

void FakeUnit::reply_with(std::string text, TimePoint from) {
  auto when = std::max(from, line_free_);
  for (const char c : text) put(when += byte_time, c);
  line_free_ = when;
}

bool FakeUnit::transmit(char byte) {
  if (!open_ || !plugged_in) return false;
  received += byte;
  if (faults.silent || (faults.dumb && byte != 'Y')) return true;
  const auto arrived = now_ + byte_time;
  if (faults.echo) reply_with(std::string(1, byte), arrived);
  if (faults.endless) {
    reply_with(std::string(100, '7'), arrived);
    return true;
  }
  const auto text = answer(byte);
  if (text.empty() || chance(faults.no_reply)) return true;
  reply_with(damaged(text), arrived + turnaround + faults.late);
  return true;
}

/// Lets time pass until then, or until the next thing has happened. False if something has.
bool FakeUnit::pass(TimePoint until) {
  if (events_.empty() || events_.back().when > until) {
    now_ = std::max(now_, until);
    return true;
  }
  now_ = std::max(now_, events_.back().when);
  const auto what = std::move(events_.back().what);
  events_.pop_back();
  what();
  return false;
}

/// Lets time pass, with what happens in it, until the next byte or then. True if there is a byte.
bool FakeUnit::advance(TimePoint until) {
  for (;;) {
    const auto byte_at = bytes_.empty() ? TimePoint::max() : bytes_.front().first;
    if (pass(std::min(until, byte_at))) return byte_at <= until;
    if (interrupt_.raised()) return false;
  }
}

void FakeUnit::rest(TimePoint until) {
  while (!interrupt_.raised() && !pass(until)) {
  }
}

smart::Received FakeUnit::receive(std::span<char> buffer, TimePoint until) {
  using smart::Arrival;
  if (on_wait) on_wait();
  if (until > now_) ++waits;
  if (interrupt_.raised()) return {Arrival::interrupted};
  if (!open_ || !plugged_in) return {Arrival::gone};
  const bool some = advance(until);
  if (interrupt_.raised()) return {Arrival::interrupted};
  if (!plugged_in) return {Arrival::gone};
  if (!some) return {Arrival::nothing};
  std::size_t count = 0;
  while (!bytes_.empty() && bytes_.front().first <= now_ && count < buffer.size()) {
    buffer[count++] = bytes_.front().second;
    bytes_.pop_front();
  }
  return {Arrival::bytes, count};
}

bool FakeUnit::await_return(TimePoint until) {
  const bool was_in = plugged_in;
  while (now_ < until && !interrupt_.raised()) {
    if (on_wait) on_wait();
    bytes_.clear();
    advance(std::min(until, now_ + 10ms));
    if (!was_in && plugged_in) return true;
  }
  return false;
}

}  // namespace upslink::testing
