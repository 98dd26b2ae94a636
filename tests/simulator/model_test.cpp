// SPDX-License-Identifier: Apache-2.0
// The state model through the eyes of a client: the protocol's answers while mains, battery and
// tests change, in simulated time.

#include "model.hpp"

#include <gmock/gmock.h>

#include "desk.hpp"

namespace upslink::simulator {
namespace {

using testing::HasSubstr;

TEST(Model, AnswersWhatTheTranscriptSays) {
  Desk desk("su700rm");
  const std::pair<const char*, const char*> transcript[] = {
      {"L", "126.7"}, {"O", "126.7"}, {"F", "60.00"}, {"B", "27.74"},    {"P", "023.4"},
      {"f", "079.0"}, {"j", "0037:"}, {"C", "033.3"}, {"Q", "08"},       {"9", "FF"},
      {"X", "OK"},    {"G", "S"},     {"u", "132"},   {"c", "UPS_IDEN"}, {"d", "NA"},
      {"\x1a", "NA"}, {"w", "NA"},    {"T", "NA"},    {"~", "00"},       {"!", "NA"}};
  for (const auto& [command, answer] : transcript) {
    EXPECT_EQ(*desk.unit().interpreter().peek(command), answer) << printable(command);
  }
}

TEST(Model, MaximumAndMinimumStartAnewWhenRead) {
  Desk desk("su700");
  desk.control("line voltage 235.0");
  desk.control("line voltage 221.0");
  desk.control("line voltage 229.0");
  EXPECT_EQ(desk.reply("M"), "235.0");
  EXPECT_EQ(desk.reply("M"), "229.0");
  EXPECT_EQ(desk.reply("N"), "221.0");
  EXPECT_EQ(desk.reply("N"), "229.0");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"M\":\"229.0\""));
  desk.control("line voltage 231.0");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"M\":\"231.0\""));
  EXPECT_THAT(desk.control("state"), HasSubstr("\"M\":\"231.0\"")) << "state resets nothing";
}

TEST(Model, LineFailureIsAnnouncedEveryHalfMinuteAndRestored) {
  Desk desk("su700");
  desk.control("line fail cause=R volts=7.1");
  desk.pass(0.1);
  EXPECT_EQ(desk.take_heard(), "!");
  EXPECT_EQ(desk.reply("Q"), "10");
  EXPECT_EQ(desk.reply("9"), "00");
  EXPECT_EQ(desk.reply("G"), "R");
  EXPECT_EQ(desk.reply("L"), "007.1");
  EXPECT_EQ(desk.reply("O"), "230.0");
  desk.take_heard();
  desk.pass(60);
  EXPECT_EQ(desk.take_heard(), "!!");
  desk.control("line restore");
  desk.pass(60);
  EXPECT_EQ(desk.take_heard(), "$");
  EXPECT_EQ(desk.reply("Q"), "08");
  EXPECT_EQ(desk.reply("G"), "R") << "the cause stays";
  EXPECT_EQ(desk.reply("N"), "007.1");
}

TEST(Model, AQuietFailureShowsInTheStatusOnly) {
  Desk desk("su700");
  desk.control("line fail quiet seconds=10");
  EXPECT_EQ(desk.reply("Q"), "10");
  desk.pass(60);
  EXPECT_EQ(desk.reply("Q"), "08");
  EXPECT_EQ(desk.heard.find_first_of("!$"), std::string::npos);
}

TEST(Model, VoltageOutsideTheTransferPointsTransfers) {
  Desk desk("su700");
  desk.control("line voltage 254");
  EXPECT_EQ(desk.ask("G"), "!H\r\n");
  desk.control("line voltage 230");
  desk.pass(1);
  desk.control("line voltage 207");
  desk.pass(1);
  EXPECT_EQ(desk.reply("G"), "L");
  EXPECT_EQ(desk.reply("L"), "207.0");
}

TEST(Model, TrimAndBoostChangeTheOutput) {
  Desk desk("su1400rm");
  desk.control("line voltage 200");
  EXPECT_EQ(desk.reply("Q"), "0C");
  EXPECT_EQ(desk.reply("O"), "224.0");
  desk.control("line voltage 248");
  EXPECT_EQ(desk.reply("Q"), "0A");
  desk.control("trim off");
  EXPECT_EQ(desk.reply("Q"), "08");
  EXPECT_EQ(desk.reply("O"), "248.0");
}

TEST(Model, DischargesToLowBatteryThenExhaustionAndComesBack) {
  Desk desk("su700");
  desk.control("line fail");
  desk.pass(34 * 60);
  EXPECT_EQ(desk.reply("Q"), "10");
  EXPECT_EQ(desk.reply("j"), "0002:");
  desk.take_heard();
  desk.pass(90);
  EXPECT_THAT(desk.heard, HasSubstr("%"));
  EXPECT_EQ(desk.reply("Q"), "50");
  desk.take_heard();
  desk.pass(60);
  EXPECT_EQ(desk.take_heard(), "") << "no ! after low battery";
  desk.pass(120);
  EXPECT_THAT(desk.take_heard(), HasSubstr("?"));
  EXPECT_EQ(desk.ask("Q"), "") << "without mains and battery it is dead";
  EXPECT_EQ(desk.ask("Y"), "");
  desk.control("line restore");
  desk.pass(0.01);
  EXPECT_EQ(desk.ask("Q"), "") << "it starts in simple signalling";
  EXPECT_EQ(desk.reply("Y"), "SM");
  desk.pass(10);
  EXPECT_EQ(desk.reply("Q").substr(0, 1), "4") << "on line, the battery still low";
  desk.pass(3600);
  EXPECT_THAT(desk.take_heard(), HasSubstr("+"));
  EXPECT_EQ(desk.reply("Q"), "08");
}

TEST(Model, SpeedMakesTimePassFasterForTheModelOnly) {
  auto options = Desk::smart_options();
  options.speed = 100;
  Desk desk("su700", options);
  desk.control("line fail");
  const auto start = desk.now;
  desk.pass(0.65);
  EXPECT_EQ(desk.take_heard(), "!!!");
  EXPECT_EQ(desk.now - start, from_seconds(0.65));
  desk.heard_at.clear();
  const auto asked = desk.now;
  desk.ask("L", 0.1);
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - asked), 0.0583, 0.0001);
}

TEST(Model, SelfTestLooksLikeAnOutageAndLeavesItsResultForFiveMinutes) {
  Desk desk("su420");
  EXPECT_EQ(desk.ask("W", 0.5), "!OK\r\n");
  EXPECT_EQ(desk.ask("Q", 0.5), "10\r\n");
  EXPECT_EQ(desk.ask("G", 0.5), "S\r\n");
  desk.take_heard();
  desk.pass(8);
  EXPECT_EQ(desk.take_heard(), "$");
  EXPECT_EQ(desk.reply("Q"), "08");
  EXPECT_EQ(desk.reply("X"), "OK");
  EXPECT_EQ(desk.reply("d"), "000.0");
  desk.pass(300);
  EXPECT_EQ(desk.reply("X"), "NO");
}

TEST(Model, AWeakBatteryFailsItsTestAndAsksToBeReplaced) {
  Desk desk("su700");
  desk.control("battery weak");
  desk.control("self-test");
  desk.pass(10);
  EXPECT_EQ(desk.take_heard(), "!$#");
  EXPECT_EQ(desk.reply("X"), "BT");
  EXPECT_EQ(desk.reply("Q"), "88");
  desk.take_heard();
  desk.pass(10 * 3600);
  EXPECT_EQ(desk.take_heard(), "##");
  desk.control("battery strong");
  desk.control("self-test");
  desk.pass(10);
  EXPECT_EQ(desk.reply("Q"), "08");
}

TEST(Model, OverloadShowsAndSpoilsTheTest) {
  Desk desk("su700");
  desk.control("overload on");
  EXPECT_EQ(desk.reply("Q"), "28");
  EXPECT_EQ(desk.reply("P"), "120.0");
  desk.control("self-test");
  desk.pass(10);
  EXPECT_EQ(desk.reply("X"), "NG");
  desk.control("overload off");
  EXPECT_EQ(desk.reply("P"), "023.4");
}

TEST(Model, CalibrationRunsTheBatteryDown) {
  Desk desk("matrix");
  EXPECT_EQ(desk.ask("D", 1), "!OK\r\n");
  EXPECT_EQ(desk.reply("Q"), "11");
  desk.pass(376 * 60 * 0.66);
  EXPECT_EQ(desk.reply("Q"), "08");
  EXPECT_EQ(desk.reply("f").substr(0, 2), "03");
  EXPECT_EQ(desk.reply("D"), "NO") << "not with a battery that is not full";
}

TEST(Model, FaultRegistersAreAnnounced) {
  Desk desk("su700");
  desk.control("register fault2 40");
  EXPECT_EQ(desk.ask("'"), "?40\r\n");
  desk.control("register fault3 20");
  EXPECT_EQ(desk.ask("8"), "20\r\n");
  desk.control("register fault2 auto");
  desk.control("register fault3 00");
  EXPECT_EQ(desk.ask("8"), "=00\r\n");
}

TEST(Model, BypassGoesThroughItsStates) {
  Desk desk("matrix");
  EXPECT_EQ(desk.ask("^~", 0.2), "BYP\r\n04\r\n");
  desk.pass(1);
  EXPECT_EQ(desk.reply("~"), "08");
  EXPECT_EQ(desk.ask("^~", 0.2), "INV\r\n10\r\n");
  desk.pass(1);
  EXPECT_EQ(desk.reply("~"), "00");
}

TEST(Model, EachGenerationSendsItsOwnAlerts) {
  for (const auto& [profile, expected] :
       {std::pair("su700", "|?"), std::pair("g2", "?"), std::pair("matrix", "|?")}) {
    Desk desk(profile);
    desk.control("eeprom u 260");
    desk.pass(6);
    desk.control("register fault3 80");
    desk.pass(1);
    EXPECT_EQ(desk.heard, expected) << profile;
  }
}

TEST(Model, MeasureUpsAnswersAndAlarms) {
  Desk desk("su700");
  EXPECT_EQ(desk.reply("t"), "NA");
  desk.control("measure-ups 2");
  EXPECT_EQ(desk.reply("t"), "21.08");
  EXPECT_EQ(desk.reply("T"), "21.08,20.09");
  EXPECT_EQ(desk.reply("H"), "037.2,034.0");
  desk.control("quantity ambient_humidity unknown");
  EXPECT_EQ(desk.reply("H"), ",034.0");
  desk.control("register contacts F0");
  EXPECT_EQ(desk.reply("i"), "F0");
  desk.take_heard();
  desk.control("measure-ups alarm on");
  desk.pass(241);
  EXPECT_EQ(desk.take_heard(), "&&&");
  desk.control("measure-ups off");
  EXPECT_EQ(desk.reply("t"), "NA");
}

TEST(Model, UnknownQuantitiesAreAnsweredAsUnitsDo) {
  Desk desk("su700");
  desk.control("quantity runtime unknown");
  EXPECT_EQ(desk.reply("j"), ">>>>:");
  desk.control("quantity temperature unknown");
  EXPECT_EQ(desk.reply("C"), "NA");
  desk.control("quantity runtime auto");
  desk.control("quantity internal_temperature_celsius 41.25");
  EXPECT_EQ(desk.reply("j"), "0037:");
  EXPECT_EQ(desk.reply("C"), "041.2");
}

TEST(Model, RechargesWithTime) {
  Desk desk("su700");
  desk.control("charge 50");
  EXPECT_EQ(desk.reply("f"), "050.0");
  desk.pass(3600);
  EXPECT_NEAR(desk.unit().model().quantity(Quantity::charge), 0.833, 0.001);
  desk.pass(7200);
  EXPECT_EQ(desk.reply("f"), "100.0");
}

}  // namespace
}  // namespace upslink::simulator
