// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/powernet_states.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "catalogue/alarms.hpp"

namespace upslink::snmp {
namespace {

using Told = std::optional<bool> (*)(const Facts&);

constexpr FlagRef calibrating = flag_named("status", "runtime_calibration");
constexpr FlagRef on_trim = flag_named("status", "smart_trim");
constexpr FlagRef on_boost = flag_named("status", "smart_boost");
constexpr FlagRef on_line = flag_named("status", "on_line");
constexpr FlagRef on_battery = flag_named("status", "on_battery");
constexpr FlagRef overload = flag_named("status", "overload");
constexpr FlagRef battery_low = flag_named("status", "battery_low");
constexpr FlagRef waking_up = flag_named("state", "waking_up");
constexpr FlagRef internal_fault = flag_named("state", "bypass_internal_fault");
constexpr FlagRef to_bypass = flag_named("state", "going_to_bypass");
constexpr FlagRef software_bypass = flag_named("state", "bypass_command");
constexpr FlagRef manual_bypass = flag_named("state", "bypass_manual");
constexpr FlagRef off = flag_named("state", "ready_on_command");
constexpr FlagRef off_until_line = flag_named("state", "ready_on_command_or_line_return");
constexpr FlagRef electronics_fan = flag_named("fault_2", "electronics_fan");
constexpr FlagRef bypass_supply = flag_named("fault_2", "bypass_supply");
constexpr FlagRef dc_imbalance = flag_named("fault_2", "dc_imbalance");
constexpr FlagRef no_battery = flag_named("fault_2", "no_battery_in_bypass");
constexpr FlagRef avr_relay = flag_named("fault_2", "boost_trim_relay");
constexpr FlagRef bad_output = flag_named("fault_2", "bad_output_voltage");
constexpr FlagRef ran_down = flag_named("fault_3", "low_battery_shutdown");
constexpr FlagRef no_transfer = flag_named("fault_3", "overload_no_transfer");
constexpr FlagRef main_relay = flag_named("fault_3", "main_relay");
constexpr FlagRef asleep = flag_named("fault_3", "sleeping");
constexpr FlagRef shut_down = flag_named("fault_3", "shutdown_pending");
constexpr FlagRef charger = flag_named("fault_3", "battery_charger");
constexpr FlagRef bypass_relay = flag_named("fault_3", "bypass_relay");
constexpr FlagRef too_hot = flag_named("fault_3", "over_temperature");

/// Every bit of the second fault register, and those of the third that are not states on command.
constexpr FlagRef any_fault_2{quantity_named("fault_2"), 0xff};
constexpr FlagRef any_fault_3{quantity_named("fault_3"),
                              static_cast<std::uint8_t>(~(asleep.mask | shut_down.mask))};

template <FlagRef flag>
std::optional<bool> set(const Facts& facts) {
  return facts.flag(flag);
}

template <FlagRef... flags>
std::optional<bool> one_of(const Facts& facts) {
  return facts.any({flags...});
}

template <FlagRef one, FlagRef other>
std::optional<bool> both(const Facts& facts) {
  return facts.flag(one).value_or(false) && facts.flag(other).value_or(false);
}

template <std::size_t alarm>
std::optional<bool> alarm_active(const Facts& facts) {
  return alarms[alarm].active(facts);
}

// Output status

struct Status {
  std::uint8_t number;
  Told active;
};

/// The first that is active holds.
// clang-format off
constexpr auto statuses = std::to_array<Status>({
    {5,  set<asleep>},                              // timedSleeping
    {11, one_of<shut_down, ran_down, off_until_line>},  // sleepingUntilPowerReturn
    {7,  one_of<off, main_relay>},                  // off
    {8,  set<waking_up>},                           // rebooting
    {10, set<internal_fault>},                      // hardwareFailureBypass
    {9,  set<manual_bypass>},                       // switchedBypass
    {6,  set<software_bypass>},                     // softwareBypass
    {3,  set<on_battery>},                          // onBattery
    {4,  set<on_boost>},                            // onSmartBoost
    {12, set<on_trim>},                             // onSmartTrim
    {2,  set<on_line>},                             // onLine
});
// clang-format on

// Output state

std::optional<bool> abnormal(const Facts& facts) {
  return facts.any({any_fault_2, any_fault_3, internal_fault}).value_or(false) ||
         facts.between(alert_named("abnormal"), alert_named("abnormal_cleared"));
}

std::optional<bool> self_test(const Facts& facts) {
  return facts.flag(on_battery).value_or(false) &&
         facts.present_cause() == choice_named("transfer_cause", "test");
}

struct StateFlag {
  std::uint8_t number;  ///< from the left, beginning with 1
  Told active;
};

// clang-format off
constexpr auto output_flags = std::to_array<StateFlag>({
    {1,  abnormal},
    {2,  set<on_battery>},
    {3,  set<battery_low>},
    {4,  set<on_line>},
    {5,  alarm_active<alarm_named("battery_bad")>},
    {6,  [](const Facts& facts) { return facts.up(); }},
    {7,  set<on_boost>},
    {8,  set<on_trim>},
    {9,  set<overload>},
    {10, set<calibrating>},
    {11, alarm_active<alarm_named("depleted_battery")>},
    {12, set<manual_bypass>},
    {13, one_of<software_bypass, to_bypass>},
    {14, set<internal_fault>},
    {15, set<bypass_supply>},
    {16, both<electronics_fan, internal_fault>},
    {17, set<asleep>},
    {18, one_of<shut_down, off_until_line>},
    {19, one_of<on_line, on_battery, internal_fault, software_bypass, manual_bypass>},
    {20, set<waking_up>},
    {23, set<avr_relay>},
    {24, set<bad_output>},
    {25, set<charger>},
    {29, self_test},
    {30, both<battery_low, on_battery>},
    {33, set<no_battery>},
    {37, set<dc_imbalance>},
    {39, set<no_transfer>},
    {40, set<ran_down>},
    {41, set<electronics_fan>},
    {42, set<main_relay>},
    {43, set<bypass_relay>},
    {45, set<too_hot>},
});

constexpr auto abnormal_flags = std::to_array<StateFlag>({
    {4,  alarm_active<alarm_named("battery_bad")>},
    {11, set<internal_fault>},
    {13, set<manual_bypass>},
    {15, alarm_active<alarm_named("fan_failure")>},
    {22, set<bad_output>},
    {24, set<no_battery>},
    {31, set<overload>},
});
// clang-format on

template <std::size_t length, std::size_t rows>
std::string flag_text(const Facts& facts, const std::array<StateFlag, rows>& flags) {
  std::string text(length, '0');
  if (!facts.up().value_or(false)) return text;
  for (const StateFlag& flag : flags) {
    if (flag.active(facts).value_or(false)) text[flag.number - 1U] = '1';
  }
  return text;
}

// Line fail cause

/// How long the last transfer has lasted, as far as it can be told.
std::optional<Duration> outage(const Facts& facts) {
  const auto& since = facts.snapshot().totals.on_battery_since;
  if (since) return facts.now() - *since;
  const auto& records = facts.snapshot().alerts;
  const TimePoint failed = records[alert_named("line_fail")].heard_at;
  const TimePoint restored = records[alert_named("line_restored")].heard_at;
  if (failed == TimePoint{} || restored <= failed) return std::nullopt;
  return restored - failed;
}

/// The lowest input voltage that was read since the transfer began.
std::optional<double> lowest_voltage(const Facts& facts) {
  const TimePoint began = facts.snapshot().totals.on_battery_since.value_or(
      facts.snapshot().alerts[alert_named("line_fail")].heard_at);
  std::optional<double> lowest;
  for (const auto row :
       {quantity_named("input_voltage"), quantity_named("input_voltage_minimum")}) {
    const Reading* known = facts.reading(row);
    if (known == nullptr || known->read_at < began) continue;
    const double volts = std::get<double>(known->value);
    lowest = std::min(lowest.value_or(volts), volts);
  }
  return lowest;
}

/// The MIB's words: a sag is shorter than five seconds, and deep below 40 % of the rated voltage.
std::int64_t cause_of_low_voltage(const Facts& facts) {
  enum : std::uint8_t { brownout = 3, blackout = 4, small_sag = 5, deep_sag = 6 };
  const auto nominal = facts.number(quantity_named("output_voltage_nominal"));
  const auto lowest = lowest_voltage(facts);
  const bool deep = nominal && lowest && *lowest < 0.4 * *nominal;
  const bool brief = outage(facts).value_or(Duration::max()) < std::chrono::seconds(5);
  if (brief) return deep ? deep_sag : small_sag;
  return deep ? blackout : brownout;
}

struct Cause {
  std::uint8_t choice;
  std::uint8_t number;
};

// clang-format off
constexpr auto causes = std::to_array<Cause>({
    {choice_named("transfer_cause", "none"), 1},            // noTransfer
    {choice_named("transfer_cause", "high_voltage"), 2},    // highLineVoltage
    {choice_named("transfer_cause", "notch_or_spike"), 7},  // smallMomentarySpike; 8 is a large one
    {choice_named("transfer_cause", "test"), 9},            // selfTest
    {choice_named("transfer_cause", "software"), 9},        // a command, as a self test is
    {choice_named("transfer_cause", "rate_of_change"), 10}, // rateOfVoltageChange
});
// clang-format on
static_assert(causes.size() + 1 == transfer_causes.size());  // low_voltage has a rule

}  // namespace

std::int64_t powernet_output_status(const Facts& facts) {
  constexpr std::int64_t unknown = 1;
  for (const Status& status : statuses) {
    if (status.active(facts).value_or(false)) return status.number;
  }
  return unknown;
}

std::string powernet_output_state(const Facts& facts) {
  return flag_text<64>(facts, output_flags);
}

std::string powernet_abnormal_conditions(const Facts& facts) {
  return flag_text<32>(facts, abnormal_flags);
}

std::int64_t powernet_line_fail_cause(const Facts& facts) {
  constexpr std::int64_t no_transfer_yet = 1;
  const auto cause = facts.choice(quantity_named("transfer_cause"));
  if (!cause) return no_transfer_yet;
  const auto* row = std::ranges::find(causes, *cause, &Cause::choice);
  return row == causes.end() ? cause_of_low_voltage(facts) : row->number;
}

}  // namespace upslink::snmp
