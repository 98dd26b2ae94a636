// SPDX-License-Identifier: Apache-2.0
#include "describe/metrics_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "catalogue/families.hpp"
#include "catalogue/own_families.hpp"
#include "catalogue/reading_families.hpp"

namespace upslink::describe {
namespace {

using ::testing::HasSubstr;

TEST(MetricsPage, is_what_the_repository_has) {
  const std::string path = UPSLINK_DOCS_FOLDER "/metrics.md";
  const auto page = metrics_page();
  if (std::getenv("UPSLINK_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << page;
  std::ostringstream file;
  file << std::ifstream(path).rdbuf();
  const auto old = file.str();
  const auto at = std::ranges::mismatch(page, old).in1 - page.begin();
  EXPECT_TRUE(page == old) << "docs/metrics.md is stale from its character " << at
                           << ": upslink_exporter describe metrics > docs/metrics.md";
}

TEST(MetricsPage, names_everything_that_is_published) {
  const auto page = metrics_page();
  for (const auto& family : reading_families) {
    EXPECT_THAT(page, HasSubstr("| `upslink_" + std::string(family.metric) + "` |"));
  }
  for (const auto& row : line_families) {
    EXPECT_THAT(page, HasSubstr("| `upslink_" + std::string(row.metric) + "` |"));
  }
  for (const auto& row : own_families) {
    EXPECT_THAT(page, HasSubstr("| `" + std::string(row.metric) + "` |"));
  }
  for (const auto& row : quantities)
    EXPECT_THAT(page, HasSubstr("`" + std::string(row.name) + "`"));
  for (const auto& alert : alerts)
    EXPECT_THAT(page, HasSubstr("`" + std::string(alert.name) + "`"));
}

TEST(MetricsPage, links_to_headings_that_exist) {
  std::istringstream lines(metrics_page());
  std::set<std::string> headings;
  std::set<std::string> links;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("##")) {
      auto heading = line.substr(line.find(' ') + 1);
      std::erase(heading, ',');
      std::ranges::transform(heading, heading.begin(), [](char c) {
        return c == ' ' ? '-' : static_cast<char>(std::tolower(c));
      });
      EXPECT_TRUE(headings.insert(heading).second) << heading;
    }
    for (std::size_t at = 0; (at = line.find("](#", at)) != std::string::npos; ++at) {
      links.insert(line.substr(at + 3, line.find(')', at) - at - 3));
    }
  }
  EXPECT_FALSE(links.empty());
  EXPECT_TRUE(std::ranges::includes(headings, links));
}

TEST(MetricsPage, has_as_many_cells_in_a_row_as_heads) {
  std::istringstream lines(metrics_page());
  const auto cells = [](const std::string& line) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++count;
    }
    return count;
  };
  std::size_t wanted = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("|")) {
      wanted = 0;
    } else if (wanted == 0) {
      wanted = cells(line);
    } else {
      EXPECT_EQ(cells(line), wanted) << line;
    }
  }
}

}  // namespace
}  // namespace upslink::describe
