// SPDX-License-Identifier: Apache-2.0
// The views of one UPS: each function appends the instances that have a value now, in any
// order. What is not known is not there. One thread.
#pragma once

#include "publish/snmp/subject.hpp"

namespace upslink::snmp {

/// UPSLINK-MIB (mibs/UPSLINK-MIB.txt): everything in the catalogue.
void add_upslink(const Subject& ups, Cells& cells);

/// RFC 1628 (UPS-MIB) at 1.3.6.1.2.1.33.
void add_rfc1628(const Subject& ups, Cells& cells);

/// The part of APC's PowerNet-MIB that managers read, at 1.3.6.1.4.1.318.1.1.
void add_powernet(const Subject& ups, Cells& cells);

/// entPhysicalIndex is this many times upslinkUpsIndex, and more for the parts of the UPS.
inline constexpr std::uint32_t entities_per_ups = 100;

/// ENTITY-MIB and ENTITY-SENSOR-MIB (RFC 4133, RFC 3433).
void add_entities(const Subject& ups, Cells& cells);

/// sysDescr, sysObjectID, sysUpTime, sysName and sysServices, for contexts that have none.
void add_system(const Subject& ups, Cells& cells);

inline constexpr Oid system_root{1, 3, 6, 1, 2, 1, 1};
inline constexpr Oid rfc1628_root{1, 3, 6, 1, 2, 1, 33};
inline constexpr Oid powernet_ups_root{1, 3, 6, 1, 4, 1, 318, 1, 1, 1};
inline constexpr Oid powernet_measure_ups_root{1, 3, 6, 1, 4, 1, 318, 1, 1, 2};
inline constexpr Oid powernet_iem_root{1, 3, 6, 1, 4, 1, 318, 1, 1, 10, 2, 3};
inline constexpr Oid entity_root{1, 3, 6, 1, 2, 1, 47, 1, 1, 1};
inline constexpr Oid entity_sensor_root{1, 3, 6, 1, 2, 1, 99, 1};

}  // namespace upslink::snmp
