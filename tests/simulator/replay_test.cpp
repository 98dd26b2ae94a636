// SPDX-License-Identifier: Apache-2.0
// A unit that replays: the recorded bytes in their order and at their times, in simulated time.
#include "replay.hpp"

#include <gmock/gmock.h>

#include "desk.hpp"

namespace upslink::simulator {
namespace {

using testing::HasSubstr;

Profile recorded(const std::string& events) {
  return profile_of(parse_recording("upslink transcript 1\nrecorded x\nexporter x\nlink tty\n"
                                    "masked nothing\n" +
                                        events + "end complete\n",
                                    "x"),
                    "x");
}

const std::string small =
    "0     ask Y 33.4 45.9 \"SM\\r\\n\"\n"
    "100   ask Q 33.4 45.9 \"08\\r\\n\"\n"
    "200   ask t 33.4 45.9 \"NA\\r\\n\"\n"
    "300   ask L 60.0 120.0 \"229.5\\r\\n\"\n"
    "400   ask d - - silence\n"
    "2000  hear !\n"
    "2100  ask Q 33.4 45.9 \"10\\r\\n\"\n"
    "2500  hear \"a\\xff\"\n"
    "2600  ask P 33.4 45.9 \"02\"\n";

TEST(Replay, AnswersInOrderAndHoldsTheLast) {
  Desk desk(recorded(small));
  EXPECT_EQ(desk.ask("Q", 0.5), "08\r\n");
  EXPECT_EQ(desk.ask("L", 0.5), "229.5\r\n");
  EXPECT_EQ(desk.ask("L", 0.5), "229.5\r\n");
  EXPECT_EQ(desk.ask("P", 0.1), "02");
  EXPECT_EQ(desk.ask("P", 0.1), "") << "half an answer is not repeated";
  EXPECT_EQ(desk.ask("d", 0.1), "");
  EXPECT_EQ(desk.ask("t", 0.1), "NA\r\n");
}

TEST(Replay, NeitherRunsAheadNorFallsBehind) {
  std::string events = "0 ask Y 33.4 45.9 \"SM\\r\\n\"\n";
  for (int at = 1; at <= 9; ++at) {
    const auto number = std::to_string(at);
    events += number + "000 ask L 33.4 58.4 \"00" + number + ".0\\r\\n\"\n";
  }
  Desk often(recorded(events));
  EXPECT_EQ(often.ask("L", 0.2), "001.0\r\n") << "the first at once";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(often.ask("L", 0.2), "001.0\r\n");
  often.pass(0.5);
  EXPECT_EQ(often.ask("L", 0.2), "002.0\r\n") << "after 1.5 s, a little early";
  EXPECT_EQ(often.ask("L", 0.2), "002.0\r\n");
  Desk seldom(recorded(events));
  seldom.ask("Y", 0.1);
  seldom.pass(5.4);
  EXPECT_EQ(seldom.ask("L", 0.2), "003.0\r\n") << "after 5.5 s, two seconds late at most";
  seldom.pass(100);
  EXPECT_EQ(seldom.ask("L", 0.2), "009.0\r\n");
  EXPECT_EQ(seldom.ask("L", 0.2), "009.0\r\n");
}

TEST(Replay, AnAnswerIsThereWhenItWas) {
  Desk desk(recorded(small));
  const auto start = desk.now;
  desk.ask("L", 0.5);
  EXPECT_NEAR(to_seconds(desk.heard_at.front() - start), 0.060, 1e-4);
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - start), 0.120, 1e-4);
  const auto second = desk.now;
  desk.ask("Q", 0.5);
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - second), 0.0459, 1e-4);
}

TEST(Replay, WhatAnAdapterGaveInOnePieceStillEndsWhenItDid) {
  Desk desk(recorded("0 ask Q 58.0 58.0 \"08\\r\\n\"\n1 ask L 2 2 \"229.5\\r\\n\"\n"));
  auto start = desk.now;
  desk.ask("Q", 0.5);
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - start), 0.058, 1e-4);
  start = desk.now;
  desk.ask("L", 0.5);
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - start), 8 * 10.0 / 2400, 1e-4) << "never faster";
}

TEST(Replay, AlertsComeAtTheirTimeAfterTheFirstByte) {
  Desk desk(recorded(small));
  desk.pass(10);
  EXPECT_EQ(desk.heard, "") << "nobody has asked";
  const auto start = desk.now;
  EXPECT_EQ(desk.ask("Q", 1.9), "08\r\n");
  desk.pass(0.2);
  EXPECT_EQ(desk.take_heard(), "08\r\n!");
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - start), 2.0 + 10.0 / 2400, 1e-4);
  EXPECT_THAT(desk.control("stats"), HasSubstr("\"alerts\":{\"!\":1}"));
  EXPECT_EQ(desk.ask("Q", 0.2), "10\r\n");
  desk.pass(100);
  EXPECT_EQ(desk.take_heard(), "10\r\na\xff") << "once";
}

TEST(Replay, AnAlertInsideComesOnceAndNotWhenHeld) {
  Desk desk(recorded("0 ask L 33.4 62.5 \"22\" ! \"9.5\\r\\n\"\n"));
  EXPECT_EQ(desk.ask("L", 0.5), "22!9.5\r\n");
  EXPECT_THAT(desk.control("stats"), HasSubstr("\"alerts\":{\"!\":1}"));
  EXPECT_EQ(desk.ask("L", 0.5), "229.5\r\n");
}

TEST(Replay, UnknownCommandsGetWhatTheUnitGivesThem) {
  Desk desk(recorded(small));
  EXPECT_EQ(desk.ask("k", 0.5), "NA\r\n");
  Desk silent(recorded("0 ask Q 33.4 45.9 \"08\\r\\n\"\n100 ask t - - silence\n"));
  EXPECT_EQ(silent.ask("k", 0.5), "");
}

TEST(Replay, BeginsInSimpleSignalling) {
  Desk desk(recorded(small), UnitOptions{});
  EXPECT_EQ(desk.ask("Q", 0.5), "");
  EXPECT_EQ(desk.ask("Y", 0.5), "SM\r\n");
  EXPECT_EQ(desk.ask("Q", 0.5), "08\r\n");
}

TEST(Replay, CanBeOverriddenAndSpoiled) {
  Desk desk(recorded(small));
  desk.control("set Q 50");
  EXPECT_EQ(desk.ask("Q", 0.5), "50\r\n");
  desk.control("unset Q");
  EXPECT_EQ(desk.ask("Q", 0.5), "08\r\n");
  desk.control("fault doubled rate=1");
  EXPECT_EQ(desk.ask("t", 0.5), "NA\r\nNA\r\n");
  desk.control("fault off");
  desk.control("alert #");
  desk.pass(0.1);
  EXPECT_EQ(desk.heard.back(), '#');
}

TEST(Replay, UnpacedIsAtOnce) {
  auto options = Desk::smart_options();
  options.baud = 0;
  Desk desk(recorded(small), options);
  EXPECT_EQ(desk.ask("LQ", 0), "229.5\r\n08\r\n");
}

}  // namespace
}  // namespace upslink::simulator
