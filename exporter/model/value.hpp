// SPDX-License-Identifier: Apache-2.0
// What one quantity of a UPS can be: a number in base units (volts, seconds, ratio 0..1, celsius,
// hertz, amperes, watts, joules), a register of flags, one of several choices, or text. There is no
// "unknown" value: what is not known is an absent Reading, never 0, -1 or NaN.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace upslink {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using WallClock = std::chrono::system_clock;
using WallTime = WallClock::time_point;

/// A register: bit n is flag n of the quantity's member table.
struct Flags {
  std::uint8_t bits = 0;
  friend bool operator==(const Flags&, const Flags&) = default;
};

/// One of several choices: an index into the quantity's member table.
struct Choice {
  std::uint8_t index = 0;
  friend bool operator==(const Choice&, const Choice&) = default;
};

using Value = std::variant<double, Flags, Choice, std::string>;

/// A value, when it was read, and how long it may be believed.
struct Reading {
  Value value;
  TimePoint read_at;
  TimePoint good_until;  ///< TimePoint::max() for what does not age (identity)
  /// When it was asked for: what has happened since may not be in it. The epoch: as read_at.
  TimePoint asked_at{};

  TimePoint true_at() const { return asked_at == TimePoint{} ? read_at : asked_at; }

  bool good_at(TimePoint now) const { return now < good_until; }
};

}  // namespace upslink
