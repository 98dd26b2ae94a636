// SPDX-License-Identifier: Apache-2.0
// TokenBucket: one request in each interval, and so many at once as have gathered.
#pragma once

#include <optional>

#include "web/connection_table.hpp"
#include "web/security.hpp"

namespace upslink::web {

class TokenBucket {
 public:
  /// The limit from now on, none if there is none; a new bucket is full.
  void limit(const std::optional<RateLimit>& rate, Clock::time_point now);
  /// Whether there was a token, which is gone then.
  bool take(Clock::time_point now);

 private:
  std::optional<RateLimit> rate_;
  // When the bucket was or will be full, were nothing taken from it any more. That says it all:
  // each token taken puts it off by an interval.
  Clock::time_point full_at_{};
};

}  // namespace upslink::web
