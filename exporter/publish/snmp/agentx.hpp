// SPDX-License-Identifier: Apache-2.0
// The door to net-snmp: an AgentX subagent (RFC 2741) that answers from whatever it is given and
// sends notifications. The library is global and not thread-safe: there is at most one AgentX in a
// program, made, used and destroyed by one thread. Nothing here waits longer than a third of a
// second for a master agent that hangs; follow_tree() so long for each subtree that comes or goes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "model/log.hpp"
#include "publish/snmp/tree.hpp"
#include "publish/snmp/value.hpp"

namespace upslink::snmp {

class AgentX {
 public:
  /// The library looks for MIB files unless the environment says otherwise. To be called before
  /// there are other threads, for it changes the environment.
  static void look_for_no_mibs();

  /// `address`: unix:PATH or tcp:HOST:PORT. A master agent that is not there is waited for.
  /// `get_ready` is called before requests are answered from `tree`, which has to outlive this.
  AgentX(const std::string& address, Tree& tree, std::function<void()> get_ready, Log log);
  ~AgentX();
  AgentX(const AgentX&) = delete;
  AgentX& operator=(const AgentX&) = delete;

  /// Registers what the tree has now, and what it has no more not any longer. To be called when the
  /// tree was planted anew, before wait().
  void follow_tree();

  /// Answers requests and keeps up the connection until `wake` is readable or the time is over.
  void wait(int wake, Duration limit);

  bool connected() const;

  /// How often a connection was made: what was sent over an earlier one and not acknowledged may
  /// not have arrived.
  std::uint64_t connections() const;

  /// sysUpTime of the master agent, in hundredths of seconds.
  static std::uint32_t uptime_ticks();

  /// Sends a notification; `delivered` is called from wait() when the master agent has taken it, or
  /// never. False if it could not be sent.
  bool send(const Notification& notification, std::function<void()> delivered);

  std::uint64_t requests() const;  ///< instances asked for
  std::uint64_t refused() const;   ///< subtrees that the master agent refused

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace upslink::snmp
