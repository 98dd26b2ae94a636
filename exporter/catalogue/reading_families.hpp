// SPDX-License-Identifier: Apache-2.0
// The metric families that readings fill: adjacent rows of the catalogue with one metric name. What
// a publisher and a page about the metrics have to agree on stands here. Constant; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "catalogue/quantities.hpp"

namespace upslink {

/// What every name of a family about a UPS begins with; the tables leave it out.
inline constexpr std::string_view metric_prefix = "upslink_";

/// The label that every sample about a UPS carries: its configured name.
inline constexpr std::string_view ups_label = "ups";

/// The label of upslink_info that no reading fills: the kind of the link.
inline constexpr std::string_view link_label = "link";

struct ReadingFamily {
  std::string_view metric;  ///< without its prefix
  std::uint8_t first = 0;   ///< index of its first quantity
  std::uint8_t count = 0;

  constexpr const Quantity& row() const { return quantities[first]; }
  constexpr std::span<const Quantity> rows() const {
    return std::span(quantities).subspan(first, count);
  }
  /// Whether its rows are labels of one sample (upslink_info) instead of samples.
  constexpr bool is_info() const { return !row().info_label.empty(); }
};

namespace detail {
constexpr bool begins_family(std::size_t i) {
  return !quantities[i].metric.empty() &&
         (i == 0 || quantities[i].metric != quantities[i - 1].metric);
}

consteval std::size_t count_families() {
  std::size_t count = 0;
  for (std::size_t i = 0; i < quantity_count; ++i) count += begins_family(i) ? 1U : 0U;
  return count;
}

consteval auto collect_families() {
  std::array<ReadingFamily, count_families()> families{};
  std::size_t next = 0;
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (begins_family(i))
      families[next++] = {quantities[i].metric, static_cast<std::uint8_t>(i), 0};
    if (!quantities[i].metric.empty()) ++families[next - 1].count;
  }
  return families;
}
}  // namespace detail

/// Every family of the catalogue, in the order of its rows.
inline constexpr auto reading_families = detail::collect_families();

/// Whether a set bit without a documented meaning is shown, as `bit<n>`. The low bits of the
/// contact register are no contacts, so they are not.
constexpr bool shows_undocumented_bits(const Quantity& row) {
  return row.kind == Kind::flags && row.member_label == "flag";
}

/// What a family says, as a sentence.
constexpr std::string_view meaning_of(const ReadingFamily& family) {
  // Each row of upslink_info tells of its own label; the family needs a sentence of its own.
  return family.is_info() ? "What the UPS says of itself, as labels; the value is 1."
                          : family.row().help;
}

/// The help of a family as it is published: a sentence that names its command or commands, such as
/// `Input voltage (command L).`
std::string help_of(const ReadingFamily& family);

}  // namespace upslink
