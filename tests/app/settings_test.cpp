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
  EXPECT_EQ(stated.web, built_in.web);
  EXPECT_EQ(stated.snmp, built_in.snmp);
  EXPECT_EQ(stated.log, built_in.log);
}

TEST(Settings, OfAUpsStateTheDefaultsThatTheStructsHave) {
  UpsConfig stated;
  for (const auto& row : ups_settings()) {
    if (row.standard.empty()) continue;
    EXPECT_EQ(said(row.set(stated, std::string(row.standard))), "fine") << row.key;
  }
  const poll::Options built_in;
  EXPECT_EQ(stated.options, built_in);
}

TEST(Settings, AreEachThere) {
  std::set<std::string_view> flags;
  std::set<std::string_view> keys;
  for (const auto& row : settings()) {
    EXPECT_TRUE(flags.insert(row.flag).second) << row.flag;
    EXPECT_TRUE(row.key.empty() || keys.insert(row.key).second) << row.key;
    EXPECT_FALSE(row.flag.empty() || row.group.empty());
    EXPECT_EQ(row.placeholder.empty(), row.values == Values::flag) << row.flag;
    EXPECT_TRUE(row.help.ends_with('.')) << row.flag;
    const bool takes_many = row.values == Values::list || row.values == Values::entries;
    EXPECT_EQ(row.clear != nullptr, takes_many) << row.flag;
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
