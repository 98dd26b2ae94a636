// SPDX-License-Identifier: Apache-2.0
// Folds what is read, heard and missed into the next snapshot of one UPS: readings with their age,
// counted alerts, and what adds up over time. Belongs to the UPS's thread. What was published is
// shared with the slot, and copied when something changes: one snapshot is kept of a UPS, not two.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "catalogue/quantities.hpp"
#include "model/slot.hpp"
#include "model/snapshot.hpp"
#include "poll/options.hpp"
#include "source/source.hpp"

namespace upslink::poll {

/// A snapshot in which nothing is known yet, with room for everything in the catalogue.
Snapshot empty_snapshot(std::string_view link_kind);

class Fold {
 public:
  Fold(const Options& options, std::string_view link_kind, Slot& slot);

  /// A reply that counts: fills the command's rows. Rows that it says nothing about become absent.
  /// False when a row could not be decoded (a date that is none).
  bool take(const Command& command, std::string_view reply, TimePoint now, Duration validity,
            TimePoint asked_at = {});

  /// The command's rows stay as they are for another validity.
  void keep(const Command& command, TimePoint now, Duration validity);

  /// The unit says something else by now, though nothing confirms it yet: the command's rows hold
  /// for no longer than that.
  void doubt(const Command& command, TimePoint until);

  /// Another unit than before: nothing that was read of the former one is known of it.
  void forget_readings();

  /// A question was put: whether the unit answered it, with a value or with NA.
  void asked(std::size_t command, bool answered, TimePoint now);

  void alert(std::size_t index, TimePoint now);
  void failure(Failure failure, unsigned times = 1);
  void answered();  ///< a good reply of any kind: the UPS is up
  void silent();    ///< the UPS is not up
  void link_opened() { ++edit().link.opens; }
  void counts(const SourceCounts& counts);
  void support(std::size_t command, Support support) { edit().support[command] = support; }
  void fast_cycle(Duration length);

  /// Whether an alert of the last seconds announced exactly this change of the status register.
  bool explained_by_alert(Flags status, TimePoint now) const;

  /// Whether the UPS went to or came from battery within the last seconds.
  bool transferred_lately(TimePoint now) const;

  /// A number that is known now, by the command of its row.
  std::optional<double> number_of(char command, TimePoint now) const;

  bool up() const { return next_->link.up; }
  const Snapshot& state() const { return *next_; }
  void publish(TimePoint now);

 private:
  Snapshot& edit();
  void before_status(Flags status, TimePoint now);
  void on_battery_changes(bool is_on, TimePoint now);
  void calibration_changes(bool is_on, TimePoint now);
  void before_test_result(Choice result, TimePoint now);
  void before_load(double load, TimePoint now);
  void after_cause(Choice cause, TimePoint now);
  void give_up_on_cause(TimePoint now);
  std::optional<double> nominal_power() const;

  Options options_;
  Slot& slot_;
  std::shared_ptr<Snapshot> next_;
  bool is_published_ = false;  // others read it
  std::optional<TimePoint> transferred_at_;
  std::optional<TimePoint> cause_awaited_since_;
};

}  // namespace upslink::poll
