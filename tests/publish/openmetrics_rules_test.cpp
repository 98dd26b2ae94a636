// SPDX-License-Identifier: Apache-2.0
// The rules of OpenMetrics 1.0 that a parser may let pass: what stands where, how often, and under
// which name.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catalogue/quantity.hpp"
#include "publish/prometheus/exposition.hpp"
#include "snapshots.hpp"

namespace upslink::prom {
namespace {

/// One metric family as it stands in the text.
struct Family {
  std::vector<std::string> keywords;            ///< in order
  std::map<std::string, std::string> metadata;  ///< by keyword
  std::vector<std::string> samples;             ///< names and labels
};

class OpenMetricsRules : public ::testing::Test {
 protected:
  void SetUp() override {
    SelfReport self("1", "2", "3");
    self.config_accepted();
    const auto one =
        std::make_shared<Slot>(upslink::testing::share(upslink::testing::everything()));
    const auto two =
        std::make_shared<Slot>(upslink::testing::share(upslink::testing::smart_ups_700()));
    Exposition exposition(self);
    exposition.publish({{"one", one}, {"two", two}});
    body_ = *exposition.render(Format::openmetrics, upslink::testing::read_at).body;
    parse();
  }

  /// Sorts the lines by family; a family that begins a second time fails.
  void parse() {
    std::istringstream lines(body_);
    std::string name;
    for (std::string line; std::getline(lines, line);) {
      if (line == "# EOF") continue;
      ASSERT_FALSE(line.empty());
      if (!line.starts_with('#')) {
        families_[name].samples.push_back(line.substr(0, line.rfind(' ')));
        continue;
      }
      std::istringstream words(line);
      std::string keyword;
      std::string family;
      std::string rest;
      words.ignore(2) >> keyword >> family;
      std::getline(words.ignore(1), rest);
      if (family != name) {
        ASSERT_FALSE(families_.contains(family)) << family << " is in two places";
        name = family;
      }
      ASSERT_TRUE(families_[name].samples.empty()) << line << " after a sample";
      families_[name].keywords.push_back(keyword);
      families_[name].metadata[keyword] = rest;
    }
  }

  std::string body_;
  std::map<std::string, Family> families_;
};

TEST_F(OpenMetricsRules, the_body_ends_in_eof) {
  EXPECT_TRUE(body_.ends_with("\n# EOF\n"));
  EXPECT_EQ(body_.find('\r'), std::string::npos);
}

TEST_F(OpenMetricsRules, metadata_stand_once_as_type_unit_help) {
  ASSERT_GT(families_.size(), 70U);
  for (const auto& [name, family] : families_) {
    const bool unit = family.metadata.contains("UNIT");
    EXPECT_EQ(family.keywords, unit ? (std::vector<std::string>{"TYPE", "UNIT", "HELP"})
                                    : (std::vector<std::string>{"TYPE", "HELP"}))
        << name;
    EXPECT_FALSE(family.samples.empty()) << name;
  }
}

TEST_F(OpenMetricsRules, names_end_in_their_unit) {
  for (const auto& [name, family] : families_) {
    std::string unit;
    for (const auto known : unit_names) {
      if (!known.empty() && name.ends_with("_" + std::string(known))) unit = known;
    }
    const auto told = family.metadata.find("UNIT");
    EXPECT_EQ(told == family.metadata.end() ? "" : told->second, unit) << name;
  }
}

TEST_F(OpenMetricsRules, counters_and_only_they_have_samples_that_end_in_total) {
  for (const auto& [name, family] : families_) {
    const bool counter = family.metadata.at("TYPE") == "counter";
    EXPECT_FALSE(name.ends_with("_total")) << name;
    for (const auto& sample : family.samples) {
      EXPECT_EQ(sample.substr(0, sample.find('{')), counter ? name + "_total" : name);
    }
  }
}

TEST_F(OpenMetricsRules, every_series_stands_once) {
  std::set<std::string> series;
  for (const auto& [name, family] : families_) {
    for (const auto& sample : family.samples) EXPECT_TRUE(series.insert(sample).second) << sample;
  }
}

}  // namespace
}  // namespace upslink::prom
