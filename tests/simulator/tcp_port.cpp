// SPDX-License-Identifier: Apache-2.0
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
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

constexpr int backlog = 16;

struct AddressList {
  ~AddressList() { freeaddrinfo(first); }
  addrinfo* first = nullptr;
};

void set_option(int fd, int level, int name) {
  const int on = 1;
  setsockopt(fd, level, name, &on, sizeof on);
}

std::string port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  std::array<char, NI_MAXSERV> port{};
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, nullptr, 0, port.data(), port.size(),
              NI_NUMERICSERV);
  return port.data();
}

}  // namespace

TcpPort::TcpPort(Loop& loop, std::string host, std::string port, Receiver receiver)
    : loop_(loop), host_(std::move(host)), port_(std::move(port)), receiver_(std::move(receiver)) {
  bind();
  port_ = port_of(listener_.get());
  plug();
}

TcpPort::~TcpPort() {
  for (const auto& client : clients_) loop_.unwatch(client.get());
  if (listener_) loop_.unwatch(listener_.get());
}

std::string TcpPort::address() const {
  return host_ + ":" + port_;
}

void TcpPort::bind() {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  AddressList addresses;
  const int error = getaddrinfo(host_.c_str(), port_.c_str(), &wanted, &addresses.first);
  if (error != 0) {
    throw std::runtime_error("The address " + address() +
                             " cannot be used: " + gai_strerror(error) + ".");
  }
  const auto& found = *addresses.first;
  listener_.reset(::socket(found.ai_family, found.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (listener_) set_option(listener_.get(), SOL_SOCKET, SO_REUSEADDR);
  if (!listener_ || ::bind(listener_.get(), found.ai_addr, found.ai_addrlen) < 0) {
    throw std::system_error(errno, std::generic_category(), address());
  }
}

void TcpPort::plug() {
  if (::listen(listener_.get(), backlog) < 0) {
    throw std::system_error(errno, std::generic_category(), address());
  }
  loop_.watch(listener_.get(), false, [this] { accept(); });
}

// Bound but not listening: the port stays ours, and connections are refused.
void TcpPort::unplug() {
  for (const auto& client : clients_) loop_.unwatch(client.get());
  clients_.clear();
  loop_.unwatch(listener_.get());
  listener_.reset();
  bind();
}

void TcpPort::accept() {
  FileDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client) return;
  set_option(client.get(), IPPROTO_TCP, TCP_NODELAY);
  const int fd = client.get();
  clients_.push_back(std::move(client));
  loop_.watch(fd, false, [this, fd] { read(fd); });
}

void TcpPort::read(int fd) {
  std::array<char, 1024> bytes{};
  const auto got = ::read(fd, bytes.data(), bytes.size());
  if (got > 0) {
    receiver_({bytes.data(), static_cast<std::size_t>(got)});
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    loop_.unwatch(fd);
    std::erase_if(clients_, [fd](const FileDescriptor& client) { return client.get() == fd; });
  }
}

bool TcpPort::send(char byte) {
  bool sent = false;
  for (const auto& client : clients_) {
    sent |= ::send(client.get(), &byte, 1, MSG_NOSIGNAL) == 1;
  }
  return sent;
}

}  // namespace upslink::simulator
