// SPDX-License-Identifier: Apache-2.0
// The control socket's language, without a socket.

#include "control.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "desk.hpp"

namespace upslink::simulator {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Control, MistakesAreOneSentence) {
  Desk desk("su700");
  const std::pair<const char*, const char*> mistakes[] = {
      {"", "error: The line is empty; see 'help'."},
      {"dance", "error: There is no command 'dance'; see 'help'."},
      {"line", "error: It needs fail, restore, voltage or frequency."},
      {"line dance", "error: 'dance' is not fail, restore, voltage or frequency."},
      {"line voltage high", "error: 'high' is not a number."},
      {"line restore now", "error: 'now' is too much; see 'help'."},
      {"quantity hat 1", "error: There is no quantity 'hat'; see 'quantities'."},
      {"register status 123", "error: '123' is not two hexadecimal digits."},
      {"set QQ 1", "error: 'QQ' is not a command; write Q, ^A or 0x7f."},
      {"set Q \"open", "error: A quote or an escape has no end."},
      {"eeprom Q 1", "error: This unit has no setting 'Q'."},
      {"speed 0", "error: The factor must be more than 0."},
      {"calibrate stop", "error: No calibration is running."},
      {"@7 state", "error: There is no unit '7'."},
  };
  for (const auto& [line, reply] : mistakes) EXPECT_EQ(desk.control(line), reply) << line;
}

TEST(Control, AnswersCanBeOverridden) {
  Desk desk("su700");
  EXPECT_EQ(desk.control("set P 042.5"), "ok");
  EXPECT_EQ(desk.reply("P"), "042.5");
  desk.control("set ^A \"Smart-UPS \\x00\\xff\"");
  EXPECT_EQ(desk.reply("\x01"), std::string("Smart-UPS \0\xff", 12));
  EXPECT_THAT(desk.control("state"), HasSubstr("\"^A\":\"Smart-UPS \\u0000\\u00FF\""));
  desk.control("set P silent");
  EXPECT_EQ(desk.ask("P"), "");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"P\":null"));
  desk.control("set w 05");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"w\":\"05\""));
  desk.control("unset P");
  EXPECT_EQ(desk.reply("P"), "023.4");
  desk.control("unset all");
  EXPECT_EQ(desk.reply("\x01"), "SMART-UPS 700");
}

TEST(Control, QuantitiesByBothNames) {
  Desk desk("su700");
  desk.control("quantity load 42.5");
  EXPECT_EQ(desk.reply("P"), "042.5");
  desk.control("quantity load_ratio 0.1");
  EXPECT_EQ(desk.reply("P"), "010.0");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"load_ratio\":0.1,"));
  EXPECT_THAT(desk.control("quantities"), HasSubstr("\"short\":\"load\",\"wire_per_base\":100"));
}

TEST(Control, StateFollowsTheModel) {
  Desk desk("su700");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"on_battery\":false"));
  desk.pass(3);
  desk.control("line fail");
  const auto state = desk.control("state");
  EXPECT_THAT(state, HasSubstr("\"line\":{\"on_battery\":true,\"changed_ns\":" +
                               std::to_string(nanoseconds(desk.now)) + "}"));
  EXPECT_THAT(state, HasSubstr("\"registers\":{\"status\":16,"));
  EXPECT_THAT(state, HasSubstr("\"answering\":true"));
}

TEST(Control, AlertsNowOrInsideTheNextReply) {
  Desk desk("su700");
  desk.control("alert !");
  desk.pass(0.1);
  EXPECT_EQ(desk.take_heard(), "!");
  desk.control("alert ^D inside");
  desk.pass(1);
  EXPECT_EQ(desk.take_heard(), "");
  EXPECT_EQ(desk.ask("L"),
            "22\x04"
            "9.5\r\n");
  EXPECT_THAT(desk.control("stats"), HasSubstr("\"alerts\":{\"^D\":1,\"!\":1}"));
}

TEST(Control, TimingCanBeChanged) {
  Desk desk("su700");
  EXPECT_EQ(desk.control("timing turnaround=100 byte=10"),
            R"({"turnaround_ms":100,"byte_ms":10,"baud":2400,"alerts":"between"})");
  const auto start = desk.now;
  desk.ask("L");
  EXPECT_NEAR(to_seconds(desk.heard_at.back() - start), 10.0 / 2400 + 0.1 + 0.07, 1e-7);
}

TEST(Control, SettingsChangeAsByTheFrontPanel) {
  Desk desk("su700");
  desk.control("eeprom u 127 delay=1");
  EXPECT_EQ(desk.ask("u", 0.5), "!127\r\n") << "below the mains: it transfers";
  desk.take_heard();
  desk.pass(1);
  EXPECT_EQ(desk.take_heard(), "|");
}

TEST(Control, BatteryCommands) {
  Desk desk("su700");
  desk.control("battery low");
  EXPECT_EQ(desk.ask("Q"), "%48\r\n");
  desk.control("battery auto");
  EXPECT_EQ(desk.ask("Q"), "+08\r\n");
  desk.control("battery replace");
  EXPECT_EQ(desk.ask("Q"), "#88\r\n");
  desk.control("battery good");
  EXPECT_EQ(desk.ask("Q"), "08\r\n");
}

TEST(Control, StatsAndReset) {
  Desk desk("su700");
  desk.ask("QQ");
  EXPECT_THAT(desk.control("stats"),
              StartsWith(R"({"received":2,"sent":8,"replies":2,"looped":0,"dropped":0,)"
                         R"("commands":{"Q":2},"alerts":{},"alert_log":[],)"));
  desk.control("stats reset");
  EXPECT_THAT(desk.control("stats"), StartsWith("{\"received\":0,"));
  EXPECT_THAT(desk.control("profile"), HasSubstr("\"generation\":\"3G\""));
}

TEST(Control, QuitStops) {
  Desk desk("su700");
  EXPECT_EQ(desk.control("quit"), "ok");
  EXPECT_TRUE(desk.quit);
}

// The page that others build on names every command and every fault.
TEST(Control, EverythingIsDocumented) {
  std::ifstream file(profile_folder() / "../simulator/README.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const auto& row : fault_rows) {
    EXPECT_THAT(page, HasSubstr("| `" + std::string(row.name) + "` |"));
  }
  Desk desk("su700");
  const auto help = desk.control("help");
  for (std::size_t at = help.find('"'); at != std::string::npos; at = help.find(",\"", at)) {
    at = help.find_first_not_of(",\"", at);
    const auto name = help.substr(at, help.find_first_of(" \"", at) - at);
    EXPECT_THAT(page, HasSubstr("`" + name)) << name;
  }
}

}  // namespace
}  // namespace upslink::simulator
