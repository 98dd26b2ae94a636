// SPDX-License-Identifier: Apache-2.0
#include "app/recorder.hpp"

#include <algorithm>
#include <chrono>

#include "model/failure.hpp"

namespace upslink::app {

namespace {

using namespace std::chrono_literals;

constexpr int tries = 4;
constexpr unsigned unanswered_at_most = 5;  // each is three seconds of silence
constexpr std::size_t lost_at_most = 8;     // more is the unit's way to say no
constexpr auto tick = 1s;
constexpr int ticks_between_looks = 5;

}  // namespace

Recorder::Recorder(smart::Link& link, const Interrupt& interrupt)
    : interrupt_(interrupt),
      link_(link,
            {.sent = [this](char byte, TimePoint at) { note_sent(byte, at); },
             .heard = [this](std::string_view bytes, TimePoint at) { note_heard(bytes, at); }},
            [](auto, auto&, auto&) {}),
      session_(link_),
      begun_(link.now()) {
  session_.on_alert([this](std::size_t) { alerted_ = true; });
}

void Recorder::note_sent(char byte, TimePoint at) {
  exchanges_.push_back({at - begun_, byte, {}});
}

void Recorder::note_heard(std::string_view bytes, TimePoint at) {
  if (exchanges_.empty()) exchanges_.push_back({});  // before the first question
  for (const char byte : bytes) exchanges_.back().heard.push_back({at - begun_, byte});
}

bool Recorder::connect() {
  const auto failure = smart::get_into_step(session_, tries);
  lost_ = failure == Failure::link && !interrupt_.raised();
  deaf_ = failure && !lost_ && !interrupt_.raised();
  return !failure;
}

/// Whether it got an answer, which may be NA.
bool Recorder::ask(const Command& command) {
  if (over()) return false;
  if (const auto failure = smart::get_into_step(session_, tries)) {
    lost_ = failure == Failure::link && !interrupt_.raised();
    deaf_ = ++unanswered_ >= unanswered_at_most;
    return false;
  }
  unanswered_ = 0;
  const auto reply = session_.ask(command);
  if (reply) answered_.insert(command.byte);
  lost_ = !reply && reply.error() == Failure::link;
  return reply || reply.error() == Failure::not_available;
}

void Recorder::sweep() {
  std::vector<const Command*> failed;
  for (const Command& command : commands) {
    const bool harmless = command.row().care != Care::latched;
    if (harmless && !ask(command)) failed.push_back(&command);
  }
  if (failed.size() <= lost_at_most) {
    for (const Command* command : failed) ask(*command);
  }
  swept_ = !over();
}

void Recorder::ask_what_changes() {
  alerted_ = false;
  for (const Command& command : commands) {
    const bool changes = command.row().cadence == Cadence::fast;
    if (changes && answered_.contains(command.byte)) ask(command);
  }
}

/// Alerts do not end it: the status is asked at its time.
void Recorder::listen_until(TimePoint until) {
  while (!over() && link_.now() < until) {
    lost_ = session_.listen(until) == Heard::link_lost;
  }
}

void Recorder::watch(Duration length) {
  const auto begun = link_.now();
  const auto late = begun + length * 3 / 2 + 5 * tick;  // noise makes everything longer
  for (int count = 1; count * tick <= length && link_.now() < late && !over(); ++count) {
    listen_until(begun + count * tick);
    ask(commands[command_of('Q')]);
    if (count % ticks_between_looks == 0 || alerted_) ask_what_changes();
  }
  listen_until(begun + length);
}

std::vector<Exchange> Recorder::exchanges() const {
  auto all = exchanges_;
  const bool cut_off = lost_ || interrupt_.raised();
  if (cut_off && !all.empty() && all.back().heard.empty()) all.pop_back();  // that is no silence
  return all;
}

Ending Recorder::ending() const {
  if (lost_) return Ending::connection_lost;
  if (deaf_) return Ending::no_answer;
  return interrupt_.raised() ? Ending::interrupted : Ending::complete;
}

}  // namespace upslink::app
