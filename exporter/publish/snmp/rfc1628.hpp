// SPDX-License-Identifier: Apache-2.0
// The parts of UPS-MIB (RFC 1628) that its traps carry. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "publish/snmp/subject.hpp"

namespace upslink::snmp {

inline constexpr std::uint32_t alarm_id_column = 1;
inline constexpr std::uint32_t alarm_descr_column = 2;
inline constexpr std::uint32_t alarm_time_column = 3;

/// An instance of upsAlarmTable.
Oid rfc1628_alarm(std::uint32_t column, std::uint32_t id);

/// Appends the objects with these names, in this order; those that have no value now are left out.
void add_rfc1628_scalars(const Subject& ups, std::initializer_list<std::string_view> names,
                         Cells& cells);

}  // namespace upslink::snmp
