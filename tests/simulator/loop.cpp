// SPDX-License-Identifier: Apache-2.0
#include "loop.hpp"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace upslink::simulator {
namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

int block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  checked(sigprocmask(SIG_BLOCK, &signals, nullptr), "sigprocmask");
  return checked(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
}

}  // namespace

void FileDescriptor::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Loop::Loop()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(
          checked(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")),
      signals_(block_signals()) {
  watch(signals_.get(), false, [this] { stop(); });
  watch(timer_.get(), false, [this] {
    std::uint64_t expirations = 0;
    if (::read(timer_.get(), &expirations, sizeof expirations) < 0) return;
    alarm_ = never;
    if (on_alarm_) on_alarm_();
  });
}

void Loop::watch(int fd, bool edge, Callback callback) {
  callbacks_[fd] = std::make_shared<Callback>(std::move(callback));
  epoll_event event{};
  event.events = EPOLLIN | (edge ? static_cast<std::uint32_t>(EPOLLET) : 0U);
  event.data.fd = fd;
  checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void Loop::unwatch(int fd) {
  if (callbacks_.erase(fd) > 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Loop::set_alarm(Time time) {
  if (time == alarm_) return;
  alarm_ = time;
  itimerspec spec{};
  if (time != never) {
    const auto since_boot = std::max<std::int64_t>(1, nanoseconds(time));
    spec.it_value.tv_sec = static_cast<time_t>(since_boot / 1'000'000'000);
    spec.it_value.tv_nsec = static_cast<long>(since_boot % 1'000'000'000);
  }
  checked(timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr), "timerfd_settime");
}

void Loop::run() {
  std::array<epoll_event, 64> events{};
  while (!stopped_) {
    const int ready = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    if (ready < 0 && errno != EINTR) checked(ready, "epoll_wait");
    for (int at = 0; at < ready; ++at) {
      const auto found = callbacks_.find(events[static_cast<std::size_t>(at)].data.fd);
      if (found == callbacks_.end()) continue;  // unwatched by a callback before it
      const auto callback = found->second;
      (*callback)();
    }
    if (on_idle_) on_idle_();
  }
}

}  // namespace upslink::simulator
