// SPDX-License-Identifier: Apache-2.0
// The SNMP publisher: a thread of its own that follows the slots of all UPSes, answers a master
// agent (snmpd) over AgentX and sends notifications. Nobody waits for it: pollers only raise a
// flag, and figures() copies numbers. Made and destroyed by main's thread, at most one at a time.
#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "model/agent_figures.hpp"
#include "model/log.hpp"
#include "model/named_slot.hpp"
#include "publish/snmp/oid.hpp"

namespace upslink::snmp {

struct Options {
  std::string address;  ///< unix:PATH or tcp:HOST:PORT
  bool powernet = true;
  bool powernet_traps = false;
  bool entity_sensor = true;
  std::string default_ups;  ///< shown in the empty context; empty: the first one
  Oid base;                 ///< of UPSLINK-MIB
  std::string version;      ///< the exporter's
};

class Agent {
 public:
  /// Names and numbers of UPSes are unique. Nothing is done before start(), but the environment is
  /// changed: to be made before there are other threads.
  Agent(Options options, std::vector<NamedSlot> upses, Log log);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  void start();

  /// The UPSes that are served from now on; those whose slot was there before go on as they were.
  /// Returns at once; what is gone is let go of as soon as the thread gets to it.
  void publish(std::vector<NamedSlot> upses, std::string default_ups);

  void ask_to_stop() const;  ///< returns at once; the destructor waits

  /// Whether the thread has ended, or ends until then. It may be stuck in the look-up of a host's
  /// name, or in a connection to a host that does not answer.
  bool ends_by(TimePoint limit) const;

  AgentFigures figures() const;  ///< any thread

 private:
  class Work;
  std::unique_ptr<Work> work_;
  std::future<void> ended_;
  std::thread thread_;
};

}  // namespace upslink::snmp
