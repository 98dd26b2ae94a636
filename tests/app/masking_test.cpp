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

}  // namespace
}  // namespace upslink::app
