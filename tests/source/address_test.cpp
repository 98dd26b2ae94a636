// SPDX-License-Identifier: Apache-2.0
#include "source/smart/address.hpp"

#include <gtest/gtest.h>

namespace upslink::smart {
namespace {

TEST(AddressTest, SplitsHostAndPort) {
  for (const auto& [address, host, port] : {std::tuple{"tcp://terminal:4001", "terminal", "4001"},
                                            std::tuple{"tcp://127.0.0.1:1", "127.0.0.1", "1"},
                                            std::tuple{"tcp://[::1]:65535", "::1", "65535"}}) {
    const auto parts = parse_tcp_address(address);
    ASSERT_TRUE(parts) << address;
    EXPECT_EQ(parts->host, host);
    EXPECT_EQ(parts->port, port);
  }
}

TEST(AddressTest, SaysWhatIsWrongAndWhatToWrite) {
  for (const auto& [address, why] :
       {std::pair{"tcp://", "the host is missing"}, std::pair{"tcp://:4001", "the host is missing"},
        std::pair{"tcp://host", "the port is missing"},
        std::pair{"tcp://host:0", "the port is not a number from 1 to 65535"},
        std::pair{"tcp://host:65536", "the port is not a number from 1 to 65535"},
        std::pair{"tcp://host:4001x", "the port is not a number from 1 to 65535"},
        std::pair{"tcp://::1:4001", "an IPv6 address needs brackets"},
        std::pair{"tcp://[::1:4001", "the bracket is not closed"}}) {
    const auto parts = parse_tcp_address(address);
    ASSERT_FALSE(parts) << address;
    EXPECT_NE(parts.error().find(why), std::string::npos) << parts.error();
    EXPECT_NE(parts.error().find("tcp://HOST:PORT"), std::string::npos) << parts.error();
  }
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
