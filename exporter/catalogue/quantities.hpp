// SPDX-License-Identifier: Apache-2.0
// The catalogue: one row for everything that can be asked of a UPS. Rows of one command and rows of
// one metric family are adjacent; the order within a cadence is the order in which a unit is first
// read. To add a quantity: one row here, one line of a UPS profile, and the regenerated documents.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "catalogue/quantity.hpp"

namespace upslink {

// clang-format off
inline constexpr auto quantities = std::to_array<Quantity>({
    // Status and registers
    {.name = "status", .metric = "status", .help = "Status register: 1 while the flag is set.",
     .kind = Kind::flags, .cadence = Cadence::status, .command = 'Q', .form = Form::hex_byte, .members = status_flags, .member_label = "flag", .mib = {MibTable::registers, 1}},

    // Power readings
    {.name = "input_voltage", .metric = "input_voltage_volts", .help = "Input voltage.",
     .unit = Unit::volts, .command = 'L', .mib = {MibTable::power, 1}},
    {.name = "output_voltage", .metric = "output_voltage_volts", .help = "Output voltage.",
     .unit = Unit::volts, .command = 'O', .peer = 'L', .mib = {MibTable::power, 7}},
    {.name = "load", .metric = "load_ratio", .help = "Load as a part of the rated load; above 1 in overload.",
     .unit = Unit::ratio, .command = 'P', .divisor = 100, .mib = {MibTable::power, 9}},
    {.name = "battery_charge", .metric = "battery_charge_ratio", .help = "Battery charge.",
     .unit = Unit::ratio, .command = 'f', .divisor = 100, .mib = {MibTable::battery, 1}},
    {.name = "battery_voltage", .metric = "battery_voltage_volts", .help = "Battery voltage.",
     .unit = Unit::volts, .command = 'B', .mib = {MibTable::battery, 2}},
    {.name = "battery_runtime", .metric = "battery_runtime_seconds", .help = "Runtime left on battery at the present load; absent while the unit cannot tell.",
     .unit = Unit::seconds, .command = 'j', .form = Form::minutes, .scale = 60, .mib = {MibTable::battery, 3}},
    {.name = "input_frequency", .metric = "input_frequency_hertz", .help = "Line frequency while on line, output frequency on battery.",
     .unit = Unit::hertz, .command = 'F', .mib = {MibTable::power, 4}},
    {.name = "input_voltage_maximum", .metric = "input_voltage_maximum_volts", .help = "Highest input voltage since the last reading (reading resets it).",
     .unit = Unit::volts, .command = 'M', .care = Care::resets, .peer = 'L', .mib = {MibTable::power, 3}},
    {.name = "input_voltage_minimum", .metric = "input_voltage_minimum_volts", .help = "Lowest input voltage since the last reading (reading resets it).",
     .unit = Unit::volts, .command = 'N', .care = Care::resets, .peer = 'L', .mib = {MibTable::power, 2}},
    {.name = "input_quality_acceptable", .metric = "input_quality_acceptable", .help = "Whether the line is good enough to run on.",
     .command = '9', .form = Form::yes_no, .mib = {MibTable::power, 5}},
    {.name = "transfer_cause", .metric = "transfer_cause", .help = "Cause of the last transfer to battery: 1 for the one it was.",
     .kind = Kind::choice, .command = 'G', .form = Form::token, .members = transfer_causes, .member_label = "cause", .care = Care::keeps, .mib = {MibTable::power, 6}},
    {.name = "fault_3", .metric = "fault", .help = "Fault registers: 1 while the flag is set.",
     .kind = Kind::flags, .command = '8', .form = Form::hex_byte, .members = fault_3_flags, .member_label = "flag", .label = {"register", "3"}, .mib = {MibTable::registers, 4}},
    {.name = "fault_2", .metric = "fault", .help = "Fault registers: 1 while the flag is set.",
     .kind = Kind::flags, .command = '\'', .form = Form::hex_byte, .members = fault_2_flags, .member_label = "flag", .label = {"register", "2"}, .mib = {MibTable::registers, 3}},
    {.name = "state", .metric = "state", .help = "State register: 1 while the flag is set.",
     .kind = Kind::flags, .command = '~', .form = Form::hex_byte, .members = state_flags, .member_label = "flag", .mib = {MibTable::registers, 2}},
    {.name = "output_current", .metric = "output_current_amperes", .help = "Output current.",
     .unit = Unit::amperes, .command = '/', .rare = true, .mib = {MibTable::power, 8}},
    {.name = "apparent_load", .metric = "apparent_load_ratio", .help = "Apparent load as a part of the rated volt-amperes.",
     .unit = Unit::ratio, .command = '\\', .divisor = 100, .rare = true, .mib = {MibTable::power, 10}},

    // Slow readings
    {.name = "internal_temperature", .metric = "internal_temperature_celsius", .help = "Temperature inside the UPS.",
     .unit = Unit::celsius, .cadence = Cadence::slow, .command = 'C', .mib = {MibTable::power, 11}},
    {.name = "self_test_result", .metric = "self_test_result", .help = "Result of the last self test, kept by the UPS for 5 minutes: 1 for the one it was.",
     .kind = Kind::choice, .cadence = Cadence::slow, .command = 'X', .form = Form::token, .members = self_test_results, .member_label = "result", .mib = {MibTable::battery, 8}},
    {.name = "self_test_age", .metric = "self_test_age_seconds", .help = "Time since the last self test.",
     .unit = Unit::seconds, .cadence = Cadence::slow, .command = 'd', .scale = 3600, .rare = true, .mib = {MibTable::battery, 9}},
    {.name = "battery_packs_bad", .metric = "battery_packs_bad", .help = "Number of bad battery packs.",
     .cadence = Cadence::slow, .command = '<', .rare = true, .mib = {MibTable::battery, 4}},
    {.name = "ambient_temperature_1", .metric = "ambient_temperature_celsius", .help = "Temperature at a Measure-UPS probe.",
     .unit = Unit::celsius, .cadence = Cadence::slow, .command = 't', .label = {"probe", "1"}, .rare = true, .mib = {MibTable::probe, 2}},
    {.name = "ambient_temperature_2", .metric = "ambient_temperature_celsius", .help = "Temperature at a Measure-UPS probe.",
     .unit = Unit::celsius, .cadence = Cadence::slow, .command = 'T', .form = Form::packed, .field = 1, .label = {"probe", "2"}, .rare = true, .mib = {MibTable::probe, 2}},
    {.name = "uptime", .metric = "uptime_seconds", .help = "Time since the UPS was turned on, on units whose reply is an uptime.",
     .unit = Unit::seconds, .cadence = Cadence::slow, .command = 'T', .form = Form::uptime, .scale = 3600, .rare = true, .mib = {MibTable::ups, 10}},
    {.name = "ambient_humidity_1", .metric = "ambient_humidity_ratio", .help = "Relative humidity at a Measure-UPS probe.",
     .unit = Unit::ratio, .cadence = Cadence::slow, .command = 'h', .divisor = 100, .label = {"probe", "1"}, .rare = true, .mib = {MibTable::probe, 3}},
    {.name = "ambient_humidity_2", .metric = "ambient_humidity_ratio", .help = "Relative humidity at a Measure-UPS probe.",
     .unit = Unit::ratio, .cadence = Cadence::slow, .command = 'H', .form = Form::packed, .field = 1, .divisor = 100, .label = {"probe", "2"}, .rare = true, .mib = {MibTable::probe, 3}},
    {.name = "contacts", .metric = "contact_closed", .help = "Measure-UPS contact inputs: 1 while closed.",
     .kind = Kind::flags, .cadence = Cadence::slow, .command = 'i', .form = Form::hex_byte, .members = contact_flags, .member_label = "contact", .rare = true, .mib = {MibTable::accessory, 2}},
    {.name = "environment_alarms_1", .metric = "environment_alarm_register", .help = "Measure-UPS alarm status bytes as numbers; the meaning of their bits is not public (read only when switched on).",
     .cadence = Cadence::slow, .command = 'J', .form = Form::hex_pair, .label = {"register", "1"}, .care = Care::latched, .rare = true, .mib = {MibTable::accessory, 3}},
    {.name = "environment_alarms_2", .metric = "environment_alarm_register", .help = "Measure-UPS alarm status bytes as numbers; the meaning of their bits is not public (read only when switched on).",
     .cadence = Cadence::slow, .command = 'J', .form = Form::hex_pair, .field = 1, .label = {"register", "2"}, .care = Care::latched, .rare = true, .mib = {MibTable::accessory, 4}},

    // Settings
    {.name = "input_transfer_high", .metric = "input_transfer_high_volts", .help = "Input voltage above which the unit goes to battery (setting).",
     .unit = Unit::volts, .cadence = Cadence::settings, .command = 'u', .mib = {MibTable::setting, 1}},
    {.name = "input_transfer_low", .metric = "input_transfer_low_volts", .help = "Input voltage below which the unit goes to battery (setting).",
     .unit = Unit::volts, .cadence = Cadence::settings, .command = 'l', .form = Form::number_or_no, .mib = {MibTable::setting, 2}},
    {.name = "input_sensitivity", .metric = "input_sensitivity", .help = "Sensitivity to the quality of the line (setting): 1 for the one in use.",
     .kind = Kind::choice, .cadence = Cadence::settings, .command = 's', .form = Form::token, .members = sensitivities, .member_label = "sensitivity", .mib = {MibTable::setting, 3}},
    {.name = "output_voltage_nominal", .metric = "output_voltage_nominal_volts", .help = "Nominal output voltage on battery (setting).",
     .unit = Unit::volts, .cadence = Cadence::settings, .command = 'o', .mib = {MibTable::setting, 4}},
    {.name = "battery_voltage_nominal", .metric = "battery_voltage_nominal_volts", .help = "Nominal battery voltage.",
     .unit = Unit::volts, .cadence = Cadence::settings, .command = 'g', .mib = {MibTable::battery, 5}},
    {.name = "battery_runtime_low", .metric = "battery_runtime_low_seconds", .help = "Runtime left at which the battery counts as low (setting).",
     .unit = Unit::seconds, .cadence = Cadence::settings, .command = 'q', .scale = 60, .mib = {MibTable::setting, 6}},
    {.name = "battery_charge_restart", .metric = "battery_charge_restart_ratio", .help = "Charge needed before the output is turned on again (setting).",
     .unit = Unit::ratio, .cadence = Cadence::settings, .command = 'e', .form = Form::number_or_no, .divisor = 100, .mib = {MibTable::setting, 7}},
    {.name = "battery_replaced", .metric = "battery_replaced_timestamp_seconds", .help = "Date of the last battery replacement as its owner stored it, midnight UTC.",
     .unit = Unit::seconds, .cadence = Cadence::settings, .command = 'x', .form = Form::date, .mib = {MibTable::battery, 7}},
    {.name = "self_test_schedule", .metric = "self_test_schedule", .help = "When the unit tests itself (setting): 1 for the one in use.",
     .kind = Kind::choice, .cadence = Cadence::settings, .command = 'E', .form = Form::token, .members = self_test_schedules, .member_label = "schedule", .mib = {MibTable::setting, 8}},
    {.name = "alarm_delay", .metric = "alarm_delay", .help = "When the audible alarm sounds (setting): 1 for the one in use.",
     .kind = Kind::choice, .cadence = Cadence::settings, .command = 'k', .form = Form::token, .members = alarm_delays, .member_label = "mode", .mib = {MibTable::setting, 9}},
    {.name = "shutdown_delay", .metric = "shutdown_delay_seconds", .help = "Delay between a shutdown command and turning off (setting).",
     .unit = Unit::seconds, .cadence = Cadence::settings, .command = 'p', .mib = {MibTable::setting, 10}},
    {.name = "restart_delay", .metric = "restart_delay_seconds", .help = "Delay between the return of the line and turning on (setting).",
     .unit = Unit::seconds, .cadence = Cadence::settings, .command = 'r', .mib = {MibTable::setting, 11}},
    {.name = "dip_switches", .metric = "dip_switch", .help = "DIP switches: 1 while on.",
     .kind = Kind::flags, .cadence = Cadence::settings, .command = '7', .form = Form::hex_byte, .members = dip_switch_flags, .member_label = "flag", .mib = {MibTable::registers, 5}},
    {.name = "battery_packs_external", .metric = "battery_packs_external", .help = "Number of external battery packs; a setting on most units.",
     .cadence = Cadence::settings, .command = '>', .rare = true, .mib = {MibTable::battery, 6}},
    {.name = "output_voltage_selection", .metric = "output_voltage_selection", .help = "Output voltage selection (setting): 1 for the one in use.",
     .kind = Kind::choice, .cadence = Cadence::settings, .command = '\x16', .form = Form::token, .members = output_selections, .member_label = "selection", .rare = true, .mib = {MibTable::setting, 5}},
    {.name = "panel_language", .metric = "panel_language", .help = "Language of the front panel (setting): 1 for the one in use.",
     .kind = Kind::choice, .cadence = Cadence::settings, .command = '\x0c', .form = Form::token, .members = panel_languages, .member_label = "language", .rare = true, .mib = {MibTable::setting, 12}},
    {.name = "runtime_conservation", .metric = "runtime_conservation_seconds", .help = "Time on battery after which the unit turns off to conserve runtime (setting); absent when it is off.",
     .unit = Unit::seconds, .cadence = Cadence::settings, .command = 'w', .form = Form::number_or_no, .scale = 60, .rare = true, .mib = {MibTable::setting, 13}},
    {.name = "environment_alarm_mask", .metric = "environment_alarm_mask", .help = "Measure-UPS alarm enable byte; the meaning of its bits is not public.",
     .cadence = Cadence::settings, .command = 'I', .form = Form::hex_byte, .rare = true, .mib = {MibTable::accessory, 5}},
    {.name = "ambient_temperature_high_1", .metric = "ambient_temperature_high_celsius", .help = "Upper temperature limit of a Measure-UPS probe (setting); absent when it is off.",
     .unit = Unit::celsius, .cadence = Cadence::settings, .command = '[', .form = Form::limits, .label = {"probe", "1"}, .rare = true, .mib = {MibTable::probe, 4}},
    {.name = "ambient_temperature_high_2", .metric = "ambient_temperature_high_celsius", .help = "Upper temperature limit of a Measure-UPS probe (setting); absent when it is off.",
     .unit = Unit::celsius, .cadence = Cadence::settings, .command = '[', .form = Form::limits, .field = 1, .label = {"probe", "2"}, .rare = true, .mib = {MibTable::probe, 4}},
    {.name = "ambient_temperature_low_1", .metric = "ambient_temperature_low_celsius", .help = "Lower temperature limit of a Measure-UPS probe (setting); absent when it is off.",
     .unit = Unit::celsius, .cadence = Cadence::settings, .command = ']', .form = Form::limits, .label = {"probe", "1"}, .rare = true, .mib = {MibTable::probe, 5}},
    {.name = "ambient_temperature_low_2", .metric = "ambient_temperature_low_celsius", .help = "Lower temperature limit of a Measure-UPS probe (setting); absent when it is off.",
     .unit = Unit::celsius, .cadence = Cadence::settings, .command = ']', .form = Form::limits, .field = 1, .label = {"probe", "2"}, .rare = true, .mib = {MibTable::probe, 5}},
    {.name = "ambient_humidity_high_1", .metric = "ambient_humidity_high_ratio", .help = "Upper humidity limit of a Measure-UPS probe (setting); absent when it is off.",
     .unit = Unit::ratio, .cadence = Cadence::settings, .command = '{', .form = Form::limits, .divisor = 100, .label = {"probe", "1"}, .rare = true, .mib = {MibTable::probe, 6}},
    {.name = "ambient_humidity_high_2", .metric = "ambient_humidity_high_ratio", .help = "Upper humidity limit of a Measure-UPS probe (setting); absent when it is off.",
     .unit = Unit::ratio, .cadence = Cadence::settings, .command = '{', .form = Form::limits, .field = 1, .divisor = 100, .label = {"probe", "2"}, .rare = true, .mib = {MibTable::probe, 6}},
    {.name = "ambient_humidity_low_1", .metric = "ambient_humidity_low_ratio", .help = "Lower humidity limit of a Measure-UPS probe (setting); absent when it is off.",
     .unit = Unit::ratio, .cadence = Cadence::settings, .command = '}', .form = Form::limits, .divisor = 100, .label = {"probe", "1"}, .rare = true, .mib = {MibTable::probe, 7}},
    {.name = "ambient_humidity_low_2", .metric = "ambient_humidity_low_ratio", .help = "Lower humidity limit of a Measure-UPS probe (setting); absent when it is off.",
     .unit = Unit::ratio, .cadence = Cadence::settings, .command = '}', .form = Form::limits, .field = 1, .divisor = 100, .label = {"probe", "2"}, .rare = true, .mib = {MibTable::probe, 7}},

    // Identity
    {.name = "name", .metric = "info", .help = "Name stored in the UPS.",
     .kind = Kind::text, .cadence = Cadence::settings, .command = 'c', .form = Form::text, .info_label = "name", .mib = {MibTable::ups, 3}},
    {.name = "model", .metric = "info", .help = "Model name.",
     .kind = Kind::text, .cadence = Cadence::identity, .command = '\x01', .form = Form::text, .info_label = "model", .mib = {MibTable::ups, 4}},
    {.name = "firmware", .metric = "info", .help = "SKU number, firmware revision and country.",
     .kind = Kind::text, .cadence = Cadence::identity, .command = 'b', .form = Form::code, .info_label = "firmware", .mib = {MibTable::ups, 5}},
    {.name = "firmware_code", .metric = "info", .help = "Three characters: model, firmware and country.",
     .kind = Kind::text, .cadence = Cadence::identity, .command = 'V', .form = Form::code, .info_label = "firmware_code", .mib = {MibTable::ups, 6}},
    {.name = "serial_number", .metric = "info", .help = "Serial number.",
     .kind = Kind::text, .cadence = Cadence::identity, .command = 'n', .form = Form::text, .info_label = "serial_number", .mib = {MibTable::ups, 7}},
    {.name = "manufactured", .metric = "info", .help = "Date of manufacture.",
     .kind = Kind::text, .cadence = Cadence::identity, .command = 'm', .form = Form::text, .info_label = "manufactured", .mib = {MibTable::ups, 8}},
    {.name = "protocol", .metric = "info", .help = "Protocol level, and the alerts and commands that the unit lists.",
     .kind = Kind::text, .cadence = Cadence::identity, .command = 'a', .form = Form::level, .info_label = "protocol", .mib = {MibTable::ups, 9}},
    {.name = "accessory_firmware", .metric = "accessory_info", .help = "Measure-UPS firmware, as a label; the value is 1.",
     .kind = Kind::text, .cadence = Cadence::identity, .command = 'v', .form = Form::code, .member_label = "firmware", .rare = true, .mib = {MibTable::accessory, 1}},

    // For technicians
    {.name = "calibration_constant_0", .metric = "calibration_constant", .help = "Battery calibration constants, the hex byte as a number.",
     .cadence = Cadence::settings, .command = '0', .form = Form::hex_byte, .label = {"register", "0"}, .mib = {MibTable::battery, 10}},
    {.name = "calibration_constant_4", .metric = "calibration_constant", .help = "Battery calibration constants, the hex byte as a number.",
     .cadence = Cadence::settings, .command = '4', .form = Form::hex_byte, .label = {"register", "4"}, .mib = {MibTable::battery, 11}},
    {.name = "calibration_constant_5", .metric = "calibration_constant", .help = "Battery calibration constants, the hex byte as a number.",
     .cadence = Cadence::settings, .command = '5', .form = Form::hex_byte, .label = {"register", "5"}, .mib = {MibTable::battery, 12}},
    {.name = "calibration_constant_6", .metric = "calibration_constant", .help = "Battery calibration constants, the hex byte as a number.",
     .cadence = Cadence::settings, .command = '6', .form = Form::hex_byte, .label = {"register", "6"}, .mib = {MibTable::battery, 13}},
    {.name = "copyright", .metric = "", .help = "Copyright notice.",
     .kind = Kind::text, .cadence = Cadence::on_request, .command = 'y', .form = Form::text},
    {.name = "capabilities", .metric = "", .help = "Capability string: the values that each setting may have.",
     .kind = Kind::text, .cadence = Cadence::on_request, .command = '\x1a', .form = Form::raw},
});
// clang-format on

inline constexpr std::size_t quantity_count = quantities.size();

/// The index of a quantity by its name; does not compile for a name that is not in the table.
consteval std::size_t quantity_named(std::string_view name) {
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (quantities[i].name == name) return i;
  }
  throw "no such quantity";
}

/// One question that can be put to a unit: the adjacent rows that its reply fills.
struct Command {
  char byte = 0;
  std::uint8_t first = 0;  ///< index of its first quantity
  std::uint8_t count = 0;

  constexpr const Quantity& row() const { return quantities[first]; }
};

/// Whether a row tells one unit from another: model, firmware and serial number.
constexpr bool tells_units_apart(const Quantity& row) {
  return row.name == "model" || row.name == "firmware" || row.name == "serial_number";
}

namespace detail {
consteval std::size_t count_commands() {
  std::size_t count = 0;
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (i == 0 || quantities[i].command != quantities[i - 1].command) ++count;
  }
  return count;
}

consteval auto collect_commands() {
  std::array<Command, count_commands()> commands{};
  std::size_t next = 0;
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (i > 0 && quantities[i].command == quantities[i - 1].command) {
      ++commands[next - 1].count;
    } else {
      commands[next++] = {quantities[i].command, static_cast<std::uint8_t>(i), 1};
    }
  }
  return commands;
}
}  // namespace detail

/// Every command of the catalogue, in the order of the rows.
inline constexpr auto commands = detail::collect_commands();
inline constexpr std::size_t command_count = commands.size();

/// The index of the command with this byte; does not compile when there is none.
consteval std::size_t command_of(char byte) {
  for (std::size_t i = 0; i < command_count; ++i) {
    if (commands[i].byte == byte) return i;
  }
  throw "no such command";
}

}  // namespace upslink
