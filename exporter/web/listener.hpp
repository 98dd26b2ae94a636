// SPDX-License-Identifier: Apache-2.0
// Listener: one listening socket. listen_on() opens it at the start, on any thread; whoever holds
// the Listener then owns the socket.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "web/descriptor.hpp"

namespace upslink::web {

struct Listener {
  Descriptor socket;    ///< non-blocking, closed on exec
  std::string address;  ///< what it really listens on: "127.0.0.1:12400" or "[::]:12400"
};

/// Listens on `address`: "HOST:PORT", "[IPV6]:PORT", or ":PORT" for every address of the machine
/// (IPv4 and IPv6; IPv4 alone if the kernel has no IPv6). "[::]:PORT" is ":PORT" without that way
/// out. HOST may be a name: the first address that it resolves to counts, IPv4 before IPv6. Port 0
/// has the kernel choose. On failure a sentence that names the address and says what to do.
std::variant<Listener, std::string> listen_on(std::string_view address);

}  // namespace upslink::web
