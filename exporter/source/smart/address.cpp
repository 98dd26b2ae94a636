// SPDX-License-Identifier: Apache-2.0
#include "source/smart/address.hpp"

#include <charconv>

#include "source/smart/tcp_link.hpp"
#include "source/smart/tty_link.hpp"

namespace upslink::smart {

namespace {

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

Error<std::string> bad(std::string_view address, std::string_view what) {
  return Error{"bad address " + std::string(address) + ": " + std::string(what) +
               "; write tcp://HOST:PORT, for example tcp://terminal-server:4001"};
}

/// A real port by its name even while it is unplugged: its kind must not depend on the moment.
bool looks_like_serial_port(const std::string& path) {
  return path.starts_with("/dev/tty") || path.starts_with("/dev/serial/") || is_serial_port(path);
}

}  // namespace

Result<TcpAddress, std::string> parse_tcp_address(std::string_view address) {
  std::string_view rest = address;
  if (!rest.starts_with(tcp_scheme)) return bad(address, "it does not start with tcp://");
  rest.remove_prefix(tcp_scheme.size());
  TcpAddress parts;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return bad(address, "the bracket is not closed");
    parts.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    const auto colon = rest.rfind(':');
    parts.host = rest.substr(0, colon);
    rest.remove_prefix(std::min(colon, rest.size()));
    if (parts.host.find(':') != std::string::npos) {
      return bad(address, "an IPv6 address needs brackets, as in tcp://[::1]:4001");
    }
  }
  if (parts.host.empty()) return bad(address, "the host is missing");
  if (!rest.starts_with(':')) return bad(address, "the port is missing");
  rest.remove_prefix(1);
  if (!is_port(rest)) return bad(address, "the port is not a number from 1 to 65535");
  parts.port = rest;
  return parts;
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
