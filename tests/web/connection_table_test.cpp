// SPDX-License-Identifier: Apache-2.0
#include "web/connection_table.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace upslink::web {
namespace {

using namespace std::chrono_literals;

constexpr Limits small{.connections = 4,
                       .connections_per_address = 3,
                       .idle = 60s,
                       .request = 10s,
                       .header_bytes = 4096};
constexpr Origin anna{1};
constexpr Origin bert{2};

class ConnectionTableTest : public ::testing::Test {
 protected:
  Connection& idle(const Origin& origin, Clock::duration since) {
    Connection& connection = table.add(0, origin, start + since);
    table.finish(connection, start + since);
    return connection;
  }

  const Clock::time_point start = Clock::time_point(24h);
  ConnectionTable table{small};
};

TEST_F(ConnectionTableTest, ClocksAreAbsolute) {
  EXPECT_FALSE(table.next_deadline().has_value());
  Connection& slow = table.add(7, anna, start);
  table.begin(slow, start + 9s);  // another byte prolongs nothing
  EXPECT_EQ(table.next_deadline(), start + 10s);
  EXPECT_EQ(table.overdue(start + 9'999ms), nullptr);
  EXPECT_EQ(table.overdue(start + 10s), &slow);

  table.finish(slow, start + 10s);
  EXPECT_EQ(table.next_deadline(), start + 70s);
  table.begin(slow, start + 50s);
  EXPECT_EQ(table.next_deadline(), start + 60s);
  table.finish(slow, start + 51s);
  EXPECT_EQ(table.overdue(start + 111s), &slow);
  table.retire(slow);
  EXPECT_EQ(table.overdue(start + 999s), nullptr);
  table.remove(slow);
}

TEST_F(ConnectionTableTest, TheEarliestOfBothClocksCounts) {
  Connection& waiting = idle(anna, 0s);
  Connection& busy = table.add(1, anna, start + 49s);
  EXPECT_EQ(table.next_deadline(), start + 59s);
  EXPECT_EQ(table.overdue(start + 59s), &busy);
  table.finish(busy, start + 59s);
  EXPECT_EQ(table.next_deadline(), start + 60s);
  EXPECT_EQ(table.overdue(start + 60s), &waiting);
}

TEST_F(ConnectionTableTest, TheLeastMissedMakesRoom) {
  Connection& idlest = idle(anna, 0s);
  Connection& idle_later = idle(bert, 1s);
  Connection& slow = table.add(2, bert, start + 2s);
  EXPECT_EQ(table.in_the_way_of(anna, start + 2s), nullptr);
  Connection& fresh = table.add(3, anna, start + 4s);
  ASSERT_EQ(table.size(), 4U);

  EXPECT_EQ(table.in_the_way_of(anna, start + 4s), &slow);  // busy for longer than is honest
  table.retire(slow);
  EXPECT_EQ(table.in_the_way_of(anna, start + 4s), nullptr);
  table.add(4, bert, start + 4s);
  EXPECT_EQ(table.in_the_way_of(anna, start + 4s), &idlest);
  table.retire(idlest);
  table.retire(idle_later);
  EXPECT_EQ(table.most_dispensable(start + 4s), &fresh);  // the longest of those that are busy
}

TEST_F(ConnectionTableTest, AnAddressAtItsLimitMakesItsOwnRoom) {
  Connection& of_bert = idle(bert, 0s);
  Connection& of_anna = idle(anna, 1s);
  idle(anna, 2s);
  EXPECT_EQ(table.in_the_way_of(anna, start + 3s), nullptr);
  idle(anna, 3s);
  EXPECT_EQ(table.in_the_way_of(anna, start + 3s), &of_anna);
  EXPECT_EQ(table.in_the_way_of(bert, start + 3s), &of_bert);  // all four are taken
  table.remove(of_anna);
  EXPECT_EQ(table.in_the_way_of(anna, start + 3s), nullptr);
}

TEST_F(ConnectionTableTest, AnEmptyTableHasNobodyToGiveUp) {
  EXPECT_EQ(table.most_dispensable(start), nullptr);
  EXPECT_EQ(table.overdue(start), nullptr);
  EXPECT_EQ(table.in_the_way_of(anna, start), nullptr);
}

Origin origin_of(const char* text) {
  sockaddr_storage storage{};
  auto& peer = reinterpret_cast<sockaddr&>(storage);
  if (std::strchr(text, ':') != nullptr) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    ::inet_pton(AF_INET6, text, &v6.sin6_addr);
    std::memcpy(&storage, &v6, sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    ::inet_pton(AF_INET, text, &v4.sin_addr);
    std::memcpy(&storage, &v4, sizeof v4);
  }
  return web::origin_of(peer);
}

TEST(OriginOf, IsAnIpv4AddressOrAnIpv6Net) {
  EXPECT_EQ(origin_of("192.0.2.1"), origin_of("::ffff:192.0.2.1"));
  EXPECT_NE(origin_of("192.0.2.1"), origin_of("192.0.2.2"));
  EXPECT_NE(origin_of("::ffff:192.0.2.1"), origin_of("::ffff:192.0.2.2"));
  EXPECT_EQ(origin_of("2001:db8::1"), origin_of("2001:db8::ffff:2"));
  EXPECT_NE(origin_of("2001:db8::1"), origin_of("2001:db8:0:1::1"));
}

}  // namespace
}  // namespace upslink::web
