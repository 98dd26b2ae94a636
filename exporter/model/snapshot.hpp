// SPDX-License-Identifier: Apache-2.0
// Everything that is known about one UPS at one moment. The poller builds a Snapshot, puts it in
// the Slot and never changes it again; publishers read it from any thread without a lock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/failure.hpp"
#include "model/value.hpp"

namespace upslink {

/// How often one alert character arrived since the exporter started, and when it last did.
struct AlertRecord {
  std::uint64_t count = 0;
  std::optional<WallTime> last;
  TimePoint heard_at{};  ///< the same moment, to be compared with when a reading was read
};

/// Whether a command gives a value on this unit.
enum class Support : std::uint8_t { unknown, supported, unsupported };

/// What became of the questions with one command since the exporter started.
struct CommandRecord {
  std::uint64_t replies = 0;   ///< NA is a reply
  std::uint64_t failures = 0;  ///< no reply, or one in another form
  std::optional<TimePoint> answered_at;
};

/// A self test or a runtime calibration that the exporter saw begin.
struct TestRecord {
  bool calibration = false;
  TimePoint began;
  std::optional<TimePoint> ended;
};

/// The line itself: counts since the exporter started.
struct LinkHealth {
  bool up = false;
  bool silent = false;    ///< found not to answer; neither this nor `up`: not yet tried
  std::string_view kind;  ///< "tty" for any device path, "tcp"
  std::optional<WallTime> last_success;
  std::optional<double> poll_duration_seconds;  ///< length of the last complete fast cycle
  std::uint64_t requests = 0;
  std::array<std::uint64_t, counted_failures> failures{};
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t opens = 0;
};

/// What the exporter itself adds up from readings.
struct Totals {
  std::vector<std::uint64_t> transfers;  ///< by cause, as the transfer_cause quantity numbers them
  double on_battery_seconds = 0;
  std::optional<TimePoint> on_battery_since;  ///< while on battery
  std::optional<TestRecord> test;             ///< the last one
  std::uint64_t tests_completed = 0;          ///< how many ended, or gave a result, while watched
  std::optional<std::size_t> test_result;  ///< the last but `none`, as self_test_result numbers it
  std::optional<double> nominal_power_watts;   ///< the rating: configured, or known of the model
  std::optional<double> output_power_watts;    ///< only while the load and the rating are known
  std::optional<double> output_energy_joules;  ///< only where the rating is known
};

struct Snapshot {
  std::vector<std::optional<Reading>> readings;  ///< by quantity index; absent = not known now
  std::vector<AlertRecord> alerts;               ///< by alert index
  std::vector<Support> support;                  ///< by command index
  std::vector<CommandRecord> commands;           ///< by command index
  Totals totals;
  LinkHealth link;

  /// The reading of a quantity if it is known and has not aged out; nullptr otherwise.
  const Reading* reading(std::size_t quantity, TimePoint now) const {
    const auto& r = readings[quantity];
    return r && r->good_at(now) ? &*r : nullptr;
  }
};

}  // namespace upslink
