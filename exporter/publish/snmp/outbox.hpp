// SPDX-License-Identifier: Apache-2.0
// Notifications on their way: each stays here until the master agent has taken it, so that none is
// lost while the master agent is away for a minute. What is older than that, or too much, is
// dropped and counted. What was sent before the connection ended without being acknowledged is sent
// again, so that a notification may come twice but not never. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string_view>

#include "publish/snmp/value.hpp"

namespace upslink::snmp {

class Outbox {
 public:
  static constexpr std::size_t most_waiting = 1000;
  static constexpr std::size_t most_under_way = 32;  ///< less than a socket's buffer holds

  /// Sends one; `delivered` may be called later. False: not now.
  using Send = std::function<bool(const Notification&, std::function<void()> delivered)>;

  void add(Notification notification, TimePoint now);

  /// Sends what can be sent. `connection` is another number for every connection, 0 for none.
  void flush(std::uint64_t connection, TimePoint now, const Send& send);

  std::size_t waiting() const { return entries_.size(); }
  std::uint64_t dropped() const { return dropped_; }

  /// How many were taken by the master agent, by name.
  const std::map<std::string_view, std::uint64_t>& delivered() const { return delivered_; }

 private:
  struct Entry {
    Notification notification;
    std::uint64_t number = 0;
    std::uint64_t sent_over = 0;  ///< the connection; 0: not sent
    TimePoint sent_at{};
  };

  void taken(std::uint64_t number);
  void drop_old(TimePoint now);
  void settle(std::uint64_t connection, TimePoint now);

  std::deque<Entry> entries_;
  std::uint64_t last_number_ = 0;
  std::uint64_t dropped_ = 0;
  std::map<std::string_view, std::uint64_t> delivered_;
};

}  // namespace upslink::snmp
