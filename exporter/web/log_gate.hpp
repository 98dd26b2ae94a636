// SPDX-License-Identifier: Apache-2.0
// LogGate: lets a few sentences a minute through to the log and counts the rest, for what a client
// can provoke must not fill a disk. The server's thread only.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

namespace upslink::web {

class LogGate {
 public:
  using Log = std::function<void(std::string_view sentence)>;
  using Clock = std::chrono::steady_clock;

  explicit LogGate(Log log) : log_(std::move(log)) {}

  /// Passes `sentence` on, or counts it if this minute has had its share; the next one that passes
  /// is preceded by the count.
  void say(std::string_view sentence, Clock::time_point now = Clock::now());

 private:
  Log log_;
  Clock::time_point minute_{};
  unsigned said_ = 0;
  unsigned left_out_ = 0;
};

}  // namespace upslink::web
