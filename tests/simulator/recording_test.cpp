// SPDX-License-Identifier: Apache-2.0
// What a recording says, and that one which is not as it should be is refused with its line.
#include "recording.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "desk.hpp"

namespace upslink::simulator {
namespace {

using testing::ElementsAre;

const std::string head =
    "upslink transcript 1\n"
    "recorded 2026-11-21T08:07:37Z\n"
    "exporter 1.0 (revision abc)\n"
    "link tty\n"
    "masked nothing\n"
    "# a comment\n";

Recording parse(const std::string& events) {
  return parse_recording(head + events + "end complete\n", "x.transcript");
}

double milliseconds(Duration length) {
  return to_seconds(length) * 1000;
}

TEST(Recording, HasTheAnswersOfEachCommandInOrder) {
  const auto recording = parse(
      "  100.0 ask  Y   30.0 42.5 \"SM\\r\\n\"\n"
      "  150.0 ask  Q   30.0 42.5 \"08\\r\\n\"\n"
      "\n"
      "  200.0 ask  ^A  - - silence\r\n"
      "  1300.0 ask Q   30.0 50.0 \"1\" ! \"0\\x01\\\"\\\\\\r\\n\"\n");
  ASSERT_EQ(recording.answers.at('Q').size(), 2U);
  const auto& first = recording.answers.at('Q')[0];
  EXPECT_EQ(first.bytes, "08\r\n");
  EXPECT_NEAR(milliseconds(first.asked), 50, 1e-6);
  EXPECT_NEAR(milliseconds(first.first), 30, 1e-6);
  EXPECT_NEAR(milliseconds(first.last), 42.5, 1e-6);
  const auto& second = recording.answers.at('Q')[1];
  EXPECT_EQ(second.bytes, "1!0\x01\"\\\r\n");
  EXPECT_THAT(second.alerts, ElementsAre(1));
  EXPECT_EQ(recording.answers.at('\x01')[0].bytes, "");
}

TEST(Recording, HasWhatCameUnaskedSinceTheFirstQuestion) {
  const auto recording = parse(
      "  40.0 hear $\n"
      "  100.0 ask Y 30.0 42.5 \"SM\\r\\n\"\n"
      "  900.5 hear \"a\\xff\" #\n");
  ASSERT_EQ(recording.unasked.size(), 2U);
  EXPECT_EQ(recording.unasked[0].bytes, "$");
  EXPECT_TRUE(recording.unasked[0].alert);
  EXPECT_EQ(recording.unasked[0].at, Duration{});
  EXPECT_EQ(recording.unasked[1].bytes, "a\xff#");
  EXPECT_FALSE(recording.unasked[1].alert);
  EXPECT_NEAR(milliseconds(recording.unasked[1].at), 800.5, 1e-6);
}

TEST(Recording, HoldsTheLastWholeAnswer) {
  const auto recording = parse(
      "  1 ask Q 1 2 \"08\\r\\n\"\n"
      "  2 ask Q 1 2 \"1\" ! \"0\\r\\n\"\n"
      "  3 ask Q 1 2 \"1\"\n"
      "  4 ask Q - - silence\n"
      "  5 ask L 1 2 \"22\" ! \"9.5\\r\\n\"\n"
      "  6 ask n 1 2 \"x\\r\\ny\\r\\n\"\n"
      "  7 ask P - - silence\n");
  EXPECT_EQ(recording.held('Q', 9).bytes, "08\r\n");
  EXPECT_EQ(recording.held('L', 9).bytes, "229.5\r\n") << "no alert that was not recorded";
  EXPECT_TRUE(recording.held('L', 9).alerts.empty());
  EXPECT_EQ(recording.held('n', 9).bytes, "x\r\ny\r\n");
  EXPECT_EQ(recording.held('P', 9).bytes, "");
  EXPECT_EQ(recording.held('O', 9).bytes, "");
  EXPECT_EQ(recording.held('Q', 0).bytes, "");
}

TEST(Recording, IsAProfile) {
  const auto profile = profile_of(parse("  0 ask Y 30.0 42.5 \"SM\\r\\n\"\n"
                                        "  50 ask L 33.4 58.4 \"229.5\\r\\n\"\n"
                                        "  150 ask t 33.4 45.9 \"NA\\r\\n\"\n"),
                                  "x");
  EXPECT_TRUE(profile.unknown_na);
  EXPECT_EQ(profile.answers.at("L").text, "229.5");
  EXPECT_NEAR(profile.turnaround_ms, 25, 0.1);
  EXPECT_FALSE(profile_of(parse("  0 ask t - - silence\n"), "x").unknown_na);
}

TEST(Recording, TheExampleOfTheDocumentationIsOne) {
  std::ifstream file(std::string(UPS_SIMULATOR_PROFILES) + "/../../docs/record.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto begin = page.find("```\nupslink transcript 1\n") + 4;
  const auto example = page.substr(begin, page.find("```", begin) - begin);
  const auto recording = parse_recording(example, "record.md");
  EXPECT_EQ(recording.answers.at('Q').size(), 2U);
  EXPECT_EQ(recording.answers.at('L')[0].bytes, "22!9.5\r\n");
  EXPECT_EQ(recording.unasked.size(), 1U);
}

struct BadRecording {
  std::string text;
  std::string sentence;
};

TEST(Recording, ABadOneIsRefusedWithItsLine) {
  const std::string ask = "1 ask Q 1 2 \"08\\r\\n\"\n";
  const std::vector<BadRecording> rows{
      {"", "line 1: it is not 'upslink transcript 1', so this is no recording."},
      {"QUANTITY COMMAND\n", "line 1: it is not 'upslink transcript 1', so this is no recording."},
      {"upslink transcript 2\n", "line 1: it is of version 2; this program replays version 1."},
      {"upslink transcript 1\nlink tty\n", "line 2: it should begin with 'recorded '."},
      {head.substr(0, head.find("masked")) + ask, "line 5: it should begin with 'masked '."},
      {head, "line 7: it is missing; a whole recording ends with a line such as 'end complete'."},
      {head + ask,
       "line 8: it is missing; a whole recording ends with a line such as 'end complete'."},
      {head + "end\n",
       "line 7: it should be 'end' and one of complete, interrupted, "
       "connection_lost, no_answer."},
      {head + "end complete\n" + ask, "line 8: it stands after the end."},
      {head + "1 ask\n", "line 7: it is neither 'MS ask ...', 'MS hear ...' nor 'end ...'."},
      {head + "x ask Q 1 2 \"08\"\n",
       "line 7: it has the time 'x'; write milliseconds, as in 45.9."},
      {head + "1 ask Q 1e3 2 \"08\"\n",
       "line 7: it has the time '1e3'; write milliseconds, as in 45.9."},
      {head + "1000000000001 ask Q 1 2 \"08\"\n",
       "line 7: it has the time '1000000000001'; write milliseconds, as in 45.9."},
      {head + "-1 ask Q 1 2 \"08\"\n",
       "line 7: it has the time '-1'; write milliseconds, as in 45.9."},
      {head + "1 says Q 1 2 \"08\"\n", "line 7: it has 'says' where 'ask' or 'hear' should stand."},
      {head + "1 ask Q 1 2\n", "line 7: it needs a command, two times and an answer after 'ask'."},
      {head + "1 ask QQ 1 2 \"08\"\n", "line 7: it has 'QQ' for a command; write Q, ^A or 0x7f."},
      {head + "1 ask Q 1 2 08\n", "line 7: it has '08'; write text in quotes and alerts bare."},
      {head + "1 ask Q 1 2 \"\"\n", "line 7: it has an empty text; write 'silence' for none."},
      {head + "1 ask Q 1 2 silence\n",
       "line 7: it should have '-' for both times and nothing after 'silence'."},
      {head + "1 ask Q 3 2 \"08\"\n", "line 7: it has an answer that ends before it begins."},
      {head + ask + "0.5 hear !\n", "line 8: it goes back in time."},
      {head + "1 hear x\n", "line 7: it has 'x'; write text in quotes and alerts bare."},
      {head + "1 ask Q 1 2 \"08\n", "line 7: it has a quote or an escape without end."},
      {head + "1 ask Q 1 2 \"\\x0\"\n", "line 7: it has a quote or an escape without end."},
      {head + "1 ask Q 1 2 \"\\q\"\n",
       "line 7: it has an escape that is none of \\r \\n \\xNN \\\\ \\\"."},
      {head + "1 ask Q 1 2 \"\xe9\"\n", "line 7: it has the byte 0xe9, which is written as \\xE9."},
  };
  for (const auto& [text, sentence] : rows) {
    try {
      parse_recording(text, "x.transcript");
      ADD_FAILURE() << "not refused: " << sentence;
    } catch (const ProfileError& error) {
      EXPECT_EQ(error.what(), "Recording x.transcript, " + sentence);
    }
  }
}

}  // namespace
}  // namespace upslink::simulator
