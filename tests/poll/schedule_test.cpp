// SPDX-License-Identifier: Apache-2.0
// What is asked next, with time as a number.
#include "poll/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace upslink::poll {
namespace {

using namespace std::chrono_literals;

class ScheduleTest : public ::testing::Test {
 protected:
  ScheduleTest() { schedule.start(now); }

  /// Asks everything that is due for `length`, each taking `exchange`; everything answers.
  std::string run(Duration length, Duration exchange = 50ms) {
    std::string asked;
    const auto end = now + length;
    while (now < end) {
      if (const auto command = schedule.next(now)) {
        now += exchange;
        asked += commands[*command].byte;
        schedule.counted(*command, now);
      } else {
        schedule.rest(now);
        now = std::min(end, schedule.next_due());
      }
    }
    return asked;
  }

  Expectation expectation = Expectation::unknown;
  Schedule schedule{Options{}, [this](const Command&) { return expectation; }};
  TimePoint now{1000s};
};

TEST_F(ScheduleTest, StartsWithStatusThenMainValues) {
  const auto asked = run(700ms);
  EXPECT_EQ(asked.substr(0, 5), "QLOPf");
  EXPECT_EQ(asked.find('u'), std::string::npos);
}

TEST_F(ScheduleTest, AsksRareCommandsLastUnlessTheyAreListed) {
  EXPECT_EQ(run(4s).find('\\'), std::string::npos);
  expectation = Expectation::listed;
  schedule.start(now);
  EXPECT_NE(run(4s).find('\\'), std::string::npos);
}

TEST_F(ScheduleTest, NothingIsDueWhenAllIsRead) {
  run(60s, 1ms);
  now = schedule.next_due() - 1ms;
  EXPECT_FALSE(schedule.next(now));
  EXPECT_TRUE(schedule.next(now + 1ms));
}

TEST_F(ScheduleTest, StatusGoesFirst) {
  run(20s);
  schedule.make_status_due(now);
  EXPECT_EQ(schedule.next(now), Schedule::status);
}

TEST_F(ScheduleTest, ARhythmDoesNotDrift) {
  run(30s, 1ms);
  const auto asked = run(100s, 1ms);
  EXPECT_EQ(std::ranges::count(asked, 'Q'), 100);
  EXPECT_EQ(std::ranges::count(asked, 'L'), 50);
  EXPECT_EQ(std::ranges::count(asked, 'C'), 10);
}

TEST_F(ScheduleTest, ReadingsAreValidForThreeCadences) {
  run(30s, 1ms);
  EXPECT_EQ(schedule.validity(command_of('Q')), 3s);
  EXPECT_EQ(schedule.validity(command_of('C')), 30s);
  EXPECT_EQ(schedule.validity(command_of('u')), 3h);
  EXPECT_EQ(schedule.validity(command_of('b')), Duration::max());
}

TEST_F(ScheduleTest, AStretchedCadenceStretchesTheValidity) {
  run(60s, 250ms);
  EXPECT_GT(schedule.validity(command_of('L')), 9s);
}

TEST_F(ScheduleTest, AGapInABadLineDoesNotMakeAReadingLastForMinutes) {
  run(30s, 1ms);
  now += 40s;
  schedule.counted(command_of('L'), now);
  EXPECT_EQ(schedule.validity(command_of('L')), 10s);
}

TEST_F(ScheduleTest, WhatAUnitNeverHadIsAskedLessAndLess) {
  schedule.not_available(command_of('C'), now);
  EXPECT_EQ(schedule.support(command_of('C')), Support::unsupported);
  for (int i = 0; i < 10; ++i) schedule.not_available(command_of('C'), now);
  EXPECT_EQ(run(30min, 1ms).find('C'), std::string::npos);
}

TEST_F(ScheduleTest, WhatAUnitHadStaysOnTheList) {
  run(30s, 1ms);
  schedule.not_available(command_of('L'), now);
  EXPECT_EQ(schedule.support(command_of('L')), Support::supported);
  EXPECT_NE(run(3s, 1ms).find('L'), std::string::npos);
}

TEST_F(ScheduleTest, OneCommandThatFallsSilentIsPutOff) {
  run(30s, 1ms);
  for (int i = 0; i < 5; ++i) schedule.failed(command_of('L'), Failure::timeout, now);
  EXPECT_EQ(run(9s, 1ms).find('L'), std::string::npos);
  EXPECT_NE(run(3s, 1ms).find('L'), std::string::npos);
}

TEST_F(ScheduleTest, AnUnknownSilentCommandIsGivenUpAfterTwoTries) {
  schedule.failed(command_of('~'), Failure::timeout, now);
  EXPECT_EQ(schedule.support(command_of('~')), Support::unknown);
  schedule.failed(command_of('~'), Failure::timeout, now);
  EXPECT_EQ(schedule.support(command_of('~')), Support::unsupported);
}

TEST_F(ScheduleTest, WhatWasGivenUpForAMissIsAskedSoonerWhenMissesTurnOutToMeanLittle) {
  for (int i = 0; i < 4; ++i) schedule.not_available(command_of('C'), now);
  schedule.not_available(command_of('L'), now);
  EXPECT_EQ(run(1s, 1ms).find('C'), std::string::npos);
  now += 2s;
  EXPECT_NE(run(9s, 1ms).find('C'), std::string::npos) << "L gave a value after all";
}

TEST_F(ScheduleTest, AnNaThatWasNoneSaysNothingOnSilence) {
  for (int i = 0; i < 3; ++i) schedule.failed(command_of('C'), Failure::timeout, now);
  schedule.not_available(command_of('L'), now);
  EXPECT_EQ(run(90s, 1ms).find('C'), std::string::npos);
}

}  // namespace
}  // namespace upslink::poll
