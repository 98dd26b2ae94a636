// SPDX-License-Identifier: Apache-2.0
// ENTITY-MIB (RFC 4133) and ENTITY-SENSOR-MIB (RFC 3433): a row for each UPS that has ever said who
// it is, and within it one for each thing that it measures. A sensor whose value is not known stays
// where it is, as unavailable; one that the unit does not have is not there.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "publish/snmp/views.hpp"

namespace upslink::snmp {
namespace {

/// EntitySensorDataType, with its numbers there. It has neither percent nor minutes.
enum class Measure : std::uint8_t {
  other = 1,
  volts_ac = 3,
  volts_dc = 4,
  amperes = 5,
  hertz = 7,
  celsius = 8,
  percent_humidity = 9,
  truth = 12
};

struct Sensor {
  std::uint8_t number;    ///< after that of its UPS; also its place in it. Never given away again
  std::string_view name;  ///< what follows the name of the UPS
  std::size_t quantity;
  Measure measure;
  std::uint8_t precision;  ///< digits after the point
  std::string_view units;
  std::uint8_t flag = 0;  ///< of a register
};

// clang-format off
constexpr auto sensors = std::to_array<Sensor>({
    {1,  "input voltage",         quantity_named("input_voltage"),         Measure::volts_ac, 2, "V"},
    {2,  "output voltage",        quantity_named("output_voltage"),        Measure::volts_ac, 2, "V"},
    {3,  "battery voltage",       quantity_named("battery_voltage"),       Measure::volts_dc, 2, "V"},
    {4,  "frequency",             quantity_named("input_frequency"),       Measure::hertz,    2, "Hz"},
    {5,  "output current",        quantity_named("output_current"),        Measure::amperes,  2, "A"},
    {6,  "internal temperature",  quantity_named("internal_temperature"),  Measure::celsius,  2, "degrees Celsius"},
    {7,  "ambient temperature 1", quantity_named("ambient_temperature_1"), Measure::celsius,  2, "degrees Celsius"},
    {8,  "ambient temperature 2", quantity_named("ambient_temperature_2"), Measure::celsius,  2, "degrees Celsius"},
    {9,  "ambient humidity 1",    quantity_named("ambient_humidity_1"),    Measure::percent_humidity, 1, "%"},
    {10, "ambient humidity 2",    quantity_named("ambient_humidity_2"),    Measure::percent_humidity, 1, "%"},
    {11, "battery charge",        quantity_named("battery_charge"),        Measure::other,    1, "%"},
    {12, "load",                  quantity_named("load"),                  Measure::other,    1, "%"},
    {13, "battery runtime",       quantity_named("battery_runtime"),       Measure::other,    0, "s"},
    {14, "on battery",            quantity_named("status"), Measure::truth, 0, "", flag_named("status", "on_battery").mask},
    {15, "replace battery",       quantity_named("status"), Measure::truth, 0, "", flag_named("status", "replace_battery").mask},
    {16, "overload",              quantity_named("status"), Measure::truth, 0, "", flag_named("status", "overload").mask},
});
// clang-format on

/// Room for the sensors of a UPS between its number and the next one's.
constexpr std::uint32_t numbers_per_ups = 100;

consteval bool numbers_ascend_within_a_ups() {
  std::uint32_t last = 0;
  for (const Sensor& sensor : sensors) {
    if (sensor.number <= last || sensor.number >= numbers_per_ups) return false;
    last = sensor.number;
  }
  return true;
}
static_assert(numbers_ascend_within_a_ups());

constexpr std::int64_t truth(bool value) {
  return value ? 1 : 2;
}

/// The command that asks for a quantity.
std::size_t command_for(std::size_t quantity) {
  const auto asks_for = [quantity](const Command& command) {
    return quantity >= command.first && quantity < std::size_t{command.first} + command.count;
  };
  return static_cast<std::size_t>(std::ranges::find_if(commands, asks_for) - commands.begin());
}

/// Whether the unit measures it. One command tells of two probes, and with some units of something
/// else, so that of the second one a value has to have come.
bool has(const Subject& ups, const Sensor& sensor) {
  const Snapshot& snapshot = ups.facts.snapshot();
  if (snapshot.support[command_for(sensor.quantity)] != Support::supported) return false;
  return quantities[sensor.quantity].field == 0 || snapshot.readings[sensor.quantity].has_value();
}

/// In units of 10^-precision.
std::optional<std::int64_t> value_of(const Subject& ups, const Sensor& sensor) {
  if (sensor.measure == Measure::truth) {
    const auto set = ups.facts.flag({sensor.quantity, sensor.flag});
    return set ? std::optional(truth(*set)) : std::nullopt;
  }
  const auto number = ups.facts.number(sensor.quantity);
  if (!number) return std::nullopt;
  const double percent = quantities[sensor.quantity].unit == Unit::ratio ? 100 : 1;
  return std::llround(*number * percent * std::pow(10, sensor.precision));
}

/// A row of entPhysicalTable; an empty text has no instance.
class Entity {
 public:
  Entity(std::uint32_t index, Cells& cells) : index_(index), cells_(cells) {}

  void add(std::uint32_t column, SnmpValue value) {
    cells_.push_back({entity_root + Oid{1, column, index_}, std::move(value)});
  }
  void add_text(std::uint32_t column, std::string_view text) {
    if (!text.empty()) add(column, octets(text));
  }

 private:
  std::uint32_t index_;
  Cells& cells_;
};

enum : std::uint8_t {
  descr = 2,
  contained_in = 4,
  physical_class = 5,
  parent_rel_pos = 6,
  physical_name = 7,
  firmware_rev = 9,
  serial_num = 11,
  mfg_name = 12,
  model_name = 13,
  is_fru = 16
};

void add_ups(const Subject& ups, std::uint32_t index, Cells& cells) {
  constexpr std::uint8_t power_supply = 6;
  const std::string model = ups.facts.text(quantity_named("model"));
  const std::string firmware = ups.facts.text(quantity_named("firmware"));
  const std::string code = ups.facts.text(quantity_named("firmware_code"));
  Entity row(index, cells);
  row.add_text(descr, std::string(ups.name).append(": ").append(model.empty() ? "UPS" : model));
  row.add(contained_in, integer(0));
  row.add(physical_class, integer(power_supply));
  row.add(parent_rel_pos, integer(ups.index));
  row.add_text(physical_name, ups.name);
  row.add_text(firmware_rev, firmware.empty() ? code : firmware);
  row.add_text(serial_num, ups.facts.text(quantity_named("serial_number")));
  row.add_text(mfg_name, "APC");
  row.add_text(model_name, model);
  row.add(is_fru, integer(truth(true)));
}

void add_sensor_entity(const Subject& ups, const Sensor& sensor, std::uint32_t ups_number,
                       Cells& cells) {
  constexpr std::uint8_t sensor_class = 8;
  const std::string name = std::string(ups.name).append(" ").append(sensor.name);
  Entity row(ups_number + sensor.number, cells);
  row.add_text(descr, name);
  row.add(contained_in, integer(ups_number));
  row.add(physical_class, integer(sensor_class));
  row.add(parent_rel_pos, integer(sensor.number));
  row.add_text(physical_name, name);
  row.add(is_fru, integer(truth(false)));
}

void add_sensor_value(const Subject& ups, const Sensor& sensor, std::uint32_t index, Cells& cells) {
  enum : std::uint8_t { type = 1, scale, precision, value, status, units, time, rate };
  enum : std::uint8_t { ok = 1, unavailable = 2, scale_units = 9 };
  constexpr std::int64_t unknown_rate = 0;  // RFC 3433: also if the agent does not know it
  const auto add = [&](std::uint32_t column, SnmpValue content) {
    cells.push_back({entity_sensor_root + Oid{1, 1, column, index}, std::move(content)});
  };
  const auto known = value_of(ups, sensor);
  add(type, integer(static_cast<std::int64_t>(sensor.measure)));
  add(scale, integer(scale_units));
  add(precision, integer(sensor.precision));
  if (known) add(value, integer(*known));
  add(status, integer(known ? ok : unavailable));
  add(units, octets(sensor.units));
  const Reading* reading = ups.facts.reading(sensor.quantity);
  if (reading != nullptr) add(time, ups.time_stamp(reading->read_at));
  add(rate, gauge(unknown_rate));
}

}  // namespace

void add_entities(const Subject& ups, Cells& cells) {
  if (!ups.met()) return;
  const std::uint32_t index = numbers_per_ups * ups.index;
  add_ups(ups, index, cells);
  for (const Sensor& sensor : sensors) {
    if (!has(ups, sensor)) continue;
    add_sensor_entity(ups, sensor, index, cells);
    add_sensor_value(ups, sensor, index + sensor.number, cells);
  }
}

}  // namespace upslink::snmp
