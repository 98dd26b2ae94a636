// SPDX-License-Identifier: Apache-2.0
#include "client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>

namespace upslink::web::testing {
namespace {

Descriptor connected(const std::string& address, int receive_buffer) {
  const auto colon = address.rfind(':');
  const bool is_v6 = address.front() == '[';
  const std::string host = is_v6 ? address.substr(1, colon - 2) : address.substr(0, colon);
  const auto port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = port;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = port;
  if (is_v6) {
    ::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr);
  } else {
    ::inet_pton(AF_INET, host.c_str(), &v4.sin_addr);
  }
  Descriptor socket(::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (receive_buffer > 0) {
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const auto* const name =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  const auto length = static_cast<socklen_t>(is_v6 ? sizeof v6 : sizeof v4);
  if (::connect(socket.number(), name, length) != 0) return {};
  return socket;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Answer parsed(std::string_view head) {
  Answer answer;
  answer.status = std::stoi(std::string(head.substr(head.find(' ') + 1, 3)));
  for (auto line_end = head.find("\r\n"); line_end != std::string_view::npos;) {
    head.remove_prefix(line_end + 2);
    line_end = head.find("\r\n");
    const std::string_view line = head.substr(0, line_end);
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    answer.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
  }
  return answer;
}

}  // namespace

Client::Client(const std::string& address, int receive_buffer)
    : socket_(connected(address, receive_buffer)) {}

bool Client::wait_for(short events, std::chrono::milliseconds limit) const {
  pollfd wanted{socket_.number(), events, 0};
  return ::poll(&wanted, 1, static_cast<int>(limit.count())) == 1;
}

bool Client::send(std::string_view text) {
  while (!text.empty()) {
    if (!wait_for(POLLOUT, patience)) return false;
    const long sent = send_some(text);
    if (sent < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

long Client::send_some(std::string_view text) {
  const auto sent = ::send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno == EAGAIN) return 0;
  return sent;
}

void Client::finish_sending() {
  ::shutdown(socket_.number(), SHUT_WR);
}

long Client::read_some(char* into, std::size_t size) {
  if (!wait_for(POLLIN, patience)) return -1;
  return ::recv(socket_.number(), into, size, 0);
}

bool Client::read_more() {
  std::array<char, 65536> piece{};
  const auto count = read_some(piece.data(), piece.size());
  if (count <= 0) return false;
  received_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<Answer> Client::receive(bool has_body) {
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return {};
  }
  Answer answer = parsed(std::string_view(received_).substr(0, head_end));
  const auto length = answer.headers.find("content-length");
  const std::size_t body_bytes =
      has_body && length != answer.headers.end() ? std::stoul(length->second) : 0;
  const std::size_t whole = head_end + 4 + body_bytes;
  while (received_.size() < whole) {
    if (!read_more()) return {};
  }
  answer.body = received_.substr(head_end + 4, body_bytes);
  received_.erase(0, whole);
  return answer;
}

std::optional<Answer> Client::get(const std::string& path, const std::string& more_headers) {
  if (!send("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + more_headers + "\r\n")) return {};
  return receive();
}

bool Client::is_closed_in_time() {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::array<char, 65536> piece{};
  while (std::chrono::steady_clock::now() < end) {
    if (!wait_for(POLLIN, 100ms)) continue;
    if (::recv(socket_.number(), piece.data(), piece.size(), 0) <= 0) return true;
  }
  return false;
}

bool Client::is_closed_now() {
  char byte = 0;
  const auto count = ::recv(socket_.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN);
}

}  // namespace upslink::web::testing
