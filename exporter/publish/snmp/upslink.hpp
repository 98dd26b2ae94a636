// SPDX-License-Identifier: Apache-2.0
// What UPSLINK-MIB and the notifications share: where an instance stands, the name of an alarm as
// an OID, and times of day. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "catalogue/facts.hpp"
#include "catalogue/families.hpp"
#include "catalogue/mib_tables.hpp"
#include "model/value.hpp"
#include "publish/snmp/value.hpp"

namespace upslink::snmp {

/// `base.1.TABLE.1.COLUMN.UPS`; tables with an index of their own append it.
Oid instance(const Oid& base, MibColumn at, std::uint32_t ups_index);

/// What is known of a quantity, in its syntax; nothing if nothing is.
std::optional<SnmpValue> value_of(const Facts& facts, std::size_t quantity);

/// A sample of a family, in its syntax.
SnmpValue value_of(const LineFamily& row, double value);

/// The AutonomousType of an alarm: RFC 1628's where it knows the alarm, else ours.
Oid alarm_identity(std::size_t alarm, const Oid& base);

/// DateAndTime (RFC 2579) in UTC, to a tenth of a second.
SnmpValue date_and_time(WallTime time);

}  // namespace upslink::snmp
