// SPDX-License-Identifier: Apache-2.0
// What the address of a UPS means: a device path, or tcp://HOST:PORT for a terminal server.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/log.hpp"
#include "source/interrupt.hpp"
#include "source/smart/link.hpp"

namespace upslink::smart {

struct TcpAddress {
  std::string host;  ///< without the brackets of an IPv6 address
  std::string port;
};

inline constexpr std::string_view tcp_scheme = "tcp://";

/// The parts of tcp://HOST:PORT; nothing for an address of another form. Whether host and port are
/// good ones is for the configuration to say; here a bad one only fails to connect.
std::optional<TcpAddress> split_tcp_address(std::string_view address);

/// The link that an address asks for. The address must be a good one (see above); the interrupt
/// must outlive the link.
std::unique_ptr<Link> make_link(const std::string& address, const Interrupt& interrupt, Log log);

}  // namespace upslink::smart
