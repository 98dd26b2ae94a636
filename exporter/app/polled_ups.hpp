// SPDX-License-Identifier: Apache-2.0
// One UPS at work: owns its source, its poller, its thread, the interrupt that ends them and the
// slot that publishers read. Made and destroyed by main's thread.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "app/config.hpp"
#include "model/slot.hpp"
#include "poll/poller.hpp"
#include "source/interrupt.hpp"

namespace upslink::app {

class PolledUps {
 public:
  explicit PolledUps(const UpsConfig& config);
  ~PolledUps();
  PolledUps(const PolledUps&) = delete;
  PolledUps& operator=(const PolledUps&) = delete;

  void start();
  void ask_to_stop() const { interrupt_.raise(); }  ///< returns at once; the destructor waits

  /// Whether the thread has ended, or ends until then. All its waits end with ask_to_stop() but
  /// one: the look-up of a host's name, which the C library does not let anybody interrupt.
  bool ends_by(TimePoint limit) const;

  const std::string& name() const { return name_; }
  std::shared_ptr<const Slot> slot() const { return slot_; }

 private:
  std::string name_;
  Interrupt interrupt_;
  std::shared_ptr<Slot> slot_;  ///< shared with publishers, who may keep it longer
  poll::Poller poller_;
  std::future<void> ended_;
  std::thread thread_;
};

}  // namespace upslink::app
