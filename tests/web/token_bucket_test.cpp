// SPDX-License-Identifier: Apache-2.0
#include "web/token_bucket.hpp"

#include <gtest/gtest.h>

namespace upslink::web {
namespace {

using namespace std::chrono_literals;

class TokenBucketTest : public ::testing::Test {
 protected:
  int taken(int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += bucket_.take(now_) ? 1 : 0;
    return count;
  }

  Clock::time_point now_{1000s};
  TokenBucket bucket_;
};

TEST_F(TokenBucketTest, GrantsABurstAndThenOneInEachInterval) {
  bucket_.limit(RateLimit{.interval = 100ms, .burst = 5}, now_);
  EXPECT_EQ(taken(20), 5);
  now_ += 99ms;
  EXPECT_EQ(taken(20), 0);
  now_ += 1ms;
  EXPECT_EQ(taken(20), 1);
  now_ += 250ms;
  EXPECT_EQ(taken(20), 2);
  now_ += 50ms;
  EXPECT_EQ(taken(20), 1);
  now_ += 1h;
  EXPECT_EQ(taken(20), 5);
}

TEST_F(TokenBucketTest, WithoutALimitGrantsEverything) {
  EXPECT_EQ(taken(1000), 1000);
  bucket_.limit(RateLimit{.interval = 0s, .burst = 0}, now_);  // as the toolkit has it
  EXPECT_EQ(taken(1000), 1000);
  bucket_.limit(RateLimit{.interval = 1s, .burst = 0}, now_);
  EXPECT_EQ(taken(1000), 0);
}

TEST_F(TokenBucketTest, TheSameLimitAgainFillsNothing) {
  const RateLimit rate{.interval = 1s, .burst = 3};
  bucket_.limit(rate, now_);
  EXPECT_EQ(taken(9), 3);
  bucket_.limit(rate, now_);
  EXPECT_EQ(taken(9), 0);
  bucket_.limit(RateLimit{.interval = 1s, .burst = 4}, now_);
  EXPECT_EQ(taken(9), 4);
}

}  // namespace
}  // namespace upslink::web
