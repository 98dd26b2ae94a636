// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/oid.hpp"

namespace upslink::snmp {

std::string to_string(const Oid& oid) {
  std::string text;
  for (const std::uint32_t arc : oid.arcs()) {
    if (!text.empty()) text += '.';
    text += std::to_string(arc);
  }
  return text;
}

}  // namespace upslink::snmp
