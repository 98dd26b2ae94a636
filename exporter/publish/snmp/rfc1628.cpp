// SPDX-License-Identifier: Apache-2.0
// UPS-MIB (RFC 1628), every object that the protocol has a source for. Numbers and meanings are the
// RFC's. Its errors: compliance names normal(2) and battery(4) where the enumeration has 3 and 5,
// which are served; an estimate of 0 minutes is served as 0 although the syntax begins with 1.
#include <array>
#include <cmath>
#include <optional>

#include "publish/snmp/rfc1628.hpp"
#include "publish/snmp/upslink.hpp"
#include "publish/snmp/views.hpp"

namespace upslink::snmp {
namespace {

using Value = std::optional<SnmpValue>;

// Identity

Value manufacturer(const Subject& ups) {
  if (!ups.met()) return std::nullopt;
  return octets("APC");  // nobody else's speak this protocol with their own model's name
}

Value software(const Subject& ups) {
  const auto firmware = text_of<quantity_named("firmware")>(ups);
  return firmware ? firmware : text_of<quantity_named("firmware_code")>(ups);
}

// Battery

Value battery_status(const Subject& ups) {
  enum : std::uint8_t { unknown = 1, normal = 2, low = 3, depleted = 4 };
  const auto is_low = ups.facts.flag(flag_named("status", "battery_low"));
  if (!is_low) return integer(unknown);
  if (ups.alarms[alarm_named("depleted_battery")].shown) return integer(depleted);
  return integer(*is_low ? low : normal);
}

Value seconds_on_battery(const Subject& ups) {
  const auto on = ups.facts.flag(flag_named("status", "on_battery"));
  if (!on) return std::nullopt;
  const auto& since = ups.facts.snapshot().totals.on_battery_since;
  return integer(*on && since ? std::max<std::int64_t>(0, ups.since(*since) / 100) : 0);
}

Value minutes_remaining(const Subject& ups) {
  const auto seconds = ups.facts.number(quantity_named("battery_runtime"));
  if (!seconds) return std::nullopt;
  return integer(std::lround(*seconds / 60));
}

// Input and output

Value line_bads(const Subject& ups) {
  if (!ups.met()) return std::nullopt;
  const auto& transfers = ups.facts.snapshot().totals.transfers;
  std::uint64_t count = 0;
  for (const auto cause : {choice_named("transfer_cause", "rate_of_change"),
                           choice_named("transfer_cause", "high_voltage"),
                           choice_named("transfer_cause", "low_voltage"),
                           choice_named("transfer_cause", "notch_or_spike")}) {
    count += transfers[cause];
  }
  return SnmpValue{Type::counter, static_cast<std::int64_t>(count)};
}

Value power(const Subject& ups) {
  const auto& watts = ups.facts.snapshot().totals.output_power_watts;
  if (!ups.up() || !watts) return std::nullopt;
  return integer(std::lround(*watts));
}

Value nominal_power(const Subject& ups) {
  const auto& watts = ups.facts.snapshot().totals.nominal_power_watts;
  if (!ups.up() || !watts) return std::nullopt;
  return integer(std::lround(*watts));
}

Value percent_load(const Subject& ups) {
  const auto load = ups.facts.number(quantity_named("load"));
  const auto apparent = ups.facts.number(quantity_named("apparent_load"));
  if (!load && !apparent) return std::nullopt;
  const double most = std::max(load.value_or(0), apparent.value_or(0));
  return integer(std::min(std::lround(most * 100), 200L));
}

Value output_source(const Subject& ups) {
  enum : std::uint8_t {
    other = 1,
    none = 2,
    normal = 3,
    bypass = 4,
    battery = 5,
    booster = 6,
    reducer = 7
  };
  const Facts& facts = ups.facts;
  const auto is = [&](FlagRef flag) { return facts.flag(flag).value_or(false); };
  const auto one_of = [&](std::initializer_list<FlagRef> flags) {
    return facts.any(flags).value_or(false);
  };
  const bool on_battery = is(flag_named("status", "on_battery"));
  const bool on_line = is(flag_named("status", "on_line"));
  if (!ups.up()) return integer(other);
  const bool off =
      one_of({flag_named("fault_3", "low_battery_shutdown"), flag_named("fault_3", "main_relay"),
              flag_named("fault_3", "sleeping"), flag_named("fault_3", "shutdown_pending"),
              flag_named("state", "ready_on_command"),
              flag_named("state", "ready_on_command_or_line_return")});
  if (off && !on_battery && !on_line) return integer(none);
  if (ups.alarms[alarm_named("on_bypass")].shown) return integer(bypass);
  if (on_battery) return integer(battery);
  if (is(flag_named("status", "smart_boost"))) return integer(booster);
  if (is(flag_named("status", "smart_trim"))) return integer(reducer);
  return integer(on_line ? normal : other);
}

// Alarms and tests

Value alarms_present(const Subject& ups) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < alarm_count; ++i) count += ups.alarms[i].shown ? 1 : 0;
  return gauge(count);
}

/// The children of upsWellKnownTests.
constexpr Oid test_identity(std::uint32_t number) {
  return rfc1628_root + Oid{1, 7, 7, number};
}

const TestRecord* last_test(const Subject& ups) {
  const auto& test = ups.facts.snapshot().totals.test;
  return test ? &*test : nullptr;
}

bool runs(const TestRecord* test) {
  return test != nullptr && !test->ended;
}

/// Whether the result that is known is of a test before this one.
bool awaits_result(const Subject& ups, const TestRecord* test) {
  if (test == nullptr || test->calibration) return false;
  if (!test->ended) return true;
  const Reading* read = ups.facts.reading(quantity_named("self_test_result"));
  return read != nullptr && read->read_at < *test->ended;
}

Value test_id(const Subject& ups) {
  constexpr std::uint32_t none = 1;
  constexpr std::uint32_t general = 3;
  constexpr std::uint32_t deep_calibration = 5;
  if (!ups.up()) return std::nullopt;
  const TestRecord* test = last_test(ups);
  if (test != nullptr)
    return oid_value(test_identity(test->calibration ? deep_calibration : general));
  const bool known = ups.facts.snapshot().totals.test_result.has_value();
  return oid_value(test_identity(known ? general : none));
}

Value test_summary(const Subject& ups) {
  enum : std::uint8_t { passed = 1, failed = 3, in_progress = 5, none = 6 };
  if (!ups.up()) return std::nullopt;
  const TestRecord* test = last_test(ups);
  if (runs(test) || awaits_result(ups, test)) return integer(in_progress);
  if (test != nullptr && test->calibration) return integer(passed);  // it ran to its end
  const auto& result = ups.facts.snapshot().totals.test_result;
  if (!result) return integer(none);
  return integer(*result == choice_named("self_test_result", "passed") ? passed : failed);
}

Value test_detail(const Subject& ups) {
  if (!ups.up()) return std::nullopt;
  const TestRecord* test = last_test(ups);
  if (test != nullptr && test->calibration) return octets("runtime calibration");
  const auto& result = ups.facts.snapshot().totals.test_result;
  if (awaits_result(ups, test)) return octets("");
  return octets(result ? self_test_results[*result].text : std::string_view());
}

Value test_start(const Subject& ups) {
  const TestRecord* test = last_test(ups);
  if (!ups.up()) return std::nullopt;
  return test == nullptr ? ticks(0) : ups.time_stamp(test->began);
}

Value test_elapsed(const Subject& ups) {
  const TestRecord* test = last_test(ups);
  if (!ups.up()) return std::nullopt;
  if (test == nullptr) return integer(0);
  return integer(std::max<std::int64_t>(
      0, ups.since(test->began) - (test->ended ? ups.since(*test->ended) : 0)));
}

// Configuration

Value nominal_frequency(const Subject& ups) {
  const auto hertz = ups.facts.number(quantity_named("input_frequency"));
  if (!hertz) return std::nullopt;
  return integer(*hertz < 55 ? 500 : 600);
}

Value audible(const Subject& ups) {
  const auto delay = ups.facts.choice(quantity_named("alarm_delay"));
  if (!delay) return std::nullopt;
  return integer(*delay == choice_named("alarm_delay", "never") ? 1 : 2);
}

Value low_battery_minutes(const Subject& ups) {
  const auto seconds = ups.facts.number(quantity_named("battery_runtime_low"));
  if (!seconds) return std::nullopt;
  return integer(std::lround(*seconds / 60));
}

/// What nobody can set here, as the RFC lets a reader say it.
template <int value, Type type = Type::integer>
Value constant(const Subject& ups) {
  if (!ups.met()) return std::nullopt;
  return SnmpValue{type, value};
}

Value attached_devices(const Subject& ups) {
  return constant<0>(ups) ? Value(octets("")) : std::nullopt;
}

// clang-format off
constexpr std::array rows{
    Row{{1, 1, 1, 0}, "upsIdentManufacturer", manufacturer},
    Row{{1, 1, 2, 0}, "upsIdentModel", text_of<quantity_named("model")>},
    Row{{1, 1, 3, 0}, "upsIdentUPSSoftwareVersion", software},
    Row{{1, 1, 4, 0}, "upsIdentAgentSoftwareVersion", [](const Subject& ups) -> Value { return octets(ups.version); }},
    Row{{1, 1, 5, 0}, "upsIdentName", [](const Subject& ups) -> Value { return octets(ups.name); }},
    Row{{1, 1, 6, 0}, "upsIdentAttachedDevices", attached_devices},
    Row{{1, 2, 1, 0}, "upsBatteryStatus", battery_status},
    Row{{1, 2, 2, 0}, "upsSecondsOnBattery", seconds_on_battery},
    Row{{1, 2, 3, 0}, "upsEstimatedMinutesRemaining", minutes_remaining},
    Row{{1, 2, 4, 0}, "upsEstimatedChargeRemaining", scaled<quantity_named("battery_charge"), 100, Type::integer>},
    Row{{1, 2, 5, 0}, "upsBatteryVoltage", scaled<quantity_named("battery_voltage"), 10, Type::integer>},
    Row{{1, 2, 7, 0}, "upsBatteryTemperature", scaled<quantity_named("internal_temperature"), 1, Type::integer>},
    Row{{1, 3, 1, 0}, "upsInputLineBads", line_bads},
    Row{{1, 3, 2, 0}, "upsInputNumLines", constant<1>},
    Row{{1, 3, 3, 1, 2, 1}, "upsInputFrequency", scaled<quantity_named("input_frequency"), 10, Type::integer>},
    Row{{1, 3, 3, 1, 3, 1}, "upsInputVoltage", scaled<quantity_named("input_voltage"), 1, Type::integer>},
    Row{{1, 4, 1, 0}, "upsOutputSource", output_source},
    Row{{1, 4, 2, 0}, "upsOutputFrequency", scaled<quantity_named("input_frequency"), 10, Type::integer>},
    Row{{1, 4, 3, 0}, "upsOutputNumLines", constant<1>},
    Row{{1, 4, 4, 1, 2, 1}, "upsOutputVoltage", scaled<quantity_named("output_voltage"), 1, Type::integer>},
    Row{{1, 4, 4, 1, 3, 1}, "upsOutputCurrent", scaled<quantity_named("output_current"), 10, Type::integer>},
    Row{{1, 4, 4, 1, 4, 1}, "upsOutputPower", power},
    Row{{1, 4, 4, 1, 5, 1}, "upsOutputPercentLoad", percent_load},
    Row{{1, 5, 2, 0}, "upsBypassNumLines", constant<0>},
    Row{{1, 6, 1, 0}, "upsAlarmsPresent", alarms_present},
    Row{{1, 7, 1, 0}, "upsTestId", test_id},
    Row{{1, 7, 2, 0}, "upsTestSpinLock", constant<1>},
    Row{{1, 7, 3, 0}, "upsTestResultsSummary", test_summary},
    Row{{1, 7, 4, 0}, "upsTestResultsDetail", test_detail},
    Row{{1, 7, 5, 0}, "upsTestStartTime", test_start},
    Row{{1, 7, 6, 0}, "upsTestElapsedTime", test_elapsed},
    Row{{1, 8, 1, 0}, "upsShutdownType", constant<1>},
    Row{{1, 8, 2, 0}, "upsShutdownAfterDelay", constant<-1>},
    Row{{1, 8, 3, 0}, "upsStartupAfterDelay", constant<-1>},
    Row{{1, 8, 4, 0}, "upsRebootWithDuration", constant<-1>},
    Row{{1, 8, 5, 0}, "upsAutoRestart", constant<1>},
    Row{{1, 9, 1, 0}, "upsConfigInputVoltage", scaled<quantity_named("output_voltage_nominal"), 1, Type::integer>},
    Row{{1, 9, 2, 0}, "upsConfigInputFreq", nominal_frequency},
    Row{{1, 9, 3, 0}, "upsConfigOutputVoltage", scaled<quantity_named("output_voltage_nominal"), 1, Type::integer>},
    Row{{1, 9, 4, 0}, "upsConfigOutputFreq", nominal_frequency},
    Row{{1, 9, 6, 0}, "upsConfigOutputPower", nominal_power},
    Row{{1, 9, 7, 0}, "upsConfigLowBattTime", low_battery_minutes},
    Row{{1, 9, 8, 0}, "upsConfigAudibleStatus", audible},
    Row{{1, 9, 9, 0}, "upsConfigLowVoltageTransferPoint", scaled<quantity_named("input_transfer_low"), 1, Type::integer>},
    Row{{1, 9, 10, 0}, "upsConfigHighVoltageTransferPoint", scaled<quantity_named("input_transfer_high"), 1, Type::integer>},
};
// clang-format on

void add_alarm_rows(const Subject& ups, Cells& cells) {
  for (std::size_t i = 0; i < alarm_count; ++i) {
    const AlarmEntry& entry = ups.alarms[i];
    if (!entry.shown) continue;
    cells.push_back(
        {rfc1628_alarm(alarm_descr_column, entry.id), oid_value(alarm_identity(i, ups.base))});
    cells.push_back({rfc1628_alarm(alarm_time_column, entry.id),
                     entry.from_start ? ticks(0) : ups.time_stamp(entry.since)});
  }
}

}  // namespace

Oid rfc1628_alarm(std::uint32_t column, std::uint32_t id) {
  return rfc1628_root + Oid{1, 6, 2, 1, column, id};
}

void add_rfc1628(const Subject& ups, Cells& cells) {
  for (const Row& object : rows) {
    if (auto value = object.value(ups))
      cells.push_back({rfc1628_root + object.oid, *std::move(value)});
  }
  add_alarm_rows(ups, cells);
}

void add_rfc1628_scalars(const Subject& ups, std::initializer_list<std::string_view> names,
                         Cells& cells) {
  for (const std::string_view name : names) {
    for (const Row& object : rows) {
      if (object.name != name) continue;
      if (auto value = object.value(ups))
        cells.push_back({rfc1628_root + object.oid, *std::move(value)});
    }
  }
}

}  // namespace upslink::snmp
