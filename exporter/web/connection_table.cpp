// SPDX-License-Identifier: Apache-2.0
// Three lists and a count by address.
#include "web/connection_table.hpp"

#include <algorithm>

namespace upslink::web {
namespace {

// A scrape sends its request in one packet; what has not got this far after a second is slow.
constexpr std::chrono::seconds honest_request{1};

template <typename Wanted>
Connection* first(std::list<Connection>& list, Wanted wanted) {
  const auto found = std::find_if(list.begin(), list.end(), wanted);
  return found == list.end() ? nullptr : &*found;
}

// The order in which connections are given up; `wanted` narrows the choice.
template <typename Wanted>
Connection* dispensable(std::list<Connection>& busy, std::list<Connection>& idle,
                        Clock::time_point now, Wanted wanted) {
  Connection* const slowest = first(busy, wanted);
  if (slowest && now - slowest->since > honest_request) return slowest;
  if (Connection* const idlest = first(idle, wanted)) return idlest;
  return slowest;
}

}  // namespace

Connection& ConnectionTable::add(int descriptor, const Origin& origin, Clock::time_point now) {
  Connection& connection =
      busy_.emplace_back(Connection{.descriptor = descriptor, .origin = origin, .since = now});
  connection.place = std::prev(busy_.end());
  ++from_[origin];
  return connection;
}

void ConnectionTable::begin(Connection& connection, Clock::time_point now) {
  if (connection.state != Connection::State::idle) return;
  move_to(connection, Connection::State::busy);
  connection.since = now;
}

void ConnectionTable::finish(Connection& connection, Clock::time_point now) {
  if (connection.state != Connection::State::busy) return;
  move_to(connection, Connection::State::idle);
  connection.since = now;
}

void ConnectionTable::retire(Connection& connection) {
  if (connection.state == Connection::State::ending) return;
  move_to(connection, Connection::State::ending);
  const auto count = from_.find(connection.origin);
  if (--count->second == 0) from_.erase(count);
}

void ConnectionTable::remove(Connection& connection) {
  retire(connection);
  ending_.erase(connection.place);
}

Connection* ConnectionTable::in_the_way_of(const Origin& origin, Clock::time_point now) {
  const auto count = from_.find(origin);
  if (count != from_.end() && count->second >= limits_.connections_per_address) {
    return dispensable(busy_, idle_, now, [&](const Connection& c) { return c.origin == origin; });
  }
  return size() >= limits_.connections ? most_dispensable(now) : nullptr;
}

Connection* ConnectionTable::most_dispensable(Clock::time_point now) {
  return dispensable(busy_, idle_, now, [](const Connection&) { return true; });
}

Connection* ConnectionTable::overdue(Clock::time_point now) {
  if (!busy_.empty() && now >= busy_.front().since + limits_.request) return &busy_.front();
  if (!idle_.empty() && now >= idle_.front().since + limits_.idle) return &idle_.front();
  return nullptr;
}

std::optional<Clock::time_point> ConnectionTable::next_deadline() const {
  std::optional<Clock::time_point> next;
  if (!busy_.empty()) next = busy_.front().since + limits_.request;
  if (!idle_.empty()) {
    const auto idle_end = idle_.front().since + limits_.idle;
    next = next ? std::min(*next, idle_end) : idle_end;
  }
  return next;
}

std::list<Connection>& ConnectionTable::list_of(Connection::State state) {
  switch (state) {
    case Connection::State::busy:
      return busy_;
    case Connection::State::idle:
      return idle_;
    case Connection::State::ending:
      break;
  }
  return ending_;
}

void ConnectionTable::move_to(Connection& connection, Connection::State state) {
  auto& to = list_of(state);
  to.splice(to.end(), list_of(connection.state), connection.place);
  connection.state = state;
}

}  // namespace upslink::web
