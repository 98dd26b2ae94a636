// SPDX-License-Identifier: Apache-2.0
// The system group (RFC 3418) of the contexts that are named after UPSes: snmpd has its own only in
// the empty context, and managers that ask a context as if it were a device begin with it.
#include "publish/snmp/views.hpp"

namespace upslink::snmp {

void add_system(const Subject& ups, Cells& cells) {
  // What net-snmp says of itself on Linux: managers know a host by it, and this is one.
  constexpr Oid linux_host{1, 3, 6, 1, 4, 1, 8072, 3, 2, 10};
  constexpr std::int64_t end_to_end_and_applications = 72;
  const auto model = ups.facts.text(quantity_named("model"));
  const auto add = [&cells](std::uint32_t number, SnmpValue value) {
    cells.push_back({system_root + Oid{number, 0}, std::move(value)});
  };
  add(1, octets(std::string(ups.version) + (model.empty() ? "" : ": " + model)));
  add(2, oid_value(linux_host));
  add(3, ticks(ups.uptime_ticks));
  add(5, octets(ups.name));
  add(7, integer(end_to_end_and_applications));
}

}  // namespace upslink::snmp
