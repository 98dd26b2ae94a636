// SPDX-License-Identifier: Apache-2.0
#include "source/smart/tcp_link.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <system_error>

#include "source/smart/address.hpp"

namespace upslink::smart {

namespace {

using Kind = SourceProblem::Kind;
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// Connects within the limit. The descriptor, or minus an errno.
int connect_to(const addrinfo& address, const Interrupt& interrupt, TimePoint limit) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  int error = ::connect(fd, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    socklen_t size = sizeof error;
    if (wait_for(fd, POLLOUT, interrupt, limit) == 0) {
      error = ETIMEDOUT;
    } else {
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
  }
  if (error == 0) return fd;
  ::close(fd);
  return -error;
}

/// One byte at a time must not wait for more, and a dead peer must be noticed.
void tune(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  const unsigned patience = 5000;  // ms
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

SourceProblem connect_problem(const std::string& address, int error) {
  if (error == ECONNREFUSED) {
    return {Kind::refused,
            address + " refuses the connection; start the terminal server or correct the port"};
  }
  return {Kind::unusable, "cannot connect to " + address + ": " +
                              std::generic_category().message(error) +
                              "; check the address and the network"};
}

}  // namespace

std::optional<SourceProblem> TcpLink::open() {
  using namespace std::chrono_literals;
  close();
  const auto parts = split_tcp_address(target());
  if (!parts) return SourceProblem{Kind::unusable, target() + " is not tcp://HOST:PORT"};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int failed = ::getaddrinfo(parts->host.c_str(), parts->port.c_str(), &hints, &found);
      failed != 0) {
    return SourceProblem{Kind::unusable, "cannot find the host of " + target() + ": " +
                                             ::gai_strerror(failed) + "; check the name"};
  }
  const Addresses addresses(found, &::freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* a = addresses.get(); a != nullptr && !interrupt().raised(); a = a->ai_next) {
    const int fd = connect_to(*a, interrupt(), Clock::now() + 3s);
    if (fd >= 0) {
      tune(fd);
      adopt(fd);
      return std::nullopt;
    }
    error = -fd;
  }
  return connect_problem(target(), error);
}

}  // namespace upslink::smart
