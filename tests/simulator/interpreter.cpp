// SPDX-License-Identifier: Apache-2.0
#include "interpreter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace upslink::simulator {
namespace {

constexpr std::size_t free_text_length = 8;
constexpr std::size_t mask_length = 2;
constexpr std::size_t sleep_digits = 3;
constexpr double tenth_of_an_hour = 360;
constexpr double setting_alert_delay = 5;

// Commands that switch the output need their byte twice, this far apart.
constexpr Duration pair_least = from_seconds(1.3);
constexpr Duration pair_most = from_seconds(10);

bool reads(AnswerKind kind) {
  return kind != AnswerKind::action && kind != AnswerKind::silent;
}

}  // namespace

Interpreter::Interpreter(const Profile& profile, Settings& settings, Model& model)
    : profile_(profile), settings_(settings), model_(model) {}

void Interpreter::set_smart(bool smart) {
  smart_ = smart;
  service_ = false;
  prefix_.clear();
  last_command_.clear();
  pair_command_.clear();
  collecting_.reset();
}

void Interpreter::override_answer(const std::string& command, std::optional<std::string> answer) {
  overrides_[command] = std::move(answer);
}

const Answer* Interpreter::find(const std::string& command) const {
  for (const Profile* each : {accessory_, &profile_}) {
    if (each == nullptr) continue;
    const auto answer = each->answers.find(command);
    if (answer != each->answers.end()) return &answer->second;
  }
  return nullptr;
}

std::vector<std::string> Interpreter::reading_commands() const {
  std::vector<std::string> commands;
  for (const Profile* each : {&profile_, accessory_}) {
    if (each == nullptr) continue;
    for (const auto& [command, answer] : each->answers) {
      const bool hidden =
          each == &profile_ && accessory_ != nullptr && accessory_->answers.contains(command);
      if (reads(answer.kind) && !hidden) commands.push_back(command);
    }
  }
  return commands;
}

Interpreter::Reply Interpreter::unknown() const {
  return profile_.unknown_na ? Reply("NA") : std::nullopt;
}

Interpreter::Reply Interpreter::take(char byte, Time now) {
  if (model_.power_cycles() != power_cycles_) {
    power_cycles_ = model_.power_cycles();
    set_smart(false);
  }
  if (collecting_) return collect(byte);
  const std::string command = prefix_ + byte;
  prefix_.clear();
  const auto* answer = find(command);
  const bool handshake = answer != nullptr && answer->kind == AnswerKind::action &&
                         answer->action == Action::smart_mode;
  if (!smart_ && !handshake) return std::nullopt;
  const auto override_ = overrides_.find(command);
  if (override_ != overrides_.end()) {
    last_command_ = command;
    return override_->second;
  }
  if (answer == nullptr) {
    const auto longer = profile_.answers.lower_bound(command);
    if (longer != profile_.answers.end() && longer->first.starts_with(command)) {
      prefix_ = command;
      return std::nullopt;
    }
    last_command_.clear();
    return unknown();
  }
  if (answer->kind == AnswerKind::action) return perform(command, *answer, now);
  const auto reply = render(command, *answer);
  if (answer->kind == AnswerKind::resetting) model_.reset_extreme(answer->quantities.front());
  last_command_ = command;
  return reply;
}

std::optional<std::string> Interpreter::peek(const std::string& command) const {
  const auto override_ = overrides_.find(command);
  if (override_ != overrides_.end()) return override_->second;
  const auto* answer = find(command);
  if (answer == nullptr || answer->kind == AnswerKind::action) return unknown();
  return render(command, *answer);
}

Interpreter::Reply Interpreter::render(const std::string& command, const Answer& answer) const {
  const auto wire = [&](Quantity quantity) {
    return model_.quantity(quantity) * row(quantity).wire_per_base;
  };
  switch (answer.kind) {
    case AnswerKind::text:
      return answer.text;
    case AnswerKind::number:
    case AnswerKind::resetting:
    case AnswerKind::count: {
      const double number = wire(answer.quantities.front());
      return std::isnan(number) ? answer.text : answer.format.write(number);
    }
    case AnswerKind::list: {
      std::string list;
      for (const auto quantity : answer.quantities) {
        if (quantity != answer.quantities.front()) list += ',';
        const double number = wire(quantity);
        if (!std::isnan(number)) list += answer.format.write(number);
      }
      return list;
    }
    case AnswerKind::reg: {
      constexpr std::string_view digits = "0123456789ABCDEF";
      const auto value = model_.reg(answer.reg);
      return std::string{digits[value >> 4], digits[value & 0x0f]};
    }
    case AnswerKind::choice:
      return model_.choice(answer.choice);
    case AnswerKind::setting:
    case AnswerKind::free_text:
    case AnswerKind::mask: {
      const auto* value = settings_.find(command);
      return value == nullptr ? answer.text : *value;
    }
    case AnswerKind::action:
    case AnswerKind::silent:
    case AnswerKind::absent:
      break;
  }
  return std::nullopt;
}

Interpreter::Reply Interpreter::collect(char byte) {
  collecting_->text += byte;
  if (collecting_->text.size() < collecting_->wanted) return std::nullopt;
  const auto done = *std::exchange(collecting_, std::nullopt);
  if (done.command == "@") {
    if (!std::ranges::all_of(done.text, [](char digit) { return digit >= '0' && digit <= '9'; })) {
      return "NA";
    }
    model_.sleep(shutdown_delay(), std::stod(done.text) * tenth_of_an_hour);
    return "OK";
  }
  settings_.change(done.command, done.text);
  model_.setting_changed(setting_alert_delay);
  return "OK";
}

Interpreter::Reply Interpreter::perform(const std::string& command, const Answer& answer,
                                        Time now) {
  static constexpr std::array<Perform, action_names.size()> performs{
      &Interpreter::enter_smart_mode, &Interpreter::leave_smart_mode,
      &Interpreter::simulate_failure, &Interpreter::self_test,
      &Interpreter::calibrate,        &Interpreter::lamp_test,
      &Interpreter::shutdown,         &Interpreter::turn_off,
      &Interpreter::turn_off_delayed, &Interpreter::sleep,
      &Interpreter::turn_on,          &Interpreter::abort_shutdown,
      &Interpreter::factory_reset,    &Interpreter::bypass,
      &Interpreter::service_mode,     &Interpreter::edit_next,
      &Interpreter::edit_previous};
  const bool paired = answer.action == Action::turn_off || answer.action == Action::turn_on ||
                      answer.action == Action::turn_off_delayed ||
                      answer.action == Action::service_mode;
  if (paired && !completes_pair(command, now)) {
    last_command_.clear();
    return answer.action == Action::service_mode ? Reply("NA") : std::nullopt;
  }
  const auto reply = (this->*performs[static_cast<std::size_t>(answer.action)])(now);
  last_command_.clear();
  return reply;
}

// Other bytes may come between the two.
bool Interpreter::completes_pair(const std::string& command, Time now) {
  const bool second =
      pair_command_ == command && now - pair_time_ >= pair_least && now - pair_time_ <= pair_most;
  pair_command_ = second ? "" : command;
  pair_time_ = now;
  return second;
}

Interpreter::Reply Interpreter::enter_smart_mode(Time) {
  smart_ = true;
  return "SM";
}

Interpreter::Reply Interpreter::leave_smart_mode(Time) {
  set_smart(false);
  return "BYE";
}

Interpreter::Reply Interpreter::simulate_failure(Time) {
  return model_.simulate_failure() ? "OK" : "NA";
}

Interpreter::Reply Interpreter::self_test(Time) {
  return model_.start_self_test() ? "OK" : "NA";
}

Interpreter::Reply Interpreter::calibrate(Time) {
  return model_.stop_calibration() || model_.start_calibration() ? "OK" : "NO";
}

Interpreter::Reply Interpreter::lamp_test(Time) {
  return "OK";
}

double Interpreter::shutdown_delay() const {
  return settings_.number("p", 20);
}

Interpreter::Reply Interpreter::shutdown(Time) {
  return model_.shut_down_on_battery(shutdown_delay()) ? "OK" : "NA";
}

Interpreter::Reply Interpreter::turn_off(Time) {
  model_.turn_off();
  return std::nullopt;
}

Interpreter::Reply Interpreter::turn_off_delayed(Time) {
  model_.turn_off_after(shutdown_delay());
  return profile_.generation == "G2" ? "*" : "OK";
}

Interpreter::Reply Interpreter::sleep(Time) {
  collecting_ = Collecting{sleep_digits, "@", ""};
  return std::nullopt;
}

Interpreter::Reply Interpreter::turn_on(Time) {
  model_.turn_on();
  return "OK";
}

Interpreter::Reply Interpreter::abort_shutdown(Time) {
  return model_.abort_shutdown() ? "OK" : "NO";
}

Interpreter::Reply Interpreter::factory_reset(Time) {
  settings_.reset();
  model_.setting_changed(setting_alert_delay);
  return "CLEAR";
}

Interpreter::Reply Interpreter::bypass(Time) {
  model_.set_bypass(!model_.bypassed());
  return model_.bypassed() ? "BYP" : "INV";
}

Interpreter::Reply Interpreter::service_mode(Time) {
  service_ = true;
  return "PROG";
}

Interpreter::Reply Interpreter::edit_next(Time) {
  return edit(+1);
}
Interpreter::Reply Interpreter::edit_previous(Time) {
  return edit(-1);
}

Interpreter::Reply Interpreter::edit(int step) {
  const auto* answer = last_command_.empty() ? nullptr : find(last_command_);
  if (answer == nullptr) return "NO";
  if (answer->kind == AnswerKind::free_text || answer->kind == AnswerKind::mask) {
    const auto wanted = answer->kind == AnswerKind::free_text ? free_text_length : mask_length;
    collecting_ = Collecting{wanted, last_command_, ""};
    return std::nullopt;
  }
  bool changed = false;
  if (answer->kind == AnswerKind::count) {
    const auto quantity = answer->quantities.front();
    const double number = model_.quantity(quantity) - step;  // `+` counts up
    changed = number >= 0;
    if (changed) model_.set_quantity(quantity, number);
  } else if (answer->kind == AnswerKind::setting) {
    changed = settings_.cycle(last_command_, step);
  }
  if (!changed) return "NO";
  model_.setting_changed(setting_alert_delay);
  return "OK";
}

}  // namespace upslink::simulator
