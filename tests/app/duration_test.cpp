// SPDX-License-Identifier: Apache-2.0
#include "app/duration.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <vector>

#include "bad_input.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, TakesANumberAndAUnit) {
  const std::vector<std::pair<std::string, Duration>> rows{
      {"500ms", 500ms}, {"1s", 1s},      {"2.5s", 2500ms}, {"10m", 10min},  {"1h", 1h},
      {"0s", 0s},       {"0.2s", 200ms}, {"007s", 7s},     {"1.5h", 90min}, {"8784h", 8784h}};
  for (const auto& [text, length] : rows) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(*parsed, length) << text;
  }
}

TEST(ParseDuration, RefusesEverythingElse) {
  const std::string advice = "; write a number and one of ms, s, m, h, such as 500ms or 2.5s";
  const std::vector<BadInput> rows{
      {"", "\"\" is no length of time" + advice},
      {"1", "\"1\" has no unit" + advice},
      {"s", "\"s\" is no length of time" + advice},
      {"-1s", "\"-1s\" is no length of time" + advice},
      {"+1s", "\"+1s\" is no length of time" + advice},
      {".5s", "\".5s\" is no length of time" + advice},
      {"1 s", "\"1 s\" is no length of time" + advice},
      {"1S", "\"1S\" is no length of time" + advice},
      {"1d", "\"1d\" is no length of time" + advice},
      {"1m30s", "\"1m30s\" is no length of time" + advice},
      {"1e3s", "\"1e3s\" is no length of time" + advice},
      {"0x1s", "\"0x1s\" is no length of time" + advice},
      {"inf", "\"inf\" is no length of time" + advice},
      {"nans", "\"nans\" is no length of time" + advice},
      {"1,5s", "\"1,5s\" is no length of time" + advice},
      {"9999h", "\"9999h\" is longer than a year" + advice},
      {"99999999999999999999999999h",
       "\"99999999999999999999999999h\" is longer than a year" + advice},
  };
  for (const BadInput& row : rows) {
    const auto parsed = parse_duration(row.input);
    ASSERT_FALSE(parsed) << row.input;
    EXPECT_EQ(parsed.error(), row.sentence);
  }
}

TEST(ParseDuration, RefusesANumberThatNoDoubleHolds) {
  const auto parsed = parse_duration(std::string(400, '9') + "h");
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().find("is longer than a year"), std::string::npos);
}

TEST(ParseDurations, TakesOneOrMoreParts) {
  const std::vector<std::pair<std::string, Duration>> rows{
      {"0", 0s}, {"0s", 0s}, {"250ms", 250ms}, {"1m30s", 90s}, {"1h0.5s1ms", 1h + 501ms}};
  for (const auto& [text, length] : rows) {
    const auto parsed = parse_durations(text);
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(*parsed, length) << text;
  }
}

TEST(ParseDurations, RefusesEverythingElse) {
  const std::string advice = "; write a number and one of ms, s, m, h, such as 500ms or 2.5s";
  const std::vector<BadInput> rows{{"", "\"\" is no length of time" + advice},
                                   {"10", "\"10\" has no unit" + advice},
                                   {"1m30", "\"1m30\" is no length of time" + advice},
                                   {"1m 30s", "\"1m 30s\" is no length of time" + advice},
                                   {"m1s", "\"m1s\" is no length of time" + advice},
                                   {"-1m1s", "\"-1m1s\" is no length of time" + advice},
                                   {"1..2s", "\"1..2s\" is no length of time" + advice},
                                   {"8000h8000h", "\"8000h8000h\" is longer than a year" + advice}};
  for (const BadInput& row : rows) {
    const auto parsed = parse_durations(row.input);
    ASSERT_FALSE(parsed) << row.input;
    EXPECT_EQ(parsed.error(), row.sentence);
  }
}

TEST(SetDuration, KeepsWithinItsBounds) {
  Duration target = 7s;
  EXPECT_EQ(said(set_duration(target, "200ms", "200ms", "1m")), "fine");
  EXPECT_EQ(target, 200ms);
  EXPECT_EQ(said(set_duration(target, "60s", "200ms", "1m")), "fine");
  EXPECT_EQ(target, 1min);
  EXPECT_EQ(said(set_duration(target, "199ms", "200ms", "1m")),
            "\"199ms\" is outside what works; choose from 200ms to 1m");
  EXPECT_EQ(said(set_duration(target, "61s", "200ms", "1m")),
            "\"61s\" is outside what works; choose from 200ms to 1m");
  EXPECT_EQ(target, 1min) << "a complaint changes nothing";
}

}  // namespace
}  // namespace upslink::app
