// SPDX-License-Identifier: Apache-2.0
// The tables of what a register's bits, a one-letter answer and an alert character mean. A quantity
// of kind flags or choice points at one of them; its index in the table is its value. Facts: the
// UPS-Link documentation of the apcupsd manual (smart protocol chapter) and of networkupstools.org
// (protocols/apcsmart), which agree unless a comment says otherwise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace upslink {

/// One flag of a register, or one of several choices.
struct Member {
  std::string_view name;    ///< the label value; empty: a bit without a documented meaning
  std::string_view tokens;  ///< choices only: the replies that mean it, separated by blanks
  std::string_view text;    ///< for people: lower case, no full stop
  std::uint8_t number = 0;  ///< choices only: its number in UPSLINK-MIB
};

using Members = std::span<const Member>;

// clang-format off
// Registers: entry n is bit n.

inline constexpr std::array<Member, 8> status_flags{{
    {"runtime_calibration", {}, "runtime calibration is running"},
    {"smart_trim",          {}, "high input voltage is being lowered (SmartTrim)"},
    {"smart_boost",         {}, "low input voltage is being raised (SmartBoost)"},
    {"on_line",             {}, "the load is supplied by the line"},
    {"on_battery",          {}, "the load is supplied by the battery"},
    {"overload",            {}, "the output is overloaded"},
    {"battery_low",         {}, "the battery is low"},
    {"replace_battery",     {}, "the battery should be replaced"},
}};

inline constexpr std::array<Member, 8> state_flags{{
    {"waking_up",                       {}, "start-up test is running"},
    {"bypass_internal_fault",           {}, "in bypass because of an internal fault"},
    {"going_to_bypass",                 {}, "going to bypass on command"},
    {"bypass_command",                  {}, "in bypass on command"},
    {"returning_from_bypass",           {}, "returning from bypass"},
    {"bypass_manual",                   {}, "in bypass by the manual bypass switch"},
    {"ready_on_command",                {}, "output off, ready to power the load on command"},
    {"ready_on_command_or_line_return", {}, "output off, ready to power the load on command or when the line returns"},
}};

inline constexpr std::array<Member, 8> fault_2_flags{{
    {"electronics_fan",      {}, "the electronics unit's fan has failed"},
    {"isolation_fan",        {}, "the isolation unit's fan has failed"},
    {"bypass_supply",        {}, "the bypass power supply has failed"},
    {"output_voltage_select",{}, "the output voltage selection has failed"},
    {"dc_imbalance",         {}, "DC imbalance"},
    {"no_battery_in_bypass", {}, "commanded out of bypass with no battery connected"},
    {"boost_trim_relay",     {}, "a SmartBoost or SmartTrim relay has failed"},
    {"bad_output_voltage",   {}, "bad output voltage"},
}};

inline constexpr std::array<Member, 8> fault_3_flags{{
    {"low_battery_shutdown", {}, "output off because the battery ran down"},
    {"overload_no_transfer", {}, "cannot go to battery because of overload"},
    {"main_relay",           {}, "the main relay has failed"},
    {"sleeping",             {}, "asleep on command"},
    {"shutdown_pending",     {}, "shut down on command, or about to"},
    {"battery_charger",      {}, "the battery charger has failed"},
    {"bypass_relay",         {}, "the bypass relay has failed"},
    {"over_temperature",     {}, "the internal temperature is too high"},
}};

inline constexpr std::array<Member, 8> dip_switch_flags{{
    {"low_battery_warning_5min", {}, "switch 4: low battery warning at 5 instead of 2 minutes"},
    {"alarm_delayed_30s",        {}, "switch 3: audible alarm delayed by 30 seconds"},
    {"output_range_shifted",     {}, "switch 2: transfer and output range shifted (115 or 240 V)"},
    {"desensitized",             {}, "switch 1: less sensitive, wider input range"},
    {}, {}, {}, {},
}};

// The contact inputs are the high four bits; the low four repeat the accessory's DIP switches.
inline constexpr std::array<Member, 8> contact_flags{{
    {}, {}, {}, {},
    {"1", {}, "contact input 1"},
    {"2", {}, "contact input 2"},
    {"3", {}, "contact input 3"},
    {"4", {}, "contact input 4"},
}};

// Choices: the index is the value.

inline constexpr std::array<Member, 7> transfer_causes{{
    {"none",           "O", "none since turn-on", 1},
    {"rate_of_change", "R", "line voltage changed too fast", 2},
    {"high_voltage",   "H", "line voltage too high", 3},
    {"low_voltage",    "L", "line voltage too low", 4},
    {"notch_or_spike", "T", "notch or spike in the line voltage", 5},
    {"test",           "S", "self test or simulated power failure", 6},
    {"software",       "K", "forced by software", 7},  // apcupsd only
}};

inline constexpr std::array<Member, 4> sensitivities{{
    {"high",   "H", "high", 1},
    {"medium", "M", "medium", 2},
    {"low",    "L", "low", 3},
    {"auto",   "A", "automatic", 4},
}};

inline constexpr std::array<Member, 3> output_selections{{
    {"auto", "A", "automatic", 1},
    {"208v", "M", "208 V", 2},
    {"240v", "I", "240 V", 3},
}};

inline constexpr std::array<Member, 4> self_test_results{{
    {"passed",          "OK", "passed", 1},
    {"failed_capacity", "BT", "failed: insufficient capacity", 2},
    {"failed_overload", "NG", "failed: overload", 3},
    {"none",            "NO", "no result in the last 5 minutes", 4},
}};

inline constexpr std::array<Member, 4> self_test_schedules{{
    {"14_days",  "336", "every 14 days", 1},
    {"7_days",   "168", "every 7 days", 2},
    {"power_on", "ON",  "at turn-on only", 3},
    {"off",      "OFF", "never", 4},
}};

inline constexpr std::array<Member, 4> alarm_delays{{
    {"5s",          "0", "5 s after the line fails", 1},
    {"30s",         "T", "30 s after the line fails", 2},
    {"low_battery", "L", "only when the battery is low", 3},
    {"never",       "N", "never", 4},
}};

inline constexpr std::array<Member, 5> panel_languages{{
    {"english", "E",       "English", 1},
    {"french",  "F",       "French", 2},
    {"german",  "G",       "German", 3},
    {"spanish", "S",       "Spanish", 4},
    {"other",   "1 2 3 4", "another language", 5},
}};

/// A character that a UPS sends unasked. What `status_set` and `status_clear` name is the change in
/// the status register that the alert announces; such a change needs no second reading.
struct Alert {
  char byte;
  std::string_view name;          ///< the label value
  std::string_view text;
  std::uint8_t status_set = 0;
  std::uint8_t status_clear = 0;
};

inline constexpr std::array<Alert, 10> alerts{{
    {'!',  "line_fail",         "the line failed, on battery",                  0x10, 0x08 | 0x04 | 0x02},
    {'$',  "line_restored",     "the line is back",                             0x08, 0x10},
    {'%',  "battery_low",       "the battery is low",                           0x40, 0x00},
    {'+',  "battery_recovered", "the battery is no longer low",                 0x00, 0x40},
    {'?',  "abnormal",          "an abnormal condition began",                  0x00, 0x00},
    {'=',  "abnormal_cleared",  "the abnormal condition ended",                 0x00, 0x00},
    {'*',  "turning_off",       "about to turn off",                            0x00, 0x00},
    {'#',  "replace_battery",   "the battery should be replaced",               0x80, 0x00},
    {'&',  "environment",       "a Measure-UPS alarm is active",                0x00, 0x00},
    {'|',  "eeprom_changed",    "a setting was changed",                        0x00, 0x00},
}};
// clang-format on

/// The index in `alerts` of a byte that is one.
constexpr std::optional<std::size_t> alert_index(char byte) {
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    if (alerts[i].byte == byte) return i;
  }
  return std::nullopt;
}

}  // namespace upslink
