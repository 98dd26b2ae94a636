// SPDX-License-Identifier: Apache-2.0
#include "web/inbox.hpp"

#include <sys/eventfd.h>

namespace upslink::web {

Inbox::Inbox() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Inbox::put(Letter letter) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return;
  contents_.letters.push_back(std::move(letter));
  ring();
}

void Inbox::put(Rules rules) {
  std::unique_lock lock(mutex_);
  contents_.rules = std::move(rules);
  const std::uint64_t mine = ++rules_put_;
  ring();
  changed_.wait(lock, [&] { return is_closed_ || rules_obeyed_ >= mine; });
}

void Inbox::put_stop() {
  const std::lock_guard lock(mutex_);
  contents_.stop = true;
  ring();
}

bool Inbox::was_looked_into() {
  const std::lock_guard lock(mutex_);
  ring();
  return std::exchange(is_looked_into_, false);
}

Inbox::Contents Inbox::take() {
  eventfd_t count = 0;
  const std::lock_guard lock(mutex_);
  ::eventfd_read(bell_.number(), &count);
  rules_taken_ = rules_put_;
  is_looked_into_ = true;
  return std::exchange(contents_, {});
}

void Inbox::say_obeyed() {
  const std::lock_guard lock(mutex_);
  rules_obeyed_ = rules_taken_;
  changed_.notify_all();
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  contents_ = {};
  changed_.notify_all();
}

void Inbox::ring() const {
  ::eventfd_write(bell_.number(), 1);
}

}  // namespace upslink::web
