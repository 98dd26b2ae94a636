// SPDX-License-Identifier: Apache-2.0
#include "publish/status/timeline.hpp"

#include <algorithm>
#include <chrono>

namespace upslink::status {
namespace {

constexpr std::size_t on_battery = state_named("on_battery");

/// An alert that comes again within this time is the same one: the UPS repeats some of them.
constexpr auto repeats_within = std::chrono::minutes(10);

/// A state that is worth telling when it begins and ends.
bool is_told(std::size_t state) {
  return states[state].holds != nullptr && states[state].severity != Severity::good;
}

/// When it began: the poller knows it better for the battery, for it hears the alert.
TimePoint began_at(std::size_t state, const Facts& facts) {
  const auto& since = facts.snapshot().totals.on_battery_since;
  return state == on_battery && since ? *since : facts.now();
}

bool is_open(const Occurrence& occurrence, std::size_t state) {
  return occurrence.kind == Occurrence::Kind::state && occurrence.which == state &&
         !occurrence.ended;
}

}  // namespace

void Timeline::follow(const Facts& facts) {
  follow_alerts(facts);
  for (std::size_t i = 0; i < state_count; ++i) {
    if (is_told(i)) follow_state(i, facts);
  }
  follow_causes(facts);
  started_ = true;
  if (const auto* transfer = newest(Occurrence::Kind::state, on_battery))
    last_transfer_ = *transfer;
}

/// A state of which nothing is known, because the UPS is silent, stays as it was: whether it has
/// ended is seen when the UPS answers again.
void Timeline::follow_state(std::size_t state, const Facts& facts) {
  const auto holds = states[state].holds(facts);
  if (!holds) return;
  const bool first_look = !held_[state].has_value();
  const bool changes = *holds != held_[state].value_or(false);
  held_[state] = holds;
  if (!changes) return;
  if (*holds) {
    since_[state] = began_at(state, facts);
    add({.kind = Occurrence::Kind::state,
         .which = static_cast<std::uint8_t>(state),
         .from_start = first_look,
         .cause = {},
         .began = *since_[state],
         .ended = {}});
    return;
  }
  since_[state].reset();
  for (Occurrence& occurrence : occurrences_) {
    if (is_open(occurrence, state)) occurrence.ended = facts.now();
  }
  if (last_transfer_ && is_open(*last_transfer_, state)) last_transfer_->ended = facts.now();
}

void Timeline::follow_alerts(const Facts& facts) {
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const AlertRecord& record = facts.snapshot().alerts[i];
    const auto more = record.count - std::min(record.count, alert_counts_[i]);
    alert_counts_[i] = record.count;
    if (more == 0) continue;
    const TimePoint heard = record.heard_at == TimePoint{} ? facts.now() : record.heard_at;
    auto* last = newest(Occurrence::Kind::alert, std::nullopt);
    if (last != nullptr && last->which == i &&
        heard - last->ended.value_or(last->began) < repeats_within) {
      last->times += static_cast<std::uint32_t>(more);
      last->ended = heard;
      continue;
    }
    add({.kind = Occurrence::Kind::alert,
         .which = static_cast<std::uint8_t>(i),
         .cause = {},
         .times = static_cast<std::uint32_t>(more),
         .began = heard,
         .ended = more > 1 ? std::optional(heard) : std::nullopt});
  }
}

/// The cause of a transfer is known a moment after it. A transfer that was over before anybody
/// looked is known by its cause alone.
void Timeline::follow_causes(const Facts& facts) {
  const auto& now = facts.snapshot().totals.transfers;
  transfers_.resize(now.size());
  for (std::size_t cause = 0; cause < now.size(); ++cause) {
    const bool counted = now[cause] > transfers_[cause];
    transfers_[cause] = now[cause];
    if (!counted || !started_) continue;
    auto* transfer = newest(Occurrence::Kind::state, on_battery);
    if (transfer != nullptr && !transfer->cause) {
      transfer->cause = static_cast<std::uint8_t>(cause);
    } else {
      add({.kind = Occurrence::Kind::state,
           .which = static_cast<std::uint8_t>(on_battery),
           .cause = static_cast<std::uint8_t>(cause),
           .began = facts.now(),
           .ended = facts.now()});
    }
  }
  auto* transfer = newest(Occurrence::Kind::state, on_battery);
  if (transfer != nullptr && transfer->from_start && !transfer->ended && !transfer->cause) {
    transfer->cause = facts.present_cause();
  }
}

/// In the order in which things began; the oldest goes when there are too many.
void Timeline::add(const Occurrence& occurrence) {
  const auto later = [&](const Occurrence& other) { return other.began > occurrence.began; };
  occurrences_.insert(std::ranges::find_if(occurrences_, later), occurrence);
  if (occurrences_.size() > capacity) occurrences_.erase(occurrences_.begin());
}

/// The newest of a kind and, if one is given, of one state or alert.
Occurrence* Timeline::newest(Occurrence::Kind kind, std::optional<std::size_t> which) {
  const auto found = std::find_if(occurrences_.rbegin(), occurrences_.rend(), [&](const auto& one) {
    return one.kind == kind && (!which || one.which == *which);
  });
  return found == occurrences_.rend() ? nullptr : &*found;
}

}  // namespace upslink::status
