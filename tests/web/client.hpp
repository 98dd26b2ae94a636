// SPDX-License-Identifier: Apache-2.0
// Client: a TCP client that does as little as it is told, for tests of the HTTP server: it can send
// half a request, leave a response unread, or say nothing. Everything that waits gives up after
// `patience`, so a test fails instead of hanging.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "web/descriptor.hpp"

namespace upslink::web::testing {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds patience{10'000};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class Client {
 public:
  /// Connects to "HOST:PORT" as Server::addresses() reports it. `receive_buffer` in bytes; 0 leaves
  /// the kernel's choice.
  explicit Client(const std::string& address, int receive_buffer = 0);
  /// Over a socket that is connected.
  explicit Client(Descriptor socket) : socket_(std::move(socket)) {}
  virtual ~Client() = default;
  Client(Client&&) = default;
  Client& operator=(Client&&) = default;

  bool is_connected() const { return static_cast<bool>(socket_); }
  /// Sends all of `text`; false if the server has gone or takes nothing more.
  bool send(std::string_view text);
  /// Sends what the kernel takes at once; the number of bytes, or -1 if the server has gone.
  virtual long send_some(std::string_view text);
  /// Tells the server that nothing more will come.
  void finish_sending();
  /// The next response; `has_body` is false after HEAD. Nothing if the server closes before its
  /// end.
  std::optional<Answer> receive(bool has_body = true);
  /// send() a GET of `path` and receive().
  std::optional<Answer> get(const std::string& path, const std::string& more_headers = "");
  /// Waits until the server has closed; false if it has not within `patience`.
  bool is_closed_in_time();
  /// Whether the server has closed by now.
  bool is_closed_now();

 protected:
  int descriptor() const { return socket_.number(); }
  bool wait_for(short events, std::chrono::milliseconds limit) const;
  /// Waits for bytes and reads some; 0 at the end of the stream, -1 if there are none in time.
  virtual long read_some(char* into, std::size_t size);

 private:
  // Reads more into received_; false at the end of the stream.
  bool read_more();

  Descriptor socket_;
  std::string received_;
};

}  // namespace upslink::web::testing
