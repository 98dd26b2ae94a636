// SPDX-License-Identifier: Apache-2.0
// What probe prints for values, for replies without one and for silence, in both formats.
#include "app/probe_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace upslink::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Command& command_with(char byte) {
  for (const Command& command : commands) {
    if (command.byte == byte) return command;
  }
  throw std::out_of_range("no such command");
}

ProbeReport report() {
  return {"/dev/ttyS0",
          {{&command_with('Q'), "28", std::nullopt},
           {&command_with('L'), "229.5", std::nullopt},
           {&command_with('j'), ">>>>:", std::nullopt},
           {&command_with('t'), std::nullopt, Failure::not_available},
           {&command_with('~'), std::nullopt, Failure::timeout},
           {&command_with('J'), std::nullopt, std::nullopt},
           {&command_with('x'), "11/20/04", std::nullopt},
           {&command_with('k'), "L", std::nullopt},
           {&command_with('n'), std::string("AB\"\\\x01 12  \0", 11), std::nullopt}}};
}

TEST(ProbeReportTest, EveryQuantityHasItsLine) {
  const auto text = probe_text(report());
  for (const auto* line : {
           "status                      Q        28                    on_line overload\n",
           "input_voltage               L        229.5                 229.5 volts\n",
           "battery_runtime             j        >>>>:                 - cannot be told\n",
           "ambient_temperature_1       t        NA                    - not available on this "
           "unit\n",
           "state                       ~        -                     - no reply\n",
           "environment_alarms_1        J        -                     - not asked: reading it may "
           "clear it\n",
           "battery_replaced            x        11/20/04              2004-11-20\n",
           "alarm_delay                 k        L                     low_battery (only when the "
           "battery is low)\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(ProbeReportTest, JsonHasValuesForPrograms) {
  const auto json = probe_json(report());
  EXPECT_THAT(json, HasSubstr(R"({"version": 1, "address": "/dev/ttyS0", "quantities": [)"));
  EXPECT_THAT(
      json,
      HasSubstr(
          R"("quantity": "status", "command": "Q", "status": "ok", "reply": "28", "value": ["on_line", "overload"], "unit": null})"));
  EXPECT_THAT(json,
              HasSubstr(R"("status": "ok", "reply": "229.5", "value": 229.5, "unit": "volts"})"));
  EXPECT_THAT(
      json,
      HasSubstr(R"("status": "no_value", "reply": ">>>>:", "value": null, "unit": "seconds"})"));
  EXPECT_THAT(json, HasSubstr(R"("status": "timeout", "reply": null, "value": null)"));
  EXPECT_THAT(json, HasSubstr(R"("value": "AB\"\\\\x01 12")"));
}

TEST(ProbeReportTest, UnprintableBytesNeverReachTheTerminal) {
  for (const auto& printed : {probe_text(report()), probe_json(report())}) {
    for (const char c : printed)
      EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  }
}

}  // namespace
}  // namespace upslink::app
