// SPDX-License-Identifier: Apache-2.0
// No serial number, date or name is left anywhere in a masked recording, and everything else is as
// it was.
#include "app/masking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace upslink::app {
namespace {

using testing::ElementsAre;

struct Line {
  char asked;
  std::string heard;
};

std::vector<std::string> masked(const std::vector<Line>& lines) {
  std::vector<Exchange> exchanges;
  for (const auto& [asked, heard] : lines) {
    exchanges.push_back({.asked = asked});
    for (const char byte : heard) exchanges.back().heard.push_back({Duration{}, byte});
  }
  mask(exchanges);
  std::vector<std::string> texts;
  for (const Exchange& exchange : exchanges) texts.push_back(heard_text(exchange));
  return texts;
}

std::string masked(char asked, const std::string& heard) {
  return masked({{asked, heard}}).front();
}

TEST(Masking, KeepsLengthsAndKindsOfCharacters) {
  EXPECT_EQ(masked('n', "AS0427130455\r\n"), "XX0000000000\r\n");
  EXPECT_EQ(masked('n', "5S1207T 1-2 \x01\r\n"), "0X0000X 0-0 \x01\r\n");
  EXPECT_EQ(masked('c', "rack-7\r\n"), "XXXX-0\r\n");
}

TEST(Masking, KeepsTheYearOfADate) {
  EXPECT_EQ(masked('m', "02/18/95\r\n"), "01/01/95\r\n");
  EXPECT_EQ(masked('x', "11/6/03\r\n"), "01/1/03\r\n");
  EXPECT_EQ(masked('x', "18.02.1995\r\n"), "01.01.1995\r\n");
  EXPECT_EQ(masked('x', "2004-11-20\r\n"), "2004-01-01\r\n");
  EXPECT_EQ(masked('x', "Tom 1999\r\n"), "XXX 0000\r\n");
  EXPECT_EQ(masked('m', "5S1207T12345\r\n"), "0X0000X00000\r\n") << "a serial number";
}

TEST(Masking, LeavesWhatTellsNothing) {
  for (const auto* answer : {"NA\r\n", "UPS_IDEN\r\n", "SM\r\n", "\r\n", ""}) {
    EXPECT_EQ(masked('c', answer), answer);
    EXPECT_EQ(masked('n', answer), answer);
  }
  EXPECT_EQ(masked('L', "229.5\r\n"), "229.5\r\n");
  EXPECT_EQ(masked('\x01', "SMART-UPS 700\r\n"), "SMART-UPS 700\r\n");
}

TEST(Masking, MasksBrokenAnswersToo) {
  EXPECT_EQ(masked('n', "AS04271"), "XX00000");
  EXPECT_EQ(masked('n',
                   "!AS0427\xf0"
                   "1\r\nAS0427"),
            "!XX0000\xf0"
            "0\r\nXX0000");
}

TEST(Masking, FindsASecretInWhatElseWasHeard) {
  EXPECT_THAT(masked({{'Y', "SM\r\n"},
                      {'n', "AS0427130455\r\n"},
                      {'c', "UPS_IDEN\r\n"},
                      {'\x1a', "x AS0427130455\r\n"},
                      {'y', "427130455\r\n(C) APCC\r\n"},
                      {'L', "130455\r\n"},
                      {0, "AS0427130455"}}),
              ElementsAre("SM\r\n", "XX0000000000\r\n", "UPS_IDEN\r\n", "x XX0000000000\r\n",
                          "000000000\r\n(C) APCC\r\n", "000000\r\n", "XX0000000000"));
  EXPECT_THAT(masked({{'Q', "02/18/95\r\n"}, {'m', "02/18/95\r\n"}}),
              ElementsAre("00/00/00\r\n", "01/01/95\r\n"));
  EXPECT_THAT(masked({{'c', "attic\r\n"}, {'V', "attic\r\n"}}),
              ElementsAre("XXXXX\r\n", "XXXXX\r\n"));
}

TEST(Masking, ANameThatIsThatOfTheModelDoesNotHideTheModel) {
  EXPECT_THAT(masked({{'c', "SMART-UP\r\n"}, {'\x01', "SMART-UPS 700\r\n"}}),
              ElementsAre("XXXXX-XX\r\n", "SMART-UPS 700\r\n"));
}

TEST(Masking, ShortNamesAreMaskedWhereTheyStandOnly) {
  EXPECT_THAT(masked({{'c', "08\r\n"}, {'Q', "08\r\n"}}), ElementsAre("00\r\n", "08\r\n"));
}

// Each of these ends as a recording does that Ctrl-C ends: nothing was asked a second time.

TEST(Masking, MasksAReplyThatComesInTheExchangeOfTheHandshake) {
  EXPECT_THAT(masked({{'n', ""}, {'Y', "AS0427130455\r\nSM\r\n"}}),
              ElementsAre("", "XX0000000000\r\nSM\r\n"));
  EXPECT_THAT(masked({{'n', ""}, {'Y', ""}, {'Y', "AS0427130455\r\n!SM\r\n"}, {'Q', "08\r\n"}}),
              ElementsAre("", "", "XX0000000000\r\n!SM\r\n", "08\r\n"));
  EXPECT_THAT(masked({{'x', "NA\r\n"}, {'Y', "02/18/95\r\nSM\r\n"}}),
              ElementsAre("NA\r\n", "01/01/95\r\nSM\r\n"));
  EXPECT_THAT(masked({{'m', "229.5\r\n"}, {'Y', "02/18/95\r\n"}}),
              ElementsAre("000.0\r\n", "01/01/95\r\n"))
      << "what came first was not its answer";
  EXPECT_THAT(masked({{'c', ""}, {'Y', "SM\r\n08\r\nattic\r\n"}}),
              ElementsAre("", "SM\r\n00\r\nXXXXX\r\n"));
}

TEST(Masking, MasksAReplyThatIsSplitByTheHandshake) {
  EXPECT_THAT(masked({{'n', "AS04271"}, {'Y', "30455\r\nSM\r\n"}}),
              ElementsAre("XX00000", "00000\r\nSM\r\n"));
  EXPECT_THAT(masked({{'n', "AS0427"}, {'Y', "13"}, {'Y', "0455"}}),
              ElementsAre("XX0000", "00", "0000"));
  EXPECT_THAT(masked({{'m', "02/1"}, {'Y', "8/95\r\n"}}), ElementsAre("00/0", "0/00\r\n"));
  EXPECT_THAT(masked({{'c', "at"}, {'Y', "tic"}}), ElementsAre("XX", "XXX"));
}

TEST(Masking, FindsElsewhereWhatWasHeardLateOrInPart) {
  const std::string copyright = "(C) AS0427130455\r\n";
  const std::string hidden = "(C) XX0000000000\r\n";
  for (const std::vector<Line>& heard :
       {std::vector<Line>{{'n', ""}, {'Y', "AS0427130455\r\nSM\r\n"}},
        {{'n', "AS0"}, {'Y', "427130455\r\nSM\r\n"}},
        {{'n', "AS"}, {'Y', "04!27"}, {'Y', "130455\r\nSM\r\n"}},
        {{'n', "229.5\r\nAS0427130455\r\n"}}}) {
    auto lines = heard;
    lines.push_back({'y', copyright});
    EXPECT_EQ(masked(lines).back(), hidden);
  }
  EXPECT_THAT(masked({{'x', "02/1"}, {'Y', "8/95\r\nSM\r\n"}, {'y', "(C) 02/18/95\r\n"}}),
              ElementsAre("00/0", "0/00\r\nSM\r\n", "(C) 00/00/00\r\n"));
}

TEST(Masking, MasksUntilAQuestionAfterTheHandshakeIsAnswered) {
  EXPECT_THAT(
      masked({{'m', ""},
              {'Y', ""},
              {'Y', "SM\r\n"},
              {'Q', ""},
              {'Y', "02/18/95\r\nSM\r\n"},
              {'Q', "02/18/95\r\n08\r\n"},
              {'E', "weird\r\n"}}),
      ElementsAre("", "", "SM\r\n", "", "01/01/95\r\nSM\r\n", "01/01/95\r\n08\r\n", "weird\r\n"));
}

TEST(Masking, LeavesWhatIsHeardWhereNoSecretIsDue) {
  const std::vector<Line> plain{{'Y', "229.5\r\n!SM\r\n"},
                                {'E', "late\r\n"},
                                {'Y', "336\r\nSM\r\n"},
                                {'x', "NA\r\n"},
                                {'E', "weird\r\n"},
                                {'c', ""},
                                {'Y', "SM\r\n"},
                                {'\x01', "SMART-UPS 700\r\n"},
                                {'m', ""},
                                {'Y', "!SM\r\n"},
                                {'a', "3.!$%+?=.ABC\r\n"},
                                {'n', ""},
                                {'Y', "SM\r\n"},
                                {'L', "22!9.5\r\n"},
                                {'Y', "22"}};
  const auto texts = masked(plain);
  for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_EQ(texts[i], plain[i].heard) << i;
}

}  // namespace
}  // namespace upslink::app
