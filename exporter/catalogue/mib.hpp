// SPDX-License-Identifier: Apache-2.0
// UPSLINK-MIB as the catalogue says it: the columns of its tables, their names and their syntax.
// The agent serves what stands here, and `describe mib` prints it, so that the two cannot differ.
// Constant; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/families.hpp"
#include "catalogue/mib_tables.hpp"
#include "catalogue/quantities.hpp"

namespace upslink {

/// No enterprise number is owned: netSnmpPlaypen, and the line's speed. See mibs/README.md.
inline constexpr std::array<std::uint32_t, 10> default_base_oid{1, 3,    6,    1,    4,
                                                                1, 8072, 9999, 9999, 2400};

/// The arcs below the base.
inline constexpr std::uint32_t mib_notifications_arc = 0;
inline constexpr std::uint32_t mib_objects_arc = 1;
inline constexpr std::uint32_t mib_conformance_arc = 2;
inline constexpr std::uint32_t mib_alarms_arc = 3;

/// What the hand-written part of the MIB declares; tables and columns of the others are in the
/// rows.
inline constexpr std::uint32_t mib_agent_arc = 1;  ///< upslinkAgent, scalars
inline constexpr std::uint32_t mib_agent_version = 1;
inline constexpr std::uint32_t mib_ups_count = 2;
inline constexpr std::uint32_t mib_index_column = 1;  ///< of tables with an index; not accessible
inline constexpr MibColumn mib_ups_name{MibTable::ups, 2};
inline constexpr MibColumn mib_link_kind{MibTable::ups, 16};
inline constexpr MibColumn mib_alarm_descr{MibTable::alarm, 2};
inline constexpr MibColumn mib_alarm_time{MibTable::alarm, 3};
inline constexpr MibColumn mib_alarm_text{MibTable::alarm, 4};

/// How a value is served.
enum class Syntax : std::uint8_t {
  text,        ///< SnmpAdminString
  truth,       ///< TruthValue
  bits,        ///< BITS: bit n of the register is bit n
  choice,      ///< INTEGER with the members' numbers
  hundredths,  ///< UpslinkHundredths; ratios are hundredths of a percent
  whole,       ///< Gauge32: counts, whole seconds, register bytes
  date,        ///< DateAndTime, in UTC
  counter,     ///< Counter32
  counter64,   ///< Counter64
};

constexpr Syntax syntax_of(const Quantity& row) {
  if (row.kind == Kind::flags) return Syntax::bits;
  if (row.kind == Kind::choice) return Syntax::choice;
  if (row.kind == Kind::text) return Syntax::text;
  if (row.form == Form::date) return Syntax::date;
  if (row.form == Form::yes_no) return Syntax::truth;
  return row.unit == Unit::none || row.unit == Unit::seconds ? Syntax::whole : Syntax::hundredths;
}

constexpr Syntax syntax_of(const LineFamily& row) {
  if (row.counter) {
    return row.unit == Unit::bytes || row.unit == Unit::joules ? Syntax::counter64
                                                               : Syntax::counter;
  }
  if (row.metric.ends_with("timestamp_seconds")) return Syntax::date;
  return row.unit == Unit::none ? Syntax::truth : Syntax::hundredths;
}

/// By what a value in base units is multiplied to be served as hundredths.
constexpr double hundredths_in(Unit unit) {
  return unit == Unit::ratio ? 10'000 : 100;
}

/// The name of the object that serves a quantity: `upslinkInputVoltage`. Rows that differ by the
/// number of a probe alone share theirs.
std::string object_name(const Quantity& row);
std::string object_name(const LineFamily& row);

/// The label of a member in BITS and enumerations: `onLine`, `schedule14Days`, `bit4`.
std::string member_name(const Quantity& row, std::size_t member);

/// `InputVoltage` for `input_voltage`.
std::string camel_case(std::string_view snake_case);

/// What tells the rows of a family apart: its number after upslinkUpsIndex. 0 if nothing does.
std::uint32_t index_of(const LineFamily& row, std::size_t member);

/// The probe's number of a quantity of the table of probes.
constexpr std::uint32_t probe_of(const Quantity& row) {
  return static_cast<std::uint32_t>(row.label.value.front() - '0');
}

/// One value of an index, and its name.
struct IndexValue {
  std::uint32_t number;
  std::string name;
};

/// The values that an index can have, ascending; empty for one that is only a number.
std::vector<IndexValue> index_values(MibIndex index);

constexpr MibIndex index_of(MibTable table) {
  for (const MibTableRow& row : mib_tables) {
    if (row.table == table) return row.index;
  }
  return MibIndex::none;
}

}  // namespace upslink
