// SPDX-License-Identifier: Apache-2.0
#pragma once

// The numbers, registers and choices of the state model, each one row of a table: its name in base
// units, its short name, and how much of the wire's own unit makes one base unit.

#include <array>
#include <optional>
#include <string_view>

namespace upslink::simulator {

enum class Quantity : unsigned char {
  input_voltage,
  input_voltage_maximum,
  input_voltage_minimum,
  output_voltage,
  frequency,
  load,
  apparent_load,
  output_current,
  charge,
  runtime,
  battery_voltage,
  temperature,
  packs,
  bad_packs,
  self_test_age,
  uptime,
  ambient_temperature,
  ambient_humidity,
  ambient_temperature_2,
  ambient_humidity_2,
};

struct QuantityRow {
  Quantity id;
  std::string_view short_name;
  std::string_view base_name;
  double wire_per_base;
};

// clang-format off
inline constexpr std::array quantity_rows{
    QuantityRow{Quantity::input_voltage,         "input_voltage",         "input_voltage_volts",          1},
    QuantityRow{Quantity::input_voltage_maximum, "input_voltage_maximum", "input_voltage_maximum_volts",  1},
    QuantityRow{Quantity::input_voltage_minimum, "input_voltage_minimum", "input_voltage_minimum_volts",  1},
    QuantityRow{Quantity::output_voltage,        "output_voltage",        "output_voltage_volts",         1},
    QuantityRow{Quantity::frequency,             "frequency",             "input_frequency_hertz",        1},
    QuantityRow{Quantity::load,                  "load",                  "load_ratio",                   100},
    QuantityRow{Quantity::apparent_load,         "apparent_load",         "apparent_load_ratio",          100},
    QuantityRow{Quantity::output_current,        "output_current",        "output_current_amperes",       1},
    QuantityRow{Quantity::charge,                "charge",                "battery_charge_ratio",         100},
    QuantityRow{Quantity::runtime,               "runtime",               "battery_runtime_seconds",      1.0 / 60},
    QuantityRow{Quantity::battery_voltage,       "battery_voltage",       "battery_voltage_volts",        1},
    QuantityRow{Quantity::temperature,           "temperature",           "internal_temperature_celsius", 1},
    QuantityRow{Quantity::packs,                 "packs",                 "battery_packs_external",       1},
    QuantityRow{Quantity::bad_packs,             "bad_packs",             "battery_packs_bad",            1},
    QuantityRow{Quantity::self_test_age,         "self_test_age",         "self_test_age_seconds",        1.0 / 3600},
    QuantityRow{Quantity::uptime,                "uptime",                "uptime_seconds",               1.0 / 3600},
    QuantityRow{Quantity::ambient_temperature,   "ambient_temperature",   "ambient_temperature_celsius",  1},
    QuantityRow{Quantity::ambient_humidity,      "ambient_humidity",      "ambient_humidity_ratio",       100},
    QuantityRow{Quantity::ambient_temperature_2, "ambient_temperature_2", "ambient_temperature_2_celsius",1},
    QuantityRow{Quantity::ambient_humidity_2,    "ambient_humidity_2",    "ambient_humidity_2_ratio",     100},
};
// clang-format on
inline constexpr std::size_t quantity_count = quantity_rows.size();

constexpr std::size_t index(Quantity quantity) {
  return static_cast<std::size_t>(quantity);
}
constexpr const QuantityRow& row(Quantity quantity) {
  return quantity_rows[index(quantity)];
}

static_assert([] {
  for (std::size_t at = 0; at < quantity_count; ++at) {
    if (index(quantity_rows[at].id) != at) return false;
  }
  return true;
}());

enum class Register : unsigned char { status, state, fault2, fault3, dip, contacts };
inline constexpr std::array<std::string_view, 6> register_names{"status", "state", "fault2",
                                                                "fault3", "dip",   "contacts"};

enum class Choice : unsigned char { transfer_cause, self_test_result, line_quality };
inline constexpr std::array<std::string_view, 3> choice_names{"transfer_cause", "self_test_result",
                                                              "line_quality"};

constexpr std::size_t index(Register reg) {
  return static_cast<std::size_t>(reg);
}
constexpr std::size_t index(Choice choice) {
  return static_cast<std::size_t>(choice);
}

// The member of an enumeration whose name stands at its place in `names`.
template <typename Enum, std::size_t size>
constexpr std::optional<Enum> by_name(const std::array<std::string_view, size>& names,
                                      std::string_view name) {
  for (std::size_t at = 0; at < size; ++at) {
    if (names[at] == name) return static_cast<Enum>(at);
  }
  return std::nullopt;
}

constexpr std::optional<Quantity> quantity_by_short_name(std::string_view name) {
  for (const auto& each : quantity_rows) {
    if (each.short_name == name) return each.id;
  }
  return std::nullopt;
}

constexpr std::optional<Quantity> quantity_by_base_name(std::string_view name) {
  for (const auto& each : quantity_rows) {
    if (each.base_name == name) return each.id;
  }
  return std::nullopt;
}

}  // namespace upslink::simulator
