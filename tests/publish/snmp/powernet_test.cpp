// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "publish/snmp/views.hpp"
#include "snapshots.hpp"
#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;

constexpr auto status = quantity_named("status");

/// Values by what follows 318.1.1.
using Objects = std::map<std::string, SnmpValue>;

Objects objects(const Snapshot& snapshot, TimePoint now = read_at) {
  constexpr std::size_t root_length = std::string_view("1.3.6.1.4.1.318.1.1.").size();
  const Facts facts(snapshot, now);
  const AlarmLog alarms;
  Cells cells;
  add_powernet({.facts = facts,
                .name = "rack",
                .index = 1,
                .alarms = alarms,
                .uptime_ticks = 1000,
                .base = {},
                .version = "1"},
               cells);
  Objects found;
  for (const Cell& cell : cells) {
    EXPECT_TRUE(found.emplace(to_string(cell.oid).substr(root_length), cell.value).second)
        << to_string(cell.oid) << " is there twice";
  }
  return found;
}

std::optional<SnmpValue> object(const Snapshot& snapshot, const std::string& oid,
                                TimePoint now = read_at) {
  const auto found = objects(snapshot, now);
  const auto at = found.find(oid);
  return at == found.end() ? std::nullopt : std::optional(at->second);
}

Snapshot with(std::size_t quantity, std::string_view reply) {
  auto snapshot = answering_ups();
  set_reading(snapshot, quantity, reply);
  return snapshot;
}

Snapshot silent(Snapshot snapshot) {
  snapshot.link.up = false;
  snapshot.link.silent = true;
  return snapshot;
}

TEST(Powernet, has_every_object_of_a_smart_ups) {
  const Objects right{
      {"1.1.1.1.0", octets("SMART-UPS 700 RM")},
      {"1.1.1.2.0", octets("UPS_IDEN")},
      {"1.1.1.3.0", octets("SMART-UPS")},
      {"1.1.2.1.0", octets("52.9.D")},
      {"1.1.2.2.0", octets("02/18/95")},
      {"1.1.2.3.0", octets("S95025484481")},
      {"1.2.1.1.0", integer(2)},
      {"1.2.1.2.0", ticks(0)},
      {"1.2.1.3.0", octets("02/18/1995")},
      {"1.2.2.1.0", gauge(79)},
      {"1.2.2.2.0", gauge(33)},
      {"1.2.2.3.0", ticks(37 * 6000)},
      {"1.2.2.4.0", integer(1)},
      {"1.2.2.7.0", integer(24)},
      {"1.2.2.8.0", integer(28)},
      {"1.2.3.1.0", gauge(790)},
      {"1.2.3.2.0", gauge(333)},
      {"1.2.3.3.0", integer(240)},
      {"1.2.3.4.0", integer(277)},
      {"1.3.1.1.0", integer(1)},
      {"1.3.2.1.0", gauge(127)},
      {"1.3.2.2.0", gauge(128)},
      {"1.3.2.3.0", gauge(126)},
      {"1.3.2.4.0", gauge(60)},
      {"1.3.2.5.0", integer(9)},
      {"1.3.3.1.0", gauge(1267)},
      {"1.3.3.2.0", gauge(1280)},
      {"1.3.3.3.0", gauge(1261)},
      {"1.3.3.4.0", gauge(600)},
      {"1.4.1.1.0", integer(2)},
      {"1.4.1.2.0", integer(1)},
      {"1.4.1.3.0", integer(2)},
      {"1.4.1.4.0", integer(33)},
      {"1.4.2.1.0", gauge(127)},
      {"1.4.2.2.0", gauge(60)},
      {"1.4.2.3.0", gauge(23)},
      {"1.4.3.1.0", gauge(1267)},
      {"1.4.3.2.0", gauge(600)},
      {"1.4.3.3.0", gauge(234)},
      {"1.5.2.1.0", integer(115)},
      {"1.5.2.2.0", integer(132)},
      {"1.5.2.3.0", integer(103)},
      {"1.5.2.4.0", integer(1)},
      {"1.5.2.5.0", ticks(500)},
      {"1.5.2.6.0", integer(0)},
      {"1.5.2.7.0", integer(4)},
      {"1.5.2.8.0", ticks(12000)},
      {"1.5.2.9.0", ticks(0)},
      {"1.5.2.10.0", ticks(2000)},
      {"1.7.2.1.0", integer(2)},
      {"1.7.2.2.0", integer(1)},
      {"1.7.2.3.0", integer(3)},
      {"1.7.2.4.0", octets("Unknown")},
      {"1.7.2.5.0", integer(1)},
      {"1.7.2.6.0", integer(2)},
      {"1.8.1.0", integer(1)},
      {"1.11.1.1.0", octets("0001010000000000001000000000000000000000000000000000000000000000")},
      {"1.11.2.1.0", octets("00000000000000000000000000000000")},
  };
  const auto found = objects(smart_ups_700());
  for (const auto& [oid, value] : right) EXPECT_THAT(found, Contains(::testing::Pair(oid, value)));
  for (const auto& [oid, value] : found) EXPECT_THAT(right, Contains(Key(oid)));
}

TEST(Powernet, has_what_only_some_units_measure) {
  const auto found = objects(everything());
  const Objects right{
      {"1.2.2.5.0", integer(3)},      {"1.2.2.6.0", integer(1)},
      {"1.2.2.4.0", integer(2)},      {"1.4.2.4.0", gauge(17)},
      {"1.4.3.4.0", gauge(171)},      {"1.4.2.8.0", integer(465)},
      {"1.4.2.3.0", gauge(103)},      {"1.4.3.3.0", gauge(1034)},
      {"2.1.1.0", gauge(21)},         {"2.1.2.0", gauge(37)},
      {"2.1.3.0", gauge(20)},         {"2.1.4.0", gauge(34)},
      {"10.2.3.2.1.1.1", integer(1)}, {"10.2.3.2.1.2.1", octets("Probe 1")},
      {"10.2.3.2.1.3.1", integer(2)}, {"10.2.3.2.1.4.1", integer(21)},
      {"10.2.3.2.1.5.1", integer(1)}, {"10.2.3.2.1.6.1", integer(37)},
      {"10.2.3.2.1.1.2", integer(2)}, {"10.2.3.2.1.2.2", octets("Probe 2")},
      {"10.2.3.2.1.3.2", integer(2)}, {"10.2.3.2.1.4.2", integer(20)},
      {"10.2.3.2.1.5.2", integer(1)}, {"10.2.3.2.1.6.2", integer(34)},
  };
  for (const auto& [oid, value] : right) EXPECT_THAT(found, Contains(::testing::Pair(oid, value)));
  for (const auto& [oid, value] : found) {
    EXPECT_FALSE(oid.starts_with("1.9.")) << "a table of phases: " << oid;
  }
}

TEST(Powernet, shows_contacts_in_both_tables) {
  const auto found = objects(with(quantity_named("contacts"), "2F"));
  for (const std::string n : {"1", "2", "3", "4"}) {
    const bool closed = n == "2";
    const Objects right{{"2.2.2.1.1." + n, integer(std::stoi(n))},
                        {"2.2.2.1.2." + n, integer(2)},
                        {"2.2.2.1.3." + n, octets("Contact " + n)},
                        {"2.2.2.1.4." + n, integer(2)},
                        {"2.2.2.1.5." + n, integer(closed ? 3 : 2)},
                        {"10.2.3.4.1.1." + n, integer(std::stoi(n))},
                        {"10.2.3.4.1.2." + n, octets("Contact " + n)},
                        {"10.2.3.4.1.3." + n, integer(closed ? 2 : 1)}};
    for (const auto& [oid, value] : right) {
      EXPECT_THAT(found, Contains(::testing::Pair(oid, value)));
    }
  }
}

TEST(Powernet, says_of_an_unknown_ups_that_it_does_not_answer) {
  const std::string cleared(64, '0');
  const Objects right{{"1.1.1.2.0", octets("rack")}, {"1.2.1.1.0", integer(1)},
                      {"1.4.1.1.0", integer(1)},     {"1.4.1.3.0", integer(1)},
                      {"1.8.1.0", integer(2)},       {"1.11.1.1.0", octets(cleared)}};
  EXPECT_EQ(objects(unknown_ups()), right);
  EXPECT_EQ(objects(silent(unknown_ups())), right);
}

TEST(Powernet, keeps_who_a_silent_ups_is_and_nothing_that_was_measured) {
  const std::string cleared(64, '0');
  const Objects right{{"1.1.1.1.0", octets("Smart-UPS RT 2000 XL")},
                      {"1.1.1.2.0", octets("A \"b\"\\c")},
                      {"1.1.1.3.0", octets("Smart-UPS RT")},
                      {"1.1.2.1.0", octets("416.5.I")},
                      {"1.1.2.2.0", octets("03/31/06")},
                      {"1.1.2.3.0", octets("AS0614132629")},
                      {"1.2.1.1.0", integer(1)},
                      {"1.3.1.1.0", integer(1)},
                      {"1.4.1.1.0", integer(1)},
                      {"1.4.1.2.0", integer(1)},
                      {"1.4.1.3.0", integer(1)},
                      {"1.7.2.2.0", integer(1)},
                      {"1.7.2.5.0", integer(1)},
                      {"1.8.1.0", integer(2)},
                      {"1.11.1.1.0", octets(cleared)}};
  auto snapshot = silent(everything());
  snapshot.totals.on_battery_since = read_at - 10s;
  snapshot.totals.test = TestRecord{.calibration = true, .began = read_at, .ended = {}};
  EXPECT_EQ(objects(snapshot), right);
}

TEST(Powernet, has_no_number_that_aged_out) {
  auto snapshot = with(quantity_named("input_voltage"), "230.4");
  EXPECT_EQ(object(snapshot, "1.3.2.1.0", read_at + validity - 1ns), gauge(230));
  EXPECT_EQ(object(snapshot, "1.3.2.1.0", read_at + validity), std::nullopt);
}

TEST(Powernet, has_a_row_of_a_probe_that_tells_no_humidity) {
  const auto found = objects(with(quantity_named("ambient_temperature_1"), "21.50"));
  EXPECT_THAT(found, Contains(::testing::Pair("10.2.3.2.1.4.1", integer(22))));
  EXPECT_THAT(found, Not(Contains(Key("10.2.3.2.1.6.1"))));
  EXPECT_THAT(found, Not(Contains(Key("10.2.3.2.1.1.2"))));
  EXPECT_THAT(found, Not(Contains(Key("2.2.2.1.1.1"))));
}

TEST(PowernetIdentity, takes_the_leading_words_of_the_model_for_the_family) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"SMART-UPS 700 RM", "SMART-UPS"},
      {"Smart-UPS RT 2000 XL", "Smart-UPS RT"},
      {"Smart-UPS SC1500", "Smart-UPS"},
      {"BACK-UPS PRO 420", "BACK-UPS PRO"},
      {"SMART-UPS V/S 650", "SMART-UPS V/S"},
      {"Matrix-UPS 3000", "Matrix-UPS"},
      {"PowerStack", "PowerStack"}};
  for (const auto& [model, family] : cases) {
    EXPECT_EQ(object(with(quantity_named("model"), model), "1.1.1.3.0"), octets(family)) << model;
  }
  EXPECT_EQ(object(with(quantity_named("model"), "3000XL"), "1.1.1.3.0"), std::nullopt);
  EXPECT_EQ(object(answering_ups(), "1.1.1.3.0"), std::nullopt);
}

TEST(PowernetIdentity, has_a_name_and_a_firmware_from_where_it_can) {
  EXPECT_EQ(object(with(quantity_named("name"), "UPS_1"), "1.1.1.2.0"), octets("UPS_1"));
  EXPECT_EQ(object(answering_ups(), "1.1.1.2.0"), octets("rack"));
  EXPECT_EQ(object(with(quantity_named("firmware_code"), "GWD"), "1.1.2.1.0"), octets("GWD"));
  EXPECT_EQ(object(answering_ups(), "1.1.2.1.0"), std::nullopt);
}

TEST(PowernetBattery, is_normal_low_or_unknown) {
  EXPECT_EQ(object(with(status, "08"), "1.2.1.1.0"), integer(2));
  EXPECT_EQ(object(with(status, "50"), "1.2.1.1.0"), integer(3));
  EXPECT_EQ(object(answering_ups(), "1.2.1.1.0"), integer(1));
  auto snapshot = with(status, "08");  // an alert is newer than the register
  snapshot.alerts[alert_named("battery_low")] = {1, happened_at, read_at + 1s};
  EXPECT_EQ(object(snapshot, "1.2.1.1.0"), integer(3));
}

TEST(PowernetBattery, tells_the_time_on_it_in_hundredths) {
  auto snapshot = with(status, "10");
  EXPECT_EQ(object(snapshot, "1.2.1.2.0"), ticks(0));
  snapshot.totals.on_battery_since = read_at - 12'340ms;
  EXPECT_EQ(object(snapshot, "1.2.1.2.0"), ticks(1234));
  EXPECT_EQ(object(answering_ups(), "1.2.1.2.0"), std::nullopt);
}

TEST(PowernetBattery, needs_replacing_if_the_status_or_a_pack_says_so) {
  EXPECT_EQ(object(with(status, "88"), "1.2.2.4.0"), integer(2));
  EXPECT_EQ(object(with(status, "08"), "1.2.2.4.0"), integer(1));
  EXPECT_EQ(object(with(quantity_named("battery_packs_bad"), "002"), "1.2.2.4.0"), integer(2));
  EXPECT_EQ(object(answering_ups(), "1.2.2.4.0"), std::nullopt);
}

TEST(PowernetBattery, has_no_bad_packs_if_only_packs_are_known) {
  EXPECT_EQ(object(with(quantity_named("battery_packs_external"), "004"), "1.2.2.6.0"), integer(0));
  EXPECT_EQ(object(with(quantity_named("battery_packs_bad"), "002"), "1.2.2.6.0"), integer(2));
  EXPECT_EQ(object(answering_ups(), "1.2.2.6.0"), std::nullopt);
}

TEST(PowernetSettings, have_their_numbers) {
  struct Case {
    std::size_t quantity;
    std::string_view reply;
    std::string oid;
    std::optional<SnmpValue> value;
  };
  constexpr auto alarm = quantity_named("alarm_delay");
  constexpr auto sensitivity = quantity_named("input_sensitivity");
  constexpr auto schedule = quantity_named("self_test_schedule");
  const std::vector<Case> cases{
      {alarm, "0", "1.5.2.4.0", integer(1)},
      {alarm, "T", "1.5.2.4.0", integer(1)},
      {alarm, "L", "1.5.2.4.0", integer(2)},
      {alarm, "N", "1.5.2.4.0", integer(3)},
      {alarm, "0", "1.5.2.5.0", ticks(500)},
      {alarm, "T", "1.5.2.5.0", ticks(3000)},
      {alarm, "L", "1.5.2.5.0", std::nullopt},
      {alarm, "N", "1.5.2.5.0", std::nullopt},
      {sensitivity, "A", "1.5.2.7.0", integer(1)},
      {sensitivity, "L", "1.5.2.7.0", integer(2)},
      {sensitivity, "M", "1.5.2.7.0", integer(3)},
      {sensitivity, "H", "1.5.2.7.0", integer(4)},
      {schedule, "336", "1.7.2.1.0", integer(2)},
      {schedule, "168", "1.7.2.1.0", integer(3)},
      {schedule, "ON", "1.7.2.1.0", integer(4)},
      {schedule, "OFF", "1.7.2.1.0", integer(5)},
      {quantity_named("restart_delay"), "180", "1.5.2.9.0", ticks(18000)},
      {quantity_named("battery_charge_restart"), "15", "1.5.2.6.0", integer(15)},
      {quantity_named("input_transfer_low"), "NO", "1.5.2.3.0", std::nullopt},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(object(with(one.quantity, one.reply), one.oid), one.value)
        << quantities[one.quantity].name << " " << one.reply;
  }
}

/// A UPS that says what the result of its last self test is, and what was seen of tests.
Snapshot tested(std::string_view reply, std::optional<std::size_t> result,
                std::optional<TestRecord> test) {
  auto snapshot = with(quantity_named("self_test_result"), reply);
  snapshot.totals.test_result = result;
  snapshot.totals.test = test;
  return snapshot;
}

constexpr std::size_t passed = choice_named("self_test_result", "passed");
constexpr std::size_t no_capacity = choice_named("self_test_result", "failed_capacity");
constexpr std::size_t overloaded = choice_named("self_test_result", "failed_overload");
constexpr TestRecord runs{.calibration = false, .began = read_at - 9s, .ended = {}};
constexpr TestRecord ran{.calibration = false, .began = read_at - 9s, .ended = read_at - 1s};
constexpr TestRecord calibrates{.calibration = true, .began = read_at - 9s, .ended = {}};
constexpr TestRecord calibrated{.calibration = true, .began = read_at - 9s, .ended = read_at - 1s};

TEST(PowernetTests, have_a_result) {
  struct Case {
    std::string_view reply;
    std::optional<std::size_t> result;
    std::optional<TestRecord> test;
    std::int64_t number;
  };
  const std::vector<Case> cases{
      {"OK", passed, {}, 1},
      {"BT", no_capacity, {}, 2},
      {"NG", overloaded, ran, 2},
      {"NO", {}, {}, 3},
      {"NO", passed, ran, 1},
      {"NO", passed, runs, 4},
      {"NO", passed, calibrates, 1},
      {"NO", no_capacity, calibrated, 2},
      {"NO", {}, ran, 3},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(object(tested(one.reply, one.result, one.test), "1.7.2.3.0"), integer(one.number))
        << one.reply;
  }
  EXPECT_EQ(object(answering_ups(), "1.7.2.3.0"), std::nullopt);
  auto snapshot = answering_ups();
  snapshot.totals.test = runs;
  EXPECT_EQ(object(snapshot, "1.7.2.3.0"), integer(4));
  EXPECT_EQ(object(silent(snapshot), "1.7.2.3.0"), std::nullopt);
}

/// MM/DD/YYYY of what was so long ago; the two that it is around midnight.
std::vector<SnmpValue> dates_ago(Duration age) {
  std::vector<SnmpValue> dates;
  for (const Duration slack : {0s, 60s}) {
    const auto then =
        WallClock::now() - std::chrono::duration_cast<WallClock::duration>(age + slack);
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(then));
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%02u/%02u/%04d", static_cast<unsigned>(day.month()),
                  static_cast<unsigned>(day.day()), static_cast<int>(day.year()));
    dates.push_back(octets(text.data()));
  }
  return dates;
}

TEST(PowernetTests, have_the_date_when_one_was_seen_to_end_or_as_the_unit_says) {
  constexpr TestRecord days_ago{
      .calibration = false, .began = read_at - 961h, .ended = read_at - 960h};
  const auto seen = tested("OK", passed, days_ago);
  EXPECT_THAT(object(seen, "1.7.2.4.0"),
              ::testing::Optional(::testing::AnyOfArray(dates_ago(960h))));
  EXPECT_THAT(object(with(quantity_named("self_test_age"), "048.0"), "1.7.2.4.0"),
              ::testing::Optional(::testing::AnyOfArray(dates_ago(48h))));
  for (const auto& test : {runs, calibrates, calibrated}) {
    EXPECT_EQ(object(tested("NO", {}, test), "1.7.2.4.0"), octets("Unknown"));
  }
  EXPECT_EQ(object(answering_ups(), "1.7.2.4.0"), octets("Unknown"));
  EXPECT_EQ(object(silent(seen), "1.7.2.4.0"), std::nullopt);
}

TEST(PowernetTests, have_a_result_of_the_calibration) {
  auto running = tested("NO", {}, calibrates);
  set_reading(running, status, "19");
  EXPECT_EQ(object(running, "1.7.2.6.0"), integer(3));
  EXPECT_EQ(object(tested("NO", {}, calibrated), "1.7.2.6.0"), integer(1));
  EXPECT_EQ(object(tested("NO", {}, ran), "1.7.2.6.0"), integer(2));
  EXPECT_EQ(object(answering_ups(), "1.7.2.6.0"), integer(2));
  EXPECT_EQ(object(silent(running), "1.7.2.6.0"), std::nullopt);
}

TEST(Powernet, always_has_a_cause_while_the_ups_answers) {
  EXPECT_EQ(object(answering_ups(), "1.3.2.5.0"), integer(1));
  EXPECT_EQ(object(with(quantity_named("transfer_cause"), "H"), "1.3.2.5.0"), integer(2));
  EXPECT_EQ(object(silent(with(quantity_named("transfer_cause"), "H")), "1.3.2.5.0"), std::nullopt);
}

}  // namespace
}  // namespace upslink::snmp
