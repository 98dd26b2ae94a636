// SPDX-License-Identifier: Apache-2.0
// OIDs and values in net-snmp's own form, and back. For agentx.cpp alone; pure functions.
#pragma once

// These come first and in this order: the second needs the first.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
// clang-format on

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "publish/snmp/oid.hpp"
#include "publish/snmp/value.hpp"

namespace upslink::snmp {

constexpr u_char library_type(Type type) {
  switch (type) {
    case Type::integer:
      return ASN_INTEGER;
    case Type::gauge:
      return ASN_GAUGE;
    case Type::counter:
      return ASN_COUNTER;
    case Type::counter64:
      return ASN_COUNTER64;
    case Type::ticks:
      return ASN_TIMETICKS;
    case Type::octets:
      return ASN_OCTET_STR;
    case Type::oid:
      break;
  }
  return ASN_OBJECT_ID;
}

/// An OID in the library's arcs, which are as wide as a long.
class LibraryOid {
 public:
  explicit LibraryOid(std::span<const std::uint32_t> arcs)
      : size_(std::min(arcs.size(), arcs_.size())) {
    std::ranges::copy(arcs.first(size_), arcs_.begin());
  }
  explicit LibraryOid(const Oid& source) : LibraryOid(source.arcs()) {}
  const oid* arcs() const { return arcs_.data(); }
  std::size_t size() const { return size_; }

 private:
  std::array<oid, MAX_OID_LEN> arcs_{};
  std::size_t size_;
};

inline Oid from_library(const oid* arcs, std::size_t count) {
  std::array<std::uint32_t, Oid::capacity> narrow{};
  const std::size_t kept = std::min(count, narrow.size());
  for (std::size_t i = 0; i < kept; ++i) narrow[i] = static_cast<std::uint32_t>(arcs[i]);
  return Oid(std::span(narrow).first(kept));
}

/// Calls f(type, bytes, size) with the value as the library takes it.
template <typename F>
auto in_library_form(const SnmpValue& value, F f) {
  const u_char type = library_type(value.type);
  if (const auto* text = std::get_if<std::string>(&value.content)) {
    return f(type, static_cast<const void*>(text->data()), text->size());
  }
  if (const auto* arcs = std::get_if<std::vector<std::uint32_t>>(&value.content)) {
    const LibraryOid wide{std::span(*arcs)};
    return f(type, static_cast<const void*>(wide.arcs()), wide.size() * sizeof(oid));
  }
  const auto number = std::get<std::int64_t>(value.content);
  if (value.type == Type::counter64) {
    const auto whole = static_cast<std::uint64_t>(number);
    const counter64 halves{.high = static_cast<u_long>(whole >> 32U),
                           .low = static_cast<u_long>(whole & 0xffffffffU)};
    return f(type, static_cast<const void*>(&halves), sizeof halves);
  }
  // All others are 32 bits wide; a Counter32 goes round.
  const long plain = value.type == Type::integer ? static_cast<long>(number)
                                                 : static_cast<long>(number & 0xffffffff);
  return f(type, static_cast<const void*>(&plain), sizeof plain);
}

}  // namespace upslink::snmp
