// SPDX-License-Identifier: Apache-2.0
// Sees what happens to one UPS, from one snapshot to the next, and says what is to be told of it.
// An alarm that flaps is told at most every five seconds in each direction, and what is told last
// is what holds. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "publish/snmp/alarm_log.hpp"

namespace upslink::snmp {

struct Event {
  enum class Kind : std::uint8_t {
    alarm_added,
    alarm_removed,
    still_on_battery,  ///< a minute after it was last said
    alert,             ///< an alert character came
    test_completed,
  };
  Kind kind = Kind::alert;
  std::size_t which = 0;  ///< of alarms, or of alerts
  std::uint32_t id = 0;   ///< of the alarm
};

class Watch {
 public:
  /// What has happened since the last call. To be called for every snapshot, and now and then.
  std::vector<Event> follow(const Facts& facts);

  const AlarmLog& alarms() const { return log_; }

 private:
  /// What was last told of an alarm.
  struct Told {
    bool active = false;
    std::uint32_t id = 0;
    TimePoint added{};
    TimePoint removed{};
  };

  std::vector<std::size_t> changed(const Facts& facts) const;
  void tell_alarms(const Facts& facts, std::vector<Event>& events);
  void tell(std::size_t alarm, bool active, TimePoint now, std::vector<Event>& events);
  void catch_up_with_alerts(const Facts& facts, std::vector<Event>& events);

  AlarmLog log_;
  std::array<Told, alarm_count> told_{};
  std::array<std::uint64_t, alerts.size()> alert_counts_{};
  std::uint64_t tests_completed_ = 0;
  TimePoint on_battery_said_{};
};

}  // namespace upslink::snmp
