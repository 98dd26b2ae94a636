// SPDX-License-Identifier: Apache-2.0
// The one place where a UPS's thread and the publishers meet: the poller publishes a snapshot, any
// number of threads load the newest one or wait for it. A publisher can never delay the poller for
// longer than the copy of one shared_ptr.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "model/snapshot.hpp"

namespace upslink {

class Slot;

/// Being woken by a slot, which has to outlive it. Ends when it leaves scope: after that its
/// function runs no more.
class Subscription {
 public:
  Subscription() = default;
  Subscription(Subscription&& other) noexcept
      : slot_(std::exchange(other.slot_, nullptr)), number_(other.number_) {}
  Subscription& operator=(Subscription&& other) noexcept {
    std::swap(slot_, other.slot_);
    std::swap(number_, other.number_);
    return *this;
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription();

 private:
  friend class Slot;
  Subscription(const Slot& slot, std::uint64_t number) : slot_(&slot), number_(number) {}

  const Slot* slot_ = nullptr;
  std::uint64_t number_ = 0;
};

class Slot {
 public:
  /// Starts out with `first`, so that load() never returns null.
  explicit Slot(std::shared_ptr<const Snapshot> first);

  void publish(std::shared_ptr<const Snapshot> next);
  std::shared_ptr<const Snapshot> load() const;

  /// How many snapshots were published; changes exactly when load() would return another one.
  std::uint64_t version() const;

  /// From now on `wake` is called after each publish(), by the thread that publishes: it has to be
  /// quick, and may load from the slot but not subscribe to it.
  [[nodiscard]] Subscription subscribe(std::function<void()> wake) const;

  /// Blocks until version() is above `seen` or `limit` has passed; returns the version then.
  std::uint64_t wait_newer(std::uint64_t seen, TimePoint limit) const;

 private:
  friend class Subscription;
  void unsubscribe(std::uint64_t number) const;

  mutable std::mutex mutex_;  // not std::atomic<std::shared_ptr>: TSan of g++ 12 reports that one
  mutable std::condition_variable published_;
  std::shared_ptr<const Snapshot> current_;
  std::uint64_t version_ = 0;
  mutable std::mutex wake_mutex_;  // not mutex_: a publisher that is woken loads at once
  mutable std::vector<std::pair<std::uint64_t, std::function<void()>>> wakes_;  // by number
  mutable std::uint64_t last_number_ = 0;
};

}  // namespace upslink
