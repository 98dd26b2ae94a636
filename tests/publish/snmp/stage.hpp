// SPDX-License-Identifier: Apache-2.0
// One UPS as the SNMP publisher sees it, made by hand for the tests of views, alarms and
// notifications: change its snapshot and its time, then look. Any thread.
#pragma once

#include <chrono>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/alarms.hpp"
#include "catalogue/codec.hpp"
#include "catalogue/families.hpp"
#include "catalogue/mib.hpp"
#include "publish/snmp/subject.hpp"
#include "publish/snmp/views.hpp"
#include "snapshots.hpp"

namespace upslink::snmp {

/// `integer 3`, `octets APC`, `octets 0x1a` for what is no text, `oid 1.3.6`.
inline std::string shown(const SnmpValue& value) {
  constexpr std::array<std::string_view, 7> types{"integer", "gauge",  "counter", "counter64",
                                                  "ticks",   "octets", "oid"};
  std::string text(types[static_cast<std::size_t>(value.type)]);
  if (const auto* number = std::get_if<std::int64_t>(&value.content)) {
    return text + " " + std::to_string(*number);
  }
  if (const auto* arcs = std::get_if<std::vector<std::uint32_t>>(&value.content)) {
    return text + " " + to_string(Oid(std::span(*arcs)));
  }
  const auto& octets = std::get<std::string>(value.content);
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (std::ranges::all_of(octets, printable)) return text + " " + octets;
  text += " 0x";
  for (const char c : octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

// What GoogleTest prints of them.
inline void PrintTo(const Oid& oid, std::ostream* out) {
  *out << to_string(oid);
}
inline void PrintTo(const SnmpValue& value, std::ostream* out) {
  *out << shown(value);
}

}  // namespace upslink::snmp

namespace upslink::testing {

using namespace std::chrono_literals;

/// A UPS that answers, and of which nothing else is known.
inline Snapshot answering_ups() {
  auto snapshot = unknown_ups();
  snapshot.commands.resize(command_count);
  snapshot.link.up = true;
  snapshot.link.last_success = happened_at;
  return snapshot;
}

/// everything(), and what only SNMP shows: commands, the rating, a test.
inline Snapshot everything_over_snmp() {
  auto snapshot = everything();
  snapshot.commands.resize(command_count);
  for (std::size_t i = 0; i < command_count; ++i) {
    snapshot.commands[i] = {.replies = i + 1, .failures = 2 * i, .answered_at = read_at - 1s * i};
  }
  for (auto& alert : snapshot.alerts) alert.heard_at = read_at - 1h;
  auto& totals = snapshot.totals;
  totals.nominal_power_watts = 450;
  totals.on_battery_since = read_at - 61500ms;
  totals.test = TestRecord{.calibration = false, .began = read_at - 20s, .ended = read_at - 12s};
  totals.test_result = choice_named("self_test_result", "failed_capacity");
  return snapshot;
}

class Stage {
 public:
  explicit Stage(Snapshot first = answering_ups()) : snapshot(std::move(first)) {}

  Snapshot snapshot;
  TimePoint now = read_at;
  snmp::AlarmLog alarms;
  std::string name = "rack 1";
  std::uint32_t index = 2;
  std::uint32_t uptime_ticks = 1'000'000;
  snmp::Oid base{std::span(default_base_oid)};

  /// The rows of a command are read now.
  void read(char command, std::string_view reply) {
    for (std::size_t i = 0; i < quantity_count; ++i) {
      if (quantities[i].command != command) continue;
      const auto value = decode(quantities[i], reply).value();
      snapshot.readings[i].reset();
      if (value) snapshot.readings[i] = Reading{*value, now, now + 1h};
    }
  }

  /// An alert comes now.
  void hear(std::string_view name_of_alert) {
    for (std::size_t i = 0; i < alerts.size(); ++i) {
      if (alerts[i].name != name_of_alert) continue;
      ++snapshot.alerts[i].count;
      snapshot.alerts[i].last = happened_at;
      snapshot.alerts[i].heard_at = now;
    }
  }

  void falls_silent() {
    snapshot.link.up = false;
    snapshot.link.silent = true;
  }
  void answers() {
    snapshot.link.up = true;
    snapshot.link.silent = false;
  }

  /// Takes the alarms as they are now.
  void look() { alarms.follow(Facts(snapshot, now)); }

  template <typename F>
  auto see(F f) const {
    const Facts facts(snapshot, now);
    return f(snmp::Subject{.facts = facts,
                           .name = name,
                           .index = index,
                           .alarms = alarms,
                           .uptime_ticks = uptime_ticks,
                           .base = base,
                           .version = "upslink_exporter 1.2.3"});
  }

  snmp::Cells view(void (*add)(const snmp::Subject&, snmp::Cells&)) const {
    return see([add](const snmp::Subject& ups) {
      snmp::Cells cells;
      add(ups, cells);
      return cells;
    });
  }
};

/// The value at an OID, as text; `absent`, or `twice`.
inline std::string at(const snmp::Cells& cells, const snmp::Oid& oid) {
  std::string found = "absent";
  for (const auto& cell : cells) {
    if (cell.oid == oid) found = found == "absent" ? shown(cell.value) : "twice";
  }
  return found;
}

/// Every column that UPSLINK-MIB says can be read, and its name.
inline std::map<std::pair<MibTable, std::uint8_t>, std::string> columns() {
  std::map<std::pair<MibTable, std::uint8_t>, std::string> names;
  const auto add = [&names](MibColumn at, std::string name) {
    if (at.table != MibTable::none) names[{at.table, at.column}] = std::move(name);
  };
  for (const Quantity& row : quantities) add(row.mib, object_name(row));
  for (const LineFamily& row : line_families) add(row.mib, object_name(row));
  for (const LineFamily& row : mib_only_families) add(row.mib, object_name(row));
  add(mib_ups_name, "upslinkUpsName");
  add(mib_link_kind, "upslinkLinkKind");
  add(mib_alarm_descr, "upslinkAlarmDescr");
  add(mib_alarm_time, "upslinkAlarmTime");
  add(mib_alarm_text, "upslinkAlarmText");
  return names;
}

/// An instance of UPSLINK-MIB by the name of its object, `upslinkAlertCount.2.33`; other OIDs as
/// they are.
inline std::string named(const snmp::Oid& oid, const snmp::Oid& base) {
  static const auto names = columns();
  if (!oid.starts_with(base) || oid.size() < base.size() + 5) return to_string(oid);
  const auto arcs = oid.arcs().subspan(base.size());
  const auto found =
      names.find({static_cast<MibTable>(arcs[1]), static_cast<std::uint8_t>(arcs[3])});
  if (arcs[0] != mib_objects_arc || arcs[2] != 1 || found == names.end()) return to_string(oid);
  return found->second + "." + to_string(snmp::Oid(arcs.subspan(4)));
}

}  // namespace upslink::testing
