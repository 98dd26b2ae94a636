// SPDX-License-Identifier: Apache-2.0
#include "wire.hpp"

#include <algorithm>

namespace upslink::simulator {
namespace {

// An unpaced filler would never let go of the processor.
constexpr Duration least_filler_period = std::chrono::microseconds(100);

}  // namespace

void Receiver::push(char byte, Time written, bool looped) {
  free_ = std::max(free_, written) + byte_time_;
  arrivals_.push_back({byte, free_, looped});
}

std::optional<Arrival> Receiver::take(Time now) {
  if (arrivals_.empty() || arrivals_.front().at > now) return std::nullopt;
  const auto arrival = arrivals_.front();
  arrivals_.pop_front();
  return arrival;
}

void Transmitter::set_pace(Duration byte_time, Duration byte_period) {
  byte_time_ = byte_time;
  byte_period_ = std::max(byte_time, byte_period);
}

void Transmitter::set_filler(std::function<char()> filler, Time now) {
  filler_ = std::move(filler);
  filler_start_ = now;
}

void Transmitter::clear() {
  replies_.clear();
  alerts_.clear();
  place_ = alert_place_ = 0;
}

Duration Transmitter::period_of(const Chunk& chunk) const {
  return std::max(byte_period_, chunk.byte_period);
}

Transmitter::Plan Transmitter::plan() const {
  if (filler_) {
    const auto period = std::max(byte_time_, least_filler_period);
    return {Next::filler, std::max(free_, filler_start_) + period};
  }
  Plan best;
  Time best_start = never;
  if (!alerts_.empty() && (place_ == 0 || alerts_inside_ || alert_place_ > 0)) {
    best_start = std::max(free_, alerts_.front().not_before);
    best = {Next::alert, best_start + byte_time_};
  }
  if (!replies_.empty() && alert_place_ == 0) {
    const auto ready = place_ == 0 ? replies_.front().not_before : reply_free_;
    const auto start = std::max(free_, ready);
    // The byte leaves one period after the one before, or after the turnaround.
    const auto end = start + (place_ == 0 ? period_of(replies_.front()) : byte_time_);
    if (start < best_start) best = {Next::reply, end};
  }
  return best;
}

Time Transmitter::due() const {
  return plan().end;
}

Departure Transmitter::take_from(std::deque<Chunk>& chunks, std::size_t& place, Time end) {
  auto& chunk = chunks.front();
  Departure departure{chunk.bytes[place], end, std::nullopt, false};
  for (const auto& [at, id] : chunk.alerts) {
    if (at == place) departure.id = id;
  }
  if (++place == chunk.bytes.size()) {
    chunks.pop_front();
    place = 0;
  }
  free_ = end;
  return departure;
}

std::optional<Departure> Transmitter::take(Time now) {
  const auto [next, end] = plan();
  if (next == Next::none || end > now) return std::nullopt;
  switch (next) {
    case Next::filler:
      free_ = end;
      return Departure{filler_(), end, std::nullopt, true};
    case Next::alert:
      return take_from(alerts_, alert_place_, end);
    case Next::reply:
      reply_free_ = end + period_of(replies_.front()) - byte_time_;
      return take_from(replies_, place_, end);
    case Next::none:
      break;
  }
  return std::nullopt;
}

}  // namespace upslink::simulator
