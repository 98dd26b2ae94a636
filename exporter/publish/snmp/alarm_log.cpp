// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/alarm_log.hpp"

namespace upslink::snmp {

std::vector<AlarmChange> AlarmLog::follow(const Facts& facts) {
  std::vector<AlarmChange> changes;
  for (std::size_t i = 0; i < alarm_count; ++i) {
    AlarmEntry& entry = entries_[i];
    const auto active = alarms[i].active(facts);
    entry.shown = active.value_or(false);
    if (!active) continue;
    const bool first = !entry.known;
    entry.known = true;
    if (*active == entry.active) continue;
    entry.active = *active;
    if (entry.active) {
      entry.id = ++last_id_;
      entry.since = facts.now();
      entry.from_start = first;
    }
    changes.push_back({i, entry.active, entry.id});
  }
  return changes;
}

std::bitset<alarm_count> AlarmLog::shown() const {
  std::bitset<alarm_count> set;
  for (std::size_t i = 0; i < alarm_count; ++i) set[i] = entries_[i].shown;
  return set;
}

}  // namespace upslink::snmp
