// SPDX-License-Identifier: Apache-2.0
#include "app/signals.hpp"

#include <algorithm>
#include <cerrno>

namespace upslink::app {

Signals::Signals() {
  ::sigemptyset(&ending_);
  ::sigaddset(&ending_, SIGTERM);
  ::sigaddset(&ending_, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ending_, &mask_before_);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGHUP, &ignore, &hangup_before_);
  ::sigaction(SIGPIPE, &ignore, &pipe_before_);
}

Signals::~Signals() {
  while (wait_for(std::chrono::nanoseconds(0))) {
  }
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
  ::sigaction(SIGHUP, &hangup_before_, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

int Signals::wait() const {
  for (;;) {
    const int signal = ::sigwaitinfo(&ending_, nullptr);
    if (signal > 0) return signal;
  }
}

std::optional<int> Signals::wait_for(std::chrono::nanoseconds patience) const {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left = std::max(end - std::chrono::steady_clock::now(), std::chrono::nanoseconds(0));
    const auto whole = std::chrono::floor<std::chrono::seconds>(left);
    const timespec limit{.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
    const int signal = ::sigtimedwait(&ending_, nullptr, &limit);
    if (signal > 0) return signal;
    if (errno != EINTR) return std::nullopt;
  }
}

}  // namespace upslink::app
