// SPDX-License-Identifier: Apache-2.0
// Each fault does what it says, at the rate it says, and the same seed does the same again.

#include "faults.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <regex>

#include "desk.hpp"

namespace upslink::simulator {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

const std::string honest = "229.5\r\n";

class Faulty : public testing::Test {
 protected:
  // A unit with the fault at rate 1 unless `arguments` say otherwise.
  Desk& with(const std::string& fault, const std::string& arguments = "rate=1") {
    EXPECT_EQ(desk.control("fault " + fault + " " + arguments), "ok");
    return desk;
  }

  // What comes for L, a hundred times, 10 s for each.
  std::vector<std::string> replies(double seconds = 10) {
    std::vector<std::string> texts;
    for (int count = 0; count < 100; ++count) texts.push_back(desk.ask("L", seconds));
    return texts;
  }

  static std::ptrdiff_t damaged(const std::vector<std::string>& texts) {
    return std::ranges::count_if(texts, [](const auto& text) { return text != honest; });
  }

  Desk desk{"su700"};
};

TEST_F(Faulty, LostBytes) {
  with("lost", "");
  std::size_t heard = 0;
  for (const auto& text : replies()) heard += text.size();
  EXPECT_THAT(heard, AllOf(testing::Lt(700U - 4), testing::Gt(700U - 30))) << "2 % of 700";
  with("lost");
  EXPECT_EQ(desk.ask("L"), "");
}

TEST_F(Faulty, LostOnTheWayToTheUnit) {
  with("lost", "rate=1 direction=received");
  EXPECT_EQ(desk.ask("L"), "");
  EXPECT_THAT(desk.control("bytes"), HasSubstr("\"L\":1")) << "counted as the client sent it";
}

TEST_F(Faulty, FlippedBytesDifferInOneBit) {
  const auto text = with("flipped").ask("L");
  ASSERT_EQ(text.size(), honest.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto difference = static_cast<unsigned char>(text[at] ^ honest[at]);
    EXPECT_EQ(__builtin_popcount(difference), 1);
  }
}

TEST_F(Faulty, ChangedBytesAreOthers) {
  const auto text = with("changed").ask("L");
  ASSERT_EQ(text.size(), honest.size());
  for (std::size_t at = 0; at < text.size(); ++at) EXPECT_NE(text[at], honest[at]);
}

TEST_F(Faulty, RepeatedBytes) {
  EXPECT_EQ(with("repeated").ask("L"), "222299..55\r\r\n\n");
}

TEST_F(Faulty, GarbageIsABurstOfBytes) {
  const auto text = with("garbage", "rate=1 length=40").ask("L");
  EXPECT_EQ(text.size(), honest.size() + 40);
}

TEST_F(Faulty, GarbageUnasked) {
  with("garbage", "rate=0 every=0.5 length=8");
  desk.pass(2.2);
  EXPECT_EQ(desk.heard.size(), 4U * 8);
}

TEST_F(Faulty, ChatterIsText) {
  const auto text = with("chatter", "rate=1 length=100").ask("L");
  EXPECT_GE(text.size(), honest.size() + 100);
  EXPECT_TRUE(std::ranges::all_of(text, [](char byte) {
    return byte == '\r' || byte == '\n' || (byte >= 0x20 && byte < 0x7f);
  }));
}

TEST_F(Faulty, TruncatedIsThePartBefore) {
  with("truncated");
  for (const auto& text : replies()) {
    EXPECT_TRUE(honest.starts_with(text)) << text;
    EXPECT_THAT(text.size(), AllOf(testing::Ge(1U), testing::Le(4U)));
  }
}

TEST_F(Faulty, NoLineEndGluesReplies) {
  EXPECT_EQ(with("no_crlf").ask("LQ"), "229.508");
}

TEST_F(Faulty, NoReplyAtItsRate) {
  with("no_reply", "");
  EXPECT_THAT(damaged(replies()), AllOf(testing::Ge(3), testing::Le(20)));
  with("no_reply");
  EXPECT_EQ(desk.ask("LQ"), "");
}

TEST_F(Faulty, Doubled) {
  EXPECT_EQ(with("doubled").ask("L"), honest + honest);
}

TEST_F(Faulty, LateRepliesStayInOrderAndTheUnitReadsOn) {
  with("late", "rate=1 by=3");
  EXPECT_EQ(desk.ask("L", 2.9), "");
  desk.control("fault late off");
  EXPECT_EQ(desk.ask("Q", 0.09), "") << "behind the late one";
  desk.pass(0.2);
  EXPECT_EQ(desk.heard, "229.5\r\n08\r\n");
}

TEST_F(Faulty, TransientNa) {
  EXPECT_EQ(with("na").ask("L"), "NA\r\n");
}

TEST_F(Faulty, ForeignIsAReplyOfThisUnit) {
  with("foreign");
  const auto texts = replies();
  EXPECT_GT(damaged(texts), 90);
  for (const auto& text : texts) EXPECT_TRUE(text.ends_with("\r\n"));
}

TEST_F(Faulty, AlertBytesInside) {
  with("alert_inside", "rate=1 chars=!&");
  for (const auto& text : replies()) {
    EXPECT_EQ(text.size(), honest.size() + 1);
    EXPECT_THAT(text.substr(1, text.size() - 4), AnyOf(HasSubstr("!"), HasSubstr("&")));
  }
  EXPECT_THAT(desk.control("stats"), HasSubstr("\"alerts\":{}")) << "spurious ones are no alerts";
}

TEST_F(Faulty, NulsAndEightBitBytes) {
  const auto text = with("nul").ask("L");
  EXPECT_EQ(text.size(), honest.size() + 1);
  EXPECT_NE(text.find('\0'), std::string::npos);
  desk.control("fault off");
  const auto wide = with("eight_bit").ask("L");
  EXPECT_EQ(std::ranges::count_if(wide, [](char byte) { return (byte & 0x80) != 0; }), 1);
}

TEST_F(Faulty, EchoOfWhatIsReceived) {
  EXPECT_EQ(with("echo", "").ask("L"), "L" + honest);
}

TEST_F(Faulty, EchoOfWhatIsSentComesBackAsCommands) {
  with("echo", "mode=sent");
  const auto text = desk.ask("Q", 1);
  EXPECT_THAT(text, HasSubstr("08\r\n82")) << "the 0 of its own reply is a command";
  EXPECT_THAT(desk.control("bytes"), HasSubstr("\"received\":{\"Q\":1}"));
  EXPECT_THAT(desk.control("stats"), Not(HasSubstr("\"looped\":0")));
}

TEST_F(Faulty, EndlessLineUntilItEnds) {
  with("endless", "seconds=2");
  const auto text = desk.ask("Q", 2.5);
  EXPECT_NEAR(static_cast<double>(text.size()), 480, 2) << "at the speed of the line";
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(desk.ask("Q"), "08\r\n");
}

TEST_F(Faulty, SilenceForATime) {
  desk.control("silence 3");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"answering\":false"));
  EXPECT_EQ(desk.ask("Q", 2.9), "");
  desk.pass(0.2);
  EXPECT_EQ(desk.ask("Q"), "08\r\n");
  desk.control("silence 100");
  desk.control("line fail");
  EXPECT_EQ(desk.ask("Y"), "");
  desk.control("silence 0");
  EXPECT_EQ(desk.ask("Q"), "10\r\n");
}

TEST_F(Faulty, DumbUntilY) {
  desk.control("dumb");
  EXPECT_EQ(desk.ask("Q"), "");
  EXPECT_EQ(desk.ask("Y"), "SM\r\n");
  desk.control("fault dumb");
  EXPECT_EQ(desk.ask("Q"), "");
  EXPECT_EQ(desk.control("faults"), "[]");
}

TEST_F(Faulty, OffSendsItsStarAndIsDark) {
  EXPECT_EQ(desk.control("off"), "ok");
  EXPECT_EQ(desk.ask("Y"), "*");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"answering\":false"));
  desk.control("on");
  EXPECT_EQ(desk.ask("Q"), "");
  EXPECT_EQ(desk.ask("Y"), "SM\r\n");
  EXPECT_EQ(desk.ask("Q", 6), "08\r\n?");
}

TEST_F(Faulty, UnplugTellsThePortAndEnds) {
  std::vector<bool> told;
  desk.unit().on_plug([&](bool plugged) { told.push_back(plugged); });
  with("unplug", "seconds=5");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"plugged\":false"));
  desk.pass(6);
  EXPECT_THAT(told, testing::ElementsAre(false, true));
}

TEST_F(Faulty, TheyEndByThemselves) {
  with("na", "rate=1 seconds=5");
  EXPECT_EQ(desk.reply("L"), "NA");
  desk.pass(3);
  EXPECT_EQ(desk.reply("L"), "229.5");
}

TEST_F(Faulty, TheyCombine) {
  with("no_crlf");
  with("doubled");
  with("nul");
  const auto text = desk.ask("L");
  EXPECT_EQ(text.size(), 12U);
  EXPECT_EQ(text.substr(0, 6), text.substr(6));
  desk.control("fault off");
  EXPECT_EQ(desk.ask("L"), honest);
}

TEST_F(Faulty, NeverTouchTheTruth) {
  with("changed");
  desk.ask("L");
  EXPECT_THAT(desk.control("state"), HasSubstr("\"L\":\"229.5\""));
}

TEST_F(Faulty, HitsAreCounted) {
  with("na");
  desk.ask("L");
  desk.ask("L");
  EXPECT_THAT(desk.control("faults"), HasSubstr("{\"name\":\"na\",\"rate\":1,\"hits\":2"));
}

TEST(Faults, TheSameSeedDoesTheSame) {
  const auto run = [](const std::string& arguments) {
    Desk desk("su700");
    for (const auto& row : fault_rows) {
      if (row.per == "reply") desk.control("fault " + std::string(row.name) + " " + arguments);
    }
    desk.control("fault changed " + arguments);
    std::string heard;
    for (int count = 0; count < 50; ++count) heard += desk.ask("L", 5);
    return heard;
  };
  EXPECT_EQ(run("seed=7"), run("seed=7"));
  EXPECT_NE(run("seed=7"), run("seed=8"));
}

TEST(Faults, EveryFaultHasDocumentedDefaults) {
  Desk desk("su700");
  for (const auto& row : fault_rows) {
    EXPECT_EQ(desk.control("fault " + std::string(row.name)), "ok") << row.name;
    EXPECT_THAT(desk.control("fault " + std::string(row.name) + " colour=red"),
                HasSubstr("does not take 'colour=red'."));
    EXPECT_EQ(desk.control("fault " + std::string(row.name) + " off"), "ok");
  }
  EXPECT_THAT(desk.control("fault hat"), HasSubstr("There is no fault 'hat'"));
}

}  // namespace
}  // namespace upslink::simulator
