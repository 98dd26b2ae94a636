// SPDX-License-Identifier: Apache-2.0
// Fleet: the UPSes that are polled now. It is told what is configured, at the start and again when
// the configuration has changed, and starts and stops what that takes. Main's thread only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/polled_ups.hpp"
#include "model/log.hpp"
#include "model/named_slot.hpp"

namespace upslink::app {

class Fleet {
 public:
  explicit Fleet(Log log) : log_(std::move(log)) {}
  /// Ends every thread. One that is stuck in the look-up of a host's name is waited for, unless
  /// stop_by() has said that it will not end.
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// Polls these UPSes from now on. Those that are configured as before go on untouched; those that
  /// are not configured any more, or differently, have ended and let go of their lines when those
  /// that are new begin. Nothing begins before start().
  void configure(const std::vector<UpsConfig>& upses);

  void start();

  /// What publishers are given, in the order of their numbers. A UPS keeps its number as long as
  /// its name stays configured; a new one gets the next that was never used.
  std::vector<NamedSlot> slots() const;

  /// Asks all to end, and waits until then. False if one has not ended.
  bool stop_by(TimePoint limit);

 private:
  struct Member {
    UpsConfig config;
    std::unique_ptr<PolledUps> polled;
  };

  void retire(const std::vector<UpsConfig>& upses);
  void add(const UpsConfig& config);
  void forget_ended();

  Log log_;
  bool started_ = false;
  std::map<std::uint32_t, Member> members_;       ///< by number
  std::map<std::string, std::uint32_t> numbers_;  ///< by name
  std::uint32_t last_number_ = 0;
  std::vector<std::unique_ptr<PolledUps>> ending_;  ///< asked to end, and not ended yet
};

}  // namespace upslink::app
