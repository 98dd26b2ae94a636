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

/// The first reading of what the unit does not list waits until the rest is known, and each one costs
/// the others a little.
constexpr Duration exploration_starts = 5s;
constexpr Duration exploration_pause = 300ms;
constexpr Duration exploration_cadence = 10s;

constexpr int explore = 3;

template <std::size_t N>
Duration step(const std::array<Duration, N>& steps, std::uint8_t misses) {
  return steps[std::min<std::size_t>(misses == 0 ? 0 : misses - 1U, N - 1)];
}

Duration cadence_of(Cadence cadence, const Cadences& lengths) {
  switch (cadence) {
    case Cadence::status: return lengths.status;
    case Cadence::fast: return lengths.fast;
    case Cadence::slow: return lengths.slow;
    case Cadence::settings: return lengths.settings;
    case Cadence::identity:
    case Cadence::on_request: break;
  }
  return Duration::max();
}

bool is_enabled(const Quantity& row, const Options& options) {
  if (row.cadence == Cadence::on_request) return false;
  if (row.care == Care::resets) return options.read_extremes;
  if (row.care == Care::latched) return options.read_latched;
  return true;
}

}  // namespace

Schedule::Schedule(const Options& options, Expects expects) : expects_(std::move(expects)) {
  for (std::size_t i = 0; i < command_count; ++i) {
    entries_[i].cadence = cadence_of(commands[i].row().cadence, options.cadences);
    entries_[i].enabled = is_enabled(commands[i].row(), options);
    if (!entries_[i].enabled) entries_[i].due = TimePoint::max();
  }
}

void Schedule::start(TimePoint now) {
  for (Entry& entry : entries_) {
    if (!entry.enabled) continue;
    entry.unread = entry.support != Support::unsupported;
    entry.misses = 0;
    if (entry.unread) entry.due = now;
  }
  next_exploration_ = now + exploration_starts;
}

void Schedule::forget_support() {
  for (Entry& entry : entries_) entry.support = Support::unknown;
}

/// 0 status and main values, 1 the unit's own list, 2 what it has for sure, 3 what it may have.
int Schedule::first_read_stage(std::size_t command) const {
  const Quantity& row = commands[command].row();
  if (row.form == Form::level) return 1;
  const auto expectation = expects_(commands[command]);
  const bool expected = entries_[command].support == Support::supported ||
                        expectation == Expectation::listed ||
                        (expectation == Expectation::unknown && !row.rare);
  if (!expected) return explore;
  return row.cadence == Cadence::status || row.cadence == Cadence::fast ? 0 : 2;
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

double Schedule::lateness(std::size_t command, TimePoint now) const {
  const Entry& entry = entries_[command];
  const auto period = std::min<Duration>(entry.unread ? exploration_cadence : entry.cadence, 1h);
  return std::chrono::duration<double>(now - entry.due) / std::chrono::duration<double>(period);
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
    if (const double late = lateness(i, now); !latest || late > latest_by) {
      latest = i;
      latest_by = late;
    }
    if (!soonest || entry.cadence < entries_[*soonest].cadence) soonest = i;
  }
  // With time to spare the shorter cadence goes first; without, all are stretched alike.
  const double tolerated = unread ? 1.0 : 0.25;
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

/// The next time is a cadence after the last one was due, so that the rhythm does not drift; but what
/// was missed is not made up for.
void Schedule::keep_rhythm(Entry& entry, TimePoint now) {
  if (entry.cadence == Duration::max()) {
    entry.due = TimePoint::max();
  } else if (entry.due > now || now - entry.due > entry.cadence / 4) {
    entry.due = now + entry.cadence;
  } else {
    entry.due += entry.cadence;
  }
}

void Schedule::counted(std::size_t command, TimePoint now) {
  Entry& entry = entries_[command];
  entry.interval = entry.counted_at ? now - *entry.counted_at : Duration{};
  entry.counted_at = now;
  entry.support = Support::supported;
  entry.unread = false;
  entry.misses = 0;
  keep_rhythm(entry, now);
}

void Schedule::uncounted(std::size_t command, TimePoint now) {
  Entry& entry = entries_[command];
  entry.support = Support::supported;
  const auto soon = std::min<Duration>(entry.cadence, 1s);
  entry.due = now + (entry.unread ? Duration{} : soon);
}

void Schedule::not_available(std::size_t command, TimePoint now) {
  Entry& entry = entries_[command];
  const bool had_it = entry.support == Support::supported;
  if (entry.unread && first_read_stage(command) == explore) next_exploration_ = now + exploration_pause;
  entry.unread = false;
  if (had_it) {
    // It may be back at any moment; an NA costs one short exchange.
    const bool lately = entry.misses < 30;
    if (lately) ++entry.misses;
    entry.due = now + (lately ? std::min<Duration>(entry.cadence, 2s) : std::min<Duration>(entry.cadence, 1min));
    return;
  }
  entry.support = Support::unsupported;
  if (entry.misses < 255) ++entry.misses;
  entry.due = now + step(after_not_available, entry.misses);
}

void Schedule::failed(std::size_t command, Failure failure, TimePoint now) {
  Entry& entry = entries_[command];
  if (entry.misses < 255 && failure == Failure::timeout) ++entry.misses;
  if (entry.unread && first_read_stage(command) == explore) {
    next_exploration_ = now + 10 * exploration_pause;
  }
  if (entry.support == Support::supported) {
    const bool gone = entry.misses >= patience && command != status;
    entry.due = now + (gone ? step(after_silence, static_cast<std::uint8_t>(entry.misses - patience + 2))
                            : std::min<Duration>(entry.cadence, 100ms));
    if (gone) entry.unread = false;
    return;
  }
  // Once is bad luck, twice is silence.
  if (entry.misses >= 2) {
    entry.support = Support::unsupported;
    entry.unread = false;
  }
  entry.due = now + (command == status ? Duration(100ms) : step(after_silence, entry.misses));
}

Duration Schedule::validity(std::size_t command) const {
  const Entry& entry = entries_[command];
  if (entry.cadence == Duration::max()) return Duration::max();
  return 3 * std::max(entry.cadence, std::min(entry.interval, 10 * entry.cadence));
}

}  // namespace upslink::poll
