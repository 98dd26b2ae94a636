// SPDX-License-Identifier: Apache-2.0
// How a transcript is written: what belongs to an answer and what came unasked, and no byte that a
// terminal or an issue tracker would swallow.
#include "app/transcript.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace upslink::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

/// What was heard, a byte every 4 ms from `first` on.
void hear(Exchange& exchange, Duration first, std::string_view bytes) {
  for (const char byte : bytes) {
    exchange.heard.push_back({exchange.at + first, byte});
    first += 4ms;
  }
}

Exchange asked(char byte, Duration at, std::string_view answer = {}) {
  Exchange exchange{.at = at, .asked = byte};
  hear(exchange, 30ms, answer);
  return exchange;
}

Transcript transcript(std::vector<Exchange> exchanges) {
  return {.exporter = "1.2.3 (revision abc)",
          .link = "tty",
          .begun = WallTime(std::chrono::seconds(951827696)),
          .exchanges = std::move(exchanges)};
}

/// The lines with times.
std::string events(std::vector<Exchange> exchanges) {
  const auto text = transcript_text(transcript(std::move(exchanges)));
  const auto begin = text.find('\n', text.find("#     at ms")) + 1;
  return text.substr(begin, text.rfind("end ") - begin);
}

TEST(Transcript, BeginsWithWhatItIsAndEndsWithHowItEnded) {
  auto whole = transcript({asked('Y', 0ms, "SM\r\n"), asked('Q', 50ms, "08\r\n"),
                           asked('t', 100ms, "NA\r\n"), asked('a', 150ms, "3.!$.\x01Q~\r\n"),
                           asked('L', 400ms)});
  whole.ending = Ending::connection_lost;
  EXPECT_EQ(transcript_text(whole),
            "upslink transcript 1\n"
            "recorded 2000-02-29T12:34:56Z\n"
            "exporter 1.2.3 (revision abc)\n"
            "link tty\n"
            "masked nothing\n"
            "# answered: Q a\n"
            "# not available: t\n"
            "# silent: L\n"
            "# listed by the unit: ^A Q ~\n"
            "#     at ms  what        first    last reply (ms after the question)\n"
            "       0.0 ask  Y       30.0    42.0 \"SM\\r\\n\"\n"
            "      50.0 ask  Q       30.0    42.0 \"08\\r\\n\"\n"
            "     100.0 ask  t       30.0    42.0 \"NA\\r\\n\"\n"
            "     150.0 ask  a       30.0    66.0 \"3.!$.\\x01Q~\\r\\n\"\n"
            "     400.0 ask  L          -       - silence\n"
            "end connection_lost\n");
}

TEST(Transcript, NamesWhatIsMasked) {
  auto masked = transcript({});
  masked.masked = true;
  EXPECT_THAT(transcript_text(masked),
              HasSubstr("\nmasked serial_number manufactured battery_replaced name\n"));
}

TEST(Transcript, AnAlertBeforeOrAfterAnAnswerHasItsOwnLine) {
  Exchange before{.at = 100ms, .asked = 'Q'};
  hear(before, 5ms, "!");
  hear(before, 30ms, "10\r\n");
  hear(before, 500ms, "+");
  EXPECT_EQ(events({before}),
            "     100.0 ask  Q       30.0    42.0 \"10\\r\\n\"\n"
            "     105.0 hear !\n"
            "     600.0 hear +\n");
}

TEST(Transcript, AnAlertInsideAnAnswerStaysThereBare) {
  EXPECT_EQ(events({asked('L', 0ms, "22!9.5\r\n")}),
            "       0.0 ask  L       30.0    58.0 \"22\" ! \"9.5\\r\\n\"\n");
}

TEST(Transcript, InATextAnAlertCharacterIsText) {
  EXPECT_THAT(events({asked('\x1a', 0ms, "#uD43\r\n")}), HasSubstr("\"#uD43\\r\\n\""));
  Exchange alone{.asked = 'n'};
  hear(alone, 2ms, "!");
  hear(alone, 30ms, "AB\r\n");
  EXPECT_EQ(events({alone}),
            "       0.0 ask  n       30.0    42.0 \"AB\\r\\n\"\n"
            "       2.0 hear !\n");
}

TEST(Transcript, ACapabilityStringBeginsWithANumberSignHoweverLateTheRestIsHeard) {
  Exchange slowly_read{.asked = '\x1a'};
  hear(slowly_read, 30ms, "#");
  hear(slowly_read, 90ms, "uD43\r\n");
  EXPECT_THAT(events({slowly_read}), HasSubstr("\"#uD43\\r\\n\""));
  Exchange alerted{.asked = '\x1a'};
  hear(alerted, 2ms, "#");
  hear(alerted, 30ms, "#uD43\r\n");
  EXPECT_THAT(events({alerted}), HasSubstr("\"#uD43\\r\\n\"\n       2.0 hear #\n"));
}

TEST(Transcript, WhatFollowsAnAnswerAtOnceBelongsToIt) {
  Exchange twice{.asked = 'L'};
  hear(twice, 30ms, "229.5\r\n229.5\r\n");
  EXPECT_THAT(events({twice}), HasSubstr("\"229.5\\r\\n229.5\\r\\n\"\n"));
  Exchange later{.asked = 'L'};
  hear(later, 30ms, "1.0\r\n");
  hear(later, 300ms, "late\r\n");
  hear(later, 400ms, "more");
  EXPECT_EQ(events({later}),
            "       0.0 ask  L       30.0    46.0 \"1.0\\r\\n\"\n"
            "     300.0 hear \"late\\r\\n\"\n"
            "     400.0 hear \"more\"\n");
}

TEST(Transcript, WhatComesBeforeTheFirstQuestionIsUnasked) {
  Exchange nothing{};
  hear(nothing, 10ms, "$x");
  EXPECT_EQ(events({nothing}), "      10.0 hear $\n      14.0 hear \"x\"\n");
}

TEST(Transcript, HasNoByteThatIsNotPlainText) {
  Exchange any{.asked = 'y'};
  std::string all;
  for (int code = 0; code < 256; ++code) all += static_cast<char>(code);
  hear(any, 30ms, all);
  const auto text = events({any});
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f));
  EXPECT_THAT(text, HasSubstr("\\x00\\x01"));
  EXPECT_THAT(text, HasSubstr("hear \"\\\"\"\n"));
  EXPECT_THAT(text, HasSubstr("[\\\\]"));
  EXPECT_THAT(text, HasSubstr("\\x7f\\x80"));
  EXPECT_THAT(text, HasSubstr("\\xff"));
}

}  // namespace
}  // namespace upslink::app
