// SPDX-License-Identifier: Apache-2.0
#include "catalogue/states.hpp"

#include <initializer_list>

#include "catalogue/alarms.hpp"

namespace upslink {
namespace {

std::optional<bool> alarm(const Facts& facts, std::size_t which) {
  return alarms[which].active(facts);
}

/// True if one of them says so, nothing if none is known.
std::optional<bool> any_of(std::initializer_list<std::optional<bool>> conditions) {
  std::optional<bool> result;
  for (const auto& condition : conditions) {
    if (condition) result = result.value_or(false) || *condition;
  }
  return result;
}

}  // namespace

namespace detail {

std::optional<bool> silent_state(const Facts& facts) {
  return alarm(facts, alarm_named("communications_lost"));
}

std::optional<bool> output_off_state(const Facts& facts) {
  return alarm(facts, alarm_named("output_off"));
}

std::optional<bool> fault_state(const Facts& facts) {
  return any_of({alarm(facts, alarm_named("general_fault")),
                 alarm(facts, alarm_named("output_bad")), alarm(facts, alarm_named("bypass_bad")),
                 alarm(facts, alarm_named("charger_failed")),
                 alarm(facts, alarm_named("fan_failure")),
                 facts.flag(flag_named("fault_3", "over_temperature"))});
}

std::optional<bool> battery_low_state(const Facts& facts) {
  return any_of(
      {alarm(facts, alarm_named("low_battery")), alarm(facts, alarm_named("depleted_battery"))});
}

std::optional<bool> overload_state(const Facts& facts) {
  return alarm(facts, alarm_named("output_overload"));
}

std::optional<bool> on_battery_state(const Facts& facts) {
  return alarm(facts, alarm_named("on_battery"));
}

std::optional<bool> bypass_state(const Facts& facts) {
  return alarm(facts, alarm_named("on_bypass"));
}

std::optional<bool> replace_battery_state(const Facts& facts) {
  return alarm(facts, alarm_named("battery_bad"));
}

std::optional<bool> environment_state(const Facts& facts) {
  return any_of(
      {alarm(facts, alarm_named("temperature_bad")), alarm(facts, alarm_named("humidity_bad"))});
}

std::optional<bool> testing_state(const Facts& facts) {
  return alarm(facts, alarm_named("test_in_progress"));
}

std::optional<bool> on_line_state(const Facts& facts) {
  return facts.flag(flag_named("status", "on_line"));
}

}  // namespace detail

StateSet states_of(const Facts& facts) {
  StateSet set;
  for (std::size_t i = 0; i < state_count; ++i) {
    if (states[i].holds != nullptr) set[i] = states[i].holds(facts).value_or(false);
  }
  if (set.none()) set.set(state_named("unknown"));
  return set;
}

std::size_t worst_of(const StateSet& set) {
  std::size_t first = 0;
  while (first + 1 < state_count && !set[first]) ++first;
  return first;
}

}  // namespace upslink
