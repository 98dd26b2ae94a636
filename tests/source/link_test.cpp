// SPDX-License-Identifier: Apache-2.0
// Real links: a device path on a pty, and TCP on loopback.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pty.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include "source/smart/address.hpp"
#include "source/smart/device_link.hpp"
#include "source/smart/link_problem.hpp"
#include "source/smart/tcp_link.hpp"

namespace upslink::smart {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Kind = SourceProblem::Kind;

const Log quiet = [](auto, auto&, auto&) {};

/// Both ends of a pty; the slave's path is where a link opens it.
struct Pty {
  Pty() {
    std::array<char, 64> name{};
    EXPECT_EQ(::openpty(&master, &slave, name.data(), nullptr, nullptr), 0);
    path = name.data();
  }
  ~Pty() { close_all(); }
  void close_all() {
    if (master >= 0) ::close(master);
    if (slave >= 0) ::close(slave);
    master = slave = -1;
  }
  int master = -1;
  int slave = -1;
  std::string path;
};

std::string receive_text(Link& link, Duration limit = 5s) {
  std::array<char, 64> buffer{};
  const auto received = link.receive(buffer, link.now() + limit);
  return {buffer.data(), received.count};
}

TEST(DeviceLinkTest, SetsTheLineBeforeAnythingElse) {
  Pty pty;
  const Interrupt interrupt;
  DeviceLink link(pty.path, interrupt, quiet);
  ASSERT_FALSE(link.open());
  termios line{};
  ASSERT_EQ(::tcgetattr(pty.slave, &line), 0);
  EXPECT_EQ(line.c_lflag & (ECHO | ICANON | ISIG), 0U);
  EXPECT_EQ(line.c_iflag & (IXON | IXOFF | ICRNL | INLCR), 0U);
  EXPECT_EQ(line.c_iflag & (INPCK | IGNPAR | PARMRK), static_cast<tcflag_t>(INPCK));
  EXPECT_EQ(line.c_oflag & OPOST, 0U);
  EXPECT_EQ(line.c_cflag & (CSTOPB | PARENB | CRTSCTS), 0U);
  EXPECT_EQ(line.c_cflag & CSIZE, static_cast<tcflag_t>(CS8));
  EXPECT_EQ(::cfgetispeed(&line), static_cast<speed_t>(B2400));
  EXPECT_EQ(::cfgetospeed(&line), static_cast<speed_t>(B2400));
}

TEST(DeviceLinkTest, CarriesBytesBothWaysUnchanged) {
  Pty pty;
  const Interrupt interrupt;
  DeviceLink link(pty.path, interrupt, quiet);
  ASSERT_FALSE(link.open());
  EXPECT_TRUE(link.send('\x1a'));
  char byte = 0;
  ASSERT_EQ(::read(pty.master, &byte, 1), 1);
  EXPECT_EQ(byte, '\x1a');
  const std::string_view all("\x01\x03\x0d\x0a\x11\x13\x7f\xff\x00z", 10);
  ASSERT_EQ(::write(pty.master, all.data(), all.size()), 10);
  EXPECT_EQ(receive_text(link), all);
}

TEST(DeviceLinkTest, DropsWhatWasThereBefore) {
  Pty pty;
  ASSERT_EQ(::write(pty.master, "old\n", 4), 4);
  const Interrupt interrupt;
  DeviceLink link(pty.path, interrupt, quiet);
  ASSERT_FALSE(link.open());
  EXPECT_EQ(receive_text(link, 0s), "");
}

TEST(DeviceLinkTest, IsExclusive) {
  Pty pty;
  const Interrupt interrupt;
  DeviceLink first(pty.path, interrupt, quiet);
  DeviceLink second(pty.path, interrupt, quiet);
  ASSERT_FALSE(first.open());
  const auto problem = second.open();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->kind, Kind::busy);
  EXPECT_THAT(problem->sentence, HasSubstr(pty.path + " is in use"));
  first.close();
  EXPECT_FALSE(second.open());
}

/// A process of its own that has the pty open and locked, until it is told to end.
struct OtherReader {
  explicit OtherReader(const std::string& path) {
    EXPECT_EQ(::pipe(ready.data()), 0);
    EXPECT_EQ(::pipe(end.data()), 0);
    child = ::fork();
    if (child == 0) {
      const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY);
      char byte = ::flock(fd, LOCK_EX | LOCK_NB) == 0 ? 'y' : 'n';
      if (::write(ready[1], &byte, 1) == 1) ::close(end[1]);
      [[maybe_unused]] const auto ended = ::read(end[0], &byte, 1);
      ::_exit(0);
    }
    char byte = 0;
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'y');
  }
  ~OtherReader() {
    for (const int fd : {ready[0], ready[1], end[0], end[1]}) ::close(fd);
    ::waitpid(child, nullptr, 0);
  }
  std::array<int, 2> ready{};
  std::array<int, 2> end{};
  pid_t child = -1;
};

TEST(DeviceLinkTest, LeavesALineAsItIsThatSomebodyElseReads) {
  Pty pty;
  termios before{};
  ASSERT_EQ(::tcgetattr(pty.slave, &before), 0);
  const Interrupt interrupt;
  DeviceLink link(pty.path, interrupt, quiet);
  {
    const OtherReader other(pty.path);
    EXPECT_TRUE(is_locked(pty.path));
    EXPECT_THAT(holder_of(pty.path), HasSubstr("(pid " + std::to_string(other.child) + ")"));
    const auto problem = link.open();
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->kind, Kind::busy);
    termios now{};
    ASSERT_EQ(::tcgetattr(pty.slave, &now), 0);
    EXPECT_EQ(now.c_lflag, before.c_lflag);
    EXPECT_EQ(::cfgetospeed(&now), ::cfgetospeed(&before));
  }
  EXPECT_FALSE(is_locked(pty.path));
  EXPECT_EQ(holder_of(pty.path), "");
  EXPECT_FALSE(link.open());
}

TEST(DeviceLinkTest, SaysWhenItsOtherEndIsGone) {
  Pty pty;
  const Interrupt interrupt;
  DeviceLink link(pty.path, interrupt, quiet);
  ASSERT_FALSE(link.open());
  EXPECT_FALSE(link.replaced());
  pty.close_all();
  std::array<char, 8> buffer{};
  EXPECT_EQ(link.receive(buffer, link.now() + 5s).what, Arrival::gone);
  EXPECT_FALSE(link.send('Y'));
  EXPECT_TRUE(link.replaced());
}

TEST(DeviceLinkTest, AnInterruptEndsAWait) {
  Pty pty;
  const Interrupt interrupt;
  DeviceLink link(pty.path, interrupt, quiet);
  ASSERT_FALSE(link.open());
  interrupt.raise();
  std::array<char, 8> buffer{};
  EXPECT_EQ(link.receive(buffer, link.now() + 1h).what, Arrival::interrupted);
}

TEST(DeviceLinkTest, RestsThroughBytesUntilThenOrTheInterrupt) {
  Pty pty;
  const Interrupt interrupt;
  DeviceLink link(pty.path, interrupt, quiet);
  ASSERT_FALSE(link.open());
  ASSERT_EQ(::write(pty.master, "x", 1), 1);
  const auto until = link.now() + 20ms;
  link.rest(until);
  EXPECT_GE(link.now(), until);
  EXPECT_EQ(receive_text(link), "x");
  interrupt.raise();
  link.rest(link.now() + 1h);
}

TEST(DeviceLinkTest, NamesWhatIsWrong) {
  const Interrupt interrupt;
  EXPECT_EQ(DeviceLink("/dev/no-such-port", interrupt, quiet).open()->kind, Kind::absent);
  EXPECT_THAT(DeviceLink("/dev/null", interrupt, quiet).open()->sentence,
              HasSubstr("is not a serial line"));
  EXPECT_THAT(DeviceLink("/etc/hostname", interrupt, quiet).open()->sentence,
              HasSubstr("is not a serial line"));
}

/// A listening socket on loopback at a port of the kernel's choice.
struct Listener {
  Listener() {
    fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(fd, generic, sizeof address), 0);
    EXPECT_EQ(::listen(fd, 4), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd, generic, &size), 0);
    url = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~Listener() { ::close(fd); }
  int fd;
  std::string url;
};

TEST(TcpLinkTest, CarriesBytesBothWays) {
  const Listener server;
  const Interrupt interrupt;
  TcpLink link(server.url, interrupt, quiet);
  ASSERT_FALSE(link.open());
  const int peer = ::accept(server.fd, nullptr, nullptr);
  EXPECT_TRUE(link.send('Q'));
  char byte = 0;
  EXPECT_EQ(::recv(peer, &byte, 1, 0), 1);
  EXPECT_EQ(byte, 'Q');
  EXPECT_EQ(::send(peer, "08\r\n", 4, 0), 4);
  EXPECT_EQ(receive_text(link), "08\r\n");
  ::close(peer);
  std::array<char, 8> buffer{};
  EXPECT_EQ(link.receive(buffer, link.now() + 5s).what, Arrival::gone);
}

TEST(TcpLinkTest, SaysThatNobodyListens) {
  std::string url;
  { url = Listener().url; }
  const Interrupt interrupt;
  const auto problem = TcpLink(url, interrupt, quiet).open();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->kind, Kind::refused);
  EXPECT_THAT(problem->sentence, HasSubstr("refuses the connection"));
}

}  // namespace
}  // namespace upslink::smart
