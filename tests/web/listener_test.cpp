// SPDX-License-Identifier: Apache-2.0
#include "web/listener.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <vector>

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

// In a child process: what inherited_listeners() makes of the sockets that it is started with, as
// lines; they get the numbers from 3 on.
std::string inherited(const std::vector<int>& sockets, bool is_for_it = true,
                      std::optional<std::string> count = {}) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr int out_of_the_way = 100;
    ::dup2(pipe[1], out_of_the_way);
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      ::dup2(sockets[i], out_of_the_way + 1 + static_cast<int>(i));
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      ::dup2(out_of_the_way + 1 + static_cast<int>(i), 3 + static_cast<int>(i));
    }
    ::setenv("LISTEN_PID", std::to_string(::getpid() + (is_for_it ? 0 : 1)).c_str(), 1);
    ::setenv("LISTEN_FDS", count.value_or(std::to_string(sockets.size())).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", "a:b", 1);
    const auto found = inherited_listeners();
    std::string text;
    if (const auto* const why = std::get_if<std::string>(&found)) {
      text = *why;
    } else {
      for (const Listener& listener : std::get<std::vector<Listener>>(found)) {
        const int number = listener.socket.number();
        const bool is_ready = (::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0 &&
                              (::fcntl(number, F_GETFL) & O_NONBLOCK) != 0;
        text +=
            std::to_string(number) + " " + listener.address + (is_ready ? "\n" : " not ready\n");
      }
    }
    for (const char* const name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
      if (::getenv(name) != nullptr) text += std::string(name) + " is left\n";
    }
    const auto written = ::write(out_of_the_way, text.data(), text.size());
    ::_exit(written < 0 ? 1 : 0);
  }
  ::close(pipe[1]);
  std::string text;
  std::array<char, 1024> piece{};
  for (ssize_t count_read = 0; (count_read = ::read(pipe[0], piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(count_read));
  }
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  return text;
}

// A local socket that listens, at an abstract name.
Descriptor local_socket(const std::string& name, int kind = SOCK_STREAM) {
  Descriptor socket(::socket(AF_UNIX, kind, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address.sun_path + 1);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  EXPECT_EQ(::bind(socket.number(), reinterpret_cast<sockaddr*>(&address), length), 0);
  const bool listens = kind != SOCK_STREAM || ::listen(socket.number(), 5) == 0;
  EXPECT_TRUE(listens);
  return socket;
}

TEST(InheritedListeners, AreTakenOverInTheirOrder) {
  const auto tcp = listen_on("127.0.0.1:0");
  const Listener& listener = std::get<Listener>(tcp);
  const std::string name = "listener_test." + std::to_string(::getpid());
  const Descriptor local = local_socket(name);
  EXPECT_EQ(inherited({listener.socket.number(), local.number()}),
            "3 " + listener.address + "\n4 unix:@" + name + "\n");
}

TEST(InheritedListeners, SayWhatIsWrong) {
  const std::string none =
      "systemd has passed no socket; start the socket unit, or leave out --web.systemd-socket";
  const auto tcp = listen_on("127.0.0.1:0");
  const int socket = std::get<Listener>(tcp).socket.number();
  EXPECT_EQ(inherited({socket}, false), none);
  EXPECT_EQ(inherited({}), none);
  EXPECT_EQ(inherited({socket}, true, "x"), none);
  EXPECT_EQ(inherited({socket}, true, "-1"), none);
  const std::string wrong =
      "cannot serve descriptor 4 of systemd: it is no listening stream socket; use ListenStream= "
      "in "
      "the socket unit";
  const Descriptor datagrams = local_socket("d." + std::to_string(::getpid()), SOCK_DGRAM);
  EXPECT_EQ(inherited({socket, datagrams.number()}), wrong);
  const Descriptor idle(::socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_EQ(inherited({socket, idle.number()}), wrong);
  const Descriptor file(::open("/dev/null", O_RDONLY));
  EXPECT_EQ(inherited({socket, file.number()}), wrong);
}

}  // namespace
}  // namespace upslink::web
