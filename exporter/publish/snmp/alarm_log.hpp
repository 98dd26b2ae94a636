// SPDX-License-Identifier: Apache-2.0
// Which alarms of one UPS are active, since when, and under which number (upsAlarmId: from 1 on,
// only growing). An alarm that cannot be told any more, because the UPS is silent, is held: it is
// not shown, and whether it has ended is seen when the UPS answers again. One thread.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <vector>

#include "catalogue/alarms.hpp"

namespace upslink::snmp {

struct AlarmEntry {
  bool active = false;      ///< as it was last known
  bool shown = false;       ///< active, and known to be now
  bool known = false;       ///< ever told
  bool from_start = false;  ///< active when it was first told
  std::uint32_t id = 0;     ///< while active
  TimePoint since{};        ///< when it was seen to become active
};

struct AlarmChange {
  std::size_t alarm = 0;
  bool added = false;  ///< else removed
  std::uint32_t id = 0;
};

class AlarmLog {
 public:
  /// Takes what is known now; returns what has changed.
  std::vector<AlarmChange> follow(const Facts& facts);

  const AlarmEntry& operator[](std::size_t alarm) const { return entries_[alarm]; }

  /// Which alarms are shown now.
  std::bitset<alarm_count> shown() const;

  /// A number for an alarm that was over before it could be followed.
  std::uint32_t new_id() { return ++last_id_; }

 private:
  std::array<AlarmEntry, alarm_count> entries_{};
  std::uint32_t last_id_ = 0;
};

}  // namespace upslink::snmp
