// SPDX-License-Identifier: Apache-2.0
#include "publish/status/history.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

namespace upslink::status {
namespace {

constexpr std::size_t voltage = 0;  // of `kept`

/// The unit's own extremes since they were last read: they see what falls between two readings.
constexpr std::array<std::size_t, 2> extremes{quantity_named("input_voltage_minimum"),
                                              quantity_named("input_voltage_maximum")};

}  // namespace

void History::follow(const Facts& facts) {
  const auto number = facts.now().time_since_epoch() / step;
  if (last_ < first_) {
    first_ = number;
    begin_bucket(number);
  } else if (number > last_) {
    const auto oldest_new = std::max(last_ + 1, number - std::int64_t{capacity} + 1);
    for (auto next = oldest_new; next <= number; ++next) begin_bucket(next);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) widen(i, facts.number(kept[i].quantity));
  widen_by_extremes(facts);
  const bool on_battery = facts.flag(flag_named("status", "on_battery")).value_or(false);
  if (on_battery) on_battery_.set(place(last_));
  if (!facts.up().value_or(true)) silent_.set(place(last_));
}

void History::begin_bucket(std::int64_t number) {
  ring_[place(number)] = {};
  on_battery_.reset(place(number));
  silent_.reset(place(number));
  last_ = number;
  first_ = std::max(first_, number - std::int64_t{capacity} + 1);
}

void History::widen(std::size_t which, std::optional<double> value) {
  if (!value) return;
  const double scaled = std::clamp(*value * kept[which].per_unit, 0.0, UINT16_MAX - 1.0);
  const auto stored = static_cast<std::uint16_t>(std::lround(scaled));
  Span& span = ring_[place(last_)][which];
  span.low = std::min(span.low, stored);
  span.high = std::max(span.high, stored);
}

void History::widen_by_extremes(const Facts& facts) {
  for (std::size_t i = 0; i < extremes.size(); ++i) {
    const Reading* reading = facts.reading(extremes[i]);
    if (reading == nullptr || reading->read_at <= extremes_read_[i]) continue;
    // The first one reaches back to before anybody watched.
    const bool tells_of_now = extremes_read_[i] != TimePoint{};
    extremes_read_[i] = reading->read_at;
    if (tells_of_now) widen(voltage, std::get<double>(reading->value));
  }
}

History::Numbers History::numbers() const {
  return {first_, last_ + 1};
}

std::optional<History::Range> History::range(std::size_t which, std::int64_t number) const {
  const Span& span = at(number)[which];
  if (span.low > span.high) return std::nullopt;
  return Range{span.low / kept[which].per_unit, span.high / kept[which].per_unit};
}

}  // namespace upslink::status
