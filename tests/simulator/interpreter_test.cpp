// SPDX-License-Identifier: Apache-2.0
// What a unit does with bytes: handshake, edits, and the commands that a client which only reads
// never sends - here they must really do what they would.

#include "interpreter.hpp"

#include <gmock/gmock.h>

#include "desk.hpp"

namespace upslink::simulator {
namespace {

using testing::HasSubstr;

TEST(Interpreter, StartsInSimpleSignalling) {
  Desk desk("su700", {});
  EXPECT_EQ(desk.ask("Q"), "");
  desk.control("line fail");
  EXPECT_EQ(desk.ask("L"), "") << "nor alerts";
  EXPECT_EQ(desk.ask("Y"), "SM\r\n");
  EXPECT_EQ(desk.ask("Y"), "SM\r\n");
  EXPECT_EQ(desk.ask("Q"), "10\r\n");
  EXPECT_EQ(desk.ask("R"), "BYE\r\n");
  EXPECT_EQ(desk.ask("Q"), "");
}

TEST(Interpreter, UnknownCommandsGetNaOrNothing) {
  EXPECT_EQ(Desk("su700").ask("*"), "NA\r\n");
  EXPECT_EQ(Desk("g2").ask("a"), "");
  EXPECT_EQ(Desk("g2").ask("Q"), "08\r\n");
  EXPECT_EQ(Desk("matrix").ask("a"), "");
  EXPECT_EQ(Desk("su420").ask("C"), "NA\r\n");
}

TEST(Interpreter, TwoByteCommands) {
  Desk desk("spm");
  EXPECT_EQ(desk.reply("\x9f\xd2"), "E");
  EXPECT_EQ(desk.reply("\x9f\x01"), "NA");
  EXPECT_EQ(desk.reply("Q"), "08");
}

TEST(Interpreter, EditsCycleThroughTheChoices) {
  Desk desk("su700");
  EXPECT_EQ(desk.reply("u"), "253");
  EXPECT_EQ(desk.reply("-"), "OK");
  EXPECT_EQ(desk.heard.back(), '\n');
  EXPECT_EQ(desk.reply("-"), "NO") << "an edit needs a query before it";
  EXPECT_EQ(desk.reply("u"), "257");
  EXPECT_EQ(desk.reply("+"), "OK");
  EXPECT_EQ(desk.reply("u"), "253");
  EXPECT_EQ(desk.reply("L"), "229.5");
  EXPECT_EQ(desk.reply("-"), "NO") << "a reading is no setting";
}

TEST(Interpreter, AnEditIsAnnouncedFiveSecondsLater) {
  Desk desk("su700");
  desk.ask("u", 0.1);
  desk.ask("-", 0.1);
  desk.take_heard();
  desk.pass(4);
  EXPECT_EQ(desk.take_heard(), "");
  desk.pass(2);
  EXPECT_EQ(desk.take_heard(), "|");
}

TEST(Interpreter, FreeTextsSwallowTheNextEightBytes) {
  Desk desk("su700");
  EXPECT_EQ(desk.reply("c"), "UPS_IDEN");
  EXPECT_EQ(desk.ask("-"), "");
  EXPECT_EQ(desk.reply("79<><>/\\"), "OK") << "even commands";
  EXPECT_THAT(desk.reply("c"), HasSubstr("79<><>/\\"));
  desk.pass(6);
  EXPECT_EQ(desk.reply("z"), "CLEAR");
  desk.ask("u");
  EXPECT_EQ(desk.reply("c").back(), '\\') << "kept over a reset";
}

TEST(Interpreter, PacksAreCountedUpAndDown) {
  Desk desk("su1400xl");
  EXPECT_EQ(desk.reply(">"), "003");
  EXPECT_EQ(desk.reply("+"), "OK");
  EXPECT_EQ(desk.reply(">"), "004");
}

TEST(Interpreter, TheOutputNeedsItsByteTwice) {
  Desk desk("su700");
  EXPECT_EQ(desk.ask("Z", 0.5), "");
  EXPECT_EQ(desk.ask("Z", 0.5), "") << "too soon: it is a first one again";
  EXPECT_EQ(desk.reply("Q", 0.2), "08");
  desk.ask("Z", 0.8);
  EXPECT_EQ(desk.reply("Q", 0.7), "08");
  desk.ask("Z", 0.2);
  EXPECT_EQ(desk.reply("Q"), "00") << "bytes in between do not help";
  EXPECT_EQ(desk.reply("O"), "000.0");
  desk.ask("\x0e", 2);
  EXPECT_EQ(desk.reply("\x0e"), "OK");
  EXPECT_EQ(desk.reply("Q"), "08");
}

TEST(Interpreter, ShutdownOnBatteryComesBackWithTheMains) {
  Desk desk("su700");
  EXPECT_EQ(desk.reply("S"), "NA") << "on line";
  desk.control("line fail");
  EXPECT_EQ(desk.ask("S", 0.2), "!?OK\r\n");
  EXPECT_EQ(desk.reply("8"), "10");
  desk.pass(20);
  EXPECT_EQ(desk.ask("Q"), "") << "off and dead";
  desk.control("line restore");
  desk.pass(5);
  EXPECT_EQ(desk.reply("Y"), "SM");
  EXPECT_EQ(desk.reply("Q"), "08");
  EXPECT_EQ(desk.reply("8"), "00");
}

TEST(Interpreter, SleepTakesItsDigits) {
  Desk desk("su700");
  EXPECT_EQ(desk.ask("@001", 0.2), "OK\r\n");
  desk.pass(25);
  EXPECT_EQ(desk.reply("Q"), "00");
  EXPECT_EQ(desk.reply("8"), "08");
  desk.pass(360);
  EXPECT_EQ(desk.reply("Q"), "08");
}

TEST(Interpreter, AbortStopsAShutdown) {
  Desk desk("su700");
  EXPECT_EQ(desk.reply("\x7f"), "NO");
  desk.ask("K", 2);
  EXPECT_EQ(desk.reply("K"), "OK");
  EXPECT_EQ(desk.reply("\x7f"), "OK");
  desk.pass(60);
  EXPECT_EQ(desk.reply("Q"), "08");
}

TEST(Interpreter, SimulatedFailureAndServiceMode) {
  Desk desk("su700");
  EXPECT_EQ(desk.ask("U", 10), "!OK\r\n$");
  EXPECT_EQ(desk.reply("G"), "S");
  EXPECT_EQ(desk.reply("1"), "NA");
  EXPECT_EQ(desk.reply("1"), "PROG");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"service\":true"));
}

TEST(Interpreter, NoSequenceOfBytesBreaksIt) {
  for (const auto& path : list_profiles(profile_folder())) {
    const auto profile = load_profile(path);
    if (profile.accessory) continue;
    Desk desk(profile);
    Dice dice(42);
    for (int count = 0; count < 2000; ++count) {
      const auto byte = static_cast<char>(dice.below(dice.chance(0.5) ? 256 : 128));
      desk.ask(std::string(1, byte), 0.5 + static_cast<double>(dice.below(3)));
      if (dice.chance(0.02)) desk.control(dice.chance(0.5) ? "line fail" : "line restore");
      if (dice.chance(0.01)) desk.pass(3600);
      if (dice.chance(0.05)) desk.ask("Y");
    }
    desk.control("line restore");
    desk.control("on");
    desk.pass(100);
    EXPECT_THAT(desk.ask(std::string(8, 'Y')), HasSubstr("SM\r\n")) << profile.name;
  }
}

TEST(Interpreter, DangerousBytesAreCounted) {
  Desk desk("su700");
  desk.ask("YQLMN~\x01\x1a");
  EXPECT_THAT(desk.control("bytes"), HasSubstr("\"not_read_only\":{}"));
  desk.ask("Z");
  desk.ask("-");
  desk.ask("\x1b");
  EXPECT_THAT(desk.control("bytes"), HasSubstr("\"not_read_only\":{\"^[\":1,\"-\":1,\"Z\":1}"));
}

}  // namespace
}  // namespace upslink::simulator
