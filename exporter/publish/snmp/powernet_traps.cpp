// SPDX-License-Identifier: Apache-2.0
// A table of conditions, each with the trap that tells its beginning and the one that tells its
// end. Numbers and arguments are the MIB's, the texts are ours.
#include "publish/snmp/powernet_traps.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "catalogue/alarms.hpp"
#include "publish/snmp/notifications.hpp"

namespace upslink::snmp {
namespace {

using namespace std::chrono_literals;

constexpr Oid traps_root{1, 3, 6, 1, 4, 1, 318, 0};
constexpr Oid argument_integer{1, 3, 6, 1, 4, 1, 318, 2, 3, 1, 0};
constexpr Oid argument_string{1, 3, 6, 1, 4, 1, 318, 2, 3, 3, 0};

using Told = std::optional<bool> (*)(const Facts&);
using Argument = std::optional<std::int64_t> (*)(const Facts&);

struct Trap {
  std::uint8_t number = 0;  ///< 0: there is none
  std::string_view name = {};
  std::string_view text = {};  ///< what follows the name of the UPS
  Argument argument = nullptr;
};

struct Condition {
  Told active = nullptr;
  Trap begins = {};
  Trap ends = {};
  std::size_t announced_by = alerts.size();  ///< an alert that tells it even if it is over by now
  bool after_each_test = false;              ///< told again whenever a self test has ended
  Duration lasts = {};                       ///< told only when it has been so for that long
};

// Conditions

template <FlagRef flag>
std::optional<bool> set(const Facts& facts) {
  return facts.flag(flag);
}

template <std::size_t alarm>
std::optional<bool> alarm_active(const Facts& facts) {
  return alarms[alarm].active(facts);
}

/// Off, or about to go off. It is on again only when it is seen to supply the load.
std::optional<bool> turned_off(const Facts& facts) {
  const auto off =
      facts.any({flag_named("state", "ready_on_command"), flag_named("fault_3", "main_relay")});
  const auto imminent = alarms[alarm_named("shutdown_imminent")].active(facts);
  if (off.value_or(false) || imminent.value_or(false)) return true;
  const auto supplies =
      facts.any({flag_named("status", "on_line"), flag_named("status", "on_battery")});
  if (supplies.value_or(false)) return false;
  return std::nullopt;
}

std::optional<bool> sleeping(const Facts& facts) {
  return facts.any({flag_named("fault_3", "sleeping"), flag_named("fault_3", "shutdown_pending"),
                    flag_named("fault_3", "low_battery_shutdown"),
                    flag_named("state", "ready_on_command_or_line_return")});
}

/// Whether a probe reads more or less than the limits that are set in the UPS.
template <std::size_t reading, std::size_t high, std::size_t low>
std::optional<bool> out_of_limits(const Facts& facts) {
  return facts.outside(reading, high, low);
}

/// Whether a Measure-UPS that has answered since the unit was met does not do so any more.
std::optional<bool> accessory_lost(const Facts& facts) {
  bool expected = false;
  for (const auto row : {quantity_named("ambient_temperature_1"),
                         quantity_named("ambient_humidity_1"), quantity_named("contacts")}) {
    if (facts.reading(row) != nullptr) return false;
    expected = expected || facts.snapshot().readings[row].has_value();
  }
  if (!expected || !facts.up().value_or(false)) return std::nullopt;
  return true;
}

// Arguments

template <std::size_t quantity, int factor>
std::optional<std::int64_t> reading_now(const Facts& facts) {
  const auto value = facts.number(quantity);
  if (!value) return std::nullopt;
  return std::llround(*value * factor);
}

template <std::int64_t number>
std::optional<std::int64_t> always(const Facts&) {
  return number;
}

// clang-format off
constexpr auto conditions = std::to_array<Condition>({
    {.active = alarm_active<alarm_named("communications_lost")>,
     .begins = {1, "powernetCommunicationLost", "does not answer"},
     .ends = {8, "powernetCommunicationEstablished", "answers again"}},
    {.active = set<flag_named("status", "overload")>,
     .begins = {2, "powernetOverload", "the load is more than it is rated for"},
     .ends = {33, "powernetOverloadCleared", "the load is within its rating again"}},
    {.active = alarm_active<alarm_named("test_failed")>,
     .begins = {3, "powernetDiagnosticsFailed", "the self test has failed"},
     .ends = {10, "powernetDiagnosticsPassed", "the self test was passed"}, .after_each_test = true},
    {.active = alarm_active<alarm_named("depleted_battery")>,
     .begins = {4, "powernetDischarged", "the battery is empty"},
     .ends = {38, "powernetDischargeCleared", "the battery is no longer empty"}},
    {.active = set<flag_named("status", "on_battery")>,
     .begins = {5, "powernetOnBattery", "the load is on battery"},
     .ends = {9, "powernetPowerRestored", "the load is on battery no longer"}, .announced_by = alert_named("line_fail")},
    {.active = set<flag_named("status", "smart_boost")>,
     .begins = {6, "powernetBoostOn", "a low input voltage is being raised"},
     .ends = {34, "powernetBoostOff", "the input voltage is no longer being raised"}},
    {.active = set<flag_named("status", "battery_low")>,
     .begins = {7, "powernetLowBattery", "the battery is low"},
     .ends = {11, "powernetReturnFromLowBattery", "the battery is no longer low"}, .announced_by = alert_named("battery_low")},
    {.active = turned_off,
     .begins = {12, "powernetTurnedOff", "is off, or about to turn off"},
     .ends = {30, "powernetTurnedOn", "is on"}},
    {.active = sleeping,
     .begins = {13, "powernetSleeping", "sleeps; its output is off, or about to go off"},
     .ends = {14, "powernetWokeUp", "sleeps no longer"}},
    {.active = set<flag_named("state", "waking_up")>,
     .begins = {15, "powernetRebootStarted", "is starting up"}},
    {.active = alarm_active<alarm_named("battery_bad")>,
     .begins = {17, "powernetBatteryNeedsReplacement", "the battery should be replaced"},
     .ends = {36, "powernetBatteryReplaced", "the battery is good again"}},
    {.active = set<flag_named("contacts", "1")>,
     .begins = {18, "powernetContactFault", "contact 1 is closed", always<1>},
     .ends = {19, "powernetContactFaultResolved", "contact 1 is open again", always<1>}},
    {.active = set<flag_named("contacts", "2")>,
     .begins = {18, "powernetContactFault", "contact 2 is closed", always<2>},
     .ends = {19, "powernetContactFaultResolved", "contact 2 is open again", always<2>}},
    {.active = set<flag_named("contacts", "3")>,
     .begins = {18, "powernetContactFault", "contact 3 is closed", always<3>},
     .ends = {19, "powernetContactFaultResolved", "contact 3 is open again", always<3>}},
    {.active = set<flag_named("contacts", "4")>,
     .begins = {18, "powernetContactFault", "contact 4 is closed", always<4>},
     .ends = {19, "powernetContactFaultResolved", "contact 4 is open again", always<4>}},
    {.active = set<flag_named("state", "bypass_internal_fault")>,
     .begins = {20, "powernetFailureBypass", "in bypass because of an internal fault"}},
    {.active = set<flag_named("state", "bypass_command")>,
     .begins = {21, "powernetSoftwareBypass", "in bypass on command"}},
    {.active = set<flag_named("state", "bypass_manual")>,
     .begins = {22, "powernetSwitchedBypass", "in bypass by its switch"}},
    {.active = alarm_active<alarm_named("on_bypass")>,  // whichever of the three it was
     .ends = {23, "powernetReturnFromBypass", "in bypass no longer"}},
    {.active = set<flag_named("fault_2", "bypass_supply")>,
     .begins = {24, "powernetBypassSupplyFailure", "the power supply of the bypass has failed"}},
    {.active = alarm_active<alarm_named("fan_failure")>,
     .begins = {25, "powernetFanFailure", "a fan has failed"}},
    {.active = set<flag_named("status", "runtime_calibration")>,
     .begins = {28, "powernetCalibrationStart", "a runtime calibration has begun"},
     .ends = {37, "powernetCalibrationEnd", "the runtime calibration has ended"}},
    {.active = set<flag_named("status", "smart_trim")>,
     .begins = {31, "powernetTrimOn", "a high input voltage is being lowered"},
     .ends = {35, "powernetTrimOff", "the input voltage is no longer being lowered"}},
    {.active = set<flag_named("fault_2", "bad_output_voltage")>,
     .begins = {49, "powernetBadVoltage", "the output voltage is out of range"},
     .ends = {50, "powernetBadVoltageCleared", "the output voltage is in its range again"}},
    {.active = set<flag_named("fault_3", "battery_charger")>,
     .begins = {51, "powernetChargerFailure", "the battery charger has failed"},
     .ends = {52, "powernetChargerFailureCleared", "the battery charger works again"}},
    {.active = set<flag_named("fault_3", "over_temperature")>,
     .begins = {53, "powernetOverTemperature", "it is too hot inside"},
     .ends = {54, "powernetOverTemperatureCleared", "it is no longer too hot inside"}},
    {.active = set<flag_named("fault_2", "boost_trim_relay")>,
     .begins = {55, "powernetRelayFault", "a relay that raises or lowers the input voltage has failed"},
     .ends = {56, "powernetRelayFaultCleared", "the relays that raise or lower the input voltage work again"}},
    {.active = out_of_limits<quantity_named("ambient_humidity_1"), quantity_named("ambient_humidity_high_1"), quantity_named("ambient_humidity_low_1")>,
     .begins = {57, "powernetHumidityViolation1", "the humidity at probe 1 is out of its limits", reading_now<quantity_named("ambient_humidity_1"), 100>},
     .ends = {58, "powernetHumidityViolationCleared1", "the humidity at probe 1 is within its limits again"}},
    {.active = out_of_limits<quantity_named("ambient_temperature_1"), quantity_named("ambient_temperature_high_1"), quantity_named("ambient_temperature_low_1")>,
     .begins = {59, "powernetTemperatureViolation1", "the temperature at probe 1 is out of its limits", reading_now<quantity_named("ambient_temperature_1"), 1>},
     .ends = {60, "powernetTemperatureViolationCleared1", "the temperature at probe 1 is within its limits again"}},
    {.active = out_of_limits<quantity_named("ambient_humidity_2"), quantity_named("ambient_humidity_high_2"), quantity_named("ambient_humidity_low_2")>,
     .begins = {61, "powernetHumidityViolation2", "the humidity at probe 2 is out of its limits", reading_now<quantity_named("ambient_humidity_2"), 100>},
     .ends = {62, "powernetHumidityViolationCleared2", "the humidity at probe 2 is within its limits again"}},
    {.active = out_of_limits<quantity_named("ambient_temperature_2"), quantity_named("ambient_temperature_high_2"), quantity_named("ambient_temperature_low_2")>,
     .begins = {63, "powernetTemperatureViolation2", "the temperature at probe 2 is out of its limits", reading_now<quantity_named("ambient_temperature_2"), 1>},
     .ends = {64, "powernetTemperatureViolationCleared2", "the temperature at probe 2 is within its limits again"}},
    {.active = accessory_lost,  // for a while nothing is known either of one that is asked anew
     .begins = {66, "powernetAccessoryLost", "its Measure-UPS does not answer"},
     .ends = {65, "powernetAccessoryEstablished", "its Measure-UPS answers again"}, .lasts = 30s},
    {.active = set<flag_named("fault_2", "no_battery_in_bypass")>,
     .begins = {80, "powernetNoBatteries", "no battery is connected"},
     .ends = {81, "powernetNoBatteriesCleared", "a battery is connected again"}},
});

/// What is told when it becomes another number.
struct Number {
  std::size_t quantity;
  Trap more, less;
};

constexpr auto numbers = std::to_array<Number>({
    {quantity_named("dip_switches"),
     {16, "powernetDipSwitchChanged", "its DIP switches are set otherwise than before"},
     {16, "powernetDipSwitchChanged", "its DIP switches are set otherwise than before"}},
    {quantity_named("battery_packs_external"),
     {67, "powernetBatteryIncrease", "it has more battery packs than before"},
     {68, "powernetBatteryDecrease", "it has fewer battery packs than before"}},
});
// clang-format on

void add(const Subject& ups, const Trap& trap, std::vector<Notification>& out) {
  if (trap.number == 0) return;
  Notification made{.name = trap.name,
                    .trap = traps_root + Oid{trap.number},
                    .varbinds = {},
                    .made = ups.facts.now()};
  if (trap.argument != nullptr) {
    if (const auto value = trap.argument(ups.facts)) {
      made.varbinds.push_back({argument_integer, integer(*value)});
    }
  }
  const auto text = std::string(ups.name).append(": ").append(trap.text);
  made.varbinds.push_back({argument_string, octets(text)});
  made.varbinds.push_back(name_of(ups));
  out.push_back(std::move(made));
}

std::optional<double> number_of(const Facts& facts, std::size_t quantity) {
  const Reading* known = facts.reading(quantity);
  if (known == nullptr) return std::nullopt;
  const auto* flags = std::get_if<Flags>(&known->value);
  return flags != nullptr ? flags->bits : std::get<double>(known->value);
}

}  // namespace

void PowernetTraps::follow(const Subject& ups, std::vector<Notification>& out) {
  static_assert(conditions.size() <= most_conditions);
  const bool tested = test_completed(ups.facts);
  for (std::size_t i = 0; i < conditions.size(); ++i) follow_condition(ups, i, tested, out);
  follow_numbers(ups, out);
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    alert_counts_[i] = ups.facts.snapshot().alerts[i].count;
  }
}

void PowernetTraps::follow_condition(const Subject& ups, std::size_t condition, bool tested,
                                     std::vector<Notification>& out) {
  const Condition& row = conditions[condition];
  State& state = states_[condition];
  const auto active = row.active(ups.facts);
  if (!active) {
    state.other_since.reset();
    return;
  }
  if (*active == state.active) {
    state.other_since.reset();
    if (!*active && has_come(row.announced_by, ups.facts)) {
      add(ups, row.begins, out);
      add(ups, row.ends, out);
    }
    if (row.after_each_test && tested) add(ups, *active ? row.begins : row.ends, out);
    return;
  }
  if (!state.other_since) state.other_since = ups.facts.now();
  if (ups.facts.now() - *state.other_since < row.lasts) return;
  state = {.active = *active, .other_since = {}};
  add(ups, *active ? row.begins : row.ends, out);
}

/// Whether an alert has come since the last call.
bool PowernetTraps::has_come(std::size_t alert, const Facts& facts) const {
  return alert < alerts.size() && facts.snapshot().alerts[alert].count > alert_counts_[alert];
}

void PowernetTraps::follow_numbers(const Subject& ups, std::vector<Notification>& out) {
  static_assert(numbers.size() <= most_numbers);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto value = number_of(ups.facts, numbers[i].quantity);
    if (!value) continue;
    if (numbers_[i] && *numbers_[i] != *value) {
      add(ups, *value > *numbers_[i] ? numbers[i].more : numbers[i].less, out);
    }
    numbers_[i] = value;
  }
}

/// Whether a self test has ended since the last call; a calibration has traps of its own.
bool PowernetTraps::test_completed(const Facts& facts) {
  const Totals& totals = facts.snapshot().totals;
  const bool more =
      totals.tests_completed > std::exchange(tests_completed_, totals.tests_completed);
  return more && totals.test && !totals.test->calibration;
}

}  // namespace upslink::snmp
