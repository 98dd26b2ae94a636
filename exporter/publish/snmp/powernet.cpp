// SPDX-License-Identifier: Apache-2.0
// PowerNet-MIB as APC's own cards serve it, the objects that managers are known to read. Numbers
// and meanings are APC's. There are no tables of phases: managers that find them read nothing else.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catalogue/alarms.hpp"
#include "catalogue/codec.hpp"
#include "publish/snmp/powernet_states.hpp"
#include "publish/snmp/views.hpp"

namespace upslink::snmp {
namespace {

using Value = std::optional<SnmpValue>;

constexpr Oid root{1, 3, 6, 1, 4, 1, 318, 1, 1};

/// An enumeration or a number that does not change: there once the UPS is known.
template <int value>
Value constant(const Subject& ups) {
  if (!ups.met()) return std::nullopt;
  return integer(value);
}

// Identity

Value name(const Subject& ups) {
  const auto own = text_of<quantity_named("name")>(ups);
  return own ? own : octets(ups.name);
}

/// The leading words of the model, before the first that has a digit in it: `Smart-UPS RT` for
/// `Smart-UPS RT 2000 XL`.
Value family(const Subject& ups) {
  const std::string model = ups.facts.text(quantity_named("model"));
  const auto digit = std::min(model.find_first_of("0123456789"), model.size());
  const auto end = digit == model.size() ? digit : model.rfind(' ', digit);
  if (end == std::string::npos || end == 0) return std::nullopt;
  return octets(std::string_view(model).substr(0, end));
}

Value firmware(const Subject& ups) {
  const auto revision = text_of<quantity_named("firmware")>(ups);
  return revision ? revision : text_of<quantity_named("firmware_code")>(ups);
}

/// `MM/DD/` and the year's last digits, of `YYYY-MM-DD`.
std::string month_first(std::string_view iso, std::size_t digits) {
  constexpr std::size_t year_digits = 4;
  std::string date(iso.substr(5, 2));
  return date.append("/")
      .append(iso.substr(8, 2))
      .append("/")
      .append(iso.substr(year_digits - digits, digits));
}

Value manufactured(const Subject& ups) {
  const std::string iso = ups.facts.text(quantity_named("manufactured"));
  if (iso.empty()) return std::nullopt;
  return octets(month_first(iso, 2));
}

// Battery

Value battery_status(const Subject& ups) {
  enum : std::uint8_t { unknown = 1, normal = 2, low = 3 };
  const auto is_low = ups.facts.flag(flag_named("status", "battery_low"));
  if (!is_low) return integer(unknown);
  return integer(*is_low ? low : normal);
}

Value time_on_battery(const Subject& ups) {
  const auto on = ups.facts.flag(flag_named("status", "on_battery"));
  if (!on) return std::nullopt;
  const auto& since = ups.facts.snapshot().totals.on_battery_since;
  return ticks(*on && since ? ups.since(*since) : 0);
}

Value battery_replaced(const Subject& ups) {
  const auto epoch = ups.facts.number(quantity_named("battery_replaced"));
  if (!epoch) return std::nullopt;
  return octets(month_first(iso_date(static_cast<std::int64_t>(*epoch)), 4));
}

Value replace_indicator(const Subject& ups) {
  enum : std::uint8_t { no_battery_needs_replacing = 1, battery_needs_replacing = 2 };
  const auto bad = alarms[alarm_named("battery_bad")].active(ups.facts);
  if (!bad) return std::nullopt;
  return integer(*bad ? battery_needs_replacing : no_battery_needs_replacing);
}

/// A unit that knows of packs but not of bad ones has none.
Value bad_packs(const Subject& ups) {
  auto bad = scaled<quantity_named("battery_packs_bad"), 1, Type::integer>(ups);
  if (bad || !ups.facts.number(quantity_named("battery_packs_external"))) return bad;
  return integer(0);
}

// Output

Value active_power(const Subject& ups) {
  const auto& watts = ups.facts.snapshot().totals.output_power_watts;
  if (!ups.up() || !watts) return std::nullopt;
  return integer(std::lround(*watts));
}

Value output_status(const Subject& ups) {
  return integer(powernet_output_status(ups.facts));
}

Value line_fail_cause(const Subject& ups) {
  if (!ups.up()) return std::nullopt;
  return integer(powernet_line_fail_cause(ups.facts));
}

Value communication(const Subject& ups) {
  enum : std::uint8_t { ok = 1, no_comm = 2 };
  return integer(ups.up() ? ok : no_comm);
}

Value output_state(const Subject& ups) {
  return octets(powernet_output_state(ups.facts));
}

Value abnormal_conditions(const Subject& ups) {
  if (!ups.up()) return std::nullopt;
  return octets(powernet_abnormal_conditions(ups.facts));
}

// Settings: the numbers of choices, in the order of the catalogue's members; 0: no value.

constexpr std::array alarm_when{1, 1, 2, 3};           // timed, timed, atLowBattery, never
constexpr std::array alarm_after{500, 3000, 0, 0};     // hundredths of a second
constexpr std::array sensitivity_numbers{4, 3, 2, 1};  // high, medium, low, auto
constexpr std::array schedule_numbers{2, 3, 4, 5};     // biweekly, weekly, atTurnOn, never
static_assert(alarm_delays[0].name == "5s" && alarm_delays[2].name == "low_battery");
static_assert(sensitivities[0].name == "high" && sensitivities[3].name == "auto");
static_assert(self_test_schedules[0].name == "14_days" && self_test_schedules[3].name == "off");

template <std::size_t quantity, const auto& numbers, Type type = Type::integer>
Value choice(const Subject& ups) {
  static_assert(std::size(numbers) == quantities[quantity].members.size());
  const auto chosen = ups.facts.choice(quantity);
  if (!chosen || numbers[*chosen] == 0) return std::nullopt;
  return SnmpValue{type, numbers[*chosen]};
}

// Tests

Value test_result(const Subject& ups) {
  enum : std::uint8_t { ok = 1, failed = 2, invalid = 3, in_progress = 4 };
  if (!ups.up()) return std::nullopt;
  const auto& totals = ups.facts.snapshot().totals;
  if (totals.test && !totals.test->calibration && !totals.test->ended) return integer(in_progress);
  if (!ups.facts.choice(quantity_named("self_test_result"))) return std::nullopt;
  if (!totals.test_result) return integer(invalid);
  const bool passed = *totals.test_result == choice_named("self_test_result", "passed");
  return integer(passed ? ok : failed);
}

/// How long ago the last self test was: as it was seen to end, else as the UPS says.
std::optional<Duration> test_age(const Subject& ups) {
  const auto& test = ups.facts.snapshot().totals.test;
  if (test && !test->calibration && test->ended) return ups.facts.now() - *test->ended;
  const Reading* age = ups.facts.reading(quantity_named("self_test_age"));
  if (age == nullptr) return std::nullopt;
  const std::chrono::duration<double> then(std::get<double>(age->value));
  return std::chrono::duration_cast<Duration>(then) + (ups.facts.now() - age->read_at);
}

Value test_date(const Subject& ups) {
  if (!ups.up()) return std::nullopt;
  const auto age = test_age(ups);
  if (!age) return octets("Unknown");
  const auto then = WallClock::now() - std::chrono::duration_cast<WallClock::duration>(*age);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(then.time_since_epoch());
  return octets(month_first(iso_date(seconds.count()), 4));
}

Value calibration_result(const Subject& ups) {
  enum : std::uint8_t { ok = 1, invalid = 2, in_progress = 3 };
  if (!ups.up()) return std::nullopt;
  const auto running = ups.facts.flag(flag_named("status", "runtime_calibration"));
  if (running.value_or(false)) return integer(in_progress);
  const auto& test = ups.facts.snapshot().totals.test;
  return integer(test && test->calibration && test->ended ? ok : invalid);
}

// clang-format off
constexpr std::array rows{
    Row{{1, 1, 1, 1, 0}, "upsBasicIdentModel", text_of<quantity_named("model")>},
    Row{{1, 1, 1, 2, 0}, "upsBasicIdentName", name},
    Row{{1, 1, 1, 3, 0}, "upsBasicIdentFamilyName", family},
    Row{{1, 1, 2, 1, 0}, "upsAdvIdentFirmwareRevision", firmware},
    Row{{1, 1, 2, 2, 0}, "upsAdvIdentDateOfManufacture", manufactured},
    Row{{1, 1, 2, 3, 0}, "upsAdvIdentSerialNumber", text_of<quantity_named("serial_number")>},
    Row{{1, 2, 1, 1, 0}, "upsBasicBatteryStatus", battery_status},
    Row{{1, 2, 1, 2, 0}, "upsBasicBatteryTimeOnBattery", time_on_battery},
    Row{{1, 2, 1, 3, 0}, "upsBasicBatteryLastReplaceDate", battery_replaced},
    Row{{1, 2, 2, 1, 0}, "upsAdvBatteryCapacity", scaled<quantity_named("battery_charge"), 100>},
    Row{{1, 2, 2, 2, 0}, "upsAdvBatteryTemperature", scaled<quantity_named("internal_temperature"), 1>},
    Row{{1, 2, 2, 3, 0}, "upsAdvBatteryRunTimeRemaining", scaled<quantity_named("battery_runtime"), 100, Type::ticks>},
    Row{{1, 2, 2, 4, 0}, "upsAdvBatteryReplaceIndicator", replace_indicator},
    Row{{1, 2, 2, 5, 0}, "upsAdvBatteryNumOfBattPacks", scaled<quantity_named("battery_packs_external"), 1, Type::integer>},
    Row{{1, 2, 2, 6, 0}, "upsAdvBatteryNumOfBadBattPacks", bad_packs},
    Row{{1, 2, 2, 7, 0}, "upsAdvBatteryNominalVoltage", scaled<quantity_named("battery_voltage_nominal"), 1, Type::integer>},
    Row{{1, 2, 2, 8, 0}, "upsAdvBatteryActualVoltage", scaled<quantity_named("battery_voltage"), 1, Type::integer>},
    Row{{1, 2, 3, 1, 0}, "upsHighPrecBatteryCapacity", scaled<quantity_named("battery_charge"), 1000>},
    Row{{1, 2, 3, 2, 0}, "upsHighPrecBatteryTemperature", scaled<quantity_named("internal_temperature"), 10>},
    Row{{1, 2, 3, 3, 0}, "upsHighPrecBatteryNominalVoltage", scaled<quantity_named("battery_voltage_nominal"), 10, Type::integer>},
    Row{{1, 2, 3, 4, 0}, "upsHighPrecBatteryActualVoltage", scaled<quantity_named("battery_voltage"), 10, Type::integer>},
    Row{{1, 3, 1, 1, 0}, "upsBasicInputPhase", constant<1>},
    Row{{1, 3, 2, 1, 0}, "upsAdvInputLineVoltage", scaled<quantity_named("input_voltage"), 1>},
    Row{{1, 3, 2, 2, 0}, "upsAdvInputMaxLineVoltage", scaled<quantity_named("input_voltage_maximum"), 1>},
    Row{{1, 3, 2, 3, 0}, "upsAdvInputMinLineVoltage", scaled<quantity_named("input_voltage_minimum"), 1>},
    Row{{1, 3, 2, 4, 0}, "upsAdvInputFrequency", scaled<quantity_named("input_frequency"), 1>},
    Row{{1, 3, 2, 5, 0}, "upsAdvInputLineFailCause", line_fail_cause},
    Row{{1, 3, 3, 1, 0}, "upsHighPrecInputLineVoltage", scaled<quantity_named("input_voltage"), 10>},
    Row{{1, 3, 3, 2, 0}, "upsHighPrecInputMaxLineVoltage", scaled<quantity_named("input_voltage_maximum"), 10>},
    Row{{1, 3, 3, 3, 0}, "upsHighPrecInputMinLineVoltage", scaled<quantity_named("input_voltage_minimum"), 10>},
    Row{{1, 3, 3, 4, 0}, "upsHighPrecInputFrequency", scaled<quantity_named("input_frequency"), 10>},
    Row{{1, 4, 1, 1, 0}, "upsBasicOutputStatus", output_status},
    Row{{1, 4, 1, 2, 0}, "upsBasicOutputPhase", constant<1>},
    Row{{1, 4, 1, 3, 0}, "upsBasicSystemStatus", output_status},  // the two enumerations agree up to 12
    Row{{1, 4, 1, 4, 0}, "upsBasicSystemInternalTemperature", scaled<quantity_named("internal_temperature"), 1, Type::integer>},
    Row{{1, 4, 2, 1, 0}, "upsAdvOutputVoltage", scaled<quantity_named("output_voltage"), 1>},
    Row{{1, 4, 2, 2, 0}, "upsAdvOutputFrequency", scaled<quantity_named("input_frequency"), 1>},
    Row{{1, 4, 2, 3, 0}, "upsAdvOutputLoad", scaled<quantity_named("load"), 100>},
    Row{{1, 4, 2, 4, 0}, "upsAdvOutputCurrent", scaled<quantity_named("output_current"), 1>},
    Row{{1, 4, 2, 8, 0}, "upsAdvOutputActivePower", active_power},  // no apparent power: no rating in VA is known
    Row{{1, 4, 3, 1, 0}, "upsHighPrecOutputVoltage", scaled<quantity_named("output_voltage"), 10>},
    Row{{1, 4, 3, 2, 0}, "upsHighPrecOutputFrequency", scaled<quantity_named("input_frequency"), 10>},
    Row{{1, 4, 3, 3, 0}, "upsHighPrecOutputLoad", scaled<quantity_named("load"), 1000>},
    Row{{1, 4, 3, 4, 0}, "upsHighPrecOutputCurrent", scaled<quantity_named("output_current"), 10>},
    Row{{1, 5, 2, 1, 0}, "upsAdvConfigRatedOutputVoltage", scaled<quantity_named("output_voltage_nominal"), 1, Type::integer>},
    Row{{1, 5, 2, 2, 0}, "upsAdvConfigHighTransferVolt", scaled<quantity_named("input_transfer_high"), 1, Type::integer>},
    Row{{1, 5, 2, 3, 0}, "upsAdvConfigLowTransferVolt", scaled<quantity_named("input_transfer_low"), 1, Type::integer>},
    Row{{1, 5, 2, 4, 0}, "upsAdvConfigAlarm", choice<quantity_named("alarm_delay"), alarm_when>},
    Row{{1, 5, 2, 5, 0}, "upsAdvConfigAlarmTimer", choice<quantity_named("alarm_delay"), alarm_after, Type::ticks>},
    Row{{1, 5, 2, 6, 0}, "upsAdvConfigMinReturnCapacity", scaled<quantity_named("battery_charge_restart"), 100, Type::integer>},
    Row{{1, 5, 2, 7, 0}, "upsAdvConfigSensitivity", choice<quantity_named("input_sensitivity"), sensitivity_numbers>},
    Row{{1, 5, 2, 8, 0}, "upsAdvConfigLowBatteryRunTime", scaled<quantity_named("battery_runtime_low"), 100, Type::ticks>},
    Row{{1, 5, 2, 9, 0}, "upsAdvConfigReturnDelay", scaled<quantity_named("restart_delay"), 100, Type::ticks>},
    Row{{1, 5, 2, 10, 0}, "upsAdvConfigShutoffDelay", scaled<quantity_named("shutdown_delay"), 100, Type::ticks>},
    Row{{1, 7, 2, 1, 0}, "upsAdvTestDiagnosticSchedule", choice<quantity_named("self_test_schedule"), schedule_numbers>},
    Row{{1, 7, 2, 2, 0}, "upsAdvTestDiagnostics", constant<1>},  // what a manager may set; nothing to be done
    Row{{1, 7, 2, 3, 0}, "upsAdvTestDiagnosticsResults", test_result},
    Row{{1, 7, 2, 4, 0}, "upsAdvTestLastDiagnosticsDate", test_date},
    Row{{1, 7, 2, 5, 0}, "upsAdvTestRuntimeCalibration", constant<1>},
    Row{{1, 7, 2, 6, 0}, "upsAdvTestCalibrationResults", calibration_result},
    Row{{1, 8, 1, 0}, "upsCommStatus", communication},
    Row{{1, 11, 1, 1, 0}, "upsBasicStateOutputState", output_state},
    Row{{1, 11, 2, 1, 0}, "upsAdvStateAbnormalConditions", abnormal_conditions},
    Row{{2, 1, 1, 0}, "mUpsEnvironAmbientTemperature", scaled<quantity_named("ambient_temperature_1"), 1>},
    Row{{2, 1, 2, 0}, "mUpsEnvironRelativeHumidity", scaled<quantity_named("ambient_humidity_1"), 100>},
    Row{{2, 1, 3, 0}, "mUpsEnvironAmbientTemperature2", scaled<quantity_named("ambient_temperature_2"), 1>},
    Row{{2, 1, 4, 0}, "mUpsEnvironRelativeHumidity2", scaled<quantity_named("ambient_humidity_2"), 100>},
};
// clang-format on

// Tables of the Measure-UPS; its contacts are closed when something is wrong, as APC delivers it.

constexpr Oid contacts_root = root + Oid{2, 2, 2, 1};
constexpr Oid iem_probes_root = root + Oid{10, 2, 3, 2, 1};
constexpr Oid iem_contacts_root = root + Oid{10, 2, 3, 4, 1};

void add_contacts(const Subject& ups, Cells& cells) {
  constexpr auto contacts = quantity_named("contacts");
  constexpr unsigned first_bit = 4;
  constexpr std::uint32_t count = 4;
  enum : std::uint8_t { open = 2, enabled = 2, no_fault = 2, fault = 3 };
  enum : std::uint8_t { iem_no_fault = 1, iem_fault = 2 };
  for (std::uint32_t n = 1; n <= count; ++n) {
    const auto mask = static_cast<std::uint8_t>(1U << (first_bit + n - 1));
    const auto closed = ups.facts.flag({contacts, mask});
    if (!closed) return;
    const auto label = octets("Contact " + std::to_string(n));
    cells.push_back({contacts_root + Oid{1, n}, integer(n)});
    cells.push_back({contacts_root + Oid{2, n}, integer(open)});
    cells.push_back({contacts_root + Oid{3, n}, label});
    cells.push_back({contacts_root + Oid{4, n}, integer(enabled)});
    cells.push_back({contacts_root + Oid{5, n}, integer(*closed ? fault : no_fault)});
    cells.push_back({iem_contacts_root + Oid{1, n}, integer(n)});
    cells.push_back({iem_contacts_root + Oid{2, n}, label});
    cells.push_back({iem_contacts_root + Oid{3, n}, integer(*closed ? iem_fault : iem_no_fault)});
  }
}

template <std::uint32_t n, std::size_t temperature, std::size_t humidity>
void add_probe(const Subject& ups, Cells& cells) {
  enum : std::uint8_t { connected = 2, in_celsius = 1 };
  auto degrees = scaled<temperature, 1, Type::integer>(ups);
  if (!degrees) return;
  cells.push_back({iem_probes_root + Oid{1, n}, integer(n)});
  cells.push_back({iem_probes_root + Oid{2, n}, octets("Probe " + std::to_string(n))});
  cells.push_back({iem_probes_root + Oid{3, n}, integer(connected)});
  cells.push_back({iem_probes_root + Oid{4, n}, *std::move(degrees)});
  cells.push_back({iem_probes_root + Oid{5, n}, integer(in_celsius)});
  if (auto percent = scaled<humidity, 100, Type::integer>(ups)) {
    cells.push_back({iem_probes_root + Oid{6, n}, *std::move(percent)});
  }
}

}  // namespace

void add_powernet(const Subject& ups, Cells& cells) {
  for (const Row& object : rows) {
    if (auto value = object.value(ups)) cells.push_back({root + object.oid, *std::move(value)});
  }
  add_contacts(ups, cells);
  add_probe<1, quantity_named("ambient_temperature_1"), quantity_named("ambient_humidity_1")>(
      ups, cells);
  add_probe<2, quantity_named("ambient_temperature_2"), quantity_named("ambient_humidity_2")>(
      ups, cells);
}

}  // namespace upslink::snmp
