// SPDX-License-Identifier: Apache-2.0
#include "poll/schedule.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace upslink::poll {

namespace {

using namespace std::chrono_literals;

// After how long a command that gave no value is asked again, by the number of misses in a row. NA
// costs one exchange, silence a second of the line.
constexpr std::array<Duration, 5> after_not_available{2s, 10s, 60s, 10min, 60min};
constexpr std::array<Duration, 5> after_silence{500ms, 10s, 2min, 30min, 60min};

/// A command that used to answer may fail this often in a row before it counts as gone.
constexpr std::uint8_t patience = 5;

/// How soon what was given up is asked again when it turns out that a miss means little.
constexpr Duration reconsidered_after = 10s;
constexpr Duration silence_reconsidered_after = 30s;  // unless the unit lists the command

/// The first reading of what the unit does not list waits until the rest is known, and each one
/// costs the others a little.
constexpr Duration exploration_starts = 5s;
constexpr Duration exploration_pause = 100ms;
constexpr Duration exploration_pause_after_silence = 3s;
constexpr Duration exploration_cadence = 10s;
constexpr Duration longest_exploration_cadence = 60s;

constexpr int explore = 4;

template <std::size_t N>
Duration step(const std::array<Duration, N>& steps, std::uint8_t misses) {
  return steps[std::min<std::size_t>(misses == 0 ? 0 : misses - 1U, N - 1)];
}

Duration length_of(Cadence cadence, const Cadences& lengths) {
  switch (cadence) {
    case Cadence::status:
      return lengths.status;
    case Cadence::fast:
      return lengths.fast;
    case Cadence::slow:
      return lengths.slow;
    case Cadence::settings:
      return lengths.settings;
    case Cadence::identity:
    case Cadence::on_request:
      break;
  }
  return Duration::max();
}

/// In the pause between two fast cycles, instead of on their beat.
bool is_read_in_pause(Cadence cadence) {
  return cadence == Cadence::slow || cadence == Cadence::settings;
}

bool is_enabled(const Quantity& row, const Options& options) {
  if (row.cadence == Cadence::on_request) return false;
  if (row.care == Care::resets) return options.read_extremes;
  if (row.care == Care::latched) return options.read_latched;
  return true;
}

}  // namespace

Schedule::Schedule(const Options& options, Expects expects)
    : expects_(std::move(expects)), beat_length_(options.cadences.fast) {
  for (std::size_t i = 0; i < lengths_.size(); ++i) {
    lengths_[i] = length_of(static_cast<Cadence>(i), options.cadences);
  }
  for (std::size_t i = 0; i < command_count; ++i) {
    entries_[i].cadence = commands[i].row().cadence;
    entries_[i].enabled = is_enabled(commands[i].row(), options);
    if (!entries_[i].enabled) entries_[i].due = TimePoint::max();
  }
}

void Schedule::start(TimePoint now) {
  for (Entry& entry : entries_) {
    if (!entry.enabled) continue;
    entry.unread = entry.support != Support::unsupported;
    entry.misses = 0;
    // What the unit lacks is not late because it could not be asked: what it has goes first.
    entry.due = entry.unread ? now : std::max(entry.due, now);
  }
  began_ = now;
  rested_ = now;
  next_exploration_ = now + exploration_starts;
}

void Schedule::forget_support() {
  for (Entry& entry : entries_) entry.support = Support::unknown;
}

/// 0 who it is, if that was known before the link was lost, 1 status and main values, 2 the rest
/// that it has for sure, 3 its own list, 4 what it may have. A command that was silent when it was
/// first asked goes one stage back.
int Schedule::first_read_stage(std::size_t command) const {
  const Quantity& row = commands[command].row();
  if (row.form == Form::level) return 3;
  if (tells_units_apart(row) && entries_[command].support == Support::supported) return 0;
  const auto expectation = expects_(commands[command]);
  const bool expected = entries_[command].support == Support::supported ||
                        expectation == Expectation::listed ||
                        (expectation == Expectation::unknown && !row.rare);
  if (!expected) return explore;
  const bool main = row.cadence == Cadence::status || row.cadence == Cadence::fast;
  return (main ? 1 : 2) + (entries_[command].misses > 0 ? 1 : 0);
}

std::optional<std::size_t> Schedule::first_unread(TimePoint now) const {
  std::optional<std::size_t> found;
  int found_stage = explore;
  for (std::size_t i = 0; i < command_count; ++i) {
    if (!entries_[i].enabled || !entries_[i].unread || entries_[i].due > now) continue;
    const int stage = first_read_stage(i);
    if (stage < found_stage) {
      found = i;
      found_stage = stage;
    }
  }
  return found;
}

/// The cadence that counts in the contest for the line: what the unit may not have can wait.
Duration Schedule::period(const Entry& entry) const {
  if (entry.support != Support::supported) {
    return std::clamp(length(entry.cadence), exploration_cadence, longest_exploration_cadence);
  }
  return std::min<Duration>(length(entry.cadence), 1h);
}

double Schedule::lateness(const Entry& entry, TimePoint now) const {
  return std::chrono::duration<double>(now - entry.due) /
         std::chrono::duration<double>(period(entry));
}

std::optional<std::size_t> Schedule::next(TimePoint now) const {
  if (entries_[status].due <= now) return status;
  const auto unread = first_unread(now);
  std::optional<std::size_t> latest;
  std::optional<std::size_t> soonest;
  double latest_by = 0;
  for (std::size_t i = 0; i < command_count; ++i) {
    const Entry& entry = entries_[i];
    if (entry.due > now) continue;
    if (entry.unread && (first_read_stage(i) < explore || now < next_exploration_)) continue;
    if (const double late = lateness(entry, now); !latest || late > latest_by) {
      latest = i;
      latest_by = late;
    }
    if (!soonest || period(entry) < period(entries_[*soonest])) soonest = i;
  }
  // With time to spare the shorter cadence goes first; without, all are stretched alike.
  const double tolerated = unread ? 1.4 : 0.25;
  if (latest && latest_by > tolerated) return latest;
  return unread ? unread : soonest;
}

TimePoint Schedule::next_due() const {
  auto first = TimePoint::max();
  for (std::size_t i = 0; i < command_count; ++i) {
    const Entry& entry = entries_[i];
    const bool exploring = entry.enabled && entry.unread && first_read_stage(i) == explore;
    first = std::min(first, exploring ? std::max(entry.due, next_exploration_) : entry.due);
  }
  return first;
}

void Schedule::make_due(Cadence cadence, TimePoint now) {
  for (std::size_t i = 0; i < command_count; ++i) {
    Entry& entry = entries_[i];
    const bool asked = entry.enabled && entry.support == Support::supported;
    if (asked && commands[i].row().cadence == cadence) entry.due = std::min(entry.due, now);
  }
}

/// The rows of a cadence are read together, at multiples of it: one cycle after the other, and the
/// slower ones in the pause between two fast cycles. On a line that cannot keep up each row is due
/// a cadence after it was read, so that all are stretched alike.
void Schedule::keep_rhythm(Entry& entry, TimePoint now) const {
  const auto cadence = length(entry.cadence);
  if (cadence == Duration::max()) {
    entry.due = TimePoint::max();
    return;
  }
  const bool late =
      now - rested_ > 2 * beat_length_ && !entry.unread && &entry != &entries_[status];
  const auto pause = beat_length_ * 5 / 8;  // a cycle takes somewhat less than half
  const auto beat = began_ + (is_read_in_pause(entry.cadence) ? pause : Duration{});
  const auto latest = now + cadence;
  auto due = late ? latest : latest - (latest - beat) % cadence;
  if (due < now + cadence / 8) due += cadence;
  entry.due = due;
}

void Schedule::miss(Entry& entry, bool silent, TimePoint now) {
  if (entry.misses < 255) ++entry.misses;
  entry.silent = silent;
  entry.missed_at = now;
}

/// A command has given a value that missed before, by silence or by NA: on this line, at this time,
/// such a miss does not mean much, and what was given up for one deserves another question before
/// its time.
void Schedule::reconsider(bool silence, TimePoint now) {
  for (std::size_t i = 0; i < command_count; ++i) {
    Entry& entry = entries_[i];
    const bool has_it = entry.support == Support::supported;
    const bool given_up = has_it ? entry.misses >= patience : entry.misses > 0;
    if (!entry.enabled || !given_up || entry.silent != silence) continue;
    const bool sure = has_it || !silence || expects_(commands[i]) == Expectation::listed;
    const auto pause = sure ? reconsidered_after : silence_reconsidered_after;
    entry.due = std::min(entry.due, std::max(now, entry.missed_at + pause));
  }
}

void Schedule::counted(std::size_t command, TimePoint now) {
  Entry& entry = entries_[command];
  if (entry.misses > 0) reconsider(entry.silent, now);
  entry.interval = entry.counted_at != TimePoint{} ? now - entry.counted_at : Duration{};
  entry.counted_at = now;
  entry.support = Support::supported;
  keep_rhythm(entry, now);
  entry.unread = false;
  entry.misses = 0;
}

void Schedule::uncounted(std::size_t command, TimePoint now) {
  Entry& entry = entries_[command];
  entry.support = Support::supported;
  const auto soon = std::min<Duration>(length(entry.cadence), 1s);
  entry.due = now + (entry.unread ? Duration{} : soon);
}

void Schedule::not_available(std::size_t command, TimePoint now) {
  Entry& entry = entries_[command];
  const bool had_it = entry.support == Support::supported;
  if (entry.unread && first_read_stage(command) == explore)
    next_exploration_ = now + exploration_pause;
  entry.unread = false;
  if (had_it) {
    // It may be back at any moment, and an NA costs one short exchange.
    miss(entry, false, now);
    const Duration pause = entry.misses < 10   ? Duration(500ms)
                           : entry.misses < 30 ? Duration(2s)
                                               : Duration(1min);
    entry.due = now + std::min(length(entry.cadence), pause);
    return;
  }
  entry.support = Support::unsupported;
  miss(entry, false, now);
  entry.due = now + step(after_not_available, entry.misses);
}

void Schedule::failed(std::size_t command, Failure failure, TimePoint now) {
  Entry& entry = entries_[command];
  const bool had_it = entry.support == Support::supported;
  const bool silent = failure == Failure::timeout;
  if (silent || !had_it) miss(entry, silent, now);
  if (entry.unread && first_read_stage(command) == explore) {
    next_exploration_ = now + exploration_pause_after_silence;
  }
  if (had_it) {
    const bool gone = entry.misses >= patience && command != status;
    entry.due =
        now + (gone ? step(after_silence, static_cast<std::uint8_t>(entry.misses - patience + 2))
                    : std::min<Duration>(length(entry.cadence), 100ms));
    if (gone) entry.unread = false;
    return;
  }
  // Silence once is bad luck, twice is the answer; damage may come more often.
  const bool given_up = entry.misses >= (silent ? 2 : 4);
  if (given_up) {
    entry.support = Support::unsupported;
    entry.unread = false;
  }
  const auto pause = silent || given_up ? step(after_silence, entry.misses) : after_silence.front();
  entry.due = now + (command == status ? Duration(100ms) : pause);
}

Duration Schedule::validity(std::size_t command) const {
  const Entry& entry = entries_[command];
  const auto cadence = length(entry.cadence);
  if (cadence == Duration::max()) return Duration::max();
  const auto longest = std::max<Duration>(5 * cadence, 10s);
  return std::max(3 * cadence, std::min(3 * entry.interval, longest));
}

std::optional<TimePoint> Schedule::doubted_until(std::size_t command, TimePoint now) const {
  const auto cadence = length(entries_[command].cadence);
  if (cadence == Duration::max()) return std::nullopt;
  return now + 3 * cadence;
}

}  // namespace upslink::poll
