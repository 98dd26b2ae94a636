// SPDX-License-Identifier: Apache-2.0
#include "model/snapshot.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace upslink {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint now{1h};

TEST(Reading, is_good_until_it_is_not) {
  const Reading reading{1.0, now, now + 3s};
  EXPECT_TRUE(reading.good_at(now));
  EXPECT_TRUE(reading.good_at(now + 3s - 1ns));
  EXPECT_FALSE(reading.good_at(now + 3s));
  EXPECT_TRUE((Reading{1.0, now, TimePoint::max()}).good_at(now + 24h * 3650));
}

TEST(Snapshot, hides_readings_that_are_absent_or_aged_out) {
  Snapshot snapshot;
  snapshot.readings.resize(2);
  snapshot.readings[1] = Reading{Flags{0x08}, now, now + 3s};
  EXPECT_EQ(snapshot.reading(0, now), nullptr);
  ASSERT_NE(snapshot.reading(1, now), nullptr);
  EXPECT_EQ(std::get<Flags>(snapshot.reading(1, now)->value), Flags{0x08});
  EXPECT_EQ(snapshot.reading(1, now + 3s), nullptr);
}

}  // namespace
}  // namespace upslink
