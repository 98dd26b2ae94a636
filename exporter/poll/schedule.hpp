// SPDX-License-Identifier: Apache-2.0
// Decides what to ask next. Every command has a cadence and a time at which it is due; what was
// never read comes first, then what is most overdue for its cadence, so that a slow unit stretches
// all cadences evenly - but the status register keeps its own. Commands that a unit does not have
// are asked again at growing intervals only. Pure: time is a parameter.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "catalogue/quantities.hpp"
#include "model/failure.hpp"
#include "model/snapshot.hpp"
#include "poll/options.hpp"
#include "source/source.hpp"

namespace upslink::poll {

class Schedule {
 public:
  using Expects = std::function<Expectation(const Command&)>;

  Schedule(const Options& options, Expects expects);

  /// The link was opened: everything the unit is known to have is due, and what is unknown.
  void start(TimePoint now);

  /// Another unit than before: nothing is known of what it has.
  void forget_support();

  /// The index of the command to ask now; nothing when none is due.
  std::optional<std::size_t> next(TimePoint now) const;
  TimePoint next_due() const;

  /// To be called when nothing was due: the line keeps up with all cadences.
  void rest(TimePoint now) { rested_ = now; }

  bool status_due(TimePoint now) const { return entries_[status].due <= now; }
  void make_status_due(TimePoint now) { entries_[status].due = now; }
  void make_due(Cadence cadence, TimePoint now);
  void make_due(std::size_t command, TimePoint now) { entries_[command].due = now; }

  // What became of a question.
  void counted(std::size_t command, TimePoint now);  ///< a reply that is published
  void uncounted(std::size_t command,
                 TimePoint now);  ///< a good reply that nothing agrees with yet
  void not_available(std::size_t command, TimePoint now);
  void failed(std::size_t command, Failure failure,
              TimePoint now);  ///< no reply, or none in its form

  /// How long a reading of the command that was just counted may be believed: three cadences, or
  /// three times what the cadence was stretched to, up to five cadences or ten seconds.
  Duration validity(std::size_t command) const;

  /// How long its last reading may still be believed when the unit says something else by now:
  /// three cadences from the first such reply. Nothing for what is settled once and for all.
  std::optional<TimePoint> doubted_until(std::size_t command, TimePoint now) const;

  Support support(std::size_t command) const { return entries_[command].support; }

  static constexpr std::size_t status = command_of('Q');

 private:
  struct Entry {
    TimePoint due{};
    TimePoint counted_at{};  // the epoch: never
    Duration interval{};     // between the last two readings
    Support support = Support::unknown;
    bool enabled = true;
    bool unread = true;       // since the link was opened
    bool silent = false;      // the last miss was no reply at all
    std::uint8_t misses = 0;  // questions without a value in a row
    Cadence cadence = Cadence::fast;
    TimePoint missed_at{};  // the last of them
  };

  int first_read_stage(std::size_t command) const;
  std::optional<std::size_t> first_unread(TimePoint now) const;
  static void miss(Entry& entry, bool silent, TimePoint now);
  void reconsider(bool silence, TimePoint now);
  Duration length(Cadence cadence) const { return lengths_[static_cast<std::size_t>(cadence)]; }
  Duration period(const Entry& entry) const;
  double lateness(const Entry& entry, TimePoint now) const;
  void keep_rhythm(Entry& entry, TimePoint now) const;

  std::array<Entry, command_count> entries_{};
  Expects expects_;
  std::array<Duration, cadence_names.size()> lengths_{};  // of the cadences
  Duration beat_length_;                                  // of the fast cycle
  TimePoint began_{};                                     // the beat of all cadences
  TimePoint rested_{};                                    // when nothing was due for the last time
  TimePoint next_exploration_{};
};

}  // namespace upslink::poll
