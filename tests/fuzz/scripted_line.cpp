// SPDX-License-Identifier: Apache-2.0
#include "scripted_line.hpp"

#include <algorithm>
#include <chrono>

#include "catalogue/allowed.hpp"
#include "target.hpp"

namespace upslink::fuzz {

using namespace std::chrono_literals;

namespace {
constexpr auto byte_time = 4ms;
constexpr auto turnaround = 25ms;
constexpr auto latest = 9s;  // what comes later is lost, as far as a session knows
constexpr std::size_t calls_at_most = 100'000;
}  // namespace

void ScriptedLine::begin_call() {
  call_began_ = now_;
  calls_ = 0;
}

void ScriptedLine::put(std::string_view text, TimePoint from, std::size_t of) {
  auto when = std::max(from, line_free_);
  for (const char c : text) coming_.push_back({when += byte_time, c, of});
  line_free_ = when;
}

/// An alert character squeezes in at some time, also between the bytes of an answer.
void ScriptedLine::put_alert() {
  const auto when = now_ + choices_.below(64) * byte_time / 2;
  const auto place = std::ranges::upper_bound(coming_, when, {}, &Coming::at);
  coming_.insert(place, {when, choices_.one_of(alerts).byte, 0});
}

void ScriptedLine::speak() {
  if (honest_ || choices_.below(4) < 3) return put_alert();
  put(choices_.text(40), now_, 0);
}

void ScriptedLine::answer_honestly(const std::string& reply, std::size_t question) {
  const auto arrived = now_ + byte_time + turnaround;
  switch (choices_.below(6)) {
    case 1:
      return put(reply + "\r\n", arrived + std::min<Duration>(choices_.byte() * 40ms, latest),
                 question);
    case 2:
      return;  // lost
    case 3:
      put(reply + "\r\n", arrived, question);
      return put_alert();
    default:
      return put(reply + "\r\n", arrived, question);
  }
}

void ScriptedLine::answer_badly(const std::string& reply, std::size_t question) {
  const auto arrived = now_ + byte_time + turnaround;
  switch (choices_.below(12)) {
    case 0:
      return put("NA\r\n", arrived, question);
    case 1:
      return put(choices_.one_of(replies_).second + "\r\n", arrived, question);
    case 2:
      return put(choices_.text(40) + "\r\n", arrived, question);
    case 3:
      return put(choices_.text(40), arrived, question);
    case 4:
      return put(reply + "\r\n" + reply + "\r\n", arrived, question);
    case 5:
      return put(reply.substr(0, choices_.below(reply.size() + 1)) + "\r\n", arrived, question);
    case 6:
      return put(reply, arrived, question);
    case 7:
      return put(choices_.text(20) + reply + "\r\n", arrived, question);
    case 8:
      return put(std::string(choices_.below(1000), static_cast<char>(choices_.byte())), arrived,
                 question);
    case 9:
      put(reply.substr(0, choices_.below(reply.size() + 1)), arrived, question);
      flood_ = static_cast<char>(choices_.byte());
      return;
    case 10:
      gone_ = true;
      return;
    default:
      return put(reply + "\n", now_, question);  // sooner than any unit
  }
}

bool ScriptedLine::transmit(char byte) {
  require(may_be_sent(byte), "only bytes of the read-only set leave", command_name(byte).view());
  if (gone_) return false;
  sent_ += byte;
  delivered_.clear();
  answered_ = 0;
  const auto known = replies_.find(byte);
  const std::string reply = byte == handshake_byte    ? std::string(handshake_reply)
                            : known == replies_.end() ? std::string(not_available_reply)
                                                      : known->second;
  if (honest_ || choices_.below(3) == 0) {
    answer_honestly(reply, sent_.size());
  } else {
    answer_badly(reply, sent_.size());
  }
  return true;
}

smart::Received ScriptedLine::receive(std::span<char> buffer, TimePoint until) {
  require(++calls_ < calls_at_most, "a call ends");
  if (gone_) return {smart::Arrival::gone};
  if (flood_ != 0 && (coming_.empty() || coming_.front().at > now_)) {
    now_ += byte_time;
    coming_.push_front({now_, flood_, 0});
  }
  // What is there already is there whatever the time is.
  if (coming_.empty() || coming_.front().at > std::max(until, now_)) {
    now_ = std::max(now_, until);
    return {smart::Arrival::nothing};
  }
  now_ = std::max(now_, coming_.front().at);
  std::size_t count = 0;
  bool line_ends = false;
  while (count < buffer.size() && !line_ends && !coming_.empty() && coming_.front().at <= now_) {
    const Coming next = coming_.front();
    coming_.pop_front();
    buffer[count++] = next.byte;
    delivered_ += next.byte;
    if (const auto alert = alert_index(next.byte)) ++alerts_[*alert];
    line_ends = next.byte == '\n';
    if (line_ends) answered_ = next.of;
  }
  return {smart::Arrival::bytes, count};
}

}  // namespace upslink::fuzz
