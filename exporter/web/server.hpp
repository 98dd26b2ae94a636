// SPDX-License-Identifier: Apache-2.0
// Server: an HTTP/1.1 server for small text pages; it knows nothing of what they say.
//
//   auto started = Server::start({.addresses = {":12400"}, .routes = {...}});
//   if (auto* why = std::get_if<std::string>(&started)) ...   // print it and exit
//   auto server = std::get<std::unique_ptr<Server>>(std::move(started));
//
// It serves from start() until it is destroyed, on one thread of its own, with all signals blocked.
// Handlers and the observer are called on that thread. Start and destroy it from one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "web/gate.hpp"
#include "web/limits.hpp"
#include "web/listener.hpp"
#include "web/message.hpp"
#include "web/security.hpp"

namespace upslink::web {

/// What the server tells while it runs; any of them may be empty. They must not throw.
struct Observer {
  /// Once for every response, also those that the server gives by itself (404, 400, 431), except
  /// to a request line that it cannot read (414, 505).
  std::function<void(int status)> answered{};
  /// A sentence for the log; at most a few a minute.
  std::function<void(std::string_view sentence)> log{};
};

class Inbox;

class Server {
 public:
  struct Setup {
    std::vector<std::string> addresses{};  ///< to listen on; forms: listener.hpp
    std::vector<Listener> inherited{};     ///< or sockets that listen already; at least one of all
    std::vector<Route> routes{};
    Limits limits{};
    Observer observer{};
    Security security{};
    std::shared_ptr<Gate> gate{};  ///< has to be there if there are or will ever be users
  };

  /// Listens and serves. All or nothing: on failure a sentence that names the address or what else
  /// is wrong and says what to do.
  static std::variant<std::unique_ptr<Server>, std::string> start(Setup setup);
  /// Stops: ends every connection, whatever it is doing, and joins the thread. Takes milliseconds.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// What it listens on, with real port numbers, in the order of the setup: `addresses`, then those
  /// of `inherited`.
  const std::vector<std::string>& addresses() const { return addresses_; }

  /// Obeys `security` from now on. When this returns, every request that begins is judged by it,
  /// also on connections that are open; certificates, TLS settings and TLS itself hold for
  /// connections that are made from now on. On failure a sentence, and nothing has changed. Any
  /// thread but the server's own.
  std::optional<std::string> secure(Security security);

  /// Whether the server's thread has shown a sign of life since the last call. Call it now and
  /// then, a second apart or more: each call asks for the next sign. Any thread.
  bool is_alive();

 private:
  class Loop;

  Server(std::unique_ptr<Loop> loop, std::shared_ptr<Inbox> inbox, bool has_gate);

  std::vector<std::string> addresses_;
  std::shared_ptr<Inbox> inbox_;
  bool has_gate_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace upslink::web
