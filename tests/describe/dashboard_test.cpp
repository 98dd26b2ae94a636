// SPDX-License-Identifier: Apache-2.0
// Whether it keeps the rules of all dashboards is what tests/dashboards asks.
#include "describe/dashboard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "catalogue/families.hpp"
#include "catalogue/own_families.hpp"
#include "catalogue/reading_families.hpp"

namespace upslink::describe {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

TEST(Dashboard, is_what_the_repository_has) {
  const std::string path = UPSLINK_DASHBOARDS_FOLDER "/upslink-quantities.json";
  const auto made = dashboard();
  if (std::getenv("UPSLINK_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << made;
  std::ostringstream file;
  file << std::ifstream(path).rdbuf();
  const auto old = file.str();
  const auto at = std::ranges::mismatch(made, old).in1 - made.begin();
  EXPECT_TRUE(made == old) << "dashboards/upslink-quantities.json is stale from its character "
                           << at << ": upslink_exporter describe dashboard > "
                           << "dashboards/upslink-quantities.json";
}

Json rows() {
  const Json parsed = Json::parse(dashboard());
  Json found = Json::array();
  for (const Json& panel : parsed["panels"]) {
    if (panel["type"] == "row") {
      found.push_back(panel);
    } else {
      found.back()["panels"].push_back(panel);  // of an open row
    }
  }
  return found;
}

Json panel_titled(const std::string& title) {
  for (const Json& row : rows()) {
    for (const Json& panel : row["panels"]) {
      if (panel["title"] == title) return panel;
    }
  }
  ADD_FAILURE() << title;
  return {};
}

TEST(Dashboard, has_the_groups_of_the_page_of_metrics_as_rows) {
  std::vector<std::string> titles;
  for (const Json& row : rows()) titles.push_back(row["title"]);
  EXPECT_THAT(titles, ElementsAre("Status", "Power", "Slow", "Settings", "Identity", "The line",
                                  "The exporter"));
}

TEST(Dashboard, shows_each_family_once) {
  std::vector<std::string> shown;
  for (const Json& row : rows()) {
    for (const Json& panel : row["panels"]) {
      const std::string description = panel["description"];
      const auto begin = description.rfind('`', description.size() - 2) + 1;
      shown.push_back(description.substr(begin, description.size() - 1 - begin));
      EXPECT_THAT(std::string(panel["targets"][0]["expr"]), HasSubstr(shown.back() + "{"));
    }
  }
  std::vector<std::string> families;
  for (const auto& family : reading_families) {
    families.push_back("upslink_" + std::string(family.metric));
  }
  for (const auto& row : line_families) families.push_back("upslink_" + std::string(row.metric));
  for (const auto& row : own_families) families.emplace_back(row.metric);
  std::ranges::sort(shown);
  std::ranges::sort(families);
  EXPECT_THAT(shown, ElementsAreArray(families));
}

TEST(Dashboard, opens_only_the_rows_that_are_looked_at_first) {
  std::vector<bool> collapsed;
  for (const Json& row : rows()) collapsed.push_back(row["collapsed"]);
  EXPECT_THAT(collapsed, ElementsAre(false, false, true, true, true, true, true));
}

TEST(Dashboard, gives_no_title_twice) {
  std::vector<std::string> titles;
  for (const Json& row : rows()) {
    for (const Json& panel : row["panels"]) titles.push_back(panel["title"]);
  }
  std::ranges::sort(titles);
  EXPECT_EQ(std::ranges::adjacent_find(titles), titles.end());
}

TEST(Dashboard, draws_each_look) {
  EXPECT_EQ(panel_titled("Input voltage")["type"], "timeseries");
  EXPECT_EQ(panel_titled("Status")["type"], "state-timeline");
  EXPECT_EQ(panel_titled("Up")["type"], "state-timeline");
  EXPECT_EQ(panel_titled("Self test result")["type"], "state-timeline");
  EXPECT_EQ(panel_titled("Last success")["type"], "table");
  EXPECT_EQ(panel_titled("Info")["type"], "table");
}

TEST(Dashboard, writes_choices_in_words) {
  const Json panel = panel_titled("Self test result");
  const Json& options = panel["fieldConfig"]["defaults"]["mappings"][0]["options"];
  EXPECT_EQ(options["0"]["text"], "passed");
  EXPECT_EQ(options["2"]["text"], "failed: overload");
  EXPECT_EQ(options.size(), 4);
}

// Grafana reads texts as times where the unit of a whole table is one.
TEST(Dashboard, gives_the_unit_of_a_time_to_numbers_alone) {
  const Json field_config = panel_titled("Last success")["fieldConfig"];
  EXPECT_EQ(field_config["defaults"]["unit"], "string");
  EXPECT_EQ(field_config["overrides"][0]["matcher"]["options"], "number");
  EXPECT_EQ(field_config["overrides"][0]["properties"][0]["value"], "dateTimeFromNow");
}

TEST(Dashboard, asks_tables_for_now_and_plots_for_a_range) {
  EXPECT_EQ(panel_titled("Info")["targets"][0]["instant"], true);
  EXPECT_EQ(panel_titled("Info")["targets"][0]["format"], "table");
  EXPECT_EQ(panel_titled("Load")["targets"][0]["range"], true);
}

}  // namespace
}  // namespace upslink::describe
