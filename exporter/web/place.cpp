// SPDX-License-Identifier: Apache-2.0
#include "web/place.hpp"

#include <sys/socket.h>

#include <charconv>
#include <cstdint>

namespace upslink::web {
namespace {

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::variant<Place, std::string> place_of(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos || address.ends_with(']')) {
    return "the port is missing; write HOST:PORT, such as :12400, 127.0.0.1:12400 or [::1]:12400";
  }
  std::string_view host = address.substr(0, colon);
  const std::string_view port = address.substr(colon + 1);
  const bool has_brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (!has_brackets && host.find_first_of(":[]") != std::string_view::npos) {
    return "an IPv6 address is written in brackets, such as [::1]:12400";
  }
  if (!is_port(port)) {
    return "\"" + std::string(port) +
           "\" is no port; write a number from 0 to 65535 after the colon";
  }
  return Place{std::string(host), std::string(port)};
}

Addresses look_up(const Place& place, int family, int flags, int& error) {
  const bool is_numeric = place.host.find_first_not_of("0123456789.") == std::string::npos ||
                          place.host.find(':') != std::string::npos;
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV | (is_numeric ? AI_NUMERICHOST : 0);
  addrinfo* found = nullptr;
  error = ::getaddrinfo(place.host.empty() ? nullptr : place.host.c_str(), place.port.c_str(),
                        &hints, &found);
  return {error == 0 ? found : nullptr, &::freeaddrinfo};
}

}  // namespace upslink::web
