// SPDX-License-Identifier: Apache-2.0
// An object identifier of SNMP, kept in place: comparing and appending cost no allocation. As long
// as anything that is served here can be; a configured base is shorter (longest_base). Plain
// values.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace upslink::snmp {

class Oid {
 public:
  static constexpr std::size_t capacity = 23;

  constexpr Oid() = default;
  constexpr Oid(std::initializer_list<std::uint32_t> arcs)
      : Oid(std::span(arcs.begin(), arcs.size())) {}
  /// What does not fit is cut off; nothing that is served is that long.
  constexpr explicit Oid(std::span<const std::uint32_t> arcs)
      : size_(static_cast<std::uint8_t>(std::min(arcs.size(), capacity))) {
    std::ranges::copy(arcs.first(size_), arcs_.begin());
  }

  constexpr std::size_t size() const { return size_; }
  constexpr std::uint32_t operator[](std::size_t i) const { return arcs_[i]; }
  constexpr std::span<const std::uint32_t> arcs() const { return {arcs_.data(), size_}; }

  /// This with more arcs behind it.
  constexpr Oid operator+(std::initializer_list<std::uint32_t> more) const {
    Oid longer = *this;
    for (const std::uint32_t arc : more) {
      if (longer.size_ < capacity) longer.arcs_[longer.size_++] = arc;
    }
    return longer;
  }
  constexpr Oid operator+(const Oid& more) const {
    Oid longer = *this;
    for (const std::uint32_t arc : more.arcs()) {
      if (longer.size_ < capacity) longer.arcs_[longer.size_++] = arc;
    }
    return longer;
  }

  constexpr bool starts_with(const Oid& root) const {
    return size_ >= root.size_ && std::ranges::equal(arcs().first(root.size_), root.arcs());
  }

  /// The order of a walk.
  friend constexpr std::strong_ordering operator<=>(const Oid& a, const Oid& b) {
    return std::lexicographical_compare_three_way(a.arcs_.begin(), a.arcs_.begin() + a.size_,
                                                  b.arcs_.begin(), b.arcs_.begin() + b.size_);
  }
  friend constexpr bool operator==(const Oid& a, const Oid& b) {
    return std::ranges::equal(a.arcs(), b.arcs());
  }

 private:
  std::array<std::uint32_t, capacity> arcs_{};
  std::uint8_t size_ = 0;
};

/// `1.3.6.1` for the operator.
std::string to_string(const Oid& oid);

}  // namespace upslink::snmp
