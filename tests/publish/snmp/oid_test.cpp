// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/oid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "stage.hpp"

namespace upslink::snmp {
namespace {

using ::testing::ElementsAre;

std::vector<std::uint32_t> arcs_of(const Oid& oid) {
  return {oid.arcs().begin(), oid.arcs().end()};
}

TEST(Oid, is_the_arcs_that_it_was_given) {
  EXPECT_EQ(Oid().size(), 0U);
  EXPECT_EQ(to_string(Oid()), "");
  const Oid oid{1, 3, 4294967295};
  EXPECT_EQ(oid.size(), 3U);
  EXPECT_EQ(oid[2], 4294967295U);
  EXPECT_EQ(to_string(oid), "1.3.4294967295");
  EXPECT_EQ(to_string(Oid{0, 0}), "0.0");
  EXPECT_EQ(Oid(std::span<const std::uint32_t>(oid.arcs())), oid);
}

TEST(Oid, comes_before_what_follows_it_in_a_walk) {
  const std::vector<Oid> in_order{{},
                                  {0},
                                  {0, 0},
                                  {1},
                                  {1, 3},
                                  {1, 3, 0},
                                  {1, 3, 6},
                                  {1, 3, 6, 1},
                                  {1, 3, 6, 4294967295},
                                  {1, 3, 7},
                                  {1, 4},
                                  {1, 10},
                                  {1, 2147483648},
                                  {2}};
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    for (std::size_t j = 0; j < in_order.size(); ++j) {
      EXPECT_EQ(in_order[i] < in_order[j], i < j)
          << to_string(in_order[i]) << " and " << to_string(in_order[j]);
      EXPECT_EQ(in_order[i] == in_order[j], i == j)
          << to_string(in_order[i]) << " and " << to_string(in_order[j]);
    }
  }
}

TEST(Oid, has_the_order_of_its_arcs) {
  std::mt19937 random(1);
  std::uniform_int_distribution<std::uint32_t> arc(0, 2);
  std::uniform_int_distribution<std::size_t> size(0, 4);
  const auto any = [&] {
    std::vector<std::uint32_t> arcs(size(random));
    std::ranges::generate(arcs, [&] { return arc(random); });
    return arcs;
  };
  for (int i = 0; i < 2000; ++i) {
    const auto a = any();
    const auto b = any();
    const Oid one{std::span(a)};
    const Oid other{std::span(b)};
    ASSERT_EQ(one <=> other, a <=> b) << to_string(one) << " and " << to_string(other);
    ASSERT_EQ(one == other, a == b) << to_string(one) << " and " << to_string(other);
  }
}

/// What was in the arcs that were cut off or never set does not count.
TEST(Oid, compares_only_the_arcs_that_it_has) {
  Oid shorter{1, 3, 6, 1};
  const Oid longer = shorter + Oid{9};
  EXPECT_LT(shorter, longer);
  shorter = Oid{1, 3};
  EXPECT_EQ(shorter, (Oid{1, 3}));
}

TEST(Oid, begins_with_its_roots) {
  struct Row {
    Oid oid;
    Oid root;
    bool below;
  };
  const std::vector<Row> rows{
      {{1, 3, 6}, {1, 3, 6}, true},
      {{1, 3, 6, 0}, {1, 3, 6}, true},
      {{1, 3, 6}, {}, true},
      {{1, 3}, {1, 3, 6}, false},
      {{1, 3, 7}, {1, 3, 6}, false},
      {{1, 3, 61}, {1, 3, 6}, false},
      {{}, {}, true},
      {{}, {0}, false},
      {{2, 3, 6}, {1}, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.oid.starts_with(row.root), row.below)
        << to_string(row.oid) << " below " << to_string(row.root);
  }
}

TEST(Oid, grows_at_its_end) {
  const Oid root{1, 3};
  EXPECT_THAT(arcs_of(root + Oid{6, 1}), ElementsAre(1, 3, 6, 1));
  EXPECT_THAT(arcs_of(root + std::initializer_list<std::uint32_t>{6}), ElementsAre(1, 3, 6));
  EXPECT_THAT(arcs_of(root + Oid{}), ElementsAre(1, 3));
  EXPECT_THAT(arcs_of(root), ElementsAre(1, 3));
}

TEST(Oid, holds_as_much_as_it_says) {
  std::vector<std::uint32_t> arcs(Oid::capacity + 1);
  std::iota(arcs.begin(), arcs.end(), 1);
  const Oid full{std::span(arcs).first(Oid::capacity)};
  EXPECT_EQ(full.size(), Oid::capacity);
  EXPECT_EQ(Oid(std::span<const std::uint32_t>(arcs)), full) << "the last arc is cut off";
  EXPECT_EQ(full + Oid{99}, full);
  EXPECT_EQ((full + std::initializer_list<std::uint32_t>{99}), full);
  const Oid almost{std::span(arcs).first(Oid::capacity - 1)};
  EXPECT_EQ((almost + Oid{Oid::capacity, 77}), full);
}

}  // namespace
}  // namespace upslink::snmp
