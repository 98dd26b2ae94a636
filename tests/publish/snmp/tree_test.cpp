// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::ElementsAre;

constexpr Oid base{1, 3, 6, 1, 4, 1, 99};

/// Two UPSes, of which the first one answers and the second one was never met.
struct Forest {
  std::shared_ptr<Slot> a = std::make_shared<Slot>(share(everything_over_snmp()));
  std::shared_ptr<Slot> b = std::make_shared<Slot>(share([] {
    auto snapshot = unknown_ups();
    snapshot.commands.resize(command_count);
    return snapshot;
  }()));
  Options options;
  Stations stations;
  Tree tree;

  explicit Forest(Options with = {}) : options(std::move(with)), tree(options, planted()) {
    for (const auto& station : stations) station->load(read_at, 1'000'000);
  }

  Stations& planted() {
    options.base = base;
    options.version = "upslink_exporter 1.2.3";
    stations.push_back(std::make_unique<Station>(NamedSlot{"a", a, 1}, options));
    stations.push_back(std::make_unique<Station>(NamedSlot{"b", b, 2}, options));
    return stations;
  }

  /// `CONTEXT ROOT`.
  std::vector<std::string> subtrees() const {
    std::vector<std::string> texts;
    for (const Subtree& subtree : tree.subtrees()) {
      texts.push_back(subtree.context + " " + to_string(subtree.root));
    }
    return texts;
  }
  std::size_t view_of(const std::string& context, const Oid& root) const {
    for (const Subtree& subtree : tree.subtrees()) {
      if (subtree.context == context && subtree.root == root) return subtree.view;
    }
    ADD_FAILURE() << "no such subtree: " << context << " " << to_string(root);
    return 0;
  }
  std::string get(const std::string& context, const Oid& root, const Oid& oid) {
    const Cell* cell = tree.get(view_of(context, root), oid);
    return cell == nullptr ? "absent" : shown(cell->value);
  }
};

TEST(Tree, has_one_ups_in_the_empty_context_and_each_in_its_own) {
  const std::vector<std::string> own{"1.3.6.1.2.1.33", "1.3.6.1.4.1.318.1.1.1",
                                     "1.3.6.1.4.1.318.1.1.2", "1.3.6.1.4.1.318.1.1.10.2.3"};
  std::vector<std::string> expected{" 1.3.6.1.4.1.99", " 1.3.6.1.2.1.47.1.1.1",
                                    " 1.3.6.1.2.1.99.1"};
  for (const std::string context : {"", "a", "b"}) {
    for (const auto& root : own) expected.push_back(context + " " + root);
  }
  expected.push_back("a 1.3.6.1.2.1.1");
  expected.push_back("b 1.3.6.1.2.1.1");
  EXPECT_THAT(Forest().subtrees(), ::testing::UnorderedElementsAreArray(expected));
}

TEST(Tree, has_nothing_where_there_is_no_view) {
  Forest forest;
  EXPECT_EQ(forest.tree.get(Tree::no_view, base), nullptr);
  EXPECT_EQ(forest.tree.next(Tree::no_view, base, true), nullptr);
}

TEST(Tree, leaves_out_what_is_switched_off) {
  const Forest forest({.address = "",
                       .powernet = false,
                       .entity_sensor = false,
                       .default_ups = "",
                       .base = {},
                       .version = ""});
  EXPECT_THAT(forest.subtrees(), ::testing::UnorderedElementsAre(
                                     " 1.3.6.1.4.1.99", " 1.3.6.1.2.1.33", "a 1.3.6.1.2.1.33",
                                     "b 1.3.6.1.2.1.33", "a 1.3.6.1.2.1.1", "b 1.3.6.1.2.1.1"));
}

TEST(Tree, shows_the_default_ups_to_whoever_names_none) {
  const Oid name = rfc1628_root + Oid{1, 1, 5, 0};
  Forest first;
  EXPECT_EQ(first.get("", rfc1628_root, name), "octets a");
  EXPECT_EQ(first.get("a", rfc1628_root, name), "octets a");
  EXPECT_EQ(first.get("b", rfc1628_root, name), "octets b");
  Forest second({.address = "", .default_ups = "b", .base = {}, .version = ""});
  EXPECT_EQ(second.get("", rfc1628_root, name), "octets b");
  EXPECT_EQ(second.get("a", rfc1628_root, name), "octets a");
}

TEST(Tree, tells_of_itself) {
  Forest forest;
  EXPECT_EQ(forest.get("", base, base + Oid{1, 1, 1, 0}), "octets upslink_exporter 1.2.3");
  EXPECT_EQ(forest.get("", base, base + Oid{1, 1, 2, 0}), "gauge 2");
  EXPECT_EQ(forest.get("", base, base + Oid{1, 1, 3, 0}), "absent");
  EXPECT_EQ(forest.get("", base, base), "absent");
}

TEST(Tree, has_the_system_group_in_the_context_of_a_ups) {
  Forest forest;
  const auto system = [&](std::uint32_t number) {
    return forest.get("a", system_root, system_root + Oid{number, 0});
  };
  EXPECT_EQ(system(1), "octets upslink_exporter 1.2.3: Smart-UPS RT 2000 XL");
  EXPECT_EQ(system(2), "oid 1.3.6.1.4.1.8072.3.2.10");
  EXPECT_EQ(system(3), "ticks 1000000");
  EXPECT_EQ(system(5), "octets a");
  EXPECT_EQ(system(7), "integer 72");
  EXPECT_EQ(forest.get("b", system_root, system_root + Oid{1, 0}), "octets upslink_exporter 1.2.3");
}

/// The views of all UPSes, and what is of none, as one walk.
TEST(Tree, walks_all_upses_side_by_side) {
  Forest forest;
  std::map<Oid, std::string> expected{{base + Oid{1, 1, 1, 0}, "octets upslink_exporter 1.2.3"},
                                      {base + Oid{1, 1, 2, 0}, "gauge 2"}};
  for (const auto& station : forest.stations) {
    for (const Cell& cell : station->view(ViewKind::upslink).cells()) {
      EXPECT_TRUE(expected.insert({cell.oid, shown(cell.value)}).second);
    }
  }
  const auto view = forest.view_of("", base);
  std::map<Oid, std::string> walked;
  Oid last = base;
  for (const Cell* cell = forest.tree.next(view, base, true); cell != nullptr;
       cell = forest.tree.next(view, last, false)) {
    ASSERT_LT(last, cell->oid);
    last = cell->oid;
    walked.insert({cell->oid, shown(cell->value)});
  }
  EXPECT_EQ(walked, expected);
  for (const auto& [oid, text] : expected) {
    const Cell* cell = forest.tree.next(view, oid, true);
    ASSERT_NE(cell, nullptr);
    EXPECT_EQ(cell->oid, oid) << "inclusive";
    EXPECT_EQ(shown(forest.tree.get(view, oid)->value), text);
  }
}

/// The least of what comes next, whatever is asked and whichever UPS has it.
TEST(Tree, finds_what_comes_next_as_an_ordered_map_does) {
  auto some = everything_over_snmp();  // other columns and probes than the first one has
  for (std::size_t i = 0; i < quantity_count; i += 3) some.readings[i].reset();
  some.alerts[2].last.reset();
  Options options{.address = "", .default_ups = "", .base = base, .version = ""};
  Stations stations;
  std::uint32_t index = 0;
  for (const auto& snapshot : {answering_ups(), everything_over_snmp(), some}) {
    index += 2;  // the first and the third are gone
    stations.push_back(std::make_unique<Station>(
        NamedSlot{std::to_string(index), std::make_shared<Slot>(share(snapshot)), index}, options));
  }
  Tree tree(options, stations);
  std::vector<Notification> ignored;
  for (const auto& station : stations) {
    station->load(read_at, 1'000'000);
    station->look(ignored);
  }
  struct Row {
    Oid root;
    ViewKind kind;
  };
  for (const Row& row : {Row{base, ViewKind::upslink}, Row{entity_root, ViewKind::entities},
                         Row{entity_sensor_root, ViewKind::entities}}) {
    std::map<Oid, const Cell*> oracle;
    for (const auto& station : stations) {
      for (const Cell& cell : station->view(row.kind).cells()) {
        if (cell.oid.starts_with(row.root)) oracle[cell.oid] = &cell;
      }
    }
    const auto view = std::ranges::find_if(tree.subtrees(), [&](const Subtree& subtree) {
                        return subtree.root == row.root && subtree.context.empty();
                      })->view;
    const Cells scalars{{base + Oid{1, 1, 1, 0}, octets("")}, {base + Oid{1, 1, 2, 0}, gauge(3)}};
    if (row.kind == ViewKind::upslink) {
      for (const Cell& cell : scalars) oracle[cell.oid] = &cell;
    }
    ASSERT_GT(oracle.size(), 20U);
    std::vector<Oid> asked{row.root, row.root + Oid{0}, row.root + Oid{4294967295}};
    for (const auto& [oid, cell] : oracle) {
      asked.push_back(oid);
      asked.push_back(oid + Oid{0});
      for (std::size_t length = row.root.size(); length < oid.size(); ++length) {
        const Oid above(oid.arcs().first(length));
        asked.push_back(above);
        for (const std::uint32_t arc : {oid[length] - 1, oid[length] + 1, 0U, 4294967295U}) {
          asked.push_back(above + Oid{arc});
          asked.push_back(above + Oid{arc, 7});
        }
      }
    }
    for (const Oid& oid : asked) {
      for (const bool inclusive : {false, true}) {
        const auto expected = inclusive ? oracle.lower_bound(oid) : oracle.upper_bound(oid);
        const Cell* cell = tree.next(view, oid, inclusive);
        const bool found = cell != nullptr && cell->oid.starts_with(row.root);
        ASSERT_EQ(found ? to_string(cell->oid) : "nothing",
                  expected == oracle.end() ? "nothing" : to_string(expected->first))
            << "after " << to_string(oid) << (inclusive ? ", inclusive" : "");
        ASSERT_EQ(found ? shown(cell->value) : "",
                  expected == oracle.end() ? "" : shown(expected->second->value));
      }
      const Cell* cell = tree.get(view, oid);
      ASSERT_EQ(cell != nullptr && cell->oid.starts_with(row.root), oracle.contains(oid))
          << to_string(oid);
    }
  }
}

}  // namespace
}  // namespace upslink::snmp
