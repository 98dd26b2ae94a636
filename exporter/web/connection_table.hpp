// SPDX-License-Identifier: Apache-2.0
// ConnectionTable: who is connected, since when, and who has to go. It closes nothing itself: it
// names the connection, its owner ends it. The server's thread only.
//
//   busy    the clock of Limits::request runs: from accept, or from a later request's first byte
//   idle    the clock of Limits::idle runs: since the last response
//   ending  told to go; no longer counted
//
// Each list is in order of its clocks, so the oldest is always the first and every step but the
// search for an address at its own limit takes constant time.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>

#include "web/limits.hpp"
#include "web/origin.hpp"
#include "web/visit.hpp"

struct MHD_Connection;

namespace upslink::web {

using Clock = std::chrono::steady_clock;

class Engine;
class TlsSession;

struct Connection {
  enum class State { busy, idle, ending };
  /// What its engine waits for before it goes on.
  enum class Pause { none, handshake, answer };

  int descriptor = -1;  ///< owned by libmicrohttpd
  Origin origin{};
  State state = State::busy;
  Clock::time_point since{};   ///< start of the clock that runs
  std::size_t body_bytes = 0;  ///< received of the current request's body
  bool hung_up = false;        ///< the peer sends no more
  Visit visit{};               ///< of the current request
  Engine* engine = nullptr;    ///< whose it is
  MHD_Connection* mhd = nullptr;
  Pause pause = Pause::none;
  bool has_waited = false;            ///< for the answer to the current request
  std::shared_ptr<TlsSession> tls{};  ///< null for plain HTTP
  std::list<Connection>::iterator place{};
};

class ConnectionTable {
 public:
  explicit ConnectionTable(const Limits& limits) : limits_(limits) {}

  /// A newcomer, busy from `now`. The reference is valid until remove().
  Connection& add(int descriptor, const Origin& origin, Clock::time_point now);
  /// A byte of a request is here: an idle connection becomes busy, a busy one's clock runs on.
  void begin(Connection& connection, Clock::time_point now);
  /// The response is sent: the connection becomes idle.
  void finish(Connection& connection, Clock::time_point now);
  /// The owner ends this connection; it will be removed when its socket is closed.
  void retire(Connection& connection);
  void remove(Connection& connection);

  /// Who must go before one more may come from `origin`; null if there is room. Whoever has been
  /// busy for longer than an honest request takes goes first, then the longest idle, then the
  /// longest busy. Among all clients, or those of `origin` if that is at its own limit.
  Connection* in_the_way_of(const Origin& origin, Clock::time_point now);
  /// Who goes first if descriptors run out, chosen in the same way; null if nobody is connected.
  Connection* most_dispensable(Clock::time_point now);
  /// A connection whose clock has run out; null if there is none.
  Connection* overdue(Clock::time_point now);
  /// When overdue() will next find one; nothing if nobody is connected.
  std::optional<Clock::time_point> next_deadline() const;

  /// Connections that are busy or idle.
  std::size_t size() const { return busy_.size() + idle_.size(); }

 private:
  std::list<Connection>& list_of(Connection::State state);
  void move_to(Connection& connection, Connection::State state);

  Limits limits_;
  std::list<Connection> busy_;
  std::list<Connection> idle_;
  std::list<Connection> ending_;
  std::map<Origin, unsigned> from_;  // busy and idle ones; no zeros
};

}  // namespace upslink::web
