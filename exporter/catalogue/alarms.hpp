// SPDX-License-Identifier: Apache-2.0
// The alarms: conditions of a UPS that somebody should know of, from registers, readings and alert
// characters. Those that RFC 1628 knows have its number below upsWellKnownAlarms; the others have a
// number of ours below upslinkAlarms. SNMP's tables and notifications walk this table. Constant.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "catalogue/facts.hpp"

namespace upslink {

struct Alarm {
  std::string_view name;        ///< unique, snake_case
  std::string_view text;        ///< for people: one sentence
  std::uint8_t well_known = 0;  ///< N of 1.3.6.1.2.1.33.1.6.3.N
  std::uint8_t own = 0;         ///< N below upslinkAlarms, if it is not well known
  /// Whether it is active; nothing when that cannot be told.
  std::optional<bool> (*active)(const Facts&) = nullptr;
};

namespace detail {
std::optional<bool> battery_bad(const Facts&);
std::optional<bool> depleted_battery(const Facts&);
std::optional<bool> temperature_bad(const Facts&);
std::optional<bool> input_bad(const Facts&);
std::optional<bool> general_fault(const Facts&);
std::optional<bool> test_failed(const Facts&);
std::optional<bool> communications_lost(const Facts&);
std::optional<bool> awaiting_power(const Facts&);
std::optional<bool> shutdown_imminent(const Facts&);
std::optional<bool> test_in_progress(const Facts&);
std::optional<bool> humidity_bad(const Facts&);
}  // namespace detail

// Numbers 17 (fuse failure) and 22 (shutdown pending) of RFC 1628 are missing: the protocol does
// not tell of fuses, and a reader that only reads starts no shutdown.
// clang-format off
inline constexpr auto alarms = std::to_array<Alarm>({
    {"battery_bad", "A battery has been found to need replacement.", 1, 0, detail::battery_bad},
    {"on_battery", "The UPS is drawing power from its batteries.", 2, 0,
     [](const Facts& f) { return f.flag(flag_named("status", "on_battery")); }},
    {"low_battery", "The battery is low.", 3, 0,
     [](const Facts& f) { return f.flag(flag_named("status", "battery_low")); }},
    {"depleted_battery", "The battery is empty.", 4, 0, detail::depleted_battery},
    {"temperature_bad", "The temperature is out of range, inside or at a probe.", 5, 0, detail::temperature_bad},
    {"input_bad", "The input is out of range.", 6, 0, detail::input_bad},
    {"output_bad", "The output voltage is out of range.", 7, 0,
     [](const Facts& f) { return f.flag(flag_named("fault_2", "bad_output_voltage")); }},
    {"output_overload", "The output is overloaded.", 8, 0,
     [](const Facts& f) { return f.flag(flag_named("status", "overload")); }},
    {"on_bypass", "The UPS is in bypass.", 9, 0,
     [](const Facts& f) { return f.any({flag_named("state", "bypass_internal_fault"), flag_named("state", "bypass_command"), flag_named("state", "bypass_manual")}); }},
    {"bypass_bad", "The bypass has failed.", 10, 0,
     [](const Facts& f) { return f.any({flag_named("fault_2", "bypass_supply"), flag_named("fault_3", "bypass_relay")}); }},
    {"output_off_as_requested", "The output is off, or about to go off, as requested.", 11, 0,
     [](const Facts& f) { return f.any({flag_named("fault_3", "sleeping"), flag_named("fault_3", "shutdown_pending")}); }},
    {"ups_off_as_requested", "The UPS is off as requested.", 12, 0,
     [](const Facts& f) { return f.flag(flag_named("state", "ready_on_command")); }},
    {"charger_failed", "The battery charger has failed.", 13, 0,
     [](const Facts& f) { return f.flag(flag_named("fault_3", "battery_charger")); }},
    {"output_off", "The output is off.", 14, 0,
     [](const Facts& f) { return f.any({flag_named("state", "ready_on_command"), flag_named("state", "ready_on_command_or_line_return"), flag_named("fault_3", "low_battery_shutdown"), flag_named("fault_3", "main_relay"), flag_named("fault_3", "sleeping"), flag_named("fault_3", "shutdown_pending")}); }},
    {"system_off", "The UPS is off.", 15, 0,
     [](const Facts& f) { return f.flag(flag_named("fault_3", "main_relay")); }},
    {"fan_failure", "A fan has failed.", 16, 0,
     [](const Facts& f) { return f.any({flag_named("fault_2", "electronics_fan"), flag_named("fault_2", "isolation_fan")}); }},
    {"general_fault", "The UPS has a fault.", 18, 0, detail::general_fault},
    {"test_failed", "The last self test has failed.", 19, 0, detail::test_failed},
    {"communications_lost", "The UPS does not answer.", 20, 0, detail::communications_lost},
    {"awaiting_power", "The output is off until the line is back.", 21, 0, detail::awaiting_power},
    {"shutdown_imminent", "The UPS is about to turn off.", 23, 0, detail::shutdown_imminent},
    {"test_in_progress", "A self test or a runtime calibration is running.", 24, 0, detail::test_in_progress},
    {"humidity_bad", "The humidity at a probe is out of the range that is set in the UPS.", 0, 1, detail::humidity_bad},
});
// clang-format on

inline constexpr std::size_t alarm_count = alarms.size();

/// The index of an alarm by its name; does not compile for one that is not there.
consteval std::size_t alarm_named(std::string_view name) {
  for (std::size_t i = 0; i < alarm_count; ++i) {
    if (alarms[i].name == name) return i;
  }
  throw "no such alarm";
}

}  // namespace upslink
