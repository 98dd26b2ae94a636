// SPDX-License-Identifier: Apache-2.0
// What users see: /metrics of one UPS of which everything is known and one that never answered, in
// both formats, compared with the files in golden/. After a change that is meant, run this test
// with UPSLINK_UPDATE_GOLDEN=1 and look at the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "publish/prometheus/exposition.hpp"
#include "snapshots.hpp"

namespace upslink::prom {
namespace {

using upslink::testing::everything;
using upslink::testing::happened_at;
using upslink::testing::read_at;
using upslink::testing::share;
using upslink::testing::unknown_ups;

Usage some_usage() {
  return {.cpu_seconds = 1.25,
          .resident_bytes = 8'388'608,
          .virtual_bytes = 268'435'456,
          .virtual_max_bytes = 18446744073709551615.0,
          .start_time_seconds = 1'767'323'000.12,
          .open_fds = 17,
          .max_fds = 1024,
          .threads = 5};
}

std::string rendered(Format format) {
  SelfReport self("0.1.0", "0123456789ab", "g++ 12.2.0", some_usage);
  self.config_accepted(happened_at);
  for (const unsigned code : {200U, 200U, 401U}) self.count_request(code);
  const auto rack = std::make_shared<Slot>(share(everything()));
  auto quiet = unknown_ups();
  quiet.link.kind = "tcp";
  const auto cellar = std::make_shared<Slot>(share(quiet));
  Exposition exposition(self);
  exposition.publish({{"rack", rack}, {"cellar", cellar}});
  return *exposition.render(format, read_at).body;
}

void compare(Format format, const std::string& file) {
  const std::string path = std::string(UPSLINK_GOLDEN_FOLDER) + "/" + file;
  const std::string now = rendered(format);
  if (std::getenv("UPSLINK_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << now;
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(now, golden.str()) << "if it is meant: UPSLINK_UPDATE_GOLDEN=1, and look at " << path;
}

TEST(Golden, text) {
  compare(Format::text, "everything.txt");
}
TEST(Golden, openmetrics) {
  compare(Format::openmetrics, "everything.om");
}

}  // namespace
}  // namespace upslink::prom
