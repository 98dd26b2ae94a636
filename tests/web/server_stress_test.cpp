// SPDX-License-Identifier: Apache-2.0
// The server among many, slow and silent clients. The limits are short here, and the tests wait for
// what happens, not for time to pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "server_fixture.hpp"

namespace upslink::web::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using Steady = std::chrono::steady_clock;

// Loose enough for sanitizers on a loaded machine; the measured figures are far below.
constexpr auto at_once = 2s;

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class ServerStressTest : public ServerTest {
 protected:
  void SetUp() override {
    // Both ends of every connection are in this process.
    ASSERT_GE(raise_descriptor_limit(), 4096U) << "allow this user 4,096 open files (ulimit -Hn)";
  }

  // The longest of `count` scrapes, each on a new connection.
  Steady::duration slowest_scrape(int count) {
    Steady::duration longest{};
    for (int i = 0; i < count; ++i) {
      const auto began = Steady::now();
      const auto answer = client().get("/metrics");
      longest = std::max(longest, Steady::now() - began);
      EXPECT_TRUE(answer && answer->body == page_);
    }
    return longest;
  }
};

TEST_F(ServerStressTest, ScrapesAmongAThousandIdleAndSlowConnections) {
  start({.request = 60s});
  auto silent = clients(500);
  auto slow = clients(500);
  for (Client& c : slow) ASSERT_TRUE(c.send("GET /metrics HTTP/1.1\r\nHost:"));
  Client kept = client();
  EXPECT_LT(slowest_scrape(50), at_once);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(kept.get("/metrics"));
  for (Client& c : silent) ASSERT_FALSE(c.is_closed_now());
  for (Client& c : slow) ASSERT_TRUE(c.send(" x\r\n\r\n"));
  for (Client& c : slow) ASSERT_EQ(c.receive()->status, 200);
}

TEST_F(ServerStressTest, ScrapesPastTheConnectionLimit) {
  start({.connections = 64, .connections_per_address = 48, .request = 60s});
  auto many = clients(200);
  EXPECT_LT(slowest_scrape(50), at_once);
  // Those that came first made room; the latest are still there.
  EXPECT_TRUE(many.front().is_closed_in_time());
  EXPECT_GE(std::count_if(many.begin(), many.end(), [](Client& c) { return c.is_closed_now(); }),
            200 - 48);
  EXPECT_THAT(log(), Contains(HasSubstr("connections are at their limit")));
}

TEST_F(ServerStressTest, CutsOffASlowSender) {
  start({.request = 300ms});
  Client first = client();  // its first request never ends
  Client later = client();  // its second does not
  ASSERT_TRUE(later.get("/metrics"));
  const auto began = Steady::now();
  std::atomic<bool> stop{false};
  const auto drip = [&stop](Client& c) {
    // Well under any inactivity timeout, yet it is the request's age that counts.
    while (!stop && !c.is_closed_now() && c.send_some("x") >= 0) std::this_thread::sleep_for(20ms);
  };
  std::jthread one(drip, std::ref(first));
  std::jthread two(drip, std::ref(later));
  const auto give_up = Steady::now() + patience;
  while (!(first.is_closed_now() && later.is_closed_now()) && Steady::now() < give_up) {
    std::this_thread::sleep_for(5ms);
  }
  stop = true;
  EXPECT_TRUE(first.is_closed_now() && later.is_closed_now());
  EXPECT_GE(Steady::now() - began, 250ms);
  EXPECT_LT(Steady::now() - began, at_once);
}

TEST_F(ServerStressTest, CutsOffASilentConnectionAndAnIdleOne) {
  start({.idle = 200ms, .request = 100ms});
  Client silent = client();
  Client idle = client();
  ASSERT_TRUE(idle.get("/metrics"));
  EXPECT_TRUE(silent.is_closed_in_time());
  EXPECT_TRUE(idle.is_closed_in_time());
}

TEST_F(ServerStressTest, AnIdleConnectionOutlivesTheRequestLimit) {
  start({.idle = 60s, .request = 100ms});
  Client kept = client();
  ASSERT_TRUE(kept.get("/metrics"));
  EXPECT_TRUE(client().is_closed_in_time());  // a silent one, so that the limit has passed
  EXPECT_TRUE(kept.get("/metrics"));
}

TEST_F(ServerStressTest, CutsOffAClientThatDoesNotRead) {
  start({.request = 300ms});
  Client deaf = client(4096);
  ASSERT_TRUE(deaf.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_LT(slowest_scrape(20), at_once);
  EXPECT_TRUE(heard(200, 21));  // 20 scrapes and the one that was given up
  EXPECT_FALSE(deaf.receive());

  Client piper = client(4096);  // asks without end and reads nothing
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  const auto give_up = Steady::now() + patience;
  while (piper.send_some(request) >= 0 && Steady::now() < give_up) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_LT(Steady::now(), give_up);
}

TEST_F(ServerStressTest, StopsAtOnceWithAThousandConnections) {
  start({.request = 60s});
  auto silent = clients(900);
  auto slow = clients(99);
  for (Client& c : slow) ASSERT_TRUE(c.send("GET /metr"));
  Client deaf = client(4096);
  ASSERT_TRUE(deaf.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
  ASSERT_TRUE(client().get("/metrics"));
  const auto began = Steady::now();
  server_.reset();
  EXPECT_LT(Steady::now() - began, 1s);
  EXPECT_TRUE(silent.back().is_closed_in_time());
}

TEST_F(ServerStressTest, LeaksNoDescriptor) {
  const auto without = open_descriptors();
  start();
  ASSERT_TRUE(client().get("/metrics"));
  const auto with = open_descriptors();
  for (int i = 0; i < 1000; ++i) {
    Client c = client();
    if (i % 4 == 0) continue;  // leaves at once
    if (i % 4 == 1) {
      ASSERT_TRUE(c.get("/metrics"));
    }
    if (i % 4 == 2) {
      ASSERT_TRUE(c.send("GET /me"));
    }
    if (i % 4 == 3) c.send("\r\nnonsense\r\n\r\n");
  }
  const auto give_up = Steady::now() + patience;
  while (open_descriptors() > with && Steady::now() < give_up) std::this_thread::sleep_for(5ms);
  EXPECT_LE(open_descriptors(), with);
  server_.reset();
  EXPECT_EQ(open_descriptors(), without);
}

// Lowers the soft limit of open descriptors while it lives.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{count, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_F(ServerStressTest, GoesOnWhenDescriptorsRunOut) {
  start({.request = 60s});
  auto waiting = clients(20);
  ASSERT_TRUE(client().get("/metrics"));
  auto few = std::make_unique<FewDescriptors>(256);
  std::vector<Descriptor> hoard;
  for (Descriptor next(::dup(0)); next; next = Descriptor(::dup(0))) {
    hoard.push_back(std::move(next));
  }
  ASSERT_FALSE(hoard.empty());
  hoard.pop_back();  // for the client's own end
  Client starved = client();
  ASSERT_TRUE(starved.is_connected());
  const auto answer = starved.get("/metrics");  // one of the waiting has made room
  few.reset();                                  // the sanitizers' own checks need descriptors
  EXPECT_TRUE(answer && answer->status == 200);
  EXPECT_THAT(log(), Contains(HasSubstr("cannot accept a connection: Too many open files")));
}

}  // namespace
}  // namespace upslink::web::testing
