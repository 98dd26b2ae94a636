// SPDX-License-Identifier: Apache-2.0
#include "source/smart/address.hpp"

#include <gtest/gtest.h>

namespace upslink::smart {
namespace {

TEST(AddressTest, SplitsHostAndPort) {
  for (const auto& [address, host, port] : {std::tuple{"tcp://terminal:4001", "terminal", "4001"},
                                            std::tuple{"tcp://127.0.0.1:1", "127.0.0.1", "1"},
                                            std::tuple{"tcp://[::1]:65535", "::1", "65535"}}) {
    const auto parts = split_tcp_address(address);
    ASSERT_TRUE(parts) << address;
    EXPECT_EQ(parts->host, host);
    EXPECT_EQ(parts->port, port);
  }
}

TEST(AddressTest, KnowsWhatIsNoTcpAddress) {
  EXPECT_FALSE(split_tcp_address("/dev/ttyS0"));
  EXPECT_FALSE(split_tcp_address("tcp://host"));
}

TEST(AddressTest, ChoosesTheLinkByTheAddress) {
  const Interrupt interrupt;
  const Log quiet = [](auto, auto&, auto&) {};
  EXPECT_EQ(make_link("tcp://localhost:1", interrupt, quiet)->kind(), "tcp");
  EXPECT_EQ(make_link("/dev/pts/99", interrupt, quiet)->kind(), "tty");
  EXPECT_EQ(make_link("/dev/ttyUSB99", interrupt, quiet)->kind(), "tty");
}

}  // namespace
}  // namespace upslink::smart
