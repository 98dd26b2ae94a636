// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/notifications.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "catalogue/mib.hpp"
#include "catalogue/mib_notifications.hpp"
#include "publish/snmp/rfc1628.hpp"
#include "publish/snmp/upslink.hpp"
#include "publish/snmp/views.hpp"

namespace upslink::snmp {
namespace {

constexpr std::size_t on_battery = alarm_named("on_battery");
constexpr std::size_t low_battery = alarm_named("low_battery");
constexpr std::size_t test_in_progress = alarm_named("test_in_progress");
constexpr std::size_t communications_lost = alarm_named("communications_lost");

// UPSLINK-MIB

/// The notifications that an alarm has of its own, instead of alarmAdded and alarmRemoved.
std::string_view own_name(std::size_t alarm, bool added) {
  if (alarm == communications_lost) {
    return added ? "upslinkCommunicationLost" : "upslinkCommunicationRestored";
  }
  if (alarm == on_battery) return added ? "upslinkOnBattery" : "upslinkLineRestored";
  if (alarm == low_battery && added) return "upslinkBatteryLow";
  return added ? "upslinkAlarmAdded" : "upslinkAlarmRemoved";
}

/// An object that a notification carries, in the instance that the event is about; nothing if it
/// has no value now.
std::optional<Cell> object_named(std::string_view name, const Subject& ups, const Event& event) {
  const auto of_alarm = [&](MibColumn column, SnmpValue value) {
    return Cell{instance(ups.base, column, ups.index) + Oid{event.id}, std::move(value)};
  };
  if (name == "upslinkUpsName") return name_of(ups);
  if (name == "upslinkAlarmText") return of_alarm(mib_alarm_text, octets(alarms[event.which].text));
  if (name == "upslinkAlarmDescr") {
    return of_alarm(mib_alarm_descr, oid_value(alarm_identity(event.which, ups.base)));
  }
  for (const LineFamily& row : line_families) {
    if (object_name(row) != name) continue;
    const auto value = row.sample(ups.facts.snapshot(), event.which, ups.facts.now());
    if (!value) return std::nullopt;
    return Cell{instance(ups.base, row.mib, ups.index) + Oid{index_of(row, event.which)},
                value_of(row, *value)};
  }
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (quantities[i].mib.column == 0 || object_name(quantities[i]) != name) continue;
    auto value = value_of(ups.facts, i);
    if (!value) return std::nullopt;
    return Cell{instance(ups.base, quantities[i].mib, ups.index), *std::move(value)};
  }
  return std::nullopt;
}

void add_own(const Subject& ups, const Event& event, std::string_view name,
             std::vector<Notification>& out) {
  const auto* row = std::ranges::find(mib_notifications, name, &MibNotification::name);
  Notification made{.name = row->name,
                    .trap = ups.base + Oid{mib_notifications_arc, row->number},
                    .varbinds = {},
                    .made = ups.facts.now()};
  for (const std::string_view object : row->objects) {
    if (auto cell = object_named(object, ups, event)) made.varbinds.push_back(*std::move(cell));
  }
  out.push_back(std::move(made));
}

// UPS-MIB

void add_trap(const Subject& ups, std::string_view name, std::uint32_t number, Cells varbinds,
              std::vector<Notification>& out) {
  varbinds.push_back(name_of(ups));
  out.push_back({.name = name,
                 .trap = rfc1628_root + Oid{2, number},
                 .varbinds = std::move(varbinds),
                 .made = ups.facts.now()});
}

void add_on_battery_trap(const Subject& ups, std::vector<Notification>& out) {
  Cells varbinds;
  add_rfc1628_scalars(
      ups, {"upsEstimatedMinutesRemaining", "upsSecondsOnBattery", "upsConfigLowBattTime"},
      varbinds);
  add_trap(ups, "upsTrapOnBattery", 1, std::move(varbinds), out);
}

void add_test_trap(const Subject& ups, std::vector<Notification>& out) {
  Cells varbinds;
  add_rfc1628_scalars(ups,
                      {"upsTestId", "upsTestSpinLock", "upsTestResultsSummary",
                       "upsTestResultsDetail", "upsTestStartTime", "upsTestElapsedTime"},
                      varbinds);
  add_trap(ups, "upsTrapTestCompleted", 2, std::move(varbinds), out);
}

/// The RFC excepts OnBattery, which has a trap of its own, when it is added, and TestInProgress
/// always.
void add_alarm_trap(const Subject& ups, const Event& event, std::vector<Notification>& out) {
  const bool added = event.kind == Event::Kind::alarm_added;
  if (event.which == test_in_progress) return;
  if (added && event.which == on_battery) return add_on_battery_trap(ups, out);
  // upsAlarmId is not accessible, and yet the first object of these traps.
  Cells varbinds{{rfc1628_alarm(alarm_id_column, event.id), integer(event.id)},
                 {rfc1628_alarm(alarm_descr_column, event.id),
                  oid_value(alarm_identity(event.which, ups.base))}};
  add_trap(ups, added ? "upsTrapAlarmEntryAdded" : "upsTrapAlarmEntryRemoved", added ? 3 : 4,
           std::move(varbinds), out);
}

}  // namespace

Cell name_of(const Subject& ups) {
  return {instance(ups.base, mib_ups_name, ups.index), octets(ups.name)};
}

void add_notifications(const Subject& ups, const Event& event, std::vector<Notification>& out) {
  switch (event.kind) {
    case Event::Kind::alert:
      add_own(ups, event, "upslinkAlertReceived", out);
      return;
    case Event::Kind::alarm_added:
    case Event::Kind::alarm_removed:
      add_own(ups, event, own_name(event.which, event.kind == Event::Kind::alarm_added), out);
      add_alarm_trap(ups, event, out);
      return;
    case Event::Kind::still_on_battery:
      add_on_battery_trap(ups, out);
      return;
    case Event::Kind::test_completed:
      add_test_trap(ups, out);
      return;
  }
}

}  // namespace upslink::snmp
