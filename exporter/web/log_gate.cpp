// SPDX-License-Identifier: Apache-2.0
// A count that starts anew each minute.
#include "web/log_gate.hpp"

#include <string>

namespace upslink::web {
namespace {

constexpr unsigned share = 10;  // sentences a minute

}  // namespace

void LogGate::say(std::string_view sentence, Clock::time_point now) {
  if (!log_) return;
  if (now - minute_ >= std::chrono::minutes(1)) {
    minute_ = now;
    said_ = 0;
  }
  if (said_ == share) {
    ++left_out_;
    return;
  }
  ++said_;
  if (left_out_ != 0) {
    log_("http: " + std::to_string(left_out_) + " more messages were left out");
    left_out_ = 0;
  }
  log_(sentence);
}

}  // namespace upslink::web
