// SPDX-License-Identifier: Apache-2.0
#include "control.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "bytes.hpp"
#include "control_call.hpp"
#include "json.hpp"
#include "report.hpp"

namespace upslink::simulator {
namespace {

const std::string ok = "ok";

template <typename Value>
Value one_of(Call& call, std::string_view what, const std::map<std::string, Value>& values) {
  const auto& text = call.next(what).text;
  const auto found = values.find(text);
  if (found == values.end()) {
    throw Refusal("'" + text + "' is not " + std::string(what) + ".");
  }
  return found->second;
}

bool on_off(Call& call) {
  return one_of<bool>(call, "on or off", {{"on", true}, {"off", false}});
}

Switch switch_word(Call& call) {
  return one_of<Switch>(call, "on, off or auto",
                        {{"on", Switch::on}, {"off", Switch::off}, {"auto", Switch::automatic}});
}

// The line and the load.

std::string fail_line(Call& call) {
  LineFailure failure;
  failure.cause = call.option("cause").value_or("T").append(1, 'T').front();
  failure.volts = call.number_option("volts", 0);
  failure.seconds = call.number_option("seconds", 0);
  failure.quiet = call.skip("quiet");
  call.unit.model().fail_line(failure);
  return ok;
}

std::string restore_line(Call& call) {
  call.unit.model().restore_line(call.skip("quiet"));
  return ok;
}

std::string line(Call& call) {
  using Part = std::string (*)(Call&);
  const auto part = one_of<Part>(call, "fail, restore, voltage or frequency",
                                 {{"fail", fail_line},
                                  {"restore", restore_line},
                                  {"voltage",
                                   [](Call& each) {
                                     each.unit.model().set_line_voltage(each.number_next("volts"));
                                     return ok;
                                   }},
                                  {"frequency", [](Call& each) {
                                     each.unit.model().set_quantity(Quantity::frequency,
                                                                    each.number_next("hertz"));
                                     return ok;
                                   }}});
  return part(call);
}

std::string quantity(Call& call) {
  const auto name = call.next("the name of a quantity").text;
  auto which = quantity_by_base_name(name);
  const double factor = which ? 1 : 0;
  if (!which) which = quantity_by_short_name(name);
  if (!which) throw Refusal("There is no quantity '" + name + "'; see 'quantities'.");
  const double per_base = factor > 0 ? factor : row(*which).wire_per_base;
  std::optional<double> value;
  if (call.skip("unknown")) {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (!call.skip("auto")) {
    value = call.number_next("a number, 'unknown' or 'auto'") / per_base;
  }
  call.unit.model().set_quantity(*which, value);
  return ok;
}

std::string charge(Call& call) {
  call.unit.model().set_quantity(Quantity::charge, call.number_next("percent") / 100);
  return ok;
}

std::string overload(Call& call) {
  call.unit.model().set_overload(on_off(call));
  return ok;
}

std::string trim(Call& call) {
  call.unit.model().set_trim(switch_word(call));
  return ok;
}

std::string boost(Call& call) {
  call.unit.model().set_boost(switch_word(call));
  return ok;
}

std::string bypass(Call& call) {
  call.unit.model().set_bypass(on_off(call));
  return ok;
}

// Battery, tests, registers, settings.

std::string battery(Call& call) {
  using Part = void (*)(Model&);
  const auto part =
      one_of<Part>(call, "low, ok, auto, replace, good, weak or strong",
                   {{"low", [](Model& model) { model.set_battery_low(Switch::on); }},
                    {"ok", [](Model& model) { model.set_battery_low(Switch::off); }},
                    {"auto", [](Model& model) { model.set_battery_low(Switch::automatic); }},
                    {"replace", [](Model& model) { model.set_replace_battery(true); }},
                    {"good", [](Model& model) { model.set_replace_battery(false); }},
                    {"weak", [](Model& model) { model.set_weak_battery(true); }},
                    {"strong", [](Model& model) { model.set_weak_battery(false); }}});
  part(call.unit.model());
  return ok;
}

std::string self_test(Call& call) {
  if (call.unit.model().start_self_test()) return ok;
  throw Refusal("The unit is not on line.");
}

std::string calibrate(Call& call) {
  if (call.skip("stop")) {
    if (call.unit.model().stop_calibration()) return ok;
    throw Refusal("No calibration is running.");
  }
  if (call.unit.model().start_calibration()) return ok;
  throw Refusal("The unit is not on line with a full battery.");
}

std::string force_register(Call& call) {
  const auto& name = call.next("a register").text;
  const auto which = by_name<Register>(register_names, name);
  if (!which) {
    throw Refusal("There is no register '" + name +
                  "'; one of status, state, fault2, fault3, dip, contacts.");
  }
  std::optional<unsigned char> value;
  if (!call.skip("auto")) {
    const auto& text = call.next("two hexadecimal digits or 'auto'").text;
    value = parse_hex_byte(text);
    if (!value) throw Refusal("'" + text + "' is not two hexadecimal digits.");
  }
  call.unit.model().force_register(*which, value);
  return ok;
}

std::string eeprom(Call& call) {
  const double delay = call.number_option("delay", 5);
  const auto command = call.command_next();
  const auto& value = call.next("a value").text;
  if (!call.unit.settings().change(command, value)) {
    throw Refusal("This unit has no setting '" + printable(command) + "'.");
  }
  if (!call.skip("quiet")) call.unit.model().setting_changed(delay);
  return ok;
}

std::string measure_ups(Call& call) {
  if (call.skip("alarm")) {
    call.unit.model().set_environment_alarm(on_off(call));
    return ok;
  }
  const auto name = one_of<std::string>(
      call, "off, 1, 2 or alarm", {{"off", ""}, {"1", "measure-ups-1"}, {"2", "measure-ups-2"}});
  if (name.empty()) {
    call.unit.set_accessory(std::nullopt);
  } else {
    call.unit.set_accessory(find_profile(name, call.scene.profile_folder));
  }
  return ok;
}

// Answers, alerts, timing.

std::string set_answer(Call& call) {
  const auto command = call.command_next();
  const auto& answer = call.next("a text or 'silent'");
  const bool silent = answer.text == "silent" && !answer.quoted;
  call.unit.interpreter().override_answer(
      command, silent ? std::nullopt : std::optional<std::string>(answer.text));
  return ok;
}

std::string unset_answer(Call& call) {
  if (call.skip("all")) {
    call.unit.interpreter().restore_all_answers();
  } else {
    call.unit.interpreter().restore_answer(call.command_next());
  }
  return ok;
}

std::string alert(Call& call) {
  const auto byte = call.command_next();
  call.unit.send_alert(byte.front(), call.skip("inside"), call.now);
  return ok;
}

std::string timing(Call& call) {
  auto wanted = call.unit.timing();
  wanted.turnaround_ms = call.number_option("turnaround", wanted.turnaround_ms);
  wanted.byte_ms = call.number_option("byte", wanted.byte_ms);
  wanted.baud = call.number_option("baud", wanted.baud);
  if (const auto alerts = call.option("alerts")) wanted.alerts_inside = *alerts == "inside";
  call.unit.set_timing(wanted);
  return timing_json(call.unit);
}

std::string speed(Call& call) {
  const double factor = call.number_next("a factor");
  if (factor <= 0) throw Refusal("The factor must be more than 0.");
  call.unit.model().set_speed(factor);
  return ok;
}

// Faults and power.

std::string fault(Call& call) {
  if (call.skip("off")) {
    for (const auto& each : fault_rows) call.unit.stop_fault(each.id, call.now);
    return ok;
  }
  const auto& name = call.next("the name of a fault or 'off'").text;
  const auto which = fault_by_name(name);
  if (!which) throw Refusal("There is no fault '" + name + "'; see 'faults all'.");
  if (call.skip("off")) {
    call.unit.stop_fault(*which, call.now);
    return ok;
  }
  if (const auto error = call.unit.start_fault(*which, call.rest(), call.now)) {
    throw Refusal(*error);
  }
  return ok;
}

std::string silence(Call& call) {
  const auto seconds = call.next("seconds").text;
  if (seconds == "0") {
    call.unit.stop_fault(Fault::silence, call.now);
    return ok;
  }
  const auto error =
      call.unit.start_fault(Fault::silence, {{"seconds=" + seconds, false}}, call.now);
  if (error) throw Refusal(*error);
  return ok;
}

std::string help(Call& call);

struct CommandRow {
  std::string_view name;
  std::string_view usage;
  std::string (*run)(Call&);
};

// clang-format off
constexpr std::array command_rows{
    CommandRow{"line",        "fail [quiet] [cause=T] [volts=0] [seconds=S] | restore [quiet] | voltage V | frequency HZ", line},
    CommandRow{"quantity",    "NAME VALUE|unknown|auto", quantity},
    CommandRow{"quantities",  "", [](Call&) { return quantities_json(); }},
    CommandRow{"charge",      "PERCENT", charge},
    CommandRow{"overload",    "on|off", overload},
    CommandRow{"trim",        "on|off|auto", trim},
    CommandRow{"boost",       "on|off|auto", boost},
    CommandRow{"bypass",      "on|off", bypass},
    CommandRow{"battery",     "low|ok|auto|replace|good|weak|strong", battery},
    CommandRow{"self-test",   "", self_test},
    CommandRow{"calibrate",   "[stop]", calibrate},
    CommandRow{"register",    "status|state|fault2|fault3|dip|contacts HEX|auto", force_register},
    CommandRow{"eeprom",      "CMD VALUE [delay=5] [quiet]", eeprom},
    CommandRow{"measure-ups", "off|1|2 | alarm on|off", measure_ups},
    CommandRow{"set",         "CMD TEXT|silent", set_answer},
    CommandRow{"unset",       "CMD|all", unset_answer},
    CommandRow{"alert",       "C [inside]", alert},
    CommandRow{"timing",      "[turnaround=MS] [byte=MS] [baud=N] [alerts=between|inside]", timing},
    CommandRow{"speed",       "X", speed},
    CommandRow{"fault",       "NAME [rate=R] [seconds=S] [seed=N] [args] | NAME off | off", fault},
    CommandRow{"faults",      "[all]", [](Call& call) {
                 return call.skip("all") ? fault_table_json() : active_faults_json(call.unit); }},
    CommandRow{"silence",     "SECONDS", silence},
    CommandRow{"dumb",        "", [](Call& call) { call.unit.interpreter().set_smart(false); return ok; }},
    CommandRow{"unplug",      "", [](Call& call) { call.unit.set_plugged(false); return ok; }},
    CommandRow{"replug",      "", [](Call& call) { call.unit.set_plugged(true); return ok; }},
    CommandRow{"off",         "", [](Call& call) { call.unit.go_dark(call.now); return ok; }},
    CommandRow{"on",          "", [](Call& call) { call.unit.come_back(); return ok; }},
    CommandRow{"state",       "", [](Call& call) { return state_json(call.unit, call.number, call.now); }},
    CommandRow{"choices",     "", [](Call& call) { return choices_json(call.unit); }},
    CommandRow{"profile",     "", [](Call& call) { return profile_json(call.unit); }},
    CommandRow{"stats",       "[reset]", [](Call& call) {
                 if (call.skip("reset")) { call.unit.ledger().reset(); return ok; }
                 return call.unit.ledger().stats_json(call.unit.model().transferred()); }},
    CommandRow{"bytes",       "", [](Call& call) { return call.unit.ledger().bytes_json(); }},
    CommandRow{"help",        "", help},
    CommandRow{"quit",        "", [](Call& call) { call.scene.quit(); return ok; }},
};
// clang-format on

std::string help(Call&) {
  std::vector<std::string> lines;
  for (const auto& each : command_rows) {
    lines.push_back(json_text(std::string(each.name) + (each.usage.empty() ? "" : " ") +
                              std::string(each.usage)));
  }
  return json_array(lines);
}

std::string run_one(ControlScene& scene, std::size_t number, std::vector<Word> words, Time now) {
  const auto found = std::ranges::find(command_rows, words.front().text, &CommandRow::name);
  if (found == command_rows.end()) {
    throw Refusal("There is no command '" + words.front().text + "'; see 'help'.");
  }
  words.erase(words.begin());
  Call call(scene, *scene.units[number], number, now, std::move(words));
  auto reply = found->run(call);
  if (call.more()) throw Refusal("'" + call.next("").text + "' is too much; see 'help'.");
  return reply;
}

// The units that `@3` or `@*` addresses.
std::vector<std::size_t> addressed(const ControlScene& scene, std::string_view address) {
  std::vector<std::size_t> numbers;
  if (address == "*") {
    for (std::size_t number = 0; number < scene.units.size(); ++number) numbers.push_back(number);
    return numbers;
  }
  const auto number = parse_number<std::size_t>(address);
  if (!number || *number >= scene.units.size()) {
    throw Refusal("There is no unit '" + std::string(address) + "'.");
  }
  return {*number};
}

}  // namespace

std::string run_control(ControlScene& scene, std::string_view line_text, Time now) {
  try {
    auto words = split_words(line_text);
    if (!words) throw Refusal("A quote or an escape has no end.");
    std::vector<std::size_t> numbers{0};
    if (!words->empty() && words->front().text.starts_with('@') && !words->front().quoted) {
      numbers = addressed(scene, words->front().text.substr(1));
      words->erase(words->begin());
    }
    if (words->empty()) throw Refusal("The line is empty; see 'help'.");
    std::string reply;
    for (const auto number : numbers) reply = run_one(scene, number, *words, now);
    return reply;
  } catch (const std::exception& error) {
    return std::string("error: ") + error.what();
  }
}

}  // namespace upslink::simulator
