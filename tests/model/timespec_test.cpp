// SPDX-License-Identifier: Apache-2.0
#include "model/timespec.hpp"

#include <gtest/gtest.h>

namespace upslink {
namespace {

using namespace std::chrono_literals;

TEST(Timespec, SplitsAtTheSecond) {
  const auto limit = timespec_of(2500ms);
  EXPECT_EQ(limit.tv_sec, 2);
  EXPECT_EQ(limit.tv_nsec, 500'000'000);
  EXPECT_EQ(timespec_of(0s).tv_sec, 0);
}

TEST(Timespec, TheLongestIsNeverNegative) {
  const auto limit = timespec_of(Duration::max());
  EXPECT_GE(limit.tv_sec, 2147483647);  // 68 years, or more where time_t has 64 bits
  EXPECT_LT(limit.tv_nsec, 1'000'000'000);
}

}  // namespace
}  // namespace upslink
