// SPDX-License-Identifier: Apache-2.0
// Engine: the door to libmicrohttpd, which parses requests and sends responses on connections that
// the server accepted. Give it sockets with adopt(), call turn() whenever descriptor() is readable
// or wants_turn() says so; it calls its EngineOwner from within turn(), adopt() and its destructor.
// One thread at a time, and libmicrohttpd starts none.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <string_view>
#include <vector>

#include "web/connection_table.hpp"
#include "web/limits.hpp"
#include "web/message.hpp"

struct MHD_Daemon;

namespace upslink::web {

class EngineOwner {
 public:
  /// A request's headers have arrived.
  virtual void request_begun(Connection& connection) = 0;
  /// A response was handed to the kernel or given up.
  virtual void request_finished(Connection& connection) = 0;
  /// A response with this status was sent or given up; once for each, before request_finished().
  virtual void answered(int status) = 0;
  /// The socket is about to be closed; the Connection is not used again.
  virtual void closed(Connection& connection) = 0;
  /// Something for the log.
  virtual void said(std::string_view sentence) = 0;

 protected:
  ~EngineOwner() = default;
};

class Engine {
 public:
  /// Null if libmicrohttpd does not start, which it explains through owner.said().
  static std::unique_ptr<Engine> create(std::vector<Route> routes, const Limits& limits,
                                        EngineOwner& owner);
  /// Closes every connection, whatever it is doing.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Takes over connection.descriptor, a connected socket of `peer`. If that fails the socket is
  /// closed and owner.closed() was called.
  void adopt(Connection& connection, const sockaddr& peer, socklen_t peer_length);
  /// Readable when there is work for turn().
  int descriptor() const { return descriptor_; }
  /// Reads, answers and writes what can be without waiting.
  void turn();
  /// Has the next turn() see that the peer sends no more. Call it once, after a turn() that came
  /// after the peer's FIN.
  static void nudge(const Connection& connection);
  /// Work is left over: call turn() again without waiting for descriptor().
  bool wants_turn() const;

 private:
  struct Callbacks;  // what libmicrohttpd calls

  Engine(std::vector<Route> routes, EngineOwner& owner);

  std::vector<Route> routes_;
  EngineOwner& owner_;
  MHD_Daemon* daemon_ = nullptr;
  int descriptor_ = -1;             // of daemon_
  Connection* arriving_ = nullptr;  // adopt() is under way for this one
  Request request_;                 // kept for its vectors' memory
};

}  // namespace upslink::web
