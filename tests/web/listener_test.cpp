// SPDX-License-Identifier: Apache-2.0
#include "web/listener.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace upslink::web {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ListenOn, ReportsTheRealPortAndClosesOnExec) {
  const struct {
    std::string_view address, begins;
  } rows[] = {
      {"127.0.0.1:0", "127.0.0.1:"}, {"[::1]:0", "[::1]:"},     {":0", "[::]:"},
      {"[::]:0", "[::]:"},           {"0.0.0.0:0", "0.0.0.0:"}, {"localhost:0", "127.0.0.1:"},
  };
  for (const auto& row : rows) {
    const auto opened = listen_on(row.address);
    const auto* const listener = std::get_if<Listener>(&opened);
    ASSERT_NE(listener, nullptr) << std::get<std::string>(opened);
    EXPECT_THAT(listener->address, AllOf(StartsWith(row.begins), Not(::testing::EndsWith(":0"))));
    EXPECT_TRUE(::fcntl(listener->socket.number(), F_GETFD) & FD_CLOEXEC);
    EXPECT_TRUE(::fcntl(listener->socket.number(), F_GETFL) & O_NONBLOCK);
  }
}

TEST(ListenOn, SaysWhatIsWrongWithAnAddress) {
  const struct {
    std::string_view address, why;
  } rows[] = {
      {"localhost", "the port is missing; write HOST:PORT"},
      {"", "the port is missing; write HOST:PORT"},
      {"12400", "the port is missing; write HOST:PORT"},
      {"[::1]", "the port is missing; write HOST:PORT"},
      {":99999", "\"99999\" is no port; write a number from 0 to 65535"},
      {":-1", "\"-1\" is no port"},
      {":", "\"\" is no port"},
      {"host:port", "\"port\" is no port"},
      {"127.0.0.1:80 ", "\"80 \" is no port"},
      {"1.2.3.4.5:80", "\"1.2.3.4.5\" is no IP address and no name known here"},
      {"127.1:0x", "\"0x\" is no port"},
      {"::1:80", "an IPv6 address is written in brackets"},
      {"[::1:80", "an IPv6 address is written in brackets"},
      {"[:::1]:80", "\":::1\" is no IP address"},
      {"[]:80", "an IPv6 address is written in brackets"},
      {"192.0.2.1:0", "this machine has no address 192.0.2.1; choose another"},
  };
  for (const auto& row : rows) {
    const auto opened = listen_on(row.address);
    const auto* const why = std::get_if<std::string>(&opened);
    ASSERT_NE(why, nullptr) << row.address;
    EXPECT_THAT(*why, AllOf(StartsWith("cannot listen on " + std::string(row.address) + ": "),
                            HasSubstr(row.why)));
    EXPECT_THAT(*why, Not(HasSubstr("\n")));
  }
}

TEST(ListenOn, SaysThatThePortIsTaken) {
  const auto first = listen_on("127.0.0.1:0");
  const std::string address = std::get<Listener>(first).address;
  EXPECT_EQ(std::get<std::string>(listen_on(address)),
            "cannot listen on " + address +
                ": the port is taken by another program; stop it or choose another with "
                "--web.listen-address");
}

}  // namespace
}  // namespace upslink::web
