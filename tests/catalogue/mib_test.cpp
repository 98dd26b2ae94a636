// SPDX-License-Identifier: Apache-2.0
#include "catalogue/mib.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "catalogue/mib_notifications.hpp"

namespace upslink {
namespace {

using ::testing::ElementsAre;

TEST(Mib, makes_names_as_smi_has_them) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows{
      {"", ""},
      {"status", "Status"},
      {"input_voltage", "InputVoltage"},
      {"fault_3", "Fault3"},
      {"14_days", "14Days"},
      {"208v", "208V"},
      {"low_battery_warning_5min", "LowBatteryWarning5Min"},
  };
  for (const auto& [from, to] : rows) EXPECT_EQ(camel_case(from), to) << from;
}

TEST(Mib, names_objects_after_quantities) {
  EXPECT_EQ(object_name(quantities[quantity_named("input_voltage")]), "upslinkInputVoltage");
  EXPECT_EQ(object_name(quantities[quantity_named("ambient_temperature_1")]),
            "upslinkAmbientTemperature");
  EXPECT_EQ(object_name(quantities[quantity_named("ambient_humidity_low_2")]),
            "upslinkAmbientHumidityLow");
  EXPECT_EQ(object_name(quantities[quantity_named("calibration_constant_0")]),
            "upslinkCalibrationConstant0");
  EXPECT_EQ(object_name(line_families[0]), "upslinkUp");
}

TEST(Mib, names_members) {
  struct Row {
    std::size_t quantity, member;
    std::string_view name;
  };
  const std::vector<Row> rows{
      {quantity_named("status"), 3, "onLine"},
      {quantity_named("status"), 0, "runtimeCalibration"},
      {quantity_named("dip_switches"), 4, "bit4"},
      {quantity_named("contacts"), 0, "bit0"},
      {quantity_named("contacts"), 4, "contact1"},
      {quantity_named("self_test_schedule"), 0, "schedule14Days"},
      {quantity_named("alarm_delay"), 0, "mode5S"},
      {quantity_named("output_voltage_selection"), 1, "selection208V"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(member_name(quantities[row.quantity], row.member), row.name);
  }
}

TEST(Mib, chooses_a_syntax_by_what_a_quantity_is) {
  const std::vector<std::pair<std::size_t, Syntax>> rows{
      {quantity_named("status"), Syntax::bits},
      {quantity_named("transfer_cause"), Syntax::choice},
      {quantity_named("model"), Syntax::text},
      {quantity_named("battery_replaced"), Syntax::date},
      {quantity_named("input_quality_acceptable"), Syntax::truth},
      {quantity_named("battery_runtime"), Syntax::whole},
      {quantity_named("battery_packs_bad"), Syntax::whole},
      {quantity_named("calibration_constant_0"), Syntax::whole},
      {quantity_named("input_voltage"), Syntax::hundredths},
      {quantity_named("load"), Syntax::hundredths},
      {quantity_named("internal_temperature"), Syntax::hundredths},
  };
  for (const auto& [quantity, syntax] : rows) {
    EXPECT_EQ(syntax_of(quantities[quantity]), syntax) << quantities[quantity].name;
  }
  EXPECT_EQ(hundredths_in(Unit::ratio), 10'000);
  EXPECT_EQ(hundredths_in(Unit::volts), 100);
}

TEST(Mib, chooses_a_syntax_by_what_a_family_is) {
  const std::map<std::string_view, Syntax> expected{
      {"Up", Syntax::truth},
      {"LastSuccess", Syntax::date},
      {"PollDuration", Syntax::hundredths},
      {"AlertCount", Syntax::counter},
      {"AlertLast", Syntax::date},
      {"TransferCount", Syntax::counter},
      {"OnBatteryTime", Syntax::counter},
      {"OutputPower", Syntax::hundredths},
      {"OutputEnergy", Syntax::counter64},
      {"UpsRequests", Syntax::counter},
      {"Requests", Syntax::counter},
      {"FailureCount", Syntax::counter},
      {"TrafficBytes", Syntax::counter64},
      {"LinkOpens", Syntax::counter},
      {"CommandSupported", Syntax::truth},
      {"CommandReplies", Syntax::counter},
      {"CommandFailures", Syntax::counter},
      {"CommandAge", Syntax::hundredths},
  };
  for (const LineFamily& row : line_families) {
    EXPECT_EQ(syntax_of(row), expected.at(row.object)) << row.object;
  }
  for (const LineFamily& row : mib_only_families) {
    EXPECT_EQ(syntax_of(row), expected.at(row.object)) << row.object;
  }
}

/// Where every instance stands: table, column, and number after that of the UPS.
TEST(Mib, gives_every_instance_a_place_of_its_own) {
  std::map<std::tuple<MibTable, unsigned, std::uint32_t>, std::string> places;
  const auto add = [&places](MibColumn at, std::uint32_t index, const std::string& name) {
    const auto [there, added] = places.insert({{at.table, at.column, index}, name});
    EXPECT_TRUE(added) << name << " where " << there->second << " is";
    if (index_of(at.table) == MibIndex::none) {
      EXPECT_EQ(index, 0U) << name;
    } else {
      EXPECT_GT(index, 0U) << name;
      EXPECT_GT(at.column, mib_index_column) << name;
    }
  };
  for (const Quantity& row : quantities) {
    if (row.mib.table == MibTable::none) continue;
    add(row.mib, row.mib.table == MibTable::probe ? probe_of(row) : 0, object_name(row));
  }
  for (const LineFamily& row : line_families) {
    for (std::size_t i = 0; i < row.members; ++i) add(row.mib, index_of(row, i), object_name(row));
  }
  for (const LineFamily& row : mib_only_families) {
    for (std::size_t i = 0; i < row.members; ++i) add(row.mib, index_of(row, i), object_name(row));
  }
  add(mib_ups_name, 0, "upslinkUpsName");
  add(mib_link_kind, 0, "upslinkLinkKind");
  for (const MibColumn column : {mib_alarm_descr, mib_alarm_time, mib_alarm_text}) {
    add(column, 1, "a column of alarms");
  }
}

TEST(Mib, serves_whatever_is_a_metric) {
  for (const Quantity& row : quantities) {
    EXPECT_EQ(row.mib.table == MibTable::none, row.metric.empty()) << row.name;
  }
  for (const LineFamily& row : line_families) EXPECT_NE(row.mib.table, MibTable::none);
}

std::vector<std::string> texts(const std::vector<IndexValue>& values) {
  std::vector<std::string> found;
  for (const auto& [number, name] : values) found.push_back(std::to_string(number) + " " + name);
  return found;
}

TEST(Mib, lists_the_values_of_an_index) {
  EXPECT_THAT(texts(index_values(MibIndex::alert)),
              ElementsAre("33 lineFail", "35 replaceBattery", "36 lineRestored", "37 batteryLow",
                          "38 environment", "42 turningOff", "43 batteryRecovered",
                          "61 abnormalCleared", "63 abnormal", "124 eepromChanged"));
  EXPECT_THAT(texts(index_values(MibIndex::cause)),
              ElementsAre("1 none", "2 rateOfChange", "3 highVoltage", "4 lowVoltage",
                          "5 notchOrSpike", "6 test", "7 software"));
  EXPECT_THAT(texts(index_values(MibIndex::reason)),
              ElementsAre("1 timeout", "2 malformed", "3 desync", "4 implausible", "5 link"));
  EXPECT_THAT(texts(index_values(MibIndex::direction)), ElementsAre("1 sent", "2 received"));
  const auto by_command = index_values(MibIndex::command);
  EXPECT_EQ(by_command.size(), command_count);
  EXPECT_TRUE(std::ranges::is_sorted(by_command, {}, &IndexValue::number));
  EXPECT_THAT(texts(by_command), ::testing::Contains("81 status"));
  EXPECT_THAT(texts(by_command), ::testing::Contains("1 model"));
  EXPECT_TRUE(index_values(MibIndex::none).empty());
  EXPECT_TRUE(index_values(MibIndex::alarm).empty());
}

TEST(Mib, has_notifications_with_objects_that_are_there) {
  std::set<std::string> objects{"upslinkUpsName", "upslinkAlarmDescr", "upslinkAlarmText"};
  for (const Quantity& row : quantities) objects.insert(object_name(row));
  for (const LineFamily& row : line_families) objects.insert(object_name(row));
  std::set<unsigned> numbers;
  for (const MibNotification& row : mib_notifications) {
    EXPECT_TRUE(numbers.insert(row.number).second) << row.name;
    EXPECT_GT(row.number, 0) << row.name;
    EXPECT_EQ(row.objects.front(), "upslinkUpsName") << row.name;
    for (const auto object : row.objects) {
      EXPECT_TRUE(objects.contains(std::string(object))) << row.name << ": " << object;
    }
  }
}

}  // namespace
}  // namespace upslink
