// SPDX-License-Identifier: Apache-2.0
#include "source/smart/session.hpp"

#include <algorithm>

#include "catalogue/allowed.hpp"
#include "catalogue/codec.hpp"

namespace upslink::smart {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_line = 400;  // the longest known, a capability string, has 270

/// Latencies below this are those of a line that has no pace, not of 2400 baud.
constexpr Duration measurable = 12ms;

/// A rest ends half a byte before the last one, so that to wake up late costs nothing.
constexpr Duration spare = 2ms;

/// Less than a byte takes.
constexpr Duration worth_resting = 3ms;

/// A link that breaks meanwhile is noticed then.
constexpr Duration longest_rest = 100ms;

/// The commands that prove order when handshakes alone cannot: every generation answers them, and
/// no answer to one of them can be mistaken for that to another, or to a handshake.
constexpr std::array proofs{&commands[command_of('Q')], &commands[command_of('X')],
                            &commands[command_of('G')]};

bool keeps_alerts(const Command& command) {
  return may_contain_alerts(command.row().form);
}

}  // namespace

bool Session::Owed::accepts(std::string_view line) const {
  if (command == nullptr) return line == handshake_reply;
  if (line == handshake_reply) return false;
  return line == not_available_reply || well_formed(*command, line);
}

/// What is owed stays: a unit, or a terminal server, may still answer what was asked before.
void Session::start_over() {
  at_ = end_ = 0;
  line_.clear();
  last_reply_.clear();
  in_step_ = false;
  noisy_ = false;
  lasts_ = {};
}

// --- bytes

std::optional<char> Session::next_byte(TimePoint until, Arrival& arrival) {
  if (at_ == end_) {
    const auto received = link_.receive(buffer_, until);
    arrival = received.what;
    if (received.what != Arrival::bytes) return std::nullopt;
    at_ = 0;
    end_ = received.count;
    bytes_received_ += received.count;
  }
  arrival = Arrival::bytes;
  return buffer_[at_++];
}

/// Keeps track of bursts: what comes within two byte times of the last byte belongs to it.
void Session::note_arrival() {
  constexpr std::chrono::milliseconds two_byte_times{9};
  const auto now = link_.now();
  if (now - last_heard_ > two_byte_times) noisy_ = false;
  last_heard_ = now;
}

void Session::count_alert(std::size_t alert) {
  if (alert_) alert_(alert);
}

/// The alerts inside a line count if the line turned out to be an answer; in noise they are noise.
void Session::count_alerts_inside() {
  for (const auto alert : inside_) count_alert(alert);
  inside_.clear();
}

/// Takes the carriage return off, and the alerts that came between it and the line feed, which are
/// no part of a text.
void Session::end_line() {
  const auto text_ends = line_.find('\r');
  if (text_ends == std::string::npos) return;
  const auto behind = std::string_view(line_).substr(text_ends + 1);
  if (!std::ranges::all_of(behind, [](char c) { return alert_index(c).has_value(); })) return;
  for (const char c : behind) inside_.push_back(*alert_index(c));
  line_.resize(text_ends);
}

/// Adds a byte to the line; true when the line is complete. An alert character before a line counts
/// at once, one inside it when the line proves to be an answer - unless it may be part of that,
/// which it cannot be when it comes too early to be a part of any.
bool Session::take(char byte, bool keep_alerts) {
  note_arrival();
  if (byte == '\n') {
    end_line();
    return true;
  }
  const bool part_of_text = keep_alerts && !(line_.empty() && too_early(last_heard_));
  if (const auto alert = alert_index(byte); alert && !part_of_text) {
    if (!line_.empty()) {
      inside_.push_back(*alert);
    } else if (!noisy_) {
      count_alert(*alert);
    }
    return false;
  }
  if (line_.empty()) first_byte_at_ = last_heard_;
  line_ += byte;
  return false;
}

/// While the rest of a line comes in, nobody has to wake up for each of its bytes: nothing is made
/// of them before the last one, not even of an alert among them.
void Session::rest(Duration lasts) {
  if (lasts == Duration{} || at_ < end_) return;
  const auto until = asked_at_ + lasts - spare;
  if (until < first_byte_at_ + worth_resting) return;
  link_.rest(std::min(until, first_byte_at_ + longest_rest));
}

/// `lasts`: how long it is known to take from the question to the end of the line.
Session::LineEnd Session::read_line(bool keep_alerts, TimePoint first_byte_until, Duration lasts) {
  line_.clear();
  inside_.clear();
  auto until = first_byte_until;
  for (;;) {
    Arrival arrival{};
    const auto byte = next_byte(until, arrival);
    if (!byte) {
      if (arrival == Arrival::gone) return LineEnd::gone;
      if (arrival == Arrival::interrupted) return LineEnd::interrupted;
      return LineEnd::silence;
    }
    if (take(*byte, keep_alerts)) return LineEnd::complete;
    if (line_.size() + inside_.size() > longest_line) return LineEnd::overlong;
    if (line_.size() == 1) rest(lasts);
    if (!line_.empty()) {
      until = link_.now() + patience_.between_bytes;
    } else if (link_.now() >= until) {
      return LineEnd::silence;  // alerts may come without end
    }
  }
}

// --- listening

/// A byte while no answer is awaited. Alone or among other alerts it is one; in a burst of noise it
/// is noise.
void Session::hear(char byte) {
  note_arrival();
  const auto alert = alert_index(byte);
  if (!alert) {
    noisy_ = true;
    in_step_ = false;
  } else if (!noisy_) {
    heard_alert_ = true;
    count_alert(*alert);
  }
}

void Session::hear_what_is_here() {
  while (at_ < end_) hear(buffer_[at_++]);
}

Heard Session::listen(TimePoint until) {
  heard_alert_ = false;
  for (;;) {
    hear_what_is_here();
    if (heard_alert_) return Heard::alert;
    if (noisy_ && link_.now() >= until) return Heard::nothing;  // noise may never pause
    Arrival arrival{};
    const auto byte = next_byte(until, arrival);
    if (byte) {
      hear(*byte);
    } else if (arrival == Arrival::gone) {
      return Heard::link_lost;
    } else {
      return arrival == Arrival::interrupted ? Heard::interrupted : Heard::nothing;
    }
  }
}

/// What is already here came before the question and cannot be its answer. False when the link is
/// gone.
bool Session::drain_before_asking() {
  constexpr int enough = 16;  // what never ends cannot be drained
  hear_what_is_here();
  for (int i = 0; i < enough; ++i) {
    const auto received = link_.receive(buffer_, link_.now());
    if (received.what == Arrival::gone) return false;
    if (received.what != Arrival::bytes) return true;
    at_ = 0;
    end_ = received.count;
    bytes_received_ += received.count;
    hear_what_is_here();
  }
  return true;
}

// --- asking

bool Session::ask_byte(const Command* command) {
  owed_.push_back({command, link_.now()});
  return link_.send(command == nullptr ? handshake_byte : command->byte);
}

bool Session::knows_pace() const {
  constexpr unsigned enough_seen = 4;
  return latencies_seen_ >= enough_seen && fastest_ > measurable;
}

/// An answer cannot come much sooner than the unit ever turned around. Before that is known, the
/// handshake tells, up to what all real units take.
Duration Session::soonest_answer() const {
  constexpr Duration all_take = 20ms;
  if (knows_pace()) return fastest_ / 2;
  return handshake_ > measurable ? std::min(handshake_ / 2, all_take) : Duration{};
}

/// What comes too early is the tail or the double of an earlier answer, or noise.
bool Session::too_early(TimePoint first_byte) const {
  return asked_at_ != TimePoint::min() && first_byte - asked_at_ < soonest_answer();
}

/// While the unit's pace is not known, only a pause tells the double of an answer from the next
/// answer. Whatever comes in it puts the session out of step.
void Session::await_quiet() {
  constexpr std::chrono::milliseconds longer_than_any_byte{30};
  const auto until = link_.now() + longer_than_any_byte;
  while (in_step_ && link_.now() < until) {
    const auto heard = listen(until);
    if (heard == Heard::link_lost || heard == Heard::interrupted) return;
  }
}

/// Whether the line is an answer by its form, which free text, say behind an echo, always has.
bool Session::proves_pace(const Command& command) const {
  return !keeps_alerts(command) && well_formed(command, line_);
}

/// Keeps the shortest latency of late. It grows slowly, so that one slow answer says nothing.
void Session::learn_latency() {
  const auto seen = first_byte_at_ - asked_at_;
  fastest_ = latencies_seen_ == 0 ? seen : std::min(seen, fastest_ + fastest_ / 50);
  ++latencies_seen_;
}

Session::Lasting& Session::lasts(const Command& command) {
  const auto* const same = std::ranges::find(commands, command.byte, &Command::byte);
  return lasts_[static_cast<std::size_t>(same - commands.begin())];
}

/// Keeps how long the answer took, at most what the wire needs for it. On a link that is faster,
/// all of it is there when a rest ends; that is learnt as a shorter time, until there are no more
/// rests.
void Session::learn_length(const Command& command) {
  constexpr std::chrono::microseconds byte_time{4166};  // 10 bits at 2400 baud
  const auto on_the_wire = fastest_ + byte_time * static_cast<int>(line_.size() + 1);  // CR and LF
  const auto took = std::min<Duration>(last_heard_ - asked_at_, on_the_wire);
  lasts(command) = std::chrono::floor<Lasting>(took);
}

/// What an answer, a value or NA, tells beside what it says.
void Session::learn_from(const Result<std::string, Failure>& reply, const Command& command) {
  if (!reply && reply.error() != Failure::not_available) return;
  count_alerts_inside();
  if (reply && !proves_pace(command)) return;
  learn_latency();
  if (reply) learn_length(command);
}

Result<std::string, Failure> Session::fail(Failure failure) {
  in_step_ = false;
  if (failure == Failure::timeout) latencies_seen_ = 0;  // perhaps it answers faster now
  if (failure != Failure::timeout && failure != Failure::link) noisy_ = true;
  return Error{failure};
}

Result<std::string, Failure> Session::judge(const Command& command) {
  if (line_ == handshake_reply) return fail(Failure::desync);
  const bool not_available = line_ == not_available_reply;
  const bool perhaps_echo = keeps_alerts(command) && line_.starts_with(command.byte);
  if (perhaps_echo && !knows_pace()) return fail(Failure::malformed);
  if (!not_available && !well_formed(command, line_)) return fail(Failure::malformed);
  owed_.clear();
  last_reply_ = line_;
  if (not_available) return Error{Failure::not_available};
  return line_;
}

Result<std::string, Failure> Session::ask(const Command& command) {
  if (!drain_before_asking()) return fail(Failure::link);
  if (!knows_pace()) await_quiet();
  if (!in_step_) return fail(Failure::desync);
  ++requests_;
  asked_at_ = link_.now();
  if (!ask_byte(&command)) return fail(Failure::link);
  const auto until = asked_at_ + std::max(patience_.first_byte, fastest_ * 3);
  for (;;) {
    switch (read_line(keeps_alerts(command), until, lasts(command))) {
      case LineEnd::silence:
        return fail(Failure::timeout);
      case LineEnd::gone:
        return fail(Failure::link);
      case LineEnd::interrupted:
        return fail(Failure::timeout);
      case LineEnd::overlong:
        return fail(Failure::malformed);
      case LineEnd::complete:
        break;
    }
    if (too_early(first_byte_at_)) {
      // The rest of a doubled reply; but empty lines may come without end.
      if (last_reply_.ends_with(line_) && link_.now() < until) continue;
      if (proves_pace(command)) latencies_seen_ = 0;  // perhaps it answers faster now
      return fail(Failure::malformed);
    }
    auto reply = judge(command);
    learn_from(reply, command);
    return reply;
  }
}

// --- getting into step

bool Session::owes_alert_like_text() const {
  return std::ranges::any_of(
      owed_, [](const Owed& o) { return o.command != nullptr && keeps_alerts(*o.command); });
}

bool Session::owes(const Command* command) const {
  return std::ranges::any_of(owed_, [&](const Owed& o) { return o.command == command; });
}

/// Gives the line to the oldest question that it can answer; all that were asked before that one
/// are lost, since answers keep their order. Lines that answer nothing are noise.
void Session::settle() {
  const auto answered =
      std::ranges::find_if(owed_, [&](const Owed& o) { return o.accepts(line_); });
  if (answered != owed_.end()) owed_.erase(owed_.begin(), answered + 1);
}

/// An answer to one of several handshakes says nothing on how long it took.
void Session::note_handshake() {
  if (line_ != handshake_reply || std::ranges::count(owed_, nullptr, &Owed::command) != 1) return;
  handshake_ = first_byte_at_ - std::ranges::find(owed_, nullptr, &Owed::command)->asked_at;
}

std::optional<Failure> Session::synchronise() {
  const auto forget_before = link_.now() - patience_.owed;
  std::erase_if(owed_, [&](const Owed& o) { return o.asked_at < forget_before; });
  in_step_ = false;
  asked_at_ = TimePoint::min();  // what comes may be the answer to anything: nothing is too early
  if (!drain_before_asking() || !ask_byte(nullptr)) return Failure::link;
  auto until = link_.now() + patience_.handshake;
  bool answered = false;
  bool proving = false;
  while (link_.now() < until) {
    const bool keep_alerts = owes_alert_like_text();
    switch (read_line(keep_alerts, until)) {
      case LineEnd::silence:
        break;
      case LineEnd::gone:
        return Failure::link;
      case LineEnd::interrupted:
        return Failure::timeout;
      case LineEnd::overlong:
        answered = true;
        break;
      case LineEnd::complete:
        answered = true;
        note_handshake();
        settle();
        if (owed_.empty()) {
          in_step_ = true;
          return std::nullopt;
        }
        // Handshakes of different ages are owed and their answers look alike: ask what does not.
        if (line_ == handshake_reply && !proving) {
          const auto* const proof = std::ranges::find_if(proofs, [&](auto* p) { return !owes(p); });
          proving = proof != proofs.end();
          if (!proving) break;
          if (!ask_byte(*proof)) return Failure::link;
          until = link_.now() + patience_.handshake;
        }
    }
  }
  return answered ? Failure::desync : Failure::timeout;
}

std::optional<Failure> get_into_step(Session& session, int tries) {
  std::optional<Failure> failure;
  for (int i = 0; i < tries; ++i) {
    if (session.in_step()) return std::nullopt;
    failure = session.synchronise();
    if (!failure) return std::nullopt;
  }
  return failure;
}

}  // namespace upslink::smart
