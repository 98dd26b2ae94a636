// SPDX-License-Identifier: Apache-2.0
#include "web/limits.hpp"

#include <gtest/gtest.h>

namespace upslink::web {
namespace {

TEST(Limits, LeaveDescriptorsToTheRestOfTheProgram) {
  const struct {
    unsigned long descriptors;
    unsigned connections, per_address;
  } rows[] = {
      {1'000'000, 2048, 1536},
      {~0UL, 2048, 1536},
      {1024, 768, 576},
      {8, 6, 5},
      {1, 1, 1},
      {0, 1, 1},
  };
  for (const auto& row : rows) {
    const Limits granted = within_descriptors({}, row.descriptors);
    EXPECT_EQ(granted.connections, row.connections) << row.descriptors;
    EXPECT_EQ(granted.connections_per_address, row.per_address) << row.descriptors;
  }
}

TEST(Limits, RaisedDescriptorLimitHolds) {
  const auto before = descriptor_limit();
  const auto raised = raise_descriptor_limit();
  EXPECT_GE(raised, before);
  EXPECT_EQ(descriptor_limit(), raised);
}

}  // namespace
}  // namespace upslink::web
