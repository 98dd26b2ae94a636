// SPDX-License-Identifier: Apache-2.0
// One UPS at one moment, as the views and the notifications see it: what is known of it, its place
// among the others, its alarms, and how times become sysUpTime. Must not outlive what it refers to.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "catalogue/facts.hpp"
#include "publish/snmp/alarm_log.hpp"
#include "publish/snmp/oid.hpp"
#include "publish/snmp/value.hpp"

namespace upslink::snmp {

struct Subject {
  const Facts& facts;
  std::string_view name;    ///< as configured
  std::uint32_t index = 1;  ///< upslinkUpsIndex
  const AlarmLog& alarms;
  std::uint32_t uptime_ticks = 0;  ///< the master agent's sysUpTime now, in hundredths of seconds
  Oid base;                        ///< of UPSLINK-MIB
  std::string_view version;        ///< the exporter's

  /// Whether the UPS has ever said who it is.
  bool met() const { return facts.snapshot().link.last_success.has_value(); }
  /// Whether the UPS answers now.
  bool up() const { return facts.up().value_or(false); }

  /// sysUpTime when it was `then`; 0 for what was before the master agent started.
  SnmpValue time_stamp(TimePoint then) const {
    return ticks(std::max<std::int64_t>(0, uptime_ticks - since(then)));
  }

  /// The time since then in hundredths of seconds.
  std::int64_t since(TimePoint then) const {
    using Hundredths = std::chrono::duration<std::int64_t, std::centi>;
    return std::chrono::duration_cast<Hundredths>(facts.now() - then).count();
  }
};

/// A reading as a number that is `factor` times as large, rounded; nothing if it is not known.
template <std::size_t quantity, int factor, Type type = Type::gauge>
std::optional<SnmpValue> scaled(const Subject& ups) {
  const auto value = ups.facts.number(quantity);
  if (!value) return std::nullopt;
  const auto content = static_cast<std::int64_t>(std::llround(*value * factor));
  // What a unit says may be more than the type holds; no value is better than another one.
  if (content > highest(type)) return std::nullopt;
  return SnmpValue{type, content};
}

/// A text of the UPS; nothing if it is not known.
template <std::size_t quantity>
std::optional<SnmpValue> text_of(const Subject& ups) {
  const auto text = ups.facts.text(quantity);
  if (text.empty()) return std::nullopt;
  return octets(text);
}

/// One scalar or column instance of a fixed view: `oid` is below the view's root, with its
/// instance.
struct Row {
  Oid oid;
  std::string_view name;  ///< in its MIB
  std::optional<SnmpValue> (*value)(const Subject&);
};

}  // namespace upslink::snmp
