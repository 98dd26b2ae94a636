// SPDX-License-Identifier: Apache-2.0
// What a recording asks, and that it keeps every byte; on a line with a time of its own.
#include "app/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "app/masking.hpp"
#include "catalogue/allowed.hpp"
#include "fakes/fake_unit.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using upslink::testing::FakeUnit;
using upslink::testing::smart_ups_700;

class RecorderTest : public ::testing::Test {
 protected:
  RecorderTest() { unit.open(); }

  std::string asked() const {
    std::string bytes;
    for (const Exchange& exchange : recorder.exchanges()) bytes += exchange.asked;
    return bytes;
  }
  std::ptrdiff_t count(char byte) const { return std::ranges::count(unit.received, byte); }

  FakeUnit unit{smart_ups_700()};
  Recorder recorder{unit, unit.interrupt()};
};

TEST_F(RecorderTest, AsksEverythingOnceButWhatReadingMayClear) {
  ASSERT_TRUE(recorder.connect());
  recorder.sweep();
  EXPECT_TRUE(recorder.swept());
  EXPECT_EQ(recorder.ending(), Ending::complete);
  for (const Command& command : commands) {
    EXPECT_EQ(count(command.byte), command.byte == 'J' ? 0 : 1)
        << command_name(command.byte).view();
  }
  EXPECT_EQ(asked(), unit.received);
  EXPECT_TRUE(std::ranges::all_of(unit.received, may_be_sent));
}

TEST_F(RecorderTest, KeepsTheBytesAndTheirTimes) {
  ASSERT_TRUE(recorder.connect());
  const auto all = recorder.exchanges();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().asked, 'Y');
  EXPECT_EQ(heard_text(all.front()), "SM\r\n");
  EXPECT_EQ(all.front().heard.front().at, 25ms + 2 * unit.byte_time);
  EXPECT_EQ(all.front().heard.back().at, 25ms + 5 * unit.byte_time);
}

TEST_F(RecorderTest, WatchesTheStatusEverySecondAndWhatChangesEveryFifth) {
  ASSERT_TRUE(recorder.connect());
  recorder.sweep();
  const auto before = unit.received.size();
  const auto begun = unit.now();
  recorder.watch(10s);
  EXPECT_GE(unit.now() - begun, 10s);
  EXPECT_LT(unit.now() - begun, 11s) << "the last look begins at the end";
  const auto watched = unit.received.substr(before);
  EXPECT_EQ(watched,
            "QQQQQ"
            "LOPfBjFMN9G8'~"
            "QQQQQ"
            "LOPfBjFMN9G8'~");
}

TEST_F(RecorderTest, LooksAtOnceWhenAnAlertCame) {
  ASSERT_TRUE(recorder.connect());
  recorder.sweep();
  const auto before = unit.received.size();
  unit.at(unit.elapsed() + 1500ms, [this] { unit.send_alert('!'); });
  recorder.watch(3s);
  EXPECT_EQ(unit.received.substr(before), "QQLOPfBjFMN9G8'~Q");
  const auto all = recorder.exchanges();
  EXPECT_TRUE(
      std::ranges::any_of(all, [](const Exchange& e) { return heard_text(e) == "08\r\n!"; }));
}

TEST_F(RecorderTest, AsksAgainWhatGotLost) {
  ASSERT_TRUE(recorder.connect());
  unit.on_wait = [this] { unit.faults.no_reply = count('b') == 1 && count('V') == 0 ? 1 : 0; };
  recorder.sweep();
  EXPECT_TRUE(recorder.swept());
  EXPECT_EQ(count('V'), 2);
}

TEST_F(RecorderTest, AUnitThatSaysNothingForNoIsAskedOnce) {
  unit.silent_if_unknown = true;
  ASSERT_TRUE(recorder.connect());
  recorder.sweep();
  EXPECT_TRUE(recorder.swept());
  EXPECT_EQ(count('t'), 1);
}

TEST_F(RecorderTest, EndsWhenInterruptedAndKeepsWhatWasHeard) {
  ASSERT_TRUE(recorder.connect());
  unit.at(unit.elapsed() + 200ms, [this] { unit.interrupt().raise(); });
  recorder.sweep();
  recorder.watch(1h);
  EXPECT_EQ(recorder.ending(), Ending::interrupted);
  EXPECT_FALSE(recorder.swept());
  const auto all = recorder.exchanges();
  ASSERT_GT(all.size(), 2U);
  EXPECT_THAT(heard_text(all[all.size() - 2]), EndsWith("\r\n"));
  EXPECT_FALSE(all.back().heard.empty()) << "a question that was cut off is no silence";
}

TEST_F(RecorderTest, NoSerialNumberIsLeftWhenItsReplyIsLateAndTheRecordingInterrupted) {
  const std::string serial_number = unit.replies().at('n');
  for (const Duration late : {1100ms, 1500ms, 1800ms, 2600ms}) {
    FakeUnit slow{smart_ups_700()};
    slow.open();
    Recorder recording{slow, slow.interrupt()};
    ASSERT_TRUE(recording.connect());
    slow.on_wait = [&] {
      if (!slow.received.ends_with('V') || slow.faults.late == late) return;
      slow.faults.late = late;  // for what is asked next, the serial number
      slow.at(slow.elapsed() + late + 200ms, [&] { slow.interrupt().raise(); });
    };
    recording.sweep();
    std::string plain;
    for (const Exchange& exchange : recording.exchanges()) plain += heard_text(exchange);
    auto exchanges = recording.exchanges();
    mask(exchanges);
    std::string masked;
    for (const Exchange& exchange : exchanges) masked += heard_text(exchange);
    EXPECT_THAT(plain, HasSubstr(serial_number));
    EXPECT_THAT(masked, Not(HasSubstr(serial_number))) << late;
    EXPECT_EQ(recording.ending(), Ending::interrupted);
    EXPECT_EQ(std::ranges::count(slow.received, 'n'), 1);
  }
}

TEST_F(RecorderTest, EndsWhenTheLineIsGone) {
  ASSERT_TRUE(recorder.connect());
  unit.at(unit.elapsed() + 200ms, [this] { unit.plugged_in = false; });
  recorder.sweep();
  recorder.watch(1h);
  EXPECT_EQ(recorder.ending(), Ending::connection_lost);
  EXPECT_FALSE(recorder.swept());
}

TEST_F(RecorderTest, EndsWhenTheUnitFallsSilent) {
  ASSERT_TRUE(recorder.connect());
  unit.faults.silent = true;
  recorder.sweep();
  EXPECT_EQ(recorder.ending(), Ending::no_answer);
  EXPECT_LT(unit.elapsed(), 30s);
}

TEST_F(RecorderTest, NoiseDoesNotMakeItEndless) {
  ASSERT_TRUE(recorder.connect());
  recorder.sweep();
  unit.faults.insert_alert = 0.2;
  unit.faults.noise_before = 0.3;
  const auto begun = unit.now();
  recorder.watch(10s);
  EXPECT_LT(unit.now() - begun, 25s);
}

TEST(Recorder, SaysThatNobodyAnswers) {
  FakeUnit unit{smart_ups_700()};
  unit.faults.silent = true;
  unit.open();
  Recorder recorder(unit, unit.interrupt());
  EXPECT_FALSE(recorder.connect());
  EXPECT_EQ(recorder.ending(), Ending::no_answer);
}

}  // namespace
}  // namespace upslink::app
