// SPDX-License-Identifier: Apache-2.0
// Signals: the ones that end the program, as something that main waits for.
//
//   Signals signals;        // first of all: threads that start later inherit the blocking
//   ... build everything ...
//   signals.wait();         // and leave scope: destruction is the reverse of construction
//
// While it lives SIGTERM and SIGINT are blocked in the thread that made it (and its later threads),
// and SIGHUP and SIGPIPE are ignored. Make, wait on and destroy it in one thread.
#pragma once

#include <signal.h>  // NOLINT(modernize-deprecated-headers): csignal has no sigset_t

#include <chrono>
#include <optional>

namespace upslink::app {

class Signals {
 public:
  Signals();
  /// Restores what was before. A signal that came meanwhile and that nobody waited for is dropped:
  /// the program is ending already.
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Blocks until SIGTERM or SIGINT comes, or came since the construction; returns which.
  int wait() const;

  /// The same, but gives up after `patience`.
  std::optional<int> wait_for(std::chrono::nanoseconds patience) const;

 private:
  sigset_t ending_{};
  sigset_t mask_before_{};
  struct sigaction hangup_before_ {};
  struct sigaction pipe_before_ {};
};

}  // namespace upslink::app
