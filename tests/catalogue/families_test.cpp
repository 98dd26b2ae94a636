// SPDX-License-Identifier: Apache-2.0
#include "catalogue/families.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "catalogue/own_families.hpp"
#include "catalogue/reading_families.hpp"

namespace upslink {
namespace {

TEST(ReadingFamilies, cover_every_row_that_has_a_metric) {
  std::size_t rows = 0;
  for (const auto& family : reading_families) {
    for (const Quantity& row : family.rows()) EXPECT_EQ(row.metric, family.metric);
    rows += family.count;
  }
  std::size_t published = 0;
  for (const Quantity& row : quantities) published += row.metric.empty() ? 0U : 1U;
  EXPECT_EQ(rows, published);
}

TEST(ReadingFamilies, name_their_commands) {
  const auto help = [](std::string_view metric) -> std::string {
    for (const auto& family : reading_families) {
      if (family.metric == metric) return help_of(family);
    }
    return {};
  };
  EXPECT_EQ(help("input_voltage_volts"), "Input voltage (command L).");
  EXPECT_EQ(help("fault"), "Fault registers: 1 while the flag is set (commands 8 and ').");
  EXPECT_EQ(help("ambient_humidity_high_ratio"),
            "Upper humidity limit of a Measure-UPS probe (setting); absent when it is off "
            "(command {).");
  EXPECT_EQ(help("info"),
            "What the UPS says of itself, as labels; the value is 1 "
            "(commands c, ^A, b, V, n, m and a).");
}

TEST(ReadingFamilies, show_undocumented_bits_but_of_contacts) {
  EXPECT_TRUE(shows_undocumented_bits(quantities[quantity_named("status")]));
  EXPECT_TRUE(shows_undocumented_bits(quantities[quantity_named("dip_switches")]));
  EXPECT_FALSE(shows_undocumented_bits(quantities[quantity_named("contacts")]));
  EXPECT_FALSE(shows_undocumented_bits(quantities[quantity_named("transfer_cause")]));
}

TEST(Families, have_names_of_their_own) {
  std::set<std::string> names;
  for (const auto& family : reading_families) {
    EXPECT_TRUE(names.insert("upslink_" + std::string(family.metric)).second) << family.metric;
  }
  for (const auto& family : line_families) {
    EXPECT_TRUE(names.insert("upslink_" + std::string(family.metric)).second) << family.metric;
  }
  for (const auto& family : own_families) {
    EXPECT_TRUE(names.insert(std::string(family.metric)).second) << family.metric;
  }
}

TEST(LineFamilies, tell_times_that_a_double_can_hold) {
  const WallTime time(std::chrono::nanoseconds(1'767'323'045'250'999'999));
  EXPECT_EQ(detail::seconds_since_epoch(time), 1767323045.25);
  EXPECT_FALSE(detail::since_epoch(std::nullopt));
}

}  // namespace
}  // namespace upslink
