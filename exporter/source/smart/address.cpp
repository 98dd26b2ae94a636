// SPDX-License-Identifier: Apache-2.0
#include "source/smart/address.hpp"

#include "source/smart/tcp_link.hpp"
#include "source/smart/tty_link.hpp"

namespace upslink::smart {

namespace {

/// A real port by its name even while it is unplugged: its kind must not depend on the moment.
bool looks_like_serial_port(const std::string& path) {
  return path.starts_with("/dev/tty") || path.starts_with("/dev/serial/") || is_serial_port(path);
}

}  // namespace

std::optional<TcpAddress> split_tcp_address(std::string_view address) {
  if (!address.starts_with(tcp_scheme)) return std::nullopt;
  address.remove_prefix(tcp_scheme.size());
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return TcpAddress{std::string(host), std::string(address.substr(colon + 1))};
}

std::unique_ptr<Link> make_link(const std::string& address, const Interrupt& interrupt, Log log) {
  if (address.starts_with(tcp_scheme)) {
    return std::make_unique<TcpLink>(address, interrupt, std::move(log));
  }
  if (looks_like_serial_port(address)) {
    return std::make_unique<TtyLink>(address, interrupt, std::move(log));
  }
  return std::make_unique<DeviceLink>(address, interrupt, std::move(log));
}

}  // namespace upslink::smart
