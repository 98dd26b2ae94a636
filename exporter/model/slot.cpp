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
  for (const auto& [number, wake] : wakes_) wake();
}

Subscription Slot::subscribe(std::function<void()> wake) const {
  const std::lock_guard lock(wake_mutex_);
  wakes_.emplace_back(++last_number_, std::move(wake));
  return {*this, last_number_};
}

void Slot::unsubscribe(std::uint64_t number) const {
  const std::lock_guard lock(wake_mutex_);
  std::erase_if(wakes_, [number](const auto& one) { return one.first == number; });
}

Subscription::~Subscription() {
  if (slot_ != nullptr) slot_->unsubscribe(number_);
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
