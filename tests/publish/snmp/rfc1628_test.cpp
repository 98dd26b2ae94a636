// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/rfc1628.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// An object, below upsObjects: `{2, 1, 0}` is upsBatteryStatus.0.
std::string object(const Stage& ups, const Oid& below) {
  return at(ups.view(add_rfc1628), rfc1628_root + Oid{1} + below);
}

/// All that is served, `1.2.1.0 = integer 3`, in the order of a walk.
std::vector<std::string> walk(const Stage& ups) {
  auto cells = ups.view(add_rfc1628);
  std::ranges::sort(cells, {}, &Cell::oid);
  std::vector<std::string> lines;
  for (const Cell& cell : cells) {
    EXPECT_TRUE(cell.oid.starts_with(rfc1628_root)) << to_string(cell.oid);
    lines.push_back(to_string(Oid(cell.oid.arcs().subspan(rfc1628_root.size()))) + " = " +
                    shown(cell.value));
  }
  return lines;
}

TEST(Rfc1628, serves_everything_that_is_known) {
  Stage ups(everything_over_snmp());
  ups.snapshot.readings[quantity_named("fault_3")].reset();
  ups.snapshot.readings[quantity_named("fault_2")].reset();
  ups.snapshot.readings[quantity_named("state")].reset();
  ups.snapshot.readings[quantity_named("battery_packs_bad")].reset();
  ups.read('Q', "10");
  ups.look();
  EXPECT_THAT(
      walk(ups),
      ElementsAre("1.1.1.0 = octets APC",                       // upsIdentManufacturer
                  "1.1.2.0 = octets Smart-UPS RT 2000 XL",      // upsIdentModel
                  "1.1.3.0 = octets 416.5.I",                   // upsIdentUPSSoftwareVersion
                  "1.1.4.0 = octets upslink_exporter 1.2.3",    // upsIdentAgentSoftwareVersion
                  "1.1.5.0 = octets rack 1",                    // upsIdentName
                  "1.1.6.0 = octets ",                          // upsIdentAttachedDevices
                  "1.2.1.0 = integer 2",                        // upsBatteryStatus
                  "1.2.2.0 = integer 61",                       // upsSecondsOnBattery
                  "1.2.3.0 = integer 37",                       // upsEstimatedMinutesRemaining
                  "1.2.4.0 = integer 79",                       // upsEstimatedChargeRemaining
                  "1.2.5.0 = integer 2192",                     // upsBatteryVoltage
                  "1.2.7.0 = integer 33",                       // upsBatteryTemperature
                  "1.3.1.0 = counter 10",                       // upsInputLineBads: causes 1 to 4
                  "1.3.2.0 = integer 1",                        // upsInputNumLines
                  "1.3.3.1.2.1 = integer 500",                  // upsInputFrequency
                  "1.3.3.1.3.1 = integer 230",                  // upsInputVoltage
                  "1.4.1.0 = integer 5",                        // upsOutputSource
                  "1.4.2.0 = integer 500",                      // upsOutputFrequency
                  "1.4.3.0 = integer 1",                        // upsOutputNumLines
                  "1.4.4.1.2.1 = integer 231",                  // upsOutputVoltage
                  "1.4.4.1.3.1 = integer 171",                  // upsOutputCurrent
                  "1.4.4.1.4.1 = integer 465",                  // upsOutputPower
                  "1.4.4.1.5.1 = integer 106",                  // upsOutputPercentLoad
                  "1.5.2.0 = integer 0",                        // upsBypassNumLines
                  "1.6.1.0 = gauge 3",                          // upsAlarmsPresent
                  "1.6.2.1.2.1 = oid 1.3.6.1.2.1.33.1.6.3.2",   // upsAlarmDescr
                  "1.6.2.1.2.2 = oid 1.3.6.1.2.1.33.1.6.3.6",   //
                  "1.6.2.1.2.3 = oid 1.3.6.1.2.1.33.1.6.3.19",  //
                  "1.6.2.1.3.1 = ticks 0",                      // upsAlarmTime
                  "1.6.2.1.3.2 = ticks 0",                      //
                  "1.6.2.1.3.3 = ticks 0",                      //
                  "1.7.1.0 = oid 1.3.6.1.2.1.33.1.7.7.3",       // upsTestId
                  "1.7.2.0 = integer 1",                        // upsTestSpinLock
                  "1.7.3.0 = integer 3",                        // upsTestResultsSummary
                  "1.7.4.0 = octets failed: insufficient capacity",  // upsTestResultsDetail
                  "1.7.5.0 = ticks 998000",                          // upsTestStartTime
                  "1.7.6.0 = integer 800",                           // upsTestElapsedTime
                  "1.8.1.0 = integer 1",                             // upsShutdownType
                  "1.8.2.0 = integer -1",                            // upsShutdownAfterDelay
                  "1.8.3.0 = integer -1",                            // upsStartupAfterDelay
                  "1.8.4.0 = integer -1",                            // upsRebootWithDuration
                  "1.8.5.0 = integer 1",                             // upsAutoRestart
                  "1.9.1.0 = integer 230",                           // upsConfigInputVoltage
                  "1.9.2.0 = integer 500",                           // upsConfigInputFreq
                  "1.9.3.0 = integer 230",                           // upsConfigOutputVoltage
                  "1.9.4.0 = integer 500",                           // upsConfigOutputFreq
                  "1.9.6.0 = integer 450",                           // upsConfigOutputPower
                  "1.9.7.0 = integer 2",                             // upsConfigLowBattTime
                  "1.9.8.0 = integer 2",                             // upsConfigAudibleStatus
                  "1.9.9.0 = integer 208",                           // ...LowVoltageTransferPoint
                  "1.9.10.0 = integer 253"));                        // ...HighVoltageTransferPoint
}

TEST(Rfc1628, says_of_an_unknown_ups_only_its_name) {
  auto snapshot = unknown_ups();
  snapshot.commands.resize(command_count);
  Stage ups(std::move(snapshot));
  ups.look();
  EXPECT_THAT(walk(ups),
              ElementsAre("1.1.4.0 = octets upslink_exporter 1.2.3", "1.1.5.0 = octets rack 1",
                          "1.2.1.0 = integer 1", "1.4.1.0 = integer 1", "1.6.1.0 = gauge 0"));
}

TEST(Rfc1628, says_of_a_silent_ups_who_it_is_and_that_it_does_not_answer) {
  Stage ups(everything_over_snmp());
  ups.look();
  ups.now += 10s;
  ups.falls_silent();
  ups.look();
  const auto id = std::to_string(ups.alarms[alarm_named("communications_lost")].id);
  EXPECT_THAT(walk(ups),
              ElementsAre("1.1.1.0 = octets APC", "1.1.2.0 = octets Smart-UPS RT 2000 XL",
                          "1.1.3.0 = octets 416.5.I", "1.1.4.0 = octets upslink_exporter 1.2.3",
                          "1.1.5.0 = octets rack 1", "1.1.6.0 = octets ", "1.2.1.0 = integer 1",
                          "1.3.1.0 = counter 10", "1.3.2.0 = integer 1", "1.4.1.0 = integer 1",
                          "1.4.3.0 = integer 1", "1.5.2.0 = integer 0", "1.6.1.0 = gauge 1",
                          "1.6.2.1.2." + id + " = oid 1.3.6.1.2.1.33.1.6.3.20",
                          "1.6.2.1.3." + id + " = ticks 1000000", "1.7.2.0 = integer 1",
                          "1.8.1.0 = integer 1", "1.8.2.0 = integer -1", "1.8.3.0 = integer -1",
                          "1.8.4.0 = integer -1", "1.8.5.0 = integer 1"));
}

TEST(Rfc1628, has_the_firmware_from_one_of_two_replies) {
  Stage ups;
  EXPECT_EQ(object(ups, {1, 3, 0}), "absent");
  ups.read('V', "GWD");
  EXPECT_EQ(object(ups, {1, 3, 0}), "octets GWD");
  ups.read('b', "52.9.D");
  EXPECT_EQ(object(ups, {1, 3, 0}), "octets 52.9.D");
}

// Battery

TEST(Rfc1628, tells_the_state_of_the_battery) {
  struct Row {
    std::string_view status, fault_3, charge, is;
  };
  for (const Row& row :
       {Row{"", "", "", "integer 1"}, Row{"08", "", "", "integer 2"},
        Row{"08", "00", "100.0", "integer 2"}, Row{"50", "00", "010.0", "integer 3"},
        Row{"50", "00", "000.0", "integer 4"}, Row{"10", "00", "000.0", "integer 2"},
        Row{"00", "01", "000.0", "integer 4"}, Row{"", "01", "", "integer 1"}}) {
    Stage ups;
    if (!row.status.empty()) ups.read('Q', row.status);
    if (!row.fault_3.empty()) ups.read('8', row.fault_3);
    if (!row.charge.empty()) ups.read('f', row.charge);
    ups.look();
    EXPECT_EQ(object(ups, {2, 1, 0}), row.is) << row.status << row.fault_3 << row.charge;
  }
}

TEST(Rfc1628, tells_the_seconds_on_battery) {
  Stage ups;
  EXPECT_EQ(object(ups, {2, 2, 0}), "absent");
  ups.read('Q', "08");
  EXPECT_EQ(object(ups, {2, 2, 0}), "integer 0");
  ups.now += 1ms;
  ups.hear("line_fail");
  EXPECT_EQ(object(ups, {2, 2, 0}), "integer 0") << "the register has not said it yet";
  ups.snapshot.totals.on_battery_since = ups.now;
  ups.now += 1999ms;
  EXPECT_EQ(object(ups, {2, 2, 0}), "integer 1");
  ups.hear("line_restored");
  EXPECT_EQ(object(ups, {2, 2, 0}), "integer 0");
}

struct Rounded {
  char command;
  std::string_view reply;
  Oid object;
  std::string_view is;
};

TEST(Rfc1628, rounds) {
  const std::vector<Rounded> rows{
      {'j', "0000:", {2, 3, 0}, "integer 0"},
      {'j', ">>>>:", {2, 3, 0}, "absent"},
      {'f', "099.5", {2, 4, 0}, "integer 100"},
      {'f', "099.4", {2, 4, 0}, "integer 99"},
      {'f', "000.0", {2, 4, 0}, "integer 0"},
      {'B', "27.74", {2, 5, 0}, "integer 277"},
      {'B', "27.75", {2, 5, 0}, "integer 278"},
      {'C', "033.5", {2, 7, 0}, "integer 34"},
      {'L', "229.5", {3, 3, 1, 3, 1}, "integer 230"},
      {'F', "59.96", {3, 3, 1, 2, 1}, "integer 600"},
      {'F', "59.94", {9, 2, 0}, "integer 600"},
      {'F', "49.00", {9, 4, 0}, "integer 500"},
      {'F', "54.99", {9, 4, 0}, "integer 500"},
      {'F', "55.00", {9, 4, 0}, "integer 600"},
      {'/', "17.16", {4, 4, 1, 3, 1}, "integer 172"},
      {'P', "103.4", {4, 4, 1, 5, 1}, "integer 103"},
      {'\\', "105.5", {4, 4, 1, 5, 1}, "integer 106"},
      {'P', "250.0", {4, 4, 1, 5, 1}, "integer 200"},
      {'P', "000.0", {4, 4, 1, 5, 1}, "integer 0"},
      {'q', "10", {9, 7, 0}, "integer 10"},
      {'k', "0", {9, 8, 0}, "integer 2"},
      {'k', "T", {9, 8, 0}, "integer 2"},
      {'k', "L", {9, 8, 0}, "integer 2"},
      {'k', "N", {9, 8, 0}, "integer 1"},
      {'l', "103", {9, 9, 0}, "integer 103"},
      {'l', "NO", {9, 9, 0}, "absent"},
      {'u', "132", {9, 10, 0}, "integer 132"},
  };
  for (const Rounded& row : rows) {
    Stage ups;
    EXPECT_EQ(object(ups, row.object), "absent") << row.command;
    ups.read(row.command, row.reply);
    EXPECT_EQ(object(ups, row.object), row.is) << row.command << row.reply;
  }
}

TEST(Rfc1628, takes_the_greater_load) {
  Stage ups;
  ups.read('P', "050.0");
  ups.read('\\', "060.0");
  EXPECT_EQ(object(ups, {4, 4, 1, 5, 1}), "integer 60");
  ups.read('P', "070.0");
  EXPECT_EQ(object(ups, {4, 4, 1, 5, 1}), "integer 70");
}

// upsOutputSource: the first that holds.

TEST(Rfc1628, tells_the_source_of_the_output) {
  struct Row {
    std::string_view title, status, state, fault_3, is;
  };
  const std::vector<Row> rows{
      {"nothing read", "", "", "", "integer 1"},
      {"normal", "08", "00", "00", "integer 3"},
      {"neither on line nor on battery", "00", "00", "00", "integer 1"},
      {"battery", "10", "00", "00", "integer 5"},
      {"boost", "0C", "00", "00", "integer 6"},
      {"trim", "0A", "00", "00", "integer 7"},
      {"boost before trim", "0E", "00", "00", "integer 6"},
      {"battery before boost", "1C", "00", "00", "integer 5"},
      {"bypass on internal fault", "08", "02", "00", "integer 4"},
      {"bypass on command", "08", "08", "00", "integer 4"},
      {"manual bypass", "08", "20", "00", "integer 4"},
      {"going to bypass", "08", "04", "00", "integer 3"},
      {"bypass before battery", "10", "08", "00", "integer 4"},
      {"bypass before boost", "0C", "08", "00", "integer 4"},
      {"battery ran down", "00", "00", "01", "integer 2"},
      {"main relay", "00", "00", "04", "integer 2"},
      {"asleep", "00", "00", "08", "integer 2"},
      {"shut down", "00", "00", "10", "integer 2"},
      {"another fault", "00", "00", "20", "integer 1"},
      {"off on command", "00", "40", "00", "integer 2"},
      {"off until the line is back", "00", "80", "00", "integer 2"},
      {"none before bypass", "00", "42", "00", "integer 2"},
      {"shutdown pending, still on line", "08", "00", "10", "integer 3"},
      {"shutdown pending, still on battery", "10", "00", "10", "integer 5"},
      {"registers unknown", "08", "", "", "integer 3"},
      {"only the state register", "00", "80", "", "integer 2"},
  };
  for (const Row& row : rows) {
    Stage ups;
    if (!row.status.empty()) ups.read('Q', row.status);
    if (!row.state.empty()) ups.read('~', row.state);
    if (!row.fault_3.empty()) ups.read('8', row.fault_3);
    ups.look();
    EXPECT_EQ(object(ups, {4, 1, 0}), row.is) << row.title;
    ups.falls_silent();
    ups.look();
    EXPECT_EQ(object(ups, {4, 1, 0}), "integer 1") << row.title << ", and silent";
  }
}

TEST(Rfc1628, tells_the_source_by_the_newest_alert) {
  Stage ups;
  ups.read('Q', "0C");
  ups.now += 1ms;
  ups.hear("line_fail");
  EXPECT_EQ(object(ups, {4, 1, 0}), "integer 5");
  ups.now += 1ms;
  ups.hear("line_restored");
  EXPECT_EQ(object(ups, {4, 1, 0}), "integer 3");
}

// Power

TEST(Rfc1628, tells_power_where_the_rating_is_known) {
  Stage ups;
  ups.snapshot.totals.output_power_watts = 449.5;
  ups.snapshot.totals.nominal_power_watts = 670;
  EXPECT_EQ(object(ups, {4, 4, 1, 4, 1}), "integer 450");
  EXPECT_EQ(object(ups, {9, 6, 0}), "integer 670");
  ups.falls_silent();
  EXPECT_EQ(object(ups, {4, 4, 1, 4, 1}), "absent");
  EXPECT_EQ(object(ups, {9, 6, 0}), "absent");
}

// Alarms

TEST(Rfc1628, lists_the_alarms_with_their_times) {
  Stage ups;
  ups.read('Q', "10");
  ups.look();
  ups.now += 10s;
  ups.uptime_ticks += 1000;
  ups.read('Q', "30");
  ups.look();
  ups.now += 2500ms;
  ups.uptime_ticks += 250;
  EXPECT_EQ(object(ups, {6, 1, 0}), "gauge 2");
  EXPECT_EQ(object(ups, {6, 2, 1, 2, 1}), "oid 1.3.6.1.2.1.33.1.6.3.2");
  EXPECT_EQ(object(ups, {6, 2, 1, 3, 1}), "ticks 0") << "from the start";
  EXPECT_EQ(object(ups, {6, 2, 1, 2, 2}), "oid 1.3.6.1.2.1.33.1.6.3.8");
  EXPECT_EQ(object(ups, {6, 2, 1, 3, 2}), "ticks 1001000");
  ups.uptime_ticks = 250;
  EXPECT_EQ(object(ups, {6, 2, 1, 3, 2}), "ticks 0") << "as old as the master agent";
  ups.uptime_ticks = 100;
  EXPECT_EQ(object(ups, {6, 2, 1, 3, 2}), "ticks 0") << "older than the master agent";
  ups.uptime_ticks = 251;
  EXPECT_EQ(object(ups, {6, 2, 1, 3, 2}), "ticks 1");
  ups.read('Q', "20");
  ups.look();
  EXPECT_EQ(object(ups, {6, 1, 0}), "gauge 1");
  EXPECT_EQ(object(ups, {6, 2, 1, 2, 1}), "absent");
  EXPECT_EQ(object(ups, {6, 2, 1, 3, 1}), "absent");
}

TEST(Rfc1628, never_lists_an_alarm_twice) {
  Stage ups(everything_over_snmp());
  ups.look();
  std::set<std::string> alarms_listed;
  std::size_t rows = 0;
  for (const Cell& cell : ups.view(add_rfc1628)) {
    if (!cell.oid.starts_with(rfc1628_root + Oid{1, 6, 2, 1, 2})) continue;
    ++rows;
    alarms_listed.insert(shown(cell.value));
  }
  EXPECT_GT(rows, 5U);
  EXPECT_EQ(alarms_listed.size(), rows);
  EXPECT_EQ(object(ups, {6, 1, 0}), "gauge " + std::to_string(rows));
}

// Tests

struct TestCase {
  std::string_view title;
  std::optional<TestRecord> test;
  std::optional<std::size_t> result;
  std::string_view id, summary, detail, start, elapsed;
};

TEST(Rfc1628, tells_of_tests) {
  constexpr auto passed = choice_named("self_test_result", "passed");
  constexpr auto capacity = choice_named("self_test_result", "failed_capacity");
  constexpr auto overload = choice_named("self_test_result", "failed_overload");
  constexpr std::string_view none = "oid 1.3.6.1.2.1.33.1.7.7.1";
  constexpr std::string_view general = "oid 1.3.6.1.2.1.33.1.7.7.3";
  constexpr std::string_view calibration = "oid 1.3.6.1.2.1.33.1.7.7.5";
  const TestRecord running{.calibration = false, .began = read_at - 5s, .ended = {}};
  const TestRecord ended{.calibration = false, .began = read_at - 20s, .ended = read_at - 12s};
  const TestRecord calibrating{.calibration = true, .began = read_at - 60s, .ended = {}};
  const TestRecord calibrated{.calibration = true, .began = read_at - 60s, .ended = read_at - 10s};
  const std::vector<TestCase> cases{
      {"none", {}, {}, none, "integer 6", "octets ", "ticks 0", "integer 0"},
      {"passed before it looked",
       {},
       passed,
       general,
       "integer 1",
       "octets passed",
       "ticks 0",
       "integer 0"},
      {"running", running, {}, general, "integer 5", "octets ", "ticks 999500", "integer 500"},
      {"passed", ended, passed, general, "integer 1", "octets passed", "ticks 998000",
       "integer 800"},
      {"failed", ended, capacity, general, "integer 3", "octets failed: insufficient capacity",
       "ticks 998000", "integer 800"},
      {"overload", ended, overload, general, "integer 3", "octets failed: overload", "ticks 998000",
       "integer 800"},
      {"calibrating", calibrating, capacity, calibration, "integer 5", "octets runtime calibration",
       "ticks 994000", "integer 6000"},
      {"calibrated",
       calibrated,
       {},
       calibration,
       "integer 1",
       "octets runtime calibration",
       "ticks 994000",
       "integer 5000"},
  };
  for (const TestCase& row : cases) {
    SCOPED_TRACE(row.title);
    Stage ups;
    ups.snapshot.totals.test = row.test;
    ups.snapshot.totals.test_result = row.result;
    EXPECT_EQ(object(ups, {7, 1, 0}), row.id);
    EXPECT_EQ(object(ups, {7, 2, 0}), "integer 1");
    EXPECT_EQ(object(ups, {7, 3, 0}), row.summary);
    EXPECT_EQ(object(ups, {7, 4, 0}), row.detail);
    EXPECT_EQ(object(ups, {7, 5, 0}), row.start);
    EXPECT_EQ(object(ups, {7, 6, 0}), row.elapsed);
    ups.falls_silent();
    for (const std::uint32_t column : {1U, 3U, 4U, 5U, 6U}) {
      EXPECT_EQ(object(ups, {7, column, 0}), "absent");
    }
  }
}

TEST(Rfc1628, tells_no_start_of_a_test_from_before_the_master_agent_began) {
  Stage ups(everything_over_snmp());
  ups.uptime_ticks = 1999;
  EXPECT_EQ(object(ups, {7, 5, 0}), "ticks 0");
  EXPECT_EQ(object(ups, {7, 6, 0}), "integer 800");
}

/// The result that is there is the one of the test before.
TEST(Rfc1628, does_not_tell_the_former_result_of_a_test_that_runs) {
  Stage ups;
  ups.snapshot.totals.test = TestRecord{.calibration = false, .began = read_at - 5s, .ended = {}};
  ups.snapshot.totals.test_result = choice_named("self_test_result", "passed");
  EXPECT_EQ(object(ups, {7, 3, 0}), "integer 5");
  EXPECT_EQ(object(ups, {7, 4, 0}), "octets ");
}

/// Its result is asked for every ten seconds.
TEST(Rfc1628, does_not_tell_the_former_result_of_a_test_that_just_ended) {
  Stage ups;
  ups.read('X', "OK");
  ups.now += 10s;
  ups.snapshot.totals.test =
      TestRecord{.calibration = false, .began = ups.now - 8s, .ended = ups.now - 1s};
  ups.snapshot.totals.test_result = choice_named("self_test_result", "passed");
  EXPECT_NE(object(ups, {7, 3, 0}), "integer 1") << "it may have failed";
  ups.snapshot.totals.test_result.reset();
  EXPECT_NE(object(ups, {7, 3, 0}), "integer 6") << "one was begun";
}

/// The time is taken before the snapshot is loaded, which may be newer.
TEST(Rfc1628, has_no_time_below_zero) {
  Stage ups;
  ups.read('Q', "10");
  ups.snapshot.totals.on_battery_since = ups.now + 1500ms;
  ups.snapshot.totals.test = TestRecord{.calibration = false, .began = ups.now + 20ms, .ended = {}};
  EXPECT_EQ(object(ups, {2, 2, 0}), "integer 0");
  EXPECT_EQ(object(ups, {7, 6, 0}), "integer 0");
}

// For traps

TEST(Rfc1628, gives_objects_in_the_order_of_their_names) {
  Stage ups(everything_over_snmp());
  const auto names = ups.see([](const Subject& subject) {
    Cells cells;
    add_rfc1628_scalars(subject,
                        {"upsConfigLowBattTime", "upsBatteryStatus", "upsNoSuchThing",
                         "upsEstimatedMinutesRemaining"},
                        cells);
    std::vector<std::string> oids;
    for (const Cell& cell : cells) oids.push_back(to_string(cell.oid));
    return oids;
  });
  EXPECT_THAT(names, ElementsAre("1.3.6.1.2.1.33.1.9.7.0", "1.3.6.1.2.1.33.1.2.1.0",
                                 "1.3.6.1.2.1.33.1.2.3.0"));
  EXPECT_EQ(rfc1628_alarm(alarm_time_column, 7), (Oid{1, 3, 6, 1, 2, 1, 33, 1, 6, 2, 1, 3, 7}));
}

}  // namespace
}  // namespace upslink::snmp
