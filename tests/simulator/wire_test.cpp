// SPDX-License-Identifier: Apache-2.0
// The pace of the wire, in simulated time: exact to the nanosecond, and never adding up.

#include "wire.hpp"

#include <gmock/gmock.h>

#include "desk.hpp"

namespace upslink::simulator {
namespace {

constexpr double byte_seconds = 10.0 / 2400;

TEST(Wire, AQueryTakesItsBytesAndTheTurnaround) {
  Desk desk("su700");
  const auto start = desk.now;
  desk.ask("L", 1);
  ASSERT_EQ(desk.heard, "229.5\r\n");
  for (std::size_t at = 0; at < desk.heard_at.size(); ++at) {
    const double expected = byte_seconds + 0.025 + static_cast<double>(at + 1) * byte_seconds;
    EXPECT_NEAR(to_seconds(desk.heard_at[at] - start), expected, 1e-7);
  }
}

TEST(Wire, SlowUnitsKeepTheirTimePerByte) {
  Desk desk("rt");
  const auto start = desk.now;
  desk.ask("V", 1);
  ASSERT_EQ(desk.heard, "5YW\r\n");
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - start), byte_seconds + 0.035 + 5 * 0.010, 1e-7);
}

TEST(Wire, CommandsInARowAreReadAndAnsweredInOrder) {
  Desk desk("su700");
  const auto start = desk.now;
  EXPECT_EQ(desk.ask("QVg"), "08\r\nGWI\r\n024\r\n");
  // The line is busy without a gap from the first reply on.
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - start), byte_seconds + 0.025 + 14 * byte_seconds,
              1e-7);
}

TEST(Wire, LateWakeUpsDoNotAddUp) {
  Transmitter wire;
  wire.set_pace(std::chrono::microseconds(4000), {});
  const auto start = test_epoch();
  wire.reply({"abc", start, {}});
  EXPECT_EQ(wire.take(start + std::chrono::microseconds(3999)), std::nullopt);
  const auto late = start + std::chrono::microseconds(9500);
  EXPECT_EQ(wire.take(late)->at, start + std::chrono::microseconds(4000));
  EXPECT_EQ(wire.take(late)->at, start + std::chrono::microseconds(8000));
  EXPECT_EQ(wire.take(late), std::nullopt);
  EXPECT_EQ(wire.due(), start + std::chrono::microseconds(12000));
}

TEST(Wire, ReceivedBytesArriveOneByteTimeApart) {
  Receiver wire;
  wire.set_byte_time(std::chrono::milliseconds(4));
  const auto start = test_epoch();
  wire.push('a', start, false);
  wire.push('b', start, false);
  EXPECT_EQ(wire.take(start + std::chrono::milliseconds(3)), std::nullopt);
  EXPECT_EQ(wire.take(start + std::chrono::milliseconds(9))->at,
            start + std::chrono::milliseconds(4));
  EXPECT_EQ(wire.take(start + std::chrono::milliseconds(9))->at,
            start + std::chrono::milliseconds(8));
}

TEST(Wire, AlertsWaitForTheReplyOrNot) {
  for (const bool inside : {false, true}) {
    Desk desk("su700");
    if (inside) desk.control("timing alerts=inside");
    desk.ask("L", 0.040);
    desk.control("line fail");
    desk.pass(1);
    EXPECT_EQ(desk.heard, inside ? "229!.5\r\n" : "229.5\r\n!");
  }
}

TEST(Wire, AnAlertOvertakesAReplyThatHasNotBegun) {
  Desk desk("su700");
  desk.ask("L", 0.015);
  desk.control("line fail");
  desk.pass(1);
  EXPECT_EQ(desk.heard, "!229.5\r\n") << "the reply is that of the moment the command came";
}

TEST(Wire, UnpacedIsAtOnce) {
  auto options = Desk::smart_options();
  options.baud = 0;
  Desk desk("su700", options);
  EXPECT_EQ(desk.ask("LQ", 0), "229.5\r\n08\r\n");
}

TEST(Wire, AlertsAreLoggedWithTheTimeTheyLeft) {
  Desk desk("su700");
  desk.control("line fail");
  const auto raised = desk.now;
  desk.pass(1);
  const auto sent = raised + from_seconds(byte_seconds);
  const auto stats = desk.control("stats");
  EXPECT_THAT(stats, testing::HasSubstr("\"alert_log\":[{\"alert\":\"!\",\"raised_ns\":" +
                                        std::to_string(nanoseconds(raised))));
  EXPECT_THAT(
      stats, testing::HasSubstr("\"last_line_fail_sent_ns\":" + std::to_string(nanoseconds(sent))));
  EXPECT_THAT(stats,
              testing::HasSubstr("\"line_changed_ns\":" + std::to_string(nanoseconds(raised))));
}

TEST(Wire, WhatNobodyHearsIsLost) {
  Desk desk("su700");
  desk.listening = false;
  desk.ask("Q");
  EXPECT_THAT(desk.control("stats"), testing::HasSubstr("\"dropped\":4"));
}

}  // namespace
}  // namespace upslink::simulator
