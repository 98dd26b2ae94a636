// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "ports.hpp"

namespace upslink::simulator {
namespace {

namespace fs = std::filesystem;

constexpr int backlog = 16;

sockaddr_un unix_address(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto text = path.string();
  if (text.size() >= sizeof address.sun_path) {
    throw std::runtime_error("The path " + text + " is too long for a socket; use a shorter one.");
  }
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

// A socket that a killed run left behind is in the way; one that answers is somebody else's.
void clear_path(const fs::path& path, const sockaddr_un& address) {
  if (!fs::is_socket(path)) return;
  const FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    throw std::runtime_error("Another program serves " + path.string() +
                             "; give another --control.");
  }
  fs::remove(path);
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;  // it does not read its replies: let it go
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

ControlPort::ControlPort(Loop& loop, fs::path path, Answer answer)
    : loop_(loop), path_(std::move(path)), answer_(std::move(answer)) {
  const auto address = unix_address(path_);
  clear_path(path_, address);
  listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener_ ||
      ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      ::listen(listener_.get(), backlog) < 0) {
    throw std::system_error(errno, std::generic_category(), path_.string());
  }
  loop_.watch(listener_.get(), false, [this] { accept(); });
}

ControlPort::~ControlPort() {
  for (const auto& client : clients_) loop_.unwatch(client.fd.get());
  loop_.unwatch(listener_.get());
  std::error_code ignored;
  fs::remove(path_, ignored);
}

void ControlPort::accept() {
  FileDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client) return;
  const int fd = client.get();
  const int room = 1 << 20;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  clients_.push_back({std::move(client), ""});
  loop_.watch(fd, false, [this, fd] { read(fd); });
}

void ControlPort::drop(int fd) {
  loop_.unwatch(fd);
  std::erase_if(clients_, [fd](const Client& client) { return client.fd.get() == fd; });
}

void ControlPort::read(int fd) {
  const auto client =
      std::ranges::find_if(clients_, [fd](const Client& each) { return each.fd.get() == fd; });
  if (client == clients_.end()) return;
  std::array<char, 4096> bytes{};
  const auto got = ::read(fd, bytes.data(), bytes.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return drop(fd);
  client->input.append(bytes.data(), static_cast<std::size_t>(got));
  for (auto end = client->input.find('\n'); end != std::string::npos;
       end = client->input.find('\n')) {
    const auto line = client->input.substr(0, end);
    client->input.erase(0, end + 1);
    if (!send_all(fd, answer_(line) + "\n")) return drop(fd);
  }
}

}  // namespace upslink::simulator
