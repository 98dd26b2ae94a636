// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/watch.hpp"

#include <algorithm>
#include <chrono>

namespace upslink::snmp {
namespace {

using namespace std::chrono_literals;

constexpr auto shortest_gap = 5s;        // RFC 1628: not more often to one receiver
constexpr auto on_battery_again = 1min;  // RFC 1628: repeated each minute

/// Alarms whose beginning and end alert characters announce, so that even one that is over before
/// anybody looked is told.
struct Announced {
  std::size_t alarm;
  std::size_t begins, ends;  ///< indexes of alerts
};
constexpr std::array<Announced, 2> announced{
    {{alarm_named("on_battery"), alert_named("line_fail"), alert_named("line_restored")},
     {alarm_named("low_battery"), alert_named("battery_low"), alert_named("battery_recovered")}}};

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
  const auto& records = facts.snapshot().alerts;
  std::vector<std::size_t> came;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    if (records[i].count > alert_counts_[i]) came.push_back(i);
    alert_counts_[i] = records[i].count;
  }
  std::ranges::sort(came, {}, [&](std::size_t i) { return records[i].heard_at; });
  for (const std::size_t i : came) {
    events.push_back({.kind = Event::Kind::alert, .which = i});
    for (const Announced& row : announced) {
      const bool over = row.begins == i && facts.up().value_or(false) && !log_[row.alarm].active;
      if (!over) continue;
      if (told_[row.alarm].active) tell(row.alarm, false, facts.now(), events);
      if (!told_[row.alarm].active) tell(row.alarm, true, facts.now(), events);
    }
  }
}

/// The alarms of which something else was told than what holds, in the order in which they changed
/// as far as alerts tell it.
std::vector<std::size_t> Watch::changed(const Facts& facts) const {
  const auto since = [&](std::size_t alarm) {
    const auto* row = std::ranges::find(announced, alarm, &Announced::alarm);
    if (row == announced.end()) return facts.now();
    return facts.snapshot().alerts[log_[alarm].active ? row->begins : row->ends].heard_at;
  };
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < alarm_count; ++i) {
    if (log_[i].active != told_[i].active) all.push_back(i);
  }
  std::ranges::stable_sort(all, {}, since);
  return all;
}

void Watch::tell_alarms(const Facts& facts, std::vector<Event>& events) {
  for (const std::size_t i : changed(facts)) tell(i, log_[i].active, facts.now(), events);
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
