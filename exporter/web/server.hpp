// SPDX-License-Identifier: Apache-2.0
// Server: an HTTP/1.1 server for small text pages; it knows nothing of what they say.
//
//   auto started = Server::start({":12400"}, {{.path = "/metrics", .handler = metrics}}, {}, {});
//   if (auto* why = std::get_if<std::string>(&started)) ...   // print it and exit
//   auto server = std::get<std::unique_ptr<Server>>(std::move(started));
//
// It serves from start() until it is destroyed, on one thread of its own, with all signals blocked.
// Handlers and the observer are called on that thread. Start, ask and destroy it from one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "web/limits.hpp"
#include "web/message.hpp"

namespace upslink::web {

/// What the server tells while it runs; any of them may be empty. They must not throw.
struct Observer {
  /// Once for every response, also those that the server gives by itself (404, 400, 431), except
  /// to a request line that it cannot read (414, 505).
  std::function<void(int status)> answered{};
  /// A sentence for the log; at most a few a minute.
  std::function<void(std::string_view sentence)> log{};
};

class Server {
 public:
  /// Listens on every one of `addresses` (forms: listener.hpp) and serves `routes`. All or nothing:
  /// on failure a sentence that names the address and says what to do.
  static std::variant<std::unique_ptr<Server>, std::string> start(
      const std::vector<std::string>& addresses, std::vector<Route> routes,
      const Limits& limits = {}, Observer observer = {});
  /// Stops: ends every connection, whatever it is doing, and joins the thread. Takes milliseconds.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// What it listens on, with real port numbers, in the order of start()'s `addresses`.
  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  class Loop;

  explicit Server(std::unique_ptr<Loop> loop);

  std::vector<std::string> addresses_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace upslink::web
