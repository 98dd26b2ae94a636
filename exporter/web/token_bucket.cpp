// SPDX-License-Identifier: Apache-2.0
#include "web/token_bucket.hpp"

#include <algorithm>

namespace upslink::web {

void TokenBucket::limit(const std::optional<RateLimit>& rate, Clock::time_point now) {
  const bool is_same =
      rate && rate_ && rate->interval == rate_->interval && rate->burst == rate_->burst;
  rate_ = rate;
  if (!is_same) full_at_ = now;
}

bool TokenBucket::take(Clock::time_point now) {
  if (!rate_ || rate_->interval <= std::chrono::nanoseconds::zero()) return true;
  const auto full_at = std::max(full_at_, now) + rate_->interval;
  if (full_at - now > rate_->interval * rate_->burst) return false;
  full_at_ = full_at;
  return true;
}

}  // namespace upslink::web
