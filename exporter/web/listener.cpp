// SPDX-License-Identifier: Apache-2.0
// From "HOST:PORT" to a listening socket, with a sentence for everything that can go wrong.
#include "web/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <system_error>

namespace upslink::web {
namespace {

constexpr std::string_view flag_hint = "choose another with --web.listen-address";

struct Place {
  std::string host;  // empty for every address
  std::string port;
};

std::string refusal(std::string_view address, std::string_view why) {
  return "cannot listen on " + std::string(address) + ": " + std::string(why);
}

std::optional<std::uint16_t> port_number(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return port;
}

// Splits `address`, or says what is wrong with it.
std::variant<Place, std::string> place_of(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos || address.ends_with(']')) {
    return refusal(address,
                   "the port is missing; write HOST:PORT, such as :12400, 127.0.0.1:12400 or "
                   "[::1]:12400");
  }
  std::string_view host = address.substr(0, colon);
  const std::string_view port = address.substr(colon + 1);
  const bool has_brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (!has_brackets && host.find_first_of(":[]") != std::string_view::npos) {
    return refusal(address, "an IPv6 address is written in brackets, such as [::1]:12400");
  }
  if (!port_number(port)) {
    return refusal(address, "\"" + std::string(port) +
                                "\" is no port; write a number from 0 to 65535 after the colon");
  }
  return Place{std::string(host), std::string(port)};
}

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// Looks `place` up. What consists of digits and dots, or has a colon, is never asked of a resolver.
Addresses look_up(const Place& place, int family, int& error) {
  const bool is_numeric = place.host.find_first_not_of("0123456789.") == std::string::npos ||
                          place.host.find(':') != std::string::npos;
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | (is_numeric ? AI_NUMERICHOST : 0);
  addrinfo* found = nullptr;
  error = ::getaddrinfo(place.host.empty() ? nullptr : place.host.c_str(), place.port.c_str(),
                        &hints, &found);
  return {error == 0 ? found : nullptr, &::freeaddrinfo};
}

const addrinfo* ipv4_first(const addrinfo* list) {
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family == AF_INET) return entry;
  }
  return list;
}

// "HOST:PORT" of a bound socket; empty if the kernel does not say.
std::string bound_address(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getsockname(socket, name, &length) != 0 ||
      ::getnameinfo(name, length, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return {};
  }
  const bool is_v6 = address.ss_family == AF_INET6;
  return (is_v6 ? "[" : "") + std::string(host.data()) + (is_v6 ? "]:" : ":") + port.data();
}

std::string why_not(int error, const Place& place) {
  switch (error) {
    case EADDRINUSE:
      return "the port is taken by another program; stop it or " + std::string(flag_hint);
    case EACCES:
      return "this user may not open port " + place.port + "; " + std::string(flag_hint);
    case EADDRNOTAVAIL:
      return "this machine has no address " + place.host + "; " + std::string(flag_hint);
    case EAFNOSUPPORT:
      return "the kernel has no support for this kind of address; " + std::string(flag_hint);
    default:
      return std::generic_category().message(error) + "; " + std::string(flag_hint);
  }
}

// Opens, binds and listens; on failure the error number.
std::variant<Descriptor, int> open_socket(const addrinfo& where) {
  Descriptor socket(::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return errno;
  const int on = 1;
  const int off = 0;
  // SO_REUSEADDR lets a restart bind while old connections are in TIME_WAIT; on Linux it never lets
  // two programs listen on one port. SO_REUSEPORT would, so it stays off.
  if (::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return errno;
  if (where.ai_family == AF_INET6 &&
      ::setsockopt(socket.number(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) {
    return errno;
  }
  if (::bind(socket.number(), where.ai_addr, where.ai_addrlen) != 0) return errno;
  // The longest queue that the kernel grants: a burst of connections waits there, not refused.
  if (::listen(socket.number(), SOMAXCONN) != 0) return errno;
  return socket;
}

}  // namespace

std::variant<Listener, std::string> listen_on(std::string_view address) {
  auto parsed = place_of(address);
  if (auto* const wrong = std::get_if<std::string>(&parsed)) return std::move(*wrong);
  const Place& place = std::get<Place>(parsed);

  // Every address: one dual-stack socket, else (kernel without IPv6) one of IPv4.
  static constexpr std::array every{AF_INET6, AF_INET};
  static constexpr std::array named{AF_UNSPEC};
  const auto families =
      place.host.empty() ? std::span<const int>(every) : std::span<const int>(named);
  int error = EAFNOSUPPORT;
  for (const int family : families) {
    int unresolved = 0;
    const Addresses found = look_up(place, family, unresolved);
    if (!found) {
      if (place.host.empty()) continue;
      return refusal(address, "\"" + place.host + "\" is no IP address and no name known here (" +
                                  ::gai_strerror(unresolved) + "); " + std::string(flag_hint));
    }
    auto opened = open_socket(*ipv4_first(found.get()));
    if (auto* const socket = std::get_if<Descriptor>(&opened)) {
      std::string real = bound_address(socket->number());
      return Listener{std::move(*socket), real.empty() ? std::string(address) : std::move(real)};
    }
    error = std::get<int>(opened);
    const bool lacks_ipv6 = error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
    if (!lacks_ipv6) break;
  }
  return refusal(address, why_not(error, place));
}

}  // namespace upslink::web
