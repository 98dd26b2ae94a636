// SPDX-License-Identifier: Apache-2.0
// One request over TLS to a server of our own, as a client that verifies nothing and has no
// certificate. Any thread; it waits.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace upslink::web {

struct TlsExchange {
  std::string received{};          ///< the first piece of the answer; empty if there was none
  std::string why{};               ///< there was none
  bool wants_certificate = false;  ///< the server has asked for one
};

/// Makes a handshake on the connected, non-blocking `socket`, sends `request` and returns the first
/// piece of what comes back.
TlsExchange exchange_over_tls(int socket, std::string_view request,
                              std::chrono::steady_clock::time_point deadline);

}  // namespace upslink::web
