// SPDX-License-Identifier: Apache-2.0
// Listener: one listening socket. listen_on() opens it at the start, inherited_listeners() takes
// over what systemd has opened; whoever holds the Listener then owns the socket.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "web/descriptor.hpp"

namespace upslink::web {

struct Listener {
  Descriptor socket;  ///< non-blocking, closed on exec
  std::string
      address;  ///< what it really listens on: "127.0.0.1:12400", "[::]:12400", "unix:/path"
};

/// Listens on `address`: "HOST:PORT", "[IPV6]:PORT", or ":PORT" for every address of the machine
/// (IPv4 and IPv6; IPv4 alone if the kernel has no IPv6). "[::]:PORT" is ":PORT" without that way
/// out. HOST may be a name: the first address that it resolves to counts, IPv4 before IPv6. Port 0
/// has the kernel choose. On failure a sentence that names the address and says what to do.
std::variant<Listener, std::string> listen_on(std::string_view address);

/// The sockets that systemd listens on for this process (sd_listen_fds(3)): TCP and local stream
/// sockets, in the order of its socket unit. A sentence if there are none or one cannot be served.
/// Call it once, before any thread starts, for it changes the environment.
std::variant<std::vector<Listener>, std::string> inherited_listeners();

}  // namespace upslink::web
