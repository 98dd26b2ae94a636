// SPDX-License-Identifier: Apache-2.0
#include "app/supervisor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace upslink::app {
namespace {

std::string taken_from_environment(const char* name) {
  const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no threads yet
  std::string taken = text == nullptr ? "" : text;
  ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe): no threads yet
  return taken;
}

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc() || rest != end || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

Supervisor::Supervisor() : address_(taken_from_environment("NOTIFY_SOCKET")) {
  const auto microseconds = number_in(taken_from_environment("WATCHDOG_USEC"));
  const auto process = number_in(taken_from_environment("WATCHDOG_PID"));
  const bool for_us = !process || *process == ::getpid();
  if (microseconds && for_us) watchdog_ = std::chrono::microseconds(*microseconds);
}

void Supervisor::ready(std::string_view status) const {
  tell("READY=1\nSTATUS=" + std::string(status));
}

void Supervisor::reloading() const {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());  // CLOCK_MONOTONIC, as is asked for
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

void Supervisor::stopping() const {
  tell("STOPPING=1");
}

void Supervisor::alive() const {
  tell("WATCHDOG=1");
}

/// A supervisor that does not listen is its own trouble: nothing waits, and nothing fails.
void Supervisor::tell(const std::string& lines) const {
  sockaddr_un address{};
  if (address_.size() < 2 || address_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  if (address_.front() == '@') address.sun_path[0] = '\0';  // a name that is in no file system
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  static_cast<void>(::sendto(socket, lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&address), length));
  ::close(socket);
}

}  // namespace upslink::app
