// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/powernet_states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "snapshots.hpp"
#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto status = quantity_named("status");
constexpr auto transfer_cause = quantity_named("transfer_cause");
constexpr auto line_fail = alert_named("line_fail");
constexpr auto line_restored = alert_named("line_restored");

Snapshot with(std::size_t quantity, std::string_view reply) {
  auto snapshot = answering_ups();
  set_reading(snapshot, quantity, reply);
  return snapshot;
}

/// One register of a UPS that is on line otherwise.
Snapshot in_state(std::string_view quantity, std::string_view reply) {
  auto snapshot = with(status, "08");
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (quantities[i].name == quantity) set_reading(snapshot, i, reply);
  }
  return snapshot;
}

/// The numbers of the flags that are set; the first is 1.
std::vector<int> flags(const std::string& text) {
  std::vector<int> set;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '1') set.push_back(static_cast<int>(i + 1));
  }
  return set;
}

std::vector<int> output_flags(const Snapshot& snapshot) {
  const auto text = powernet_output_state(Facts(snapshot, read_at));
  EXPECT_EQ(text.size(), 64U);
  EXPECT_EQ(text.find_first_not_of("01"), std::string::npos);
  return flags(text);
}

std::int64_t output_status(const Snapshot& snapshot) {
  return powernet_output_status(Facts(snapshot, read_at));
}

std::int64_t line_fail_cause(const Snapshot& snapshot, TimePoint now = read_at) {
  return powernet_line_fail_cause(Facts(snapshot, now));
}

TEST(PowernetOutputStatus, is_the_first_that_holds) {
  struct Case {
    std::string_view state, fault_3, status;
    std::int64_t number;
  };
  const std::vector<Case> cases{
      {"00", "00", "08", 2},  {"00", "00", "10", 3},  {"00", "00", "0C", 4}, {"00", "00", "0A", 12},
      {"00", "00", "00", 1},  {"08", "00", "08", 6},  {"20", "00", "08", 9}, {"02", "00", "08", 10},
      {"01", "00", "08", 8},  {"40", "00", "00", 7},  {"00", "04", "00", 7}, {"80", "00", "00", 11},
      {"00", "01", "00", 11}, {"00", "10", "10", 11}, {"00", "08", "00", 5}, {"FF", "FF", "FF", 5},
      {"FF", "17", "FF", 11}, {"7F", "04", "FF", 7},  {"3F", "00", "FF", 8}, {"3E", "00", "FF", 10},
      {"3C", "00", "FF", 9},  {"1C", "00", "FF", 6},  {"14", "00", "FF", 3}, {"00", "00", "0E", 4},
  };
  for (const Case& one : cases) {
    auto snapshot = with(status, one.status);
    set_reading(snapshot, quantity_named("state"), one.state);
    set_reading(snapshot, quantity_named("fault_3"), one.fault_3);
    const auto hint =
        std::string(one.state).append(" ").append(one.fault_3).append(" ").append(one.status);
    EXPECT_EQ(output_status(snapshot), one.number) << hint;
    snapshot.link.up = false;
    EXPECT_EQ(output_status(snapshot), 1) << hint;
  }
}

TEST(PowernetOutputState, has_a_flag_for_each_bit_of_the_registers) {
  struct Case {
    std::string_view quantity, reply;
    std::vector<int> flags;
  };
  const std::vector<Case> cases{
      {"status", "08", {4, 6, 19}},
      {"status", "09", {4, 6, 10, 19}},
      {"status", "0A", {4, 6, 8, 19}},
      {"status", "0C", {4, 6, 7, 19}},
      {"status", "10", {2, 6, 19}},
      {"status", "28", {4, 6, 9, 19}},
      {"status", "48", {3, 4, 6, 19}},
      {"status", "50", {2, 3, 6, 19, 30}},
      {"status", "88", {4, 5, 6, 19}},
      {"status", "00", {6}},
      {"state", "01", {4, 6, 19, 20}},
      {"state", "02", {1, 4, 6, 14, 19}},
      {"state", "04", {4, 6, 13, 19}},
      {"state", "08", {4, 6, 13, 19}},
      {"state", "10", {4, 6, 19}},
      {"state", "20", {4, 6, 12, 19}},
      {"state", "40", {4, 6, 19}},
      {"state", "80", {4, 6, 18, 19}},
      {"fault_2", "01", {1, 4, 6, 19, 41}},
      {"fault_2", "02", {1, 4, 6, 19}},
      {"fault_2", "04", {1, 4, 6, 15, 19}},
      {"fault_2", "08", {1, 4, 6, 19}},
      {"fault_2", "10", {1, 4, 6, 19, 37}},
      {"fault_2", "20", {1, 4, 6, 19, 33}},
      {"fault_2", "40", {1, 4, 6, 19, 23}},
      {"fault_2", "80", {1, 4, 6, 19, 24}},
      {"fault_3", "01", {1, 4, 6, 11, 19, 40}},
      {"fault_3", "02", {1, 4, 6, 19, 39}},
      {"fault_3", "04", {1, 4, 6, 19, 42}},
      {"fault_3", "08", {4, 6, 17, 19}},
      {"fault_3", "10", {4, 6, 18, 19}},
      {"fault_3", "20", {1, 4, 6, 19, 25}},
      {"fault_3", "40", {1, 4, 6, 19, 43}},
      {"fault_3", "80", {1, 4, 6, 19, 45}},
  };
  for (const Case& one : cases) {
    auto snapshot = in_state(one.quantity, one.reply);
    EXPECT_EQ(output_flags(snapshot), one.flags) << one.quantity << " " << one.reply;
    snapshot.link.up = false;
    EXPECT_THAT(output_flags(snapshot), IsEmpty());
  }
}

TEST(PowernetOutputState, has_flags_that_need_more_than_one_bit) {
  auto fan = in_state("state", "02");
  set_reading(fan, quantity_named("fault_2"), "01");
  EXPECT_THAT(output_flags(fan), ElementsAre(1, 4, 6, 14, 16, 19, 41));

  auto empty = with(status, "50");
  set_reading(empty, quantity_named("battery_charge"), "000.0");
  EXPECT_THAT(output_flags(empty), ElementsAre(2, 3, 6, 11, 19, 30));

  auto in_bypass = with(status, "00");
  set_reading(in_bypass, quantity_named("state"), "08");
  EXPECT_THAT(output_flags(in_bypass), ElementsAre(6, 13, 19));

  EXPECT_THAT(output_flags(answering_ups()), ElementsAre(6));
}

TEST(PowernetOutputState, knows_a_self_test_by_the_cause_of_this_transfer) {
  auto snapshot = with(status, "10");
  set_reading(snapshot, transfer_cause, "S");
  EXPECT_THAT(output_flags(snapshot), ElementsAre(2, 6, 19));  // the cause may be that of another
  snapshot.totals.on_battery_since = read_at + 1s;
  EXPECT_THAT(output_flags(snapshot), ElementsAre(2, 6, 19));
  snapshot.totals.on_battery_since = read_at;
  EXPECT_THAT(output_flags(snapshot), ElementsAre(2, 6, 19, 29));
}

TEST(PowernetOutputState, is_as_the_newest_alert_says) {
  auto snapshot = with(status, "08");
  snapshot.alerts[line_fail] = {1, happened_at, read_at + 1s};
  EXPECT_THAT(output_flags(snapshot), ElementsAre(2, 6, 19));
  EXPECT_EQ(output_status(snapshot), 3);
  snapshot.alerts[alert_named("abnormal")] = {1, happened_at, read_at + 1s};
  EXPECT_THAT(output_flags(snapshot), ElementsAre(1, 2, 6, 19));
  snapshot.alerts[alert_named("abnormal_cleared")] = {1, happened_at, read_at + 2s};
  EXPECT_THAT(output_flags(snapshot), ElementsAre(2, 6, 19));
}

TEST(PowernetOutputState, is_cleared_of_a_silent_ups_whatever_it_said_before) {
  auto snapshot = with(status, "10");
  snapshot.alerts[alert_named("abnormal")] = {1, happened_at, read_at};
  EXPECT_THAT(output_flags(snapshot), ElementsAre(1, 2, 6, 19));
  snapshot.link.up = false;
  EXPECT_THAT(output_flags(snapshot), IsEmpty());
}

TEST(PowernetAbnormalConditions, have_a_flag_for_what_the_registers_tell) {
  struct Case {
    std::string_view quantity, reply;
    std::vector<int> flags;
  };
  const std::vector<Case> cases{
      {"status", "08", {}},    {"status", "88", {4}},   {"status", "28", {31}},
      {"state", "02", {11}},   {"state", "20", {13}},   {"fault_2", "01", {15}},
      {"fault_2", "02", {15}}, {"fault_2", "80", {22}}, {"fault_2", "20", {24}}};
  for (const Case& one : cases) {
    const auto snapshot = in_state(one.quantity, one.reply);
    const auto text = powernet_abnormal_conditions(Facts(snapshot, read_at));
    EXPECT_EQ(text.size(), 32U);
    EXPECT_EQ(flags(text), one.flags) << one.quantity << " " << one.reply;
  }
}

TEST(PowernetLineFailCause, is_what_the_unit_says) {
  const std::vector<std::pair<std::string_view, std::int64_t>> cases{{"O", 1}, {"H", 2}, {"T", 7},
                                                                     {"S", 9}, {"K", 9}, {"R", 10}};
  for (const auto& [reply, number] : cases) {
    EXPECT_EQ(line_fail_cause(with(transfer_cause, reply)), number) << reply;
  }
  EXPECT_EQ(line_fail_cause(answering_ups()), 1);
}

TEST(PowernetLineFailCause, of_low_voltage_is_by_depth_and_length) {
  struct Case {
    std::string_view input, minimum;
    Duration on_battery;
    std::int64_t number;
  };
  const std::vector<Case> cases{
      {"180.0", "", 10s, 3},     {"000.0", "", 10s, 4},      {"180.0", "", 4s, 5},
      {"000.0", "", 4s, 6},      {"180.0", "091.9", 10s, 4}, {"180.0", "092.0", 10s, 3},
      {"180.0", "050.0", 4s, 6}, {"", "050.0", 5s, 4},       {"", "", 4999ms, 5},
      {"", "", 5s, 3},           {"050.0", "180.0", 10s, 4},
  };
  for (const Case& one : cases) {
    auto snapshot = with(transfer_cause, "L");
    set_reading(snapshot, quantity_named("output_voltage_nominal"), "230");
    if (!one.input.empty()) set_reading(snapshot, quantity_named("input_voltage"), one.input);
    if (!one.minimum.empty()) {
      set_reading(snapshot, quantity_named("input_voltage_minimum"), one.minimum);
    }
    snapshot.totals.on_battery_since = read_at;
    EXPECT_EQ(line_fail_cause(snapshot, read_at + one.on_battery), one.number)
        << one.input << " " << one.minimum;
  }
}

TEST(PowernetLineFailCause, of_low_voltage_does_not_count_what_was_read_before) {
  auto snapshot = with(transfer_cause, "L");
  set_reading(snapshot, quantity_named("output_voltage_nominal"), "230");
  set_reading(snapshot, quantity_named("input_voltage_minimum"), "010.0");
  snapshot.totals.on_battery_since = read_at + 1s;
  EXPECT_EQ(line_fail_cause(snapshot, read_at + 10s), 3);
}

TEST(PowernetLineFailCause, of_low_voltage_knows_its_length_by_the_alerts_when_it_is_over) {
  auto snapshot = with(transfer_cause, "L");
  EXPECT_EQ(line_fail_cause(snapshot), 3);  // nobody can tell
  snapshot.alerts[line_fail] = {1, happened_at, read_at - 100s};
  EXPECT_EQ(line_fail_cause(snapshot), 3);
  snapshot.alerts[line_restored] = {1, happened_at, read_at - 97s};
  EXPECT_EQ(line_fail_cause(snapshot), 5);
  snapshot.alerts[line_restored] = {1, happened_at, read_at - 90s};
  EXPECT_EQ(line_fail_cause(snapshot), 3);
  snapshot.alerts[line_restored] = {1, happened_at, read_at - 101s};  // of the one before
  EXPECT_EQ(line_fail_cause(snapshot), 3);
}

}  // namespace
}  // namespace upslink::snmp
