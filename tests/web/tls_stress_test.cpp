// SPDX-License-Identifier: Apache-2.0
// TLS among clients that begin a handshake and do not end it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <array>
#include <filesystem>
#include <thread>

#include "server_fixture.hpp"
#include "tls_client.hpp"

namespace upslink::web::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

using Steady = std::chrono::steady_clock;

constexpr auto at_once = 2s;

// The beginning of a handshake: a record that announces 512 bytes of a client's hello.
constexpr std::string_view half_a_hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);

std::chrono::nanoseconds cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

class TlsStressTest : public ServerTest {
 protected:
  static void SetUpTestSuite() { raise_descriptor_limit(); }

  void start_tls(const Limits& limits) {
    const Identity own = authority_.issue();
    start({.limits = limits,
           .security = {.tls = Tls{.certificates = own.certificate, .key = own.key}}});
  }
  std::vector<Client> half_handshakes(std::size_t count) {
    auto many = clients(count);
    for (Client& c : many) EXPECT_TRUE(c.send(half_a_hello));
    return many;
  }
  // The longest of `count` scrapes, each on a new connection.
  Steady::duration slowest_scrape(int count) {
    Steady::duration longest{};
    for (int i = 0; i < count; ++i) {
      const auto began = Steady::now();
      TlsClient c(address());
      const auto answer = c.get("/metrics");
      longest = std::max(longest, Steady::now() - began);
      EXPECT_TRUE(answer && answer->body == page_);
    }
    return longest;
  }

  const Authority authority_{"servers"};
};

TEST_F(TlsStressTest, ScrapesAmongHalfHandshakes) {
  start_tls({.request = 60s});
  auto half = half_handshakes(500);
  const auto silent = clients(100);
  TlsClient kept(address());
  ASSERT_TRUE(kept.is_accepted());
  EXPECT_LT(slowest_scrape(20), at_once);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(kept.get("/metrics"));
  for (Client& c : half) ASSERT_FALSE(c.is_closed_now());
}

// libmicrohttpd alone spins while a handshake is under way.
TEST_F(TlsStressTest, AHalfHandshakeCostsNoTimeWhileItWaits) {
  start_tls({.request = 60s});
  const auto half = half_handshakes(50);
  ASSERT_TRUE(TlsClient(address()).is_accepted());  // so the others have been read
  const auto before = cpu_time();
  std::this_thread::sleep_for(500ms);
  EXPECT_LT(cpu_time() - before, 50ms);
}

TEST_F(TlsStressTest, CutsOffAHalfHandshake) {
  start_tls({.request = 300ms});
  auto half = half_handshakes(20);
  Client silent = client();
  Client dripping = client();
  std::string hello(half_a_hello);
  hello.resize(523);  // whole, but it would take ten seconds
  const auto give_up = Steady::now() + patience;
  for (const char byte : hello) {
    if (dripping.is_closed_now() || dripping.send_some({&byte, 1}) < 0) break;
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_LT(Steady::now(), give_up);
  EXPECT_TRUE(silent.is_closed_in_time());
  for (Client& c : half) EXPECT_TRUE(c.is_closed_in_time());
  EXPECT_THAT(log(), Not(Contains(HasSubstr("handshake"))));  // they are cut off, which is no news
}

// The pieces of a handshake may come one byte at a time.
TEST_F(TlsStressTest, AcceptsAHandshakeInPieces) {
  start_tls({});
  for (const char* const version : {"1.2", "1.3"}) {
    TlsClient c(address(), {.priority = std::string("NORMAL:-VERS-ALL:+VERS-TLS") + version});
    c.send_in_pieces();
    EXPECT_TRUE(c.is_accepted());
  }
}

TEST_F(TlsStressTest, MakesRoomAtTheConnectionLimit) {
  start_tls({.connections = 64, .connections_per_address = 48, .request = 60s});
  auto half = half_handshakes(200);
  EXPECT_LT(slowest_scrape(20), at_once);
  EXPECT_TRUE(half.front().is_closed_in_time());
}

TEST_F(TlsStressTest, StopsWithHalfHandshakes) {
  start_tls({.request = 60s});
  auto half = half_handshakes(300);
  ASSERT_TRUE(TlsClient(address()).is_accepted());
  const auto began = Steady::now();
  server_.reset();
  EXPECT_LT(Steady::now() - began, 1s);
  EXPECT_TRUE(half.back().is_closed_in_time());
}

TEST_F(TlsStressTest, TellsTheLogOfAFewFailuresOnly) {
  start_tls({});
  for (int i = 0; i < 50; ++i) {
    Client c = client();
    ASSERT_TRUE(c.send("GET / HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(c.receive()->status, 400);
  }
  EXPECT_LE(log().size(), 10U);
  EXPECT_THAT(log(),
              Contains("http: the TLS handshake with 127.0.0.1 failed: it speaks plain HTTP"));
}

TEST_F(TlsStressTest, SurvivesClientsThatLeaveAtAnyMoment) {
  start_tls({});
  const auto open = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  ASSERT_TRUE(TlsClient(address()).is_accepted());
  const auto before = open();
  for (unsigned i = 0; i < 200; ++i) {
    Client c = client();
    const std::string_view said = half_a_hello.substr(0, std::array{0U, 11U, 3U, 0U}[i % 4]);
    ASSERT_TRUE(c.send(said));
    if (i % 4 != 3) continue;
    TlsClient shaken(address());
    ASSERT_TRUE(shaken.shake());
    const std::string_view asked = i % 8 == 7 ? "GET /large HTTP/1.1\r\nHost: x\r\n\r\n" : "GET";
    ASSERT_TRUE(shaken.send(asked));
  }
  const auto give_up = Steady::now() + patience;
  while (open() > before && Steady::now() < give_up) std::this_thread::sleep_for(5ms);
  EXPECT_LE(open(), before);
  EXPECT_LT(slowest_scrape(1), at_once);
}

}  // namespace
}  // namespace upslink::web::testing
