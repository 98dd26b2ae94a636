// SPDX-License-Identifier: Apache-2.0
// Reception: what is said to a request whose headers have arrived. First the rate limit, then the
// gate, then the routes, so that who may not ask learns nothing, not even which pages there are.
// A request that has to wait gets a ticket; the letter with its number comes through the inbox. The
// server's thread only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "web/connection_table.hpp"
#include "web/inbox.hpp"
#include "web/token_bucket.hpp"

namespace upslink::web {

class Reception {
 public:
  /// `gate` may be null as long as no rules have users.
  Reception(std::vector<Route> routes, std::shared_ptr<Gate> gate, std::shared_ptr<Inbox> inbox)
      : routes_(std::move(routes)), gate_(std::move(gate)), inbox_(std::move(inbox)) {}

  void obey(Rules rules, Clock::time_point now);
  const Rules& rules() const { return rules_; }

  /// The response to the request of `connection`, or nothing: it waits, and is to be asked again
  /// when deliver() has returned the connection. Asking earlier changes nothing.
  std::optional<Response> answer(Connection& connection, const Request& request, bool has_body,
                                 Clock::time_point now);
  /// Whose request a letter lets go on; null if it has been forgotten.
  Connection* deliver(Letter letter);
  /// The connection's request is over, or given up.
  void forget(Connection& connection);

 private:
  std::optional<Verdict> judge(Connection& connection, const Request& request);
  Ticket wait(Connection& connection);

  std::vector<Route> routes_;
  std::shared_ptr<Gate> gate_;
  std::shared_ptr<Inbox> inbox_;
  Rules rules_;
  unsigned number_ = 0;  // of rules_
  TokenBucket bucket_;
  std::map<Ticket, Connection*> waiting_;
  Ticket last_ticket_ = 0;
  std::string decoded_;  // a name and a password; kept for its memory
};

}  // namespace upslink::web
