// SPDX-License-Identifier: Apache-2.0
#include "source/smart/stream_link.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "model/timespec.hpp"

namespace upslink::smart {

short wait_for(int descriptor, short events, const Interrupt& interrupt, TimePoint until) {
  std::array<pollfd, 2> waiting{{{descriptor, events, 0}, {interrupt.descriptor(), POLLIN, 0}}};
  for (;;) {
    const auto left = std::max(until - Clock::now(), Duration::zero());
    const auto limit = timespec_of(left);  // ppoll: finer than 1 ms
    const int ready = ::ppoll(waiting.data(), waiting.size(), &limit, nullptr);
    if (ready >= 0) return waiting[0].revents;
    if (errno != EINTR) return POLLERR;
  }
}

void StreamLink::adopt(int descriptor) {
  fd_ = descriptor;
  ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

void StreamLink::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool StreamLink::transmit(char byte) {
  if (fd_ < 0) return false;
  const auto limit = Clock::now() + std::chrono::seconds(1);
  for (;;) {
    const auto written = ::write(fd_, &byte, 1);
    if (written == 1) return true;
    if (errno == EINTR) continue;
    if (errno != EAGAIN || Clock::now() >= limit) return false;
    if ((wait_for(fd_, POLLOUT, interrupt_, limit) & (POLLERR | POLLHUP)) != 0) return false;
    if (interrupt_.raised()) return false;
  }
}

Received StreamLink::receive(std::span<char> buffer, TimePoint until) {
  if (fd_ < 0) return {Arrival::gone};
  for (;;) {
    const short events = wait_for(fd_, POLLIN, interrupt_, until);
    if (events == 0) return {interrupt_.raised() ? Arrival::interrupted : Arrival::nothing};
    const auto count = ::read(fd_, buffer.data(), buffer.size());
    if (count > 0) return {Arrival::bytes, static_cast<std::size_t>(count)};
    // A terminal that hung up reads as end of file, a pty whose other end is closed as EIO.
    if (count == 0 || (errno != EINTR && errno != EAGAIN)) return {Arrival::gone};
    if (Clock::now() >= until) return {Arrival::nothing};
  }
}

void StreamLink::rest(TimePoint until) {
  wait_for(-1, 0, interrupt_, until);
}

bool StreamLink::await_return(TimePoint until) {
  rest(until);
  return false;
}

}  // namespace upslink::smart
