// SPDX-License-Identifier: Apache-2.0
// What an instance can hold, and the places where instances are collected. Plain values.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/value.hpp"
#include "publish/snmp/oid.hpp"

namespace upslink::snmp {

enum class Type : std::uint8_t { integer, gauge, counter, counter64, ticks, octets, oid };

struct SnmpValue {
  Type type = Type::integer;
  /// A number, octets, or the arcs of an OID.
  std::variant<std::int64_t, std::string, std::vector<std::uint32_t>> content = std::int64_t{0};

  friend bool operator==(const SnmpValue&, const SnmpValue&) = default;
};

/// The largest number of a type, of which only Counter64 has more than 32 bits.
constexpr std::int64_t highest(Type type) {
  return type == Type::counter64 ? std::numeric_limits<std::int64_t>::max()
         : type == Type::integer ? std::numeric_limits<std::int32_t>::max()
                                 : std::numeric_limits<std::uint32_t>::max();
}

inline SnmpValue integer(std::int64_t n) {
  return {Type::integer, n};
}
inline SnmpValue gauge(std::int64_t n) {
  return {Type::gauge, n};
}
inline SnmpValue ticks(std::int64_t n) {
  return {Type::ticks, n};
}
inline SnmpValue octets(std::string_view text) {
  return {Type::octets, std::string(text)};
}
inline SnmpValue oid_value(const Oid& oid) {
  return {Type::oid, std::vector<std::uint32_t>(oid.arcs().begin(), oid.arcs().end())};
}

/// One instance: `upsBatteryStatus.0` and what it is.
struct Cell {
  Oid oid;
  SnmpValue value;
};

using Cells = std::vector<Cell>;

/// A notification before it is sent. The first varbinds, sysUpTime and snmpTrapOID, are the
/// agent's.
struct Notification {
  std::string_view name;  ///< as the metric's label has it
  Oid trap;
  Cells varbinds;
  TimePoint made;
};

}  // namespace upslink::snmp
