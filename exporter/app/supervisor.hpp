// SPDX-License-Identifier: Apache-2.0
// Supervisor: what the program tells whoever supervises it (systemd, or another that speaks
// sd_notify's protocol: lines in a datagram to $NOTIFY_SOCKET). Without a supervisor nothing is
// told. The environment says who that is; main's thread makes it before there are others, which is
// when the environment may be changed, and is the only one to use it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/value.hpp"

namespace upslink::app {

class Supervisor {
 public:
  /// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that no child
  /// inherits them.
  Supervisor();

  /// The program serves, from now on or again; `status` is a sentence for the operator.
  void ready(std::string_view status) const;
  void reloading() const;
  void stopping() const;

  /// Within how long the supervisor wants to hear alive(); nothing if it does not ask.
  std::optional<Duration> watchdog() const { return watchdog_; }
  void alive() const;

 private:
  void tell(const std::string& lines) const;

  std::string address_;
  std::optional<Duration> watchdog_;
};

}  // namespace upslink::app
