// SPDX-License-Identifier: Apache-2.0
// The tables of entities and of sensors, row by row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "publish/snmp/views.hpp"
#include "snapshots.hpp"
#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Values by column.
using Columns = std::map<std::uint32_t, SnmpValue>;

/// Rows of both tables by entPhysicalIndex.
struct Tables {
  std::map<std::uint32_t, Columns> entities, sensors;
};

Tables tables(const Stage& stage) {
  Tables found;
  for (const Cell& cell : stage.view(add_entities)) {
    const bool is_sensor = cell.oid.starts_with(entity_sensor_root + Oid{1, 1});
    const Oid root = is_sensor ? entity_sensor_root + Oid{1, 1} : entity_root + Oid{1};
    EXPECT_TRUE(cell.oid.starts_with(root)) << to_string(cell.oid);
    EXPECT_EQ(cell.oid.size(), root.size() + 2);
    auto& row = (is_sensor ? found.sensors : found.entities)[cell.oid[root.size() + 1]];
    EXPECT_TRUE(row.emplace(cell.oid[root.size()], cell.value).second) << to_string(cell.oid);
  }
  return found;
}

std::vector<std::uint32_t> indexes(const std::map<std::uint32_t, Columns>& rows) {
  std::vector<std::uint32_t> found;
  for (const auto& [index, columns] : rows) found.push_back(index);
  return found;
}

Stage stage_of(Snapshot snapshot, std::uint32_t index = 2) {
  Stage stage(std::move(snapshot));
  stage.index = index;
  return stage;
}

void set_support(Snapshot& snapshot, char command, Support support = Support::supported) {
  for (std::size_t i = 0; i < command_count; ++i) {
    if (commands[i].byte == command) snapshot.support[i] = support;
  }
}

TEST(Entities, are_not_there_before_the_ups_has_answered) {
  EXPECT_THAT(stage_of(unknown_ups()).view(add_entities), IsEmpty());
}

TEST(Entities, has_one_for_the_ups) {
  const Columns right{{2, octets("rack 1: SMART-UPS 700 RM")},
                      {4, integer(0)},
                      {5, integer(6)},
                      {6, integer(2)},
                      {7, octets("rack 1")},
                      {9, octets("52.9.D")},
                      {11, octets("S95025484481")},
                      {12, octets("APC")},
                      {13, octets("SMART-UPS 700 RM")},
                      {16, integer(1)}};
  EXPECT_EQ(tables(stage_of(smart_ups_700())).entities.at(200), right);
  EXPECT_EQ(tables(stage_of(smart_ups_700(), 3)).entities.at(300).at(6), integer(3));
}

TEST(Entities, leave_out_what_a_ups_does_not_say_of_itself) {
  auto stage = stage_of(answering_ups());
  const Columns right{
      {2, octets("rack 1: UPS")}, {4, integer(0)},     {5, integer(6)}, {6, integer(2)},
      {7, octets("rack 1")},      {12, octets("APC")}, {16, integer(1)}};
  EXPECT_EQ(tables(stage).entities.at(200), right);
  EXPECT_THAT(tables(stage).sensors, IsEmpty());
  stage.read('V', "GWD");
  EXPECT_EQ(tables(stage).entities.at(200).at(9), octets("GWD"));
}

TEST(Entities, has_one_for_each_sensor_within_the_ups) {
  const auto found = tables(stage_of(everything()));
  for (std::uint32_t k = 1; k <= 16; ++k) {
    const auto& row = found.entities.at(200 + k);
    EXPECT_EQ(row.at(4), integer(200));
    EXPECT_EQ(row.at(5), integer(8));
    EXPECT_EQ(row.at(6), integer(k));
    EXPECT_EQ(row.at(16), integer(2));
    EXPECT_EQ(row.at(2), row.at(7));
    EXPECT_TRUE(std::get<std::string>(row.at(7).content).starts_with("rack 1 ")) << k;
    EXPECT_EQ(found.sensors.count(200 + k), 1U) << k;
  }
  EXPECT_EQ(found.entities.size(), 17U);
  EXPECT_EQ(found.sensors.size(), 16U);
  EXPECT_EQ(found.entities.at(201).at(7), octets("rack 1 input voltage"));
}

TEST(Entities, has_only_the_sensors_that_the_unit_has) {
  const auto found = tables(stage_of(smart_ups_700()));
  EXPECT_THAT(indexes(found.sensors),
              ElementsAre(201, 202, 203, 204, 206, 211, 212, 213, 214, 215, 216));
  EXPECT_THAT(indexes(found.entities),
              ElementsAre(200, 201, 202, 203, 204, 206, 211, 212, 213, 214, 215, 216));
}

TEST(Sensors, has_a_second_probe_only_if_it_has_said_something) {
  auto snapshot = answering_ups();
  for (const char command : {'t', 'T', 'h', 'H'}) set_support(snapshot, command);
  auto stage = stage_of(snapshot);
  stage.read('t', "21.08");
  stage.read('h', "037.2");
  set_reading(stage.snapshot, quantity_named("uptime"), "123.4");  // of T, on other units
  EXPECT_THAT(indexes(tables(stage).sensors), ElementsAre(207, 209));
  stage.snapshot.readings[quantity_named("uptime")].reset();
  stage.read('H', "037.2,034.0");
  set_reading(stage.snapshot, quantity_named("ambient_temperature_2"), "21.08,20.09");
  EXPECT_THAT(indexes(tables(stage).sensors), ElementsAre(207, 208, 209, 210));
}

TEST(Sensors, have_their_type_precision_value_and_units) {
  struct Case {
    std::uint32_t index;
    std::int64_t type, precision, value;
    std::string_view units;
  };
  const std::vector<Case> cases{
      {201, 3, 2, 23040, "V"},
      {202, 3, 2, 23100, "V"},
      {203, 4, 2, 21920, "V"},
      {204, 7, 2, 4998, "Hz"},
      {205, 5, 2, 1710, "A"},
      {206, 8, 2, 3330, "degrees Celsius"},
      {207, 8, 2, 2108, "degrees Celsius"},
      {208, 8, 2, 2009, "degrees Celsius"},
      {209, 9, 1, 372, "%"},
      {210, 9, 1, 340, "%"},
      {211, 1, 1, 790, "%"},
      {212, 1, 1, 1034, "%"},
      {213, 1, 0, 2220, "s"},
      {214, 12, 0, 1, ""},
      {215, 12, 0, 2, ""},
      {216, 12, 0, 2, ""},
  };
  const auto stage = stage_of(everything());
  const auto found = tables(stage);
  for (const Case& one : cases) {
    const Columns right{{1, integer(one.type)},  {2, integer(9)}, {3, integer(one.precision)},
                        {4, integer(one.value)}, {5, integer(1)}, {6, octets(one.units)},
                        {7, ticks(1'000'000)},   {8, gauge(0)}};
    EXPECT_EQ(found.sensors.at(one.index), right) << one.index;
  }
}

TEST(Sensors, tell_flags_as_the_newest_word_of_the_ups) {
  struct Case {
    std::string_view status;
    std::int64_t on_battery, replace, overload;
  };
  auto snapshot = answering_ups();
  set_support(snapshot, 'Q');
  auto stage = stage_of(snapshot);
  for (const Case& one :
       {Case{"08", 2, 2, 2}, Case{"10", 1, 2, 2}, Case{"88", 2, 1, 2}, Case{"28", 2, 2, 1}}) {
    stage.read('Q', one.status);
    const auto found = tables(stage).sensors;
    EXPECT_EQ(found.at(214).at(4), integer(one.on_battery)) << one.status;
    EXPECT_EQ(found.at(215).at(4), integer(one.replace)) << one.status;
    EXPECT_EQ(found.at(216).at(4), integer(one.overload)) << one.status;
  }
  stage.now += 1s;
  stage.hear("line_fail");
  EXPECT_EQ(tables(stage).sensors.at(214).at(4), integer(1));
}

TEST(Sensors, say_when_their_value_was_read) {
  auto stage = stage_of(smart_ups_700());
  stage.now = read_at + 5s;
  EXPECT_EQ(tables(stage).sensors.at(201).at(7), ticks(1'000'000 - 500));
  stage.uptime_ticks = 100;  // the master agent is younger
  EXPECT_EQ(tables(stage).sensors.at(201).at(7), ticks(0));
}

/// That the row is there, and has no value.
void expect_unavailable(const Columns& row) {
  std::set<std::uint32_t> columns;
  for (const auto& [column, value] : row) columns.insert(column);
  EXPECT_THAT(columns, ElementsAre(1, 2, 3, 5, 6, 8));
  EXPECT_EQ(row.at(5), integer(2));
}

TEST(Sensors, stay_without_a_value_while_it_is_not_known) {
  auto stage = stage_of(smart_ups_700());
  stage.read('j', ">>>>:");
  expect_unavailable(tables(stage).sensors.at(213));
  EXPECT_EQ(tables(stage).sensors.at(211).at(5), integer(1));

  stage.now = read_at + validity;  // too old
  for (const auto& [index, row] : tables(stage).sensors) expect_unavailable(row);
}

TEST(Sensors, stay_without_a_value_while_the_ups_is_silent) {
  auto stage = stage_of(everything());
  stage.falls_silent();
  const auto found = tables(stage);
  EXPECT_EQ(found.sensors.size(), 16U);
  for (const auto& [index, row] : found.sensors) expect_unavailable(row);
  EXPECT_EQ(found.entities.size(), 17U);
  EXPECT_EQ(found.entities.at(200).at(11), octets("AS0614132629"));
}

}  // namespace
}  // namespace upslink::snmp
