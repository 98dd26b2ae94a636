// SPDX-License-Identifier: Apache-2.0
// Signals: what the operator says to the program (end, or read the configuration again), as
// something that main waits for.
//
//   Signals signals;        // first of all: threads that start later inherit the blocking
//   ... build everything ...
//   signals.wait_for(1s);   // and leave scope: destruction is the reverse of construction
//
// While it lives SIGTERM, SIGINT and SIGHUP are blocked in the thread that made it (and its later
// threads), and SIGPIPE is ignored. Make, wait on and destroy it in one thread.
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

  /// Blocks until one of them comes, or came since the construction; returns which. Several SIGHUP
  /// that nobody has waited for are one. Nothing after `patience`, which may be
  /// nanoseconds::max().
  std::optional<int> wait_for(std::chrono::nanoseconds patience) const;

  /// Has wait_for() return SIGHUP. Any thread.
  static void raise_hangup();

 private:
  sigset_t awaited_{};
  sigset_t mask_before_{};
  struct sigaction pipe_before_ {};
};

}  // namespace upslink::app
