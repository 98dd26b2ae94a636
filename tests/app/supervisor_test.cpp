// SPDX-License-Identifier: Apache-2.0
#include "app/supervisor.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

namespace upslink::app {
namespace {

using namespace std::chrono_literals;

/// A supervisor that listens on a socket of its own.
class SupervisorTest : public ::testing::Test {
 protected:
  SupervisorTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    std::string name = (std::filesystem::temp_directory_path() / "upslink-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    for (const char* variable : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
      ::unsetenv(variable);
    }
  }
  ~SupervisorTest() override {
    ::close(socket_);
    std::filesystem::remove_all(folder_);
  }

  /// A leading '@' stands for a zero.
  void listen(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    ASSERT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }

  std::string heard() const {
    std::array<char, 256> text{};
    const ssize_t got = ::recv(socket_, text.data(), text.size(), 0);
    return got < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(got));
  }

  int socket_;
  std::filesystem::path folder_;
};

TEST_F(SupervisorTest, hears_what_happens) {
  listen((folder_ / "notify").string());
  const Supervisor supervisor;
  supervisor.ready("Reading 2 UPSes");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=Reading 2 UPSes");
  supervisor.reloading();
  EXPECT_TRUE(heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  supervisor.alive();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  supervisor.stopping();
  EXPECT_EQ(heard(), "STOPPING=1");
  EXPECT_EQ(heard(), "nothing");
}

TEST_F(SupervisorTest, may_have_a_name_that_is_in_no_file_system) {
  listen("@upslink-test-" + std::to_string(::getpid()));
  const Supervisor supervisor;
  supervisor.alive();
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(SupervisorTest, may_be_absent) {
  const Supervisor none;
  none.ready("");
  EXPECT_FALSE(none.watchdog());
  ::setenv("NOTIFY_SOCKET", (folder_ / "gone").c_str(), 1);
  const Supervisor gone;
  gone.ready("");
  ::setenv("NOTIFY_SOCKET", std::string(200, 'x').c_str(), 1);
  const Supervisor impossible;
  impossible.ready("");
}

TEST_F(SupervisorTest, leaves_nothing_for_children) {
  ::setenv("NOTIFY_SOCKET", "/nowhere", 1);
  ::setenv("WATCHDOG_USEC", "1000000", 1);
  const Supervisor supervisor;
  EXPECT_EQ(::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_EQ(::getenv("WATCHDOG_USEC"), nullptr);
}

TEST_F(SupervisorTest, says_how_often_it_wants_to_hear) {
  struct Row {
    std::string microseconds;
    std::string process;
    std::optional<Duration> expected;
  };
  const std::string me = std::to_string(::getpid());
  for (const Row& row :
       {Row{"30000000", me, 30s}, Row{"30000000", "", 30s}, Row{"30000000", "1", std::nullopt},
        Row{"", me, std::nullopt}, Row{"0", me, std::nullopt}, Row{"soon", me, std::nullopt}}) {
    ::setenv("WATCHDOG_USEC", row.microseconds.c_str(), 1);
    ::setenv("WATCHDOG_PID", row.process.c_str(), 1);
    EXPECT_EQ(Supervisor().watchdog(), row.expected) << row.microseconds << " " << row.process;
  }
}

}  // namespace
}  // namespace upslink::app
