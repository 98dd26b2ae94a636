// SPDX-License-Identifier: Apache-2.0
// One moment by both clocks. Snapshots tell time by the steady one, people by the other; WallOffset
// turns the former into the latter so that what happened at one time is always shown as one time.
#pragma once

#include <chrono>
#include <optional>

#include "model/value.hpp"

namespace upslink::status {

struct Moment {
  TimePoint steady{};
  WallTime wall{};

  static Moment now() { return {Clock::now(), WallClock::now()}; }
};

class WallOffset {
 public:
  /// To be told of every moment: a step of the clock of the day is followed, its jitter is not.
  void follow(const Moment& moment) {
    constexpr auto step = std::chrono::milliseconds(100);
    const auto offset = moment.wall.time_since_epoch() - moment.steady.time_since_epoch();
    if (!offset_ || std::chrono::abs(offset - *offset_) > step) offset_ = offset;
  }

  /// Seconds since 1970, in whole milliseconds. After the first follow().
  double seconds(TimePoint time) const { return seconds(wall(time)); }

  static double seconds(WallTime time) {
    const auto whole = std::chrono::round<std::chrono::milliseconds>(time);
    return std::chrono::duration<double>(whole.time_since_epoch()).count();
  }

 private:
  WallTime wall(TimePoint time) const {
    return WallTime(std::chrono::duration_cast<WallTime::duration>(time.time_since_epoch() +
                                                                   offset_.value_or(Duration{})));
  }

  std::optional<Duration> offset_;
};

}  // namespace upslink::status
