// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/watch.hpp"

#include <chrono>

namespace upslink::snmp {
namespace {

using namespace std::chrono_literals;

constexpr auto shortest_gap = 5s;        // RFC 1628: not more often to one receiver
constexpr auto on_battery_again = 1min;  // RFC 1628: repeated each minute

/// Alarms that an alert character announces, so that even one that is over before anybody looked is
/// told.
struct Announced {
  std::size_t alert;
  std::size_t alarm;
};
constexpr std::array<Announced, 2> announced{
    {{alert_named("line_fail"), alarm_named("on_battery")},
     {alert_named("battery_low"), alarm_named("low_battery")}}};

constexpr std::size_t on_battery = alarm_named("on_battery");

bool gone_by(TimePoint then, Duration time, TimePoint now) {
  return then == TimePoint{} || now - then >= time;
}

}  // namespace

std::vector<Event> Watch::follow(const Facts& facts) {
  std::vector<Event> events;
  log_.follow(facts);
  catch_up_with_alerts(facts, events);
  tell_alarms(facts, events);
  const auto completed = facts.snapshot().totals.tests_completed;
  if (completed > tests_completed_) events.push_back({.kind = Event::Kind::test_completed});
  tests_completed_ = completed;
  return events;
}

void Watch::catch_up_with_alerts(const Facts& facts, std::vector<Event>& events) {
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const auto count = facts.snapshot().alerts[i].count;
    if (count <= alert_counts_[i]) continue;
    alert_counts_[i] = count;
    events.push_back({.kind = Event::Kind::alert, .which = i});
    for (const auto& [alert, alarm] : announced) {
      if (alert != i || !facts.up().value_or(false) || log_[alarm].active) continue;
      if (told_[alarm].active) tell(alarm, false, facts.now(), events);
      if (!told_[alarm].active) tell(alarm, true, facts.now(), events);
    }
  }
}

void Watch::tell_alarms(const Facts& facts, std::vector<Event>& events) {
  for (std::size_t i = 0; i < alarm_count; ++i) {
    if (log_[i].active != told_[i].active) tell(i, log_[i].active, facts.now(), events);
  }
  if (log_[on_battery].shown && told_[on_battery].active &&
      gone_by(on_battery_said_, on_battery_again, facts.now())) {
    on_battery_said_ = facts.now();
    events.push_back({.kind = Event::Kind::still_on_battery, .which = on_battery});
  }
}

void Watch::tell(std::size_t alarm, bool active, TimePoint now, std::vector<Event>& events) {
  Told& told = told_[alarm];
  TimePoint& last = active ? told.added : told.removed;
  if (!gone_by(last, shortest_gap, now)) return;
  if (active && alarm == on_battery && !gone_by(on_battery_said_, shortest_gap, now)) return;
  last = now;
  told.active = active;
  if (active) told.id = log_[alarm].active ? log_[alarm].id : log_.new_id();
  if (active && alarm == on_battery) on_battery_said_ = now;
  events.push_back({.kind = active ? Event::Kind::alarm_added : Event::Kind::alarm_removed,
                    .which = alarm,
                    .id = told.id});
}

}  // namespace upslink::snmp
