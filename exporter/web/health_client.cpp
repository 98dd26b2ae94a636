// SPDX-License-Identifier: Apache-2.0
#include "web/health_client.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <system_error>
#include <variant>

#include "web/descriptor.hpp"
#include "web/place.hpp"
#include "web/tls_exchange.hpp"

namespace upslink::web {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{2};
constexpr std::string_view request =
    "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

bool wait_for(int socket, short what, Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  pollfd wanted{socket, what, 0};
  return left > 0 && ::poll(&wanted, 1, static_cast<int>(left)) == 1;
}

// A connected socket, or why there is none.
std::variant<Descriptor, std::string> connect_to(const addrinfo& where,
                                                 Clock::time_point deadline) {
  Descriptor socket(::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return std::generic_category().message(errno);
  if (::connect(socket.number(), where.ai_addr, where.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return std::generic_category().message(errno);
  if (!wait_for(socket.number(), POLLOUT, deadline)) return "nobody answers";
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return std::generic_category().message(error);
  return socket;
}

// The same to a place: one that means every address is found at the loopback ones.
std::variant<Descriptor, std::string> connect_to(Place place, Clock::time_point deadline) {
  if (place.host == "0.0.0.0") place.host = "127.0.0.1";
  if (place.host == "::") place.host.clear();  // then the list begins with ::1 and has 127.0.0.1
  int error = 0;
  const Addresses found = look_up(place, AF_UNSPEC, 0, error);
  if (!found) return ::gai_strerror(error);
  std::string why;
  for (const addrinfo* entry = found.get(); entry != nullptr; entry = entry->ai_next) {
    auto connected = connect_to(*entry, deadline);
    if (auto* const socket = std::get_if<Descriptor>(&connected)) return std::move(*socket);
    why = std::get<std::string>(std::move(connected));
  }
  return why;
}

// The first piece of the answer to `request` in plain HTTP; empty if there is none in time.
std::string exchange_plainly(int socket, Clock::time_point deadline) {
  std::array<char, 1024> piece{};
  static_cast<void>(::send(socket, request.data(), request.size(), MSG_NOSIGNAL));
  if (!wait_for(socket, POLLIN, deadline)) return {};
  const auto count = ::recv(socket, piece.data(), piece.size(), 0);
  return {piece.data(), static_cast<std::size_t>(count < 0 ? 0 : count)};
}

// The status in "HTTP/1.1 200 OK"; 0 if it is not there.
int status_of(std::string_view answer) {
  constexpr std::string_view begins = "HTTP/1.1 ";
  int status = 0;
  if (!answer.starts_with(begins) || answer.size() < begins.size() + 3) return 0;
  std::from_chars(answer.data() + begins.size(), answer.data() + begins.size() + 3, status);
  return status;
}

}  // namespace

std::optional<std::string> check_health(std::string_view address, const Security& security) {
  const auto refusal = [&](const std::string& why) {
    return "the exporter at " + std::string(address) + " is not healthy: " + why;
  };
  const auto deadline = Clock::now() + patience;
  const auto place = place_of(address);
  if (const auto* const why = std::get_if<std::string>(&place)) return refusal(*why);
  auto connected = connect_to(std::get<Place>(place), deadline);
  if (const auto* const why = std::get_if<std::string>(&connected)) return refusal(*why);
  const int socket = std::get<Descriptor>(connected).number();

  std::string answer;
  if (security.tls) {
    TlsExchange exchange = exchange_over_tls(socket, request, deadline);
    if (requires_one(security.tls->client_auth) && exchange.wants_certificate) return {};
    if (exchange.received.empty()) return refusal("TLS fails: " + exchange.why);
    answer = std::move(exchange.received);
  } else {
    answer = exchange_plainly(socket, deadline);
  }
  const int status = status_of(answer);
  // Whoever asks for a password, or for patience, is alive.
  if (status == 200 || status == 401 || status == 429) return {};
  if (status == 0) return refusal("it gives no answer of HTTP");
  return refusal("it answers with status " + std::to_string(status));
}

}  // namespace upslink::web
