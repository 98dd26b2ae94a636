// SPDX-License-Identifier: Apache-2.0
// The bytes that may be sent, and the tables of alerts and members. What the compiler proves is in
// catalogue/checks.cpp; here stands what is only true of these very tables.
#include "catalogue/allowed.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "catalogue/quantities.hpp"

namespace upslink {
namespace {

TEST(Allowed, is_the_handshake_and_every_command_of_the_catalogue) {
  std::set<char> wanted{handshake_byte};
  for (const Command& command : commands) wanted.insert(command.byte);
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(may_be_sent(c), wanted.contains(c)) << byte;
  }
}

TEST(Allowed, contains_nothing_that_changes_a_unit) {
  using namespace std::literals;
  for (const char c : "ZKS@UWDA^-+zR1\x0e\x7f\x19\x02\x10\x05\x09\x14\x1b\r\n\0\x81\x9f"sv) {
    EXPECT_FALSE(may_be_sent(c)) << static_cast<int>(c);
  }
}

TEST(Commands, are_printable) {
  EXPECT_EQ(command_name('Q').view(), "Q");
  EXPECT_EQ(command_name('\x01').view(), "^A");
  EXPECT_EQ(command_name('\x1a').view(), "^Z");
  EXPECT_EQ(command_name('\x7f').view(), "0x7f");
  EXPECT_EQ(command_name('\x9f').view(), "0x9f");
  EXPECT_EQ(command_name('~').view(), "~");
}

TEST(Commands, hold_adjacent_rows) {
  std::size_t rows = 0;
  for (const Command& command : commands) {
    EXPECT_EQ(command.first, rows);
    for (std::size_t i = 0; i < command.count; ++i) {
      EXPECT_EQ(quantities[rows + i].command, command.byte);
    }
    rows += command.count;
  }
  EXPECT_EQ(rows, quantity_count);
}

TEST(Alerts, are_the_ten_of_the_protocol) {
  std::string bytes;
  for (const Alert& alert : alerts) bytes += alert.byte;
  EXPECT_EQ(bytes, "!$%+?=*#&|");
  for (std::size_t i = 0; i < alerts.size(); ++i) EXPECT_EQ(alert_index(alerts[i].byte), i);
  for (const char c : {'Q', '\0', '~', '\r', ' '}) EXPECT_FALSE(alert_index(c)) << c;
}

TEST(Alerts, announce_changes_of_flags_by_name) {
  const auto bit = [](std::string_view name) -> unsigned {
    for (std::size_t i = 0; i < status_flags.size(); ++i) {
      if (status_flags[i].name == name) return 1U << i;
    }
    return 0;
  };
  const auto alert = [](char byte) { return alerts[alert_index(byte).value()]; };
  EXPECT_EQ(alert('!').status_set, bit("on_battery"));
  EXPECT_EQ(alert('!').status_clear & bit("on_line"), bit("on_line"));
  EXPECT_EQ(alert('$').status_set, bit("on_line"));
  EXPECT_EQ(alert('$').status_clear, bit("on_battery"));
  EXPECT_EQ(alert('%').status_set, bit("battery_low"));
  EXPECT_EQ(alert('+').status_clear, bit("battery_low"));
  EXPECT_EQ(alert('#').status_set, bit("replace_battery"));
}

}  // namespace
}  // namespace upslink
