// SPDX-License-Identifier: Apache-2.0
#include "app/pages.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "app/address.hpp"
#include "poll/fold.hpp"

namespace upslink::app {
namespace {

NamedSlot ups(const std::string& name, const Snapshot& snapshot) {
  return {name, std::make_shared<Slot>(std::make_shared<const Snapshot>(snapshot)), 1};
}

web::Response get(Pages& pages, const std::string& path) {
  for (const web::Route& route : pages.routes()) {
    if (route.path == path) return route.handler({.method = "GET", .path = path});
  }
  ADD_FAILURE() << "no such page: " << path;
  return {};
}

TEST(Pages, HaveAPathEachThatTheMetricsCannotTake) {
  Pages pages("/elsewhere");
  std::size_t others = 0;
  for (const web::Route& route : pages.routes()) {
    if (route.path == "/elsewhere") continue;
    EXPECT_TRUE(check_telemetry_path(route.path)) << route.path;
    ++others;
  }
  EXPECT_GE(others, 5U);
}

TEST(Pages, AreReadyOnceEveryUpsWasTriedAndStaySo) {
  const Snapshot fresh = poll::empty_snapshot({});
  Snapshot tried = fresh;
  tried.link.failures.front() = 1;
  Pages pages("/metrics");
  pages.publish({ups("a", tried), ups("b", fresh)});
  EXPECT_EQ(get(pages, "/-/ready").status, 503);
  pages.publish({ups("a", tried), ups("b", tried)});
  EXPECT_EQ(get(pages, "/-/ready").status, 200);
  pages.publish({ups("a", tried), ups("c", fresh)});
  EXPECT_EQ(get(pages, "/-/ready").status, 200);
}

TEST(Pages, ShowTheUpsesThatWerePublishedLast) {
  const Snapshot fresh = poll::empty_snapshot({});
  Pages pages("/metrics");
  pages.publish({ups("a", fresh)});
  EXPECT_NE(get(pages, "/metrics").body->find("{ups=\"a\"}"), std::string::npos);
  pages.publish({ups("b", fresh)});
  EXPECT_EQ(get(pages, "/metrics").body->find("{ups=\"a\"}"), std::string::npos);
  EXPECT_NE(get(pages, "/metrics").body->find("{ups=\"b\"}"), std::string::npos);
  EXPECT_NE(get(pages, "/api/v1/ups").body->find("\"b\""), std::string::npos);
}

}  // namespace
}  // namespace upslink::app
