// SPDX-License-Identifier: Apache-2.0
#include "app/settings.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "bad_input.hpp"

namespace upslink::app {
namespace {

TEST(Settings, StateTheDefaultsThatTheStructsHave) {
  Config stated;
  for (const auto& row : settings()) {
    if (row.standard.empty()) continue;
    if (row.clear != nullptr) row.clear(stated);
    EXPECT_EQ(said(row.set(stated, std::string(row.standard))), "fine") << row.flag;
  }
  const Config built_in;
  EXPECT_EQ(stated.web.listen_addresses, built_in.web.listen_addresses);
  EXPECT_EQ(stated.web.telemetry_path, built_in.web.telemetry_path);
  EXPECT_EQ(stated.log.level, built_in.log.level);
  EXPECT_EQ(stated.log.format, built_in.log.format);
}

TEST(Settings, OfAUpsStateTheDefaultsThatTheStructsHave) {
  UpsConfig stated;
  for (const auto& row : ups_settings()) {
    if (row.standard.empty()) continue;
    EXPECT_EQ(said(row.set(stated, std::string(row.standard))), "fine") << row.key;
  }
  const poll::Options built_in;
  EXPECT_EQ(stated.options.battery_date_order, built_in.battery_date_order);
  EXPECT_EQ(stated.options.read_extremes, built_in.read_extremes);
  EXPECT_EQ(stated.options.read_latched, built_in.read_latched);
  EXPECT_EQ(stated.options.nominal_power_watts, built_in.nominal_power_watts);
  EXPECT_EQ(stated.options.cadences.status, built_in.cadences.status);
  EXPECT_EQ(stated.options.cadences.fast, built_in.cadences.fast);
  EXPECT_EQ(stated.options.cadences.slow, built_in.cadences.slow);
  EXPECT_EQ(stated.options.cadences.settings, built_in.cadences.settings);
}

TEST(Settings, AreEachThere) {
  std::set<std::string_view> flags;
  std::set<std::string_view> keys;
  for (const auto& row : settings()) {
    EXPECT_TRUE(flags.insert(row.flag).second) << row.flag;
    EXPECT_TRUE(row.key.empty() || keys.insert(row.key).second) << row.key;
    EXPECT_FALSE(row.flag.empty() || row.group.empty() || row.placeholder.empty());
    EXPECT_TRUE(row.help.ends_with('.')) << row.flag;
    EXPECT_EQ(row.clear == nullptr, row.values == Values::one) << row.flag;
  }
  keys.clear();
  for (const auto& row : ups_settings()) {
    EXPECT_TRUE(keys.insert(row.key).second) << row.key;
    EXPECT_TRUE(row.help.ends_with('.')) << row.key;
  }
}

TEST(Settings, HelpNamesTheBoundsThatAreKept) {
  for (const auto& row : ups_settings()) {
    if (!row.key.starts_with("cadence.")) continue;
    UpsConfig ups;
    const std::string complaint = said(row.set(ups, "1ms"));
    const std::string bounds = complaint.substr(complaint.find("from "));
    EXPECT_NE(row.help.find(bounds), std::string_view::npos) << row.key << ": " << bounds;
  }
}

TEST(Settings, AFlagGivesTheNameOfItsVariable) {
  EXPECT_EQ(dashed("web.listen-address"), "--web.listen-address");
  EXPECT_EQ(environment_name("web.listen-address"), "UPSLINK_WEB_LISTEN_ADDRESS");
  EXPECT_EQ(environment_name("ups"), "UPSLINK_UPS");
}

}  // namespace
}  // namespace upslink::app
