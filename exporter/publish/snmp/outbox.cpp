// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/outbox.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace upslink::snmp {
namespace {

using namespace std::chrono_literals;

/// A minute, and what it takes to find that the master agent is back.
constexpr auto kept_for = 65s;

/// The master agent answers in order: when the connection has outlived two pings, it has also read
/// what was sent before them, even if its acknowledgement was not waited for.
constexpr auto surely_taken_after = 4s;

}  // namespace

void Outbox::add(Notification notification, TimePoint now) {
  drop_old(now);
  if (entries_.size() >= most_waiting) {
    const auto oldest = std::ranges::find(entries_, 0U, &Entry::sent_over);
    entries_.erase(oldest == entries_.end() ? entries_.begin() : oldest);
    ++dropped_;
  }
  entries_.push_back({.notification = std::move(notification), .number = ++last_number_});
}

void Outbox::flush(std::uint64_t connection, TimePoint now, const Send& send) {
  settle(connection, now);
  drop_old(now);
  if (connection == 0) return;
  auto under_way = static_cast<std::size_t>(
      std::ranges::count_if(entries_, [](const Entry& entry) { return entry.sent_over != 0; }));
  for (Entry& entry : entries_) {
    if (entry.sent_over != 0) continue;
    if (under_way >= most_under_way) return;
    const auto number = entry.number;
    if (!send(entry.notification, [this, number] { taken(number); })) return;
    entry.sent_over = connection;
    entry.sent_at = now;
    ++under_way;
  }
}

void Outbox::taken(std::uint64_t number) {
  const auto found = std::ranges::find(entries_, number, &Entry::number);
  if (found == entries_.end()) return;
  ++delivered_[found->notification.name];
  entries_.erase(found);
}

void Outbox::settle(std::uint64_t connection, TimePoint now) {
  std::erase_if(entries_, [&](Entry& entry) {
    if (entry.sent_over == 0) return false;
    if (entry.sent_over != connection) {
      entry.sent_over = 0;
      return false;
    }
    if (now - entry.sent_at < surely_taken_after) return false;
    ++delivered_[entry.notification.name];
    return true;
  });
}

void Outbox::drop_old(TimePoint now) {
  const auto dropped = std::erase_if(entries_, [now](const Entry& entry) {
    return entry.sent_over == 0 && now - entry.notification.made > kept_for;
  });
  dropped_ += dropped;
}

}  // namespace upslink::snmp
