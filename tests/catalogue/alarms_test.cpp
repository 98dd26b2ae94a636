// SPDX-License-Identifier: Apache-2.0
#include "catalogue/alarms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalogue/codec.hpp"

namespace upslink {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

constexpr TimePoint at(int second) {
  return TimePoint(std::chrono::seconds(second));
}
constexpr TimePoint now = at(100);

/// A UPS that answers; what is read is read at second 90.
struct Ups {
  Snapshot snapshot;

  Ups() {
    snapshot.readings.resize(quantity_count);
    snapshot.alerts.resize(alerts.size());
    snapshot.link.up = true;
  }
  void read(char command, std::string_view reply) {
    for (std::size_t i = 0; i < quantity_count; ++i) {
      if (quantities[i].command != command) continue;
      const auto value = decode(quantities[i], reply).value();
      if (value) snapshot.readings[i] = Reading{*value, at(90), at(1000)};
    }
  }
  void hear(char byte, int second) { snapshot.alerts[*alert_index(byte)].heard_at = at(second); }

  std::optional<bool> told(std::size_t alarm) const {
    return alarms[alarm].active(Facts(snapshot, now));
  }
  std::vector<std::string_view> active() const {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < alarm_count; ++i) {
      if (told(i).value_or(false)) names.push_back(alarms[i].name);
    }
    return names;
  }
};

TEST(Alarms, have_numbers_and_names_of_their_own) {
  std::set<std::string_view> names;
  std::set<unsigned> well_known;
  std::set<unsigned> own;
  for (const Alarm& row : alarms) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_NE(row.well_known == 0, row.own == 0) << row.name;
    EXPECT_TRUE(row.well_known == 0 || well_known.insert(row.well_known).second) << row.name;
    EXPECT_TRUE(row.own == 0 || own.insert(row.own).second) << row.name;
    EXPECT_TRUE(row.text.ends_with('.')) << row.name;
  }
  EXPECT_EQ(well_known, (std::set<unsigned>{1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                            12, 13, 14, 15, 16, 18, 19, 20, 21, 23, 24}));
}

TEST(Alarms, have_the_numbers_of_rfc_1628) {
  const std::map<std::string_view, unsigned> numbers{{"battery_bad", 1},
                                                     {"on_battery", 2},
                                                     {"low_battery", 3},
                                                     {"depleted_battery", 4},
                                                     {"temperature_bad", 5},
                                                     {"input_bad", 6},
                                                     {"output_bad", 7},
                                                     {"output_overload", 8},
                                                     {"on_bypass", 9},
                                                     {"bypass_bad", 10},
                                                     {"output_off_as_requested", 11},
                                                     {"ups_off_as_requested", 12},
                                                     {"charger_failed", 13},
                                                     {"output_off", 14},
                                                     {"system_off", 15},
                                                     {"fan_failure", 16},
                                                     {"general_fault", 18},
                                                     {"test_failed", 19},
                                                     {"communications_lost", 20},
                                                     {"awaiting_power", 21},
                                                     {"shutdown_imminent", 23},
                                                     {"test_in_progress", 24},
                                                     {"humidity_bad", 0}};
  ASSERT_EQ(numbers.size(), alarm_count);
  for (const Alarm& row : alarms) EXPECT_EQ(row.well_known, numbers.at(row.name)) << row.name;
}

struct Bit {
  char command;
  unsigned bit;
  std::vector<std::string_view> raises;
};

TEST(Alarms, are_raised_by_the_bits_of_registers) {
  const std::vector<Bit> bits{
      {'Q', 0, {"test_in_progress"}},
      {'Q', 1, {}},
      {'Q', 2, {}},
      {'Q', 3, {}},
      {'Q', 4, {"on_battery"}},
      {'Q', 5, {"output_overload"}},
      {'Q', 6, {"low_battery"}},
      {'Q', 7, {"battery_bad"}},
      {'~', 0, {}},
      {'~', 1, {"on_bypass", "general_fault"}},
      {'~', 2, {}},
      {'~', 3, {"on_bypass"}},
      {'~', 4, {}},
      {'~', 5, {"on_bypass"}},
      {'~', 6, {"ups_off_as_requested", "output_off"}},
      {'~', 7, {"output_off", "awaiting_power"}},
      {'\'', 0, {"fan_failure"}},
      {'\'', 1, {"fan_failure"}},
      {'\'', 2, {"bypass_bad"}},
      {'\'', 3, {"general_fault"}},
      {'\'', 4, {"general_fault"}},
      {'\'', 5, {"general_fault"}},
      {'\'', 6, {"general_fault"}},
      {'\'', 7, {"output_bad"}},
      {'8', 0, {"depleted_battery", "output_off"}},
      {'8', 1, {"general_fault"}},
      {'8', 2, {"output_off", "system_off", "general_fault"}},
      {'8', 3, {"output_off_as_requested", "output_off"}},
      {'8', 4, {"output_off_as_requested", "output_off"}},
      {'8', 5, {"charger_failed"}},
      {'8', 6, {"bypass_bad", "general_fault"}},
      {'8', 7, {"temperature_bad"}},
  };
  ASSERT_EQ(bits.size(), 32U);
  for (const Bit& row : bits) {
    Ups ups;
    for (const char other : {'Q', '~', '\'', '8'}) ups.read(other, "00");
    ups.read('9', "FF");
    ups.read('f', "100.0");
    EXPECT_THAT(ups.active(), IsEmpty());
    constexpr std::string_view digits = "0123456789ABCDEF";
    const unsigned byte = 1U << row.bit;
    ups.read(row.command, std::string{digits[byte >> 4U], digits[byte & 15U]});
    EXPECT_THAT(ups.active(), UnorderedElementsAreArray(row.raises))
        << row.command << " bit " << row.bit;
  }
}

// What raises an alarm beside a bit of a register, what ends it, and when it cannot be told.

struct Case {
  std::size_t alarm;
  std::string_view title;
  std::vector<std::pair<char, std::string_view>> read;  ///< at second 90
  std::vector<std::pair<char, int>> heard;              ///< alerts, and when
  int on_battery_since = 0;                             ///< 0: on line
  char told = '?';                                      ///< y, n or ?
};

void expect_told(const std::vector<Case>& cases) {
  for (const Case& row : cases) {
    Ups ups;
    for (const auto& [command, reply] : row.read) ups.read(command, reply);
    for (const auto& [alert, second] : row.heard) ups.hear(alert, second);
    if (row.on_battery_since != 0) ups.snapshot.totals.on_battery_since = at(row.on_battery_since);
    const auto told = ups.told(row.alarm);
    EXPECT_EQ(told ? (*told ? 'y' : 'n') : '?', row.told)
        << alarms[row.alarm].name << ": " << row.title;
  }
}

TEST(Alarms, of_the_battery) {
  constexpr auto bad = alarm_named("battery_bad");
  constexpr auto on = alarm_named("on_battery");
  constexpr auto low = alarm_named("low_battery");
  constexpr auto depleted = alarm_named("depleted_battery");
  expect_told({
      {bad, "nothing known", {}, {}, 0, '?'},
      {bad, "alert", {{'Q', "08"}}, {{'#', 91}}, 0, 'y'},
      {bad, "alert before the register", {{'Q', "08"}}, {{'#', 89}}, 0, 'n'},
      {bad, "packs", {{'Q', "08"}, {'<', "001"}}, {}, 0, 'y'},
      {bad, "no bad packs", {{'Q', "08"}, {'<', "000"}}, {}, 0, 'n'},
      {bad, "packs alone", {{'<', "002"}}, {}, 0, 'y'},
      {bad, "good packs alone", {{'<', "000"}}, {}, 0, 'n'},
      {bad, "register, and good packs", {{'Q', "88"}, {'<', "000"}}, {}, 0, 'y'},

      {on, "nothing known", {}, {}, 0, '?'},
      {on, "on line", {{'Q', "08"}}, {}, 0, 'n'},
      {on, "alert", {{'Q', "08"}}, {{'!', 91}}, 0, 'y'},
      {on, "over", {{'Q', "10"}}, {{'$', 91}}, 0, 'n'},

      {low, "nothing known", {}, {}, 0, '?'},
      {low, "not low", {{'Q', "10"}}, {}, 0, 'n'},
      {low, "alert", {{'Q', "10"}}, {{'%', 91}}, 0, 'y'},
      {low, "recovered", {{'Q', "50"}}, {{'+', 91}}, 0, 'n'},

      {depleted, "nothing known", {}, {}, 0, '?'},
      {depleted, "low", {{'Q', "50"}, {'8', "00"}, {'f', "010.0"}}, {}, 0, 'n'},
      {depleted, "low and empty", {{'Q', "50"}, {'8', "00"}, {'f', "000.0"}}, {}, 0, 'y'},
      {depleted, "empty, but not low", {{'Q', "10"}, {'8', "00"}, {'f', "000.0"}}, {}, 0, 'n'},
      {depleted, "no register 3", {{'Q', "50"}, {'f', "000.0"}}, {}, 0, 'y'},
      {depleted, "no register 3, half full", {{'Q', "50"}, {'f', "050.0"}}, {}, 0, 'n'},
      {depleted, "charge alone", {{'f', "000.0"}}, {}, 0, '?'},
      {depleted, "register 3 alone", {{'8', "01"}}, {}, 0, 'y'},
  });
}

TEST(Alarms, of_the_input) {
  constexpr auto input = alarm_named("input_bad");
  constexpr auto waits = alarm_named("awaiting_power");
  expect_told({
      {input, "nothing known", {}, {}, 0, '?'},
      {input, "acceptable", {{'Q', "08"}, {'9', "FF"}}, {}, 0, 'n'},
      {input, "not acceptable", {{'Q', "08"}, {'9', "00"}}, {}, 0, 'y'},
      {input, "not acceptable, alone", {{'9', "00"}}, {}, 0, 'y'},
      {input, "rate of change", {{'Q', "10"}, {'9', "FF"}, {'G', "R"}}, {}, 80, 'y'},
      {input, "high", {{'Q', "10"}, {'9', "FF"}, {'G', "H"}}, {}, 80, 'y'},
      {input, "low", {{'Q', "10"}, {'9', "FF"}, {'G', "L"}}, {}, 80, 'y'},
      {input, "notch", {{'Q', "10"}, {'9', "FF"}, {'G', "T"}}, {}, 80, 'y'},
      {input, "self test", {{'Q', "10"}, {'9', "FF"}, {'G', "S"}}, {}, 80, 'n'},
      {input, "by software", {{'Q', "10"}, {'9', "FF"}, {'G', "K"}}, {}, 80, 'n'},
      {input, "never a transfer", {{'Q', "10"}, {'9', "FF"}, {'G', "O"}}, {}, 80, 'n'},
      {input,
       "the cause of a former transfer",
       {{'Q', "10"}, {'9', "FF"}, {'G', "L"}},
       {},
       95,
       'n'},
      {input, "on line again", {{'Q', "08"}, {'9', "FF"}, {'G', "L"}}, {}, 0, 'n'},
      {input, "no 9, on battery", {{'Q', "10"}, {'G', "L"}}, {}, 80, 'y'},
      {input, "no 9, cause not yet known", {{'Q', "10"}}, {}, 95, '?'},

      {waits, "nothing known", {}, {}, 0, '?'},
      {waits, "on", {{'~', "00"}, {'8', "00"}, {'9', "00"}}, {}, 0, 'n'},
      {waits, "battery ran down, line bad", {{'~', "00"}, {'8', "01"}, {'9', "00"}}, {}, 0, 'y'},
      {waits, "battery ran down, line good", {{'~', "00"}, {'8', "01"}, {'9', "FF"}}, {}, 0, 'n'},
      {waits, "shut down, line bad", {{'~', "00"}, {'8', "10"}, {'9', "00"}}, {}, 0, 'y'},
      {waits, "asleep, line bad", {{'~', "00"}, {'8', "08"}, {'9', "00"}}, {}, 0, 'n'},
      {waits, "no state register", {{'8', "01"}, {'9', "00"}}, {}, 0, 'y'},
      {waits, "state register alone", {{'~', "80"}}, {}, 0, 'y'},
  });
}

/// A UPS on line has no bad input by a transfer, whatever the cause of the last one was. Where
/// there is no command 9 nothing else could end the alarm.
TEST(Alarms, of_the_input_end_without_the_command_9) {
  constexpr auto input = alarm_named("input_bad");
  expect_told({{input, "on line", {{'Q', "08"}}, {}, 0, 'n'},
               {input, "on line again", {{'Q', "08"}, {'G', "L"}}, {}, 0, 'n'}});
}

/// As above: where neither of two conditions can be unknown and true together, one that is false
/// is enough.
TEST(Alarms, end_when_one_of_two_conditions_is_not_met) {
  constexpr auto depleted = alarm_named("depleted_battery");
  constexpr auto waits = alarm_named("awaiting_power");
  expect_told({{depleted, "not low", {{'Q', "08"}}, {}, 0, 'n'},
               {depleted, "not empty", {{'f', "050.0"}}, {}, 0, 'n'},
               {waits, "not off", {{'8', "00"}}, {}, 0, 'n'},
               {waits, "line good", {{'9', "FF"}}, {}, 0, 'n'}});
}

TEST(Alarms, of_temperature_and_humidity) {
  constexpr auto temperature = alarm_named("temperature_bad");
  constexpr auto humidity = alarm_named("humidity_bad");
  constexpr std::pair<char, std::string_view> high{'[', "35.00,40.00"};
  constexpr std::pair<char, std::string_view> low{']', "05.00,10.00"};
  constexpr std::pair<char, std::string_view> damp{'{', "080.0,085.0"};
  constexpr std::pair<char, std::string_view> dry{'}', "010.0,020.0"};
  expect_told({
      {temperature, "nothing known", {}, {}, 0, '?'},
      {temperature, "limits alone", {high, low}, {}, 0, '?'},
      {temperature, "inside", {{'8', "00"}}, {}, 0, 'n'},
      {temperature, "in range", {{'t', "21.08"}, high, low}, {}, 0, 'n'},
      {temperature, "at the limit", {{'t', "35.00"}, high, low}, {}, 0, 'n'},
      {temperature, "too hot", {{'t', "35.01"}, high, low}, {}, 0, 'y'},
      {temperature, "too cold", {{'t', "04.99"}, high, low}, {}, 0, 'y'},
      {temperature, "too hot, inside fine", {{'8', "00"}, {'t', "35.01"}, high, low}, {}, 0, 'y'},
      {temperature, "inside too hot", {{'8', "80"}, {'t', "21.08"}, high, low}, {}, 0, 'y'},
      {temperature, "no limits", {{'t', "99.00"}}, {}, 0, 'n'},
      {temperature, "limits off", {{'t', "99.00"}, {'[', "NO"}, {']', "NO"}}, {}, 0, 'n'},
      {temperature,
       "probe 2 too hot",
       {{'t', "21.08"}, {'T', "21.08,40.09"}, high, low},
       {},
       0,
       'y'},
      {temperature, "probe 2 in its range", {{'T', "21.08,39.09"}, high, low}, {}, 0, 'n'},
      {temperature, "probe 2 too cold", {{'T', "21.08,09.00"}, high, low}, {}, 0, 'y'},

      {humidity, "nothing known", {}, {}, 0, '?'},
      {humidity, "in range", {{'h', "037.2"}, damp, dry}, {}, 0, 'n'},
      {humidity, "too damp", {{'h', "080.1"}, damp, dry}, {}, 0, 'y'},
      {humidity, "too dry", {{'h', "009.9"}, damp, dry}, {}, 0, 'y'},
      {humidity, "probe 2 too dry", {{'h', "037.2"}, {'H', "037.2,019.0"}, damp, dry}, {}, 0, 'y'},
      {humidity, "no limits", {{'h', "099.9"}}, {}, 0, 'n'},
  });
}

TEST(Alarms, of_faults_and_tests) {
  constexpr auto fault = alarm_named("general_fault");
  constexpr auto test = alarm_named("test_in_progress");
  constexpr auto off = alarm_named("shutdown_imminent");
  expect_told({
      {fault, "registers are clear", {{'~', "00"}, {'\'', "00"}, {'8', "00"}}, {}, 0, 'n'},
      {fault, "abnormal", {{'~', "00"}, {'\'', "00"}, {'8', "00"}}, {{'?', 50}}, 0, 'y'},
      {fault, "cleared", {{'~', "00"}, {'\'', "00"}, {'8', "00"}}, {{'?', 50}, {'=', 51}}, 0, 'n'},
      {fault, "abnormal again", {{'8', "00"}}, {{'?', 52}, {'=', 51}}, 0, 'y'},
      {fault, "cleared, but a fault is there", {{'8', "02"}}, {{'?', 50}, {'=', 51}}, 0, 'y'},
      {fault, "abnormal, no registers", {}, {{'?', 50}}, 0, 'y'},
      {fault, "cleared, no registers", {}, {{'?', 50}, {'=', 51}}, 0, 'n'},

      {test, "nothing known", {}, {}, 0, '?'},
      {test, "on line", {{'Q', "08"}, {'G', "S"}}, {}, 0, 'n'},
      {test, "self test", {{'Q', "10"}, {'G', "S"}}, {}, 80, 'y'},
      {test, "cause not yet read", {{'Q', "10"}, {'G', "S"}}, {}, 95, 'n'},
      {test, "line failed", {{'Q', "10"}, {'G', "L"}}, {}, 80, 'n'},
      {test, "calibration", {{'Q', "11"}}, {}, 80, 'y'},

      {off, "not heard", {}, {}, 0, 'n'},
      {off, "just heard", {}, {{'*', 91}}, 0, 'y'},
      {off, "it did not", {}, {{'*', 90}}, 0, 'n'},
  });
}

TEST(Alarms, of_a_failed_test_stay_until_another_one_passes) {
  constexpr auto failed = alarm_named("test_failed");
  struct Row {
    std::string_view reply;  ///< to X
    std::optional<std::size_t> last;
    char told;
  };
  constexpr auto passed = choice_named("self_test_result", "passed");
  constexpr auto capacity = choice_named("self_test_result", "failed_capacity");
  constexpr auto overload = choice_named("self_test_result", "failed_overload");
  for (const Row& row : {Row{"", {}, '?'}, Row{"OK", passed, 'n'}, Row{"BT", capacity, 'y'},
                         Row{"NG", overload, 'y'}, Row{"NO", capacity, 'y'}, Row{"NO", passed, 'n'},
                         Row{"", capacity, '?'}}) {
    Ups ups;
    if (!row.reply.empty()) ups.read('X', row.reply);
    ups.snapshot.totals.test_result = row.last;
    const auto told = ups.told(failed);
    EXPECT_EQ(told ? (*told ? 'y' : 'n') : '?', row.told) << row.reply;
  }
}

/// Otherwise a test that fails an hour later counts as one that had failed from the start.
TEST(Alarms, of_a_failed_test_are_not_there_while_the_unit_knows_of_no_test) {
  Ups ups;
  ups.read('X', "NO");
  EXPECT_EQ(ups.told(alarm_named("test_failed")), std::optional(false));
}

TEST(Alarms, of_the_line_to_the_ups) {
  constexpr auto lost = alarm_named("communications_lost");
  Ups ups;
  EXPECT_EQ(ups.told(lost), std::optional(false));
  ups.snapshot.link.up = false;
  EXPECT_EQ(ups.told(lost), std::nullopt) << "it was not tried yet";
  ups.snapshot.link.silent = true;
  EXPECT_EQ(ups.told(lost), std::optional(true));
}

TEST(Alarms, of_a_silent_ups_cannot_be_told) {
  Ups ups;
  for (const auto& [command, reply] :
       std::vector<std::pair<char, std::string_view>>{{'Q', "F9"},
                                                      {'~', "FF"},
                                                      {'\'', "FF"},
                                                      {'8', "FF"},
                                                      {'9', "00"},
                                                      {'X', "BT"},
                                                      {'<', "001"},
                                                      {'h', "99.0"},
                                                      {'{', "80.0"},
                                                      {'f', "000.0"}}) {
    ups.read(command, reply);
  }
  ups.snapshot.totals.test_result = choice_named("self_test_result", "failed_capacity");
  for (const Alert& alert : alerts) ups.hear(alert.byte, 95);
  ups.hear('=', 94);
  ups.hear('$', 94);
  ups.hear('+', 94);
  EXPECT_EQ(ups.active().size(), alarm_count - 1) << "all but communications_lost";
  ups.snapshot.link.up = false;
  for (std::size_t i = 0; i < alarm_count; ++i) {
    EXPECT_EQ(ups.told(i), std::nullopt) << alarms[i].name << ", not yet tried";
  }
  ups.snapshot.link.silent = true;
  for (std::size_t i = 0; i < alarm_count; ++i) {
    if (i == alarm_named("communications_lost")) continue;
    EXPECT_EQ(ups.told(i), std::nullopt) << alarms[i].name;
  }
}

/// A fault that is found by the first reading of a register was there before.
TEST(Alarms, cannot_be_told_of_a_ups_of_which_nothing_was_read) {
  const Ups ups;
  for (std::size_t i = 0; i < alarm_count; ++i) {
    if (i == alarm_named("communications_lost") || i == alarm_named("shutdown_imminent")) continue;
    EXPECT_EQ(ups.told(i), std::nullopt) << alarms[i].name;
  }
}

}  // namespace
}  // namespace upslink
