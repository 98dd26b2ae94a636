// SPDX-License-Identifier: Apache-2.0
#pragma once

// The simulator's clock: CLOCK_MONOTONIC, always passed as an argument, so that a test can run
// hours in a moment. Nothing but the loop and main reads the real clock.

#include <chrono>
#include <cstdint>

namespace upslink::simulator {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using Duration = Clock::duration;

inline constexpr Time never = Time::max();

constexpr Duration from_seconds(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

constexpr double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

constexpr std::int64_t nanoseconds(Time time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace upslink::simulator
