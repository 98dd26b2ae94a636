// SPDX-License-Identifier: Apache-2.0
// Engine: the door to libmicrohttpd, which parses requests and sends responses on connections that
// the server accepted. An engine speaks either plain HTTP or TLS. Give it sockets with adopt(),
// call turn() whenever descriptor() is readable or wants_turn() says so; it calls its EngineOwner
// from within turn(), adopt() and its destructor. One thread at a time, and libmicrohttpd starts
// none.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/connection_table.hpp"
#include "web/limits.hpp"
#include "web/message.hpp"
#include "web/tls_session.hpp"

struct MHD_Daemon;

namespace upslink::web {

class EngineOwner {
 public:
  /// A request's headers have arrived.
  virtual void request_begun(Connection& connection) = 0;
  /// The response to a request, or nothing: the connection pauses, and its owner calls resume()
  /// when it is worth asking again.
  virtual std::optional<Response> answer(Connection& connection, const Request& request,
                                         bool has_body) = 0;
  /// What is added to every response, in place of a header of the same name.
  virtual const std::vector<std::pair<std::string, std::string>>& headers() const = 0;
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

class Engine final : private TlsSessionOwner {
 public:
  enum class Kind { plain, tls };

  /// Null if libmicrohttpd does not start, which it explains through owner.said().
  static std::unique_ptr<Engine> create(Kind kind, const Limits& limits, EngineOwner& owner);
  /// Closes every connection, whatever it is doing.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Takes over connection.descriptor, a connected socket of `peer`; with a context if it is of
  /// the kind tls. If that fails the socket is closed and owner.closed() was called.
  void adopt(Connection& connection, const sockaddr& peer, socklen_t peer_length,
             std::shared_ptr<const TlsContext> context);
  /// Has the next turn() go on with a connection that pauses.
  void resume(Connection& connection);
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

  explicit Engine(EngineOwner& owner) : owner_(owner) {}

  void arrive(Connection& connection, MHD_Connection* mhd);
  void depart(Connection& connection);
  void pause(Connection& connection, Connection::Pause why);
  void refuse_handshake();
  void at_work(Connection& connection) override { at_work_ = &connection; }
  void handshake_waits(Connection& connection) override;

  EngineOwner& owner_;
  MHD_Daemon* daemon_ = nullptr;
  int descriptor_ = -1;                        // of daemon_
  Connection* arriving_ = nullptr;             // adopt() is under way for this one
  std::shared_ptr<const TlsContext> context_;  // and it gets this
  Connection* at_work_ = nullptr;              // whose TLS session GnuTLS was last busy with
  std::set<Connection*> paused_;
  bool is_giving_up_ = false;  // a connection ends, and libmicrohttpd's words of it are noise
  Request request_;            // kept for its vectors' memory
};

}  // namespace upslink::web
