// SPDX-License-Identifier: Apache-2.0
// From "HOST:PORT", or from what systemd passes, to a listening socket, with a sentence for
// everything that can go wrong.
#include "web/listener.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <span>
#include <system_error>

#include "web/place.hpp"

namespace upslink::web {
namespace {

constexpr std::string_view flag_hint = "choose another with --web.listen-address";

std::string refusal(std::string_view address, std::string_view why) {
  return "cannot listen on " + std::string(address) + ": " + std::string(why);
}

const addrinfo* ipv4_first(const addrinfo* list) {
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family == AF_INET) return entry;
  }
  return list;
}

// "unix:PATH", or "unix:@NAME" of an abstract one.
std::string unix_address(const sockaddr_storage& address, socklen_t length) {
  constexpr std::size_t begin = offsetof(sockaddr_un, sun_path);
  const auto* const bytes = reinterpret_cast<const char*>(&address) + begin;
  std::string path(bytes, length > begin ? length - begin : 0);
  if (path.starts_with('\0')) {
    path[0] = '@';
  } else {
    path.resize(std::min(path.find('\0'), path.size()));  // the length may count one at the end
  }
  return "unix:" + path;
}

// "HOST:PORT" or "unix:PATH" of a bound socket; empty if the kernel does not say.
std::string bound_address(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getsockname(socket, name, &length) != 0) return {};
  if (address.ss_family == AF_UNIX) return unix_address(address, length);
  if (::getnameinfo(name, length, host.data(), host.size(), port.data(), port.size(),
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

constexpr int first_inherited = 3;  // SD_LISTEN_FDS_START of sd_listen_fds(3)

// The number in an environment variable, which is removed, so that no child takes it for its own;
// nothing if there is none.
std::optional<int> number_taken_from(const char* variable) {
  const char* const text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): no threads yet
  if (text == nullptr) return {};
  const std::string digits(text);
  ::unsetenv(variable);  // NOLINT(concurrency-mt-unsafe): no threads yet
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return {};
  return number;
}

int option_of(int socket, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

// Takes over a descriptor that listens already.
std::variant<Listener, std::string> adopted(int number) {
  const std::string begins = "cannot serve descriptor " + std::to_string(number) + " of systemd: ";
  Descriptor socket(number);
  if (option_of(number, SO_TYPE) != SOCK_STREAM || option_of(number, SO_ACCEPTCONN) != 1) {
    return begins + "it is no listening stream socket; use ListenStream= in the socket unit";
  }
  const int flags = ::fcntl(number, F_GETFL);
  if (flags < 0 || ::fcntl(number, F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(number, F_SETFD, FD_CLOEXEC) != 0) {
    return begins + std::generic_category().message(errno);
  }
  return Listener{std::move(socket), bound_address(number)};
}

}  // namespace

std::variant<std::vector<Listener>, std::string> inherited_listeners() {
  const auto process = number_taken_from("LISTEN_PID");
  const auto count = number_taken_from("LISTEN_FDS");
  ::unsetenv("LISTEN_FDNAMES");  // NOLINT(concurrency-mt-unsafe): no threads yet
  if (process != ::getpid() || count.value_or(0) <= 0) {
    return "systemd has passed no socket; start the socket unit, or leave out --web.systemd-socket";
  }
  std::vector<Listener> listeners;
  for (int i = 0; i < *count; ++i) {
    auto listener = adopted(first_inherited + i);
    if (auto* const why = std::get_if<std::string>(&listener)) return std::move(*why);
    listeners.push_back(std::get<Listener>(std::move(listener)));
  }
  return listeners;
}

std::variant<Listener, std::string> listen_on(std::string_view address) {
  const auto parsed = place_of(address);
  if (const auto* const why = std::get_if<std::string>(&parsed)) return refusal(address, *why);
  const auto& place = std::get<Place>(parsed);

  // Every address: one dual-stack socket, else (kernel without IPv6) one of IPv4.
  static constexpr std::array every{AF_INET6, AF_INET};
  static constexpr std::array named{AF_UNSPEC};
  const auto families =
      place.host.empty() ? std::span<const int>(every) : std::span<const int>(named);
  int error = EAFNOSUPPORT;
  for (const int family : families) {
    int unresolved = 0;
    const Addresses found = look_up(place, family, AI_PASSIVE, unresolved);
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
