// SPDX-License-Identifier: Apache-2.0
// What PowerNet-MIB makes of the registers: its states, and why the UPS went to battery. Numbers
// and positions are the MIB's. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "catalogue/facts.hpp"

namespace upslink::snmp {

/// upsBasicOutputStatus; unknown(1) of a UPS that does not answer. A self test is onBattery(3), as
/// managers expect, and never one of the newer numbers that they do not know.
std::int64_t powernet_output_status(const Facts& facts);

/// upsBasicStateOutputState: 64 characters, 0 or 1, also of a UPS that does not answer. The MIB
/// says UNKNOWN then, which ends Checkmk's plugin.
std::string powernet_output_state(const Facts& facts);

/// upsAdvStateAbnormalConditions: 32 characters, 0 or 1.
std::string powernet_abnormal_conditions(const Facts& facts);

/// upsAdvInputLineFailCause; noTransfer(1) also if the unit has not said why.
std::int64_t powernet_line_fail_cause(const Facts& facts);

}  // namespace upslink::snmp
