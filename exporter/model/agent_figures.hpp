// SPDX-License-Identifier: Apache-2.0
// What the SNMP agent counts about itself: the agent tells it, the metrics of the exporter show it.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace upslink {

struct AgentFigures {
  bool connected = false;
  std::uint64_t requests = 0;  ///< instances asked for
  std::uint64_t refused = 0;   ///< subtrees that the master agent refused
  std::uint64_t dropped = 0;   ///< notifications that could not be sent in time
  std::vector<std::pair<std::string_view, std::uint64_t>> notifications;  ///< taken, by name
};

}  // namespace upslink
