// SPDX-License-Identifier: Apache-2.0
#include "catalogue/alarms.hpp"

#include <array>
#include <chrono>

namespace upslink::detail {
namespace {

/// A condition that is told in two ways: true if one of them says so, nothing if neither is known.
std::optional<bool> either(std::optional<bool> a, std::optional<bool> b) {
  if (!a) return b;
  return *a || b.value_or(false);
}

std::optional<bool> both(std::optional<bool> a, std::optional<bool> b) {
  if (a == std::optional(false) || b == std::optional(false)) return false;
  if (!a || !b) return std::nullopt;
  return true;
}

std::optional<bool> not_true(std::optional<bool> a) {
  if (!a) return std::nullopt;
  return !*a;
}

/// The rows of one probe: what it reads, and the limits that are set for it.
struct Limited {
  std::size_t reading, high, low;
};

constexpr std::array<Limited, 2> temperatures{
    {{quantity_named("ambient_temperature_1"), quantity_named("ambient_temperature_high_1"),
      quantity_named("ambient_temperature_low_1")},
     {quantity_named("ambient_temperature_2"), quantity_named("ambient_temperature_high_2"),
      quantity_named("ambient_temperature_low_2")}}};

constexpr std::array<Limited, 2> humidities{
    {{quantity_named("ambient_humidity_1"), quantity_named("ambient_humidity_high_1"),
      quantity_named("ambient_humidity_low_1")},
     {quantity_named("ambient_humidity_2"), quantity_named("ambient_humidity_high_2"),
      quantity_named("ambient_humidity_low_2")}}};

std::optional<bool> out_of_limits(const Facts& facts, const std::array<Limited, 2>& probes) {
  std::optional<bool> result;
  for (const Limited& probe : probes) {
    result = either(result, facts.outside(probe.reading, probe.high, probe.low));
  }
  return result;
}

constexpr FlagRef on_battery = flag_named("status", "on_battery");

std::optional<bool> cause_is_the_line(const Facts& facts) {
  const auto cause = facts.present_cause();
  if (!cause) return std::nullopt;
  return *cause == choice_named("transfer_cause", "rate_of_change") ||
         *cause == choice_named("transfer_cause", "high_voltage") ||
         *cause == choice_named("transfer_cause", "low_voltage") ||
         *cause == choice_named("transfer_cause", "notch_or_spike");
}

std::optional<bool> line_acceptable(const Facts& facts) {
  const auto acceptable = facts.number(quantity_named("input_quality_acceptable"));
  if (!acceptable) return std::nullopt;
  return *acceptable != 0;
}

}  // namespace

std::optional<bool> battery_bad(const Facts& facts) {
  const auto bad_packs = facts.number(quantity_named("battery_packs_bad"));
  std::optional<bool> packs;
  if (bad_packs) packs = *bad_packs > 0;
  return either(facts.flag(flag_named("status", "replace_battery")), packs);
}

std::optional<bool> depleted_battery(const Facts& facts) {
  const auto charge = facts.number(quantity_named("battery_charge"));
  std::optional<bool> empty;
  if (charge) empty = *charge <= 0;
  return either(facts.flag(flag_named("fault_3", "low_battery_shutdown")),
                both(facts.flag(flag_named("status", "battery_low")), empty));
}

std::optional<bool> temperature_bad(const Facts& facts) {
  return either(facts.flag(flag_named("fault_3", "over_temperature")),
                out_of_limits(facts, temperatures));
}

std::optional<bool> input_bad(const Facts& facts) {
  const auto by_transfer = both(facts.flag(on_battery), cause_is_the_line(facts));
  return either(not_true(line_acceptable(facts)), by_transfer);
}

std::optional<bool> general_fault(const Facts& facts) {
  const auto by_registers = facts.any(
      {flag_named("state", "bypass_internal_fault"), flag_named("fault_2", "output_voltage_select"),
       flag_named("fault_2", "dc_imbalance"), flag_named("fault_2", "no_battery_in_bypass"),
       flag_named("fault_2", "boost_trim_relay"), flag_named("fault_3", "overload_no_transfer"),
       flag_named("fault_3", "main_relay"), flag_named("fault_3", "bypass_relay")});
  if (!facts.up().value_or(false)) return std::nullopt;
  std::optional<bool> by_alert;
  if (facts.snapshot().alerts[alert_named("abnormal")].heard_at != TimePoint{}) {
    by_alert = facts.between(alert_named("abnormal"), alert_named("abnormal_cleared"));
  }
  return either(by_registers, by_alert);
}

std::optional<bool> test_failed(const Facts& facts) {
  const auto result = facts.choice(quantity_named("self_test_result"));
  if (!result) return std::nullopt;
  if (!facts.snapshot().totals.test_result) return false;
  const auto last = *facts.snapshot().totals.test_result;  // the unit forgets it after 5 minutes
  return last == choice_named("self_test_result", "failed_capacity") ||
         last == choice_named("self_test_result", "failed_overload");
}

std::optional<bool> communications_lost(const Facts& facts) {
  return not_true(facts.up());
}

std::optional<bool> awaiting_power(const Facts& facts) {
  const auto off = facts.any(
      {flag_named("fault_3", "low_battery_shutdown"), flag_named("fault_3", "shutdown_pending")});
  return either(facts.flag(flag_named("state", "ready_on_command_or_line_return")),
                both(off, not_true(line_acceptable(facts))));
}

/// RFC 1628: power goes in less than five seconds. The alert is not taken back, so it lasts a
/// moment.
std::optional<bool> shutdown_imminent(const Facts& facts) {
  constexpr auto lasts = std::chrono::seconds(10);
  if (!facts.up().value_or(false)) return std::nullopt;
  return facts.heard_within(alert_named("turning_off"), lasts);
}

std::optional<bool> test_in_progress(const Facts& facts) {
  const auto cause = facts.present_cause();
  std::optional<bool> by_test;
  if (cause) by_test = *cause == choice_named("transfer_cause", "test");
  return either(facts.flag(flag_named("status", "runtime_calibration")),
                both(facts.flag(on_battery), by_test));
}

std::optional<bool> humidity_bad(const Facts& facts) {
  return out_of_limits(facts, humidities);
}

}  // namespace upslink::detail
