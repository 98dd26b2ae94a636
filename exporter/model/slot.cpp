// SPDX-License-Identifier: Apache-2.0
#include "model/slot.hpp"

#include <utility>

namespace upslink {

Slot::Slot(std::shared_ptr<const Snapshot> first) : current_(std::move(first)) {}

void Slot::publish(std::shared_ptr<const Snapshot> next) {
  {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
    ++version_;
  }
  published_.notify_all();  // `next` now holds the old snapshot and frees it outside the lock
  const std::lock_guard lock(wake_mutex_);
  if (wake_) wake_();
}

void Slot::subscribe(std::function<void()> wake) const {
  const std::lock_guard lock(wake_mutex_);
  wake_ = std::move(wake);
}

std::shared_ptr<const Snapshot> Slot::load() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::uint64_t Slot::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

std::uint64_t Slot::wait_newer(std::uint64_t seen, TimePoint limit) const {
  std::unique_lock lock(mutex_);
  published_.wait_until(lock, limit, [&] { return version_ > seen; });
  return version_;
}

}  // namespace upslink
