// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>

#include "json.hpp"

namespace upslink::simulator {
namespace {

std::string quantities_of(const Model& model) {
  JsonObject object;
  for (const auto& each : quantity_rows) object.number(each.base_name, model.quantity(each.id));
  return object.str();
}

std::string registers_of(const Model& model) {
  JsonObject object;
  for (std::size_t at = 0; at < register_names.size(); ++at) {
    object.integer(register_names[at], model.reg(static_cast<Register>(at)));
  }
  return object.str();
}

std::string answers_of(const Interpreter& interpreter) {
  JsonObject object;
  const auto add = [&](const std::string& command) {
    if (const auto answer = interpreter.peek(command)) {
      object.text(printable(command), *answer);
    } else {
      object.null(printable(command));
    }
  };
  const auto commands = interpreter.reading_commands();
  for (const auto& command : commands) add(command);
  for (const auto& [command, answer] : interpreter.overrides()) {
    if (std::ranges::find(commands, command) == commands.end()) add(command);
  }
  return object.str();
}

std::string settings_of(const Settings& settings) {
  JsonObject object;
  for (const auto& [command, value] : settings.values()) object.text(printable(command), value);
  return object.str();
}

}  // namespace

std::string choices_json(const Unit& unit) {
  JsonObject object;
  for (std::size_t at = 0; at < choice_names.size(); ++at) {
    object.text(choice_names[at], unit.model().choice(static_cast<Choice>(at)));
  }
  return object.str();
}

std::string state_json(const Unit& unit, std::size_t number, Time now) {
  const auto& model = unit.model();
  const auto line = JsonObject()
                        .boolean("on_battery", model.on_battery())
                        .integer("changed_ns", nanoseconds(model.transferred()))
                        .str();
  return JsonObject()
      .integer("time_ns", nanoseconds(now))
      .integer("unit", static_cast<std::int64_t>(number))
      .text("profile", unit.profile().name)
      .boolean("smart", unit.interpreter().smart())
      .boolean("service", unit.interpreter().service())
      .boolean("answering", unit.answering())
      .boolean("output_on", model.output_on())
      .boolean("plugged", unit.plugged())
      .member("quantities", quantities_of(model))
      .member("registers", registers_of(model))
      .member("choices", choices_json(unit))
      .member("settings", settings_of(unit.settings()))
      .member("answers", answers_of(unit.interpreter()))
      .member("line", line)
      .str();
}

std::string profile_json(const Unit& unit) {
  const auto& profile = unit.profile();
  return JsonObject()
      .text("name", profile.name)
      .text("title", profile.title)
      .text("generation", profile.generation)
      .text("source", profile.source)
      .text("alerts", profile.alerts)
      .boolean("unknown_na", profile.unknown_na)
      .str();
}

std::string timing_json(const Unit& unit) {
  const auto& timing = unit.timing();
  return JsonObject()
      .number("turnaround_ms", timing.turnaround_ms)
      .number("byte_ms", timing.byte_ms)
      .number("baud", timing.baud)
      .text("alerts", timing.alerts_inside ? "inside" : "between")
      .str();
}

std::string active_faults_json(const Unit& unit) {
  std::vector<std::string> faults;
  for (const auto& row : fault_rows) {
    const auto& active = unit.faults().active(row.id);
    if (!active) continue;
    JsonObject object;
    object.text("name", row.name).number("rate", active->rate);
    object.integer("hits", static_cast<std::int64_t>(active->hits));
    if (active->until == never) {
      object.null("until_ns");
    } else {
      object.integer("until_ns", nanoseconds(active->until));
    }
    faults.push_back(object.str());
  }
  return json_array(faults);
}

std::string fault_table_json() {
  std::vector<std::string> faults;
  for (const auto& row : fault_rows) {
    faults.push_back(JsonObject()
                         .text("name", row.name)
                         .text("per", row.per)
                         .number("rate", row.rate)
                         .text("arguments", row.arguments)
                         .text("help", row.help)
                         .str());
  }
  return json_array(faults);
}

std::string quantities_json() {
  std::vector<std::string> names;
  for (const auto& each : quantity_rows) {
    names.push_back(JsonObject()
                        .text("name", each.base_name)
                        .text("short", each.short_name)
                        .number("wire_per_base", each.wire_per_base)
                        .str());
  }
  return json_array(names);
}

}  // namespace upslink::simulator
