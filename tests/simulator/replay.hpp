// SPDX-License-Identifier: Apache-2.0
#pragma once

// A recording on its way: each command's answers in their order, at about their times after the
// first byte that the unit receives, and what came unasked at its time. A client that asks more
// often than the recording did hears the last good answer again, one that asks less often misses
// some, so that both see what changed when it changed.

#include <cstddef>
#include <map>
#include <optional>

#include "recording.hpp"
#include "time.hpp"

namespace upslink::simulator {

class Replay {
 public:
  // The recording outlives it.
  explicit Replay(const Recording& recording) : recording_(recording) {}

  // Time begins, unless it has.
  void begin(Time now);

  // The answer to a command now; nullopt when it is not in the recording.
  std::optional<RecordedAnswer> next(char command, Time now);

  // When something comes unasked; never before begin().
  Time due() const;
  // What is due by `now`, one alert or burst; nullptr when there is none.
  const Unasked* take_unasked(Time now);

 private:
  const Recording& recording_;
  std::optional<Time> began_;
  std::map<char, std::size_t> given_;
  std::size_t unasked_ = 0;
};

}  // namespace upslink::simulator
