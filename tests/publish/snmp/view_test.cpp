// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "stage.hpp"

namespace upslink::snmp {
namespace {

std::string found(const Cell* cell) {
  return cell == nullptr ? "nothing" : to_string(cell->oid) + " " + shown(cell->value);
}

TEST(View, has_nothing_when_it_is_empty) {
  for (const View& view : {View(), View(Cells{})}) {
    EXPECT_EQ(found(view.get({1})), "nothing");
    EXPECT_EQ(found(view.next({}, true)), "nothing");
    EXPECT_EQ(found(view.next({}, false)), "nothing");
    EXPECT_TRUE(view.cells().empty());
  }
}

TEST(View, finds_what_is_there_and_what_comes_next) {
  const View view({{{1, 3, 2}, integer(2)}, {{1, 3, 1, 0}, integer(1)}, {{1, 3, 10}, integer(10)}});
  struct Row {
    Oid asked;
    std::string_view get, next, next_inclusive;
  };
  const std::vector<Row> rows{
      {{}, "nothing", "1.3.1.0 integer 1", "1.3.1.0 integer 1"},
      {{1, 3, 1}, "nothing", "1.3.1.0 integer 1", "1.3.1.0 integer 1"},
      {{1, 3, 1, 0}, "1.3.1.0 integer 1", "1.3.2 integer 2", "1.3.1.0 integer 1"},
      {{1, 3, 1, 0, 0}, "nothing", "1.3.2 integer 2", "1.3.2 integer 2"},
      {{1, 3, 2}, "1.3.2 integer 2", "1.3.10 integer 10", "1.3.2 integer 2"},
      {{1, 3, 9}, "nothing", "1.3.10 integer 10", "1.3.10 integer 10"},
      {{1, 3, 10}, "1.3.10 integer 10", "nothing", "1.3.10 integer 10"},
      {{1, 3, 10, 0}, "nothing", "nothing", "nothing"},
      {{2}, "nothing", "nothing", "nothing"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(found(view.get(row.asked)), row.get) << to_string(row.asked);
    EXPECT_EQ(found(view.next(row.asked, false)), row.next) << to_string(row.asked);
    EXPECT_EQ(found(view.next(row.asked, true)), row.next_inclusive) << to_string(row.asked);
  }
}

TEST(View, answers_as_an_ordered_map_does) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    const auto any_oid = [&random] {
      std::vector<std::uint32_t> arcs(random() % 4U);
      for (auto& arc : arcs) arc = static_cast<std::uint32_t>(random() % 3U);
      return Oid{std::span(arcs)};
    };
    std::map<Oid, SnmpValue> oracle;
    for (unsigned i = 0; i < seed * 2; ++i) oracle.emplace(any_oid(), integer(i));
    Cells cells;
    for (const auto& [oid, value] : oracle) cells.push_back({oid, value});
    std::ranges::shuffle(cells, random);
    const View view(std::move(cells));

    const auto expected = [&oracle](auto it) {
      return it == oracle.end() ? "nothing" : to_string(it->first) + " " + shown(it->second);
    };
    for (int i = 0; i < 200; ++i) {
      const Oid asked = any_oid();
      ASSERT_EQ(found(view.get(asked)), expected(oracle.find(asked))) << to_string(asked);
      ASSERT_EQ(found(view.next(asked, false)), expected(oracle.upper_bound(asked)))
          << to_string(asked);
      ASSERT_EQ(found(view.next(asked, true)), expected(oracle.lower_bound(asked)))
          << to_string(asked);
    }
    std::size_t walked = 0;
    const Cell* cell = view.next({}, true);
    for (; cell != nullptr; cell = view.next(cell->oid, false)) ++walked;
    ASSERT_EQ(walked, oracle.size());
  }
}

}  // namespace
}  // namespace upslink::snmp
