// SPDX-License-Identifier: Apache-2.0
#include "web/log_gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace upslink::web {
namespace {

using namespace std::chrono_literals;

TEST(LogGate, PassesAFewAMinuteAndCountsTheRest) {
  std::vector<std::string> heard;
  LogGate gate([&](std::string_view s) { heard.emplace_back(s); });
  const auto start = LogGate::Clock::time_point(24h);
  for (int i = 0; i < 100; ++i) gate.say("again", start + i * 100ms);
  EXPECT_THAT(heard, ::testing::SizeIs(10));
  gate.say("later", start + 61s);
  ASSERT_THAT(heard, ::testing::SizeIs(12));
  EXPECT_EQ(heard[10], "http: 90 more messages were left out");
  EXPECT_EQ(heard[11], "later");
}

TEST(LogGate, WithoutALogSaysNothing) {
  LogGate({}).say("nobody listens");
}

}  // namespace
}  // namespace upslink::web
