// SPDX-License-Identifier: Apache-2.0
// The tables of UPSLINK-MIB. A row of the catalogue names the table and the column in which it is
// served; all these numbers are written, never counted, and a retired one stays reserved
// (mibs/README.md). Constant; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace upslink {

/// The value is the table's number under upslinkObjects.
enum class MibTable : std::uint8_t {
  none = 0,
  ups = 2,
  battery = 3,
  power = 4,
  registers = 5,
  setting = 6,
  probe = 7,
  alarm = 8,
  alert = 9,
  command = 10,
  transfer = 11,
  failure = 12,
  accessory = 13,
  traffic = 14,
};

/// Where a quantity stands in UPSLINK-MIB; column 0: nowhere.
struct MibColumn {
  MibTable table = MibTable::none;
  std::uint8_t column = 0;
  friend constexpr bool operator==(const MibColumn&, const MibColumn&) = default;
};

/// What tells the rows of a table apart after upslinkUpsIndex.
enum class MibIndex : std::uint8_t { none, probe, alarm, alert, command, cause, reason, direction };

struct MibTableRow {
  MibTable table = MibTable::none;
  std::string_view name;  ///< `Battery` for upslinkBatteryTable
  std::string_view help;  ///< one sentence
  MibIndex index = MibIndex::none;
};

// clang-format off
inline constexpr auto mib_tables = std::to_array<MibTableRow>({
    {MibTable::ups,       "Ups",       "Who each UPS is, and whether it answers."},
    {MibTable::battery,   "Battery",   "The battery of each UPS."},
    {MibTable::power,     "Power",     "Input, output and temperature of each UPS."},
    {MibTable::registers, "Register",  "The registers of each UPS, bit by bit."},
    {MibTable::setting,  "Setting",   "What is set in each UPS."},
    {MibTable::probe,    "Probe",     "The probes of a Measure-UPS.", MibIndex::probe},
    {MibTable::alarm,    "Alarm",     "The alarms that are active now.", MibIndex::alarm},
    {MibTable::alert,    "Alert",     "The alert characters that each UPS has sent.", MibIndex::alert},
    {MibTable::command,  "Command",   "The questions that are put to each UPS, by command.", MibIndex::command},
    {MibTable::transfer, "Transfer",  "Transfers to battery, by their cause.", MibIndex::cause},
    {MibTable::failure,  "Failure",   "Questions without a usable answer, by the reason.", MibIndex::reason},
    {MibTable::accessory, "Accessory", "The Measure-UPS of each UPS."},
    {MibTable::traffic,   "Traffic",   "Bytes on the line, by direction.", MibIndex::direction},
});
// clang-format on

}  // namespace upslink
