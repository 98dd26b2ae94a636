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

#include "model/snapshot.hpp"

namespace upslink {

class Slot {
 public:
  /// Starts out with `first`, so that load() never returns null.
  explicit Slot(std::shared_ptr<const Snapshot> first);

  void publish(std::shared_ptr<const Snapshot> next);
  std::shared_ptr<const Snapshot> load() const;

  /// How many snapshots were published; changes exactly when load() would return another one.
  std::uint64_t version() const;

  /// From now on `wake` is called after each publish(), by the thread that publishes: it has to be
  /// quick and must not touch the slot. An empty one ends that; after it has returned, the former
  /// one runs no more.
  void subscribe(std::function<void()> wake) const;

  /// Blocks until version() is above `seen` or `limit` has passed; returns the version then.
  std::uint64_t wait_newer(std::uint64_t seen, TimePoint limit) const;

 private:
  mutable std::mutex mutex_;  // not std::atomic<std::shared_ptr>: TSan of g++ 12 reports that one
  mutable std::condition_variable published_;
  std::shared_ptr<const Snapshot> current_;
  std::uint64_t version_ = 0;
  mutable std::mutex wake_mutex_;  // not mutex_: a publisher that is woken loads at once
  mutable std::function<void()> wake_;
};

}  // namespace upslink
