// SPDX-License-Identifier: Apache-2.0
#include "app/signals.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "model/timespec.hpp"

namespace upslink::app {

Signals::Signals() {
  ::sigemptyset(&awaited_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&awaited_, signal);
  ::pthread_sigmask(SIG_BLOCK, &awaited_, &mask_before_);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &pipe_before_);
}

Signals::~Signals() {
  while (wait_for(std::chrono::nanoseconds(0))) {
  }
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

std::optional<int> Signals::wait_for(std::chrono::nanoseconds patience) const {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const bool for_ever = patience >= Clock::time_point::max() - start;
  const auto end = for_ever ? Clock::time_point::max() : start + patience;
  for (;;) {
    const auto limit = timespec_of(std::max(end - Clock::now(), std::chrono::nanoseconds(0)));
    const int signal = ::sigtimedwait(&awaited_, nullptr, &limit);
    if (signal > 0) return signal;
    if (errno != EINTR) return std::nullopt;
  }
}

void Signals::raise_hangup() {
  ::kill(::getpid(), SIGHUP);  // blocked in every thread, so that it waits for wait_for()
}

}  // namespace upslink::app
