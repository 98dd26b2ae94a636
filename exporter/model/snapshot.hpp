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
};

/// Whether a command gives a value on this unit.
enum class Support : std::uint8_t { unknown, supported, unsupported };

/// The line itself: counts since the exporter started.
struct LinkHealth {
  bool up = false;
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
  std::optional<double> output_power_watts;    ///< only while the load and the rating are known
  std::optional<double> output_energy_joules;  ///< only where the rating is known
};

struct Snapshot {
  std::vector<std::optional<Reading>> readings;  ///< by quantity index; absent = not known now
  std::vector<AlertRecord> alerts;               ///< by alert index
  std::vector<Support> support;                  ///< by command index
  Totals totals;
  LinkHealth link;

  /// The reading of a quantity if it is known and has not aged out; nullptr otherwise.
  const Reading* reading(std::size_t quantity, TimePoint now) const {
    const auto& r = readings[quantity];
    return r && r->good_at(now) ? &*r : nullptr;
  }
};

}  // namespace upslink
