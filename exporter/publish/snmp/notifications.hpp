// SPDX-License-Identifier: Apache-2.0
// What is sent when something happens: UPSLINK-MIB's notifications and UPS-MIB's traps. Each
// carries upslinkUpsName, ours as the first varbind, the RFC's after those that it lists. Any
// thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "publish/snmp/subject.hpp"
#include "publish/snmp/watch.hpp"

namespace upslink::snmp {

/// Appends the notifications of an event.
void add_notifications(const Subject& ups, const Event& event, std::vector<Notification>& out);

/// `upslinkUpsName` of this UPS.
Cell name_of(const Subject& ups);

}  // namespace upslink::snmp
