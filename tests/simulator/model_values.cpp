// SPDX-License-Identifier: Apache-2.0
// What the state model answers when it is asked: derived quantities, registers, choices; and how
// its output is switched off and comes back.

#include <algorithm>
#include <cmath>

#include "model.hpp"

namespace upslink::simulator {
namespace {

constexpr double relay_ratio = 1.12;         // of SmartTrim and SmartBoost
constexpr double turned_on_alert_delay = 5;  // model seconds
constexpr double nominal_reserve = 0.875;
constexpr double nominal_span = 0.155;

namespace status_bit {
constexpr unsigned char calibration = 0x01;
constexpr unsigned char trim = 0x02;
constexpr unsigned char boost = 0x04;
constexpr unsigned char on_line = 0x08;
constexpr unsigned char on_battery = 0x10;
constexpr unsigned char overload = 0x20;
constexpr unsigned char battery_low = 0x40;
constexpr unsigned char replace_battery = 0x80;
}  // namespace status_bit

namespace state_bit {
constexpr unsigned char going_to_bypass = 0x04;
constexpr unsigned char bypass_command = 0x08;
constexpr unsigned char returning_from_bypass = 0x10;
constexpr unsigned char ready_on_command = 0x40;
constexpr unsigned char ready_on_line_return = 0x80;
}  // namespace state_bit

namespace fault3_bit {
constexpr unsigned char low_battery_shutdown = 0x01;
constexpr unsigned char sleeping = 0x08;
constexpr unsigned char shutdown_pending = 0x10;
}  // namespace fault3_bit

unsigned char bits(bool set, unsigned char mask) {
  return set ? mask : 0;
}

}  // namespace

double Model::quantity(Quantity which) const {
  const auto& forced = forced_[index(which)];
  return forced ? *forced : derived(which);
}

double Model::derived(Quantity which) const {
  switch (which) {
    case Quantity::runtime:
      return value(Quantity::charge) * full_runtime();
    case Quantity::battery_voltage:
      return battery_voltage();
    case Quantity::output_voltage:
      return output_voltage();
    case Quantity::output_current:
      return output_on_ ? profile_.parameters.full_current * quantity(Quantity::load) : 0;
    case Quantity::apparent_load:
      return quantity(Quantity::load) * profile_.parameters.apparent_factor;
    case Quantity::load:
      return output_on_ ? value(which) : 0;
    case Quantity::frequency:
      return on_battery_ ? nominal_frequency_ : value(which);
    default:
      return value(which);
  }
}

double Model::battery_voltage() const {
  const double nominal = profile_.parameters.battery_nominal;
  const double charge = value(Quantity::charge);
  if (!on_battery_) {
    return reference_battery_voltage_ + 0.05 * nominal * (charge - reference_charge_);
  }
  return nominal * (nominal_reserve + nominal_span * charge) *
         (1 - 0.02 * std::min(1.0, quantity(Quantity::load)));
}

double Model::output_voltage() const {
  const auto& parameters = profile_.parameters;
  const double input = value(Quantity::input_voltage);
  if (!output_on_) return 0;
  if (on_battery_) {
    if (parameters.battery_output > 0) return parameters.battery_output;
    return settings_.number("o", 230);
  }
  if (bypass_) return input;
  if (trimming()) return input / relay_ratio;
  if (boosting()) return input * relay_ratio;
  return parameters.regulated_output > 0 ? parameters.regulated_output : input;
}

bool Model::trimming() const {
  if (trim_ != Switch::automatic) return trim_ == Switch::on;
  return !on_battery_ && mains_volts_ > profile_.parameters.trim_above;
}

bool Model::boosting() const {
  if (boost_ != Switch::automatic) return boost_ == Switch::on;
  return !on_battery_ && mains_volts_ < profile_.parameters.boost_below;
}

unsigned char Model::reg(Register which) const {
  if (const auto& forced = forced_registers_[index(which)]) return *forced;
  switch (which) {
    case Register::status:
      return status_bits();
    case Register::state:
      return state_bits();
    case Register::fault3:
      return fault3_bits();
    case Register::contacts:
      return contacts_;
    case Register::fault2:
    case Register::dip:
      return 0;
  }
  return 0;
}

unsigned char Model::status_bits() const {
  const auto always =
      static_cast<unsigned char>(bits(battery_low_, status_bit::battery_low) |
                                 bits(replace_battery_, status_bit::replace_battery));
  if (!output_on_) return always;
  return static_cast<unsigned char>(
      always | bits(calibrating_, status_bit::calibration) | bits(trimming(), status_bit::trim) |
      bits(boosting(), status_bit::boost) | bits(!on_battery_, status_bit::on_line) |
      bits(on_battery_, status_bit::on_battery) | bits(overloaded(), status_bit::overload));
}

unsigned char Model::state_bits() const {
  const bool switching = timers_[bypass_settles] != no_time;
  return static_cast<unsigned char>(
      bits(bypass_ && switching, state_bit::going_to_bypass) |
      bits(bypass_ && !switching, state_bit::bypass_command) |
      bits(!bypass_ && switching, state_bit::returning_from_bypass) |
      bits(!output_on_ && !wake_on_line_, state_bit::ready_on_command) |
      bits(!output_on_ && wake_on_line_, state_bit::ready_on_line_return));
}

unsigned char Model::fault3_bits() const {
  return static_cast<unsigned char>(
      bits(exhausted_, fault3_bit::low_battery_shutdown) |
      bits(shutdown_ == Shutdown::sleep && !output_on_, fault3_bit::sleeping) |
      bits(shutdown_ == Shutdown::on_battery, fault3_bit::shutdown_pending));
}

std::string Model::choice(Choice which) const {
  switch (which) {
    case Choice::transfer_cause:
      return {cause_};
    case Choice::self_test_result:
      return result_;
    case Choice::line_quality:
      return line_bad() ? "00" : "FF";
  }
  return {};
}

// Off and on.

bool Model::shut_down_on_battery(double delay) {
  if (!on_battery_) return false;
  shutdown_ = Shutdown::on_battery;
  start_timer(turns_off, delay);
  settle();
  return true;
}

void Model::sleep(double delay, double seconds) {
  shutdown_ = Shutdown::sleep;
  sleep_seconds_ = seconds;
  start_timer(turns_off, delay);
  settle();
}

void Model::turn_off_after(double delay) {
  shutdown_ = Shutdown::plain;
  start_timer(turns_off, delay);
}

bool Model::abort_shutdown() {
  if (shutdown_ == Shutdown::none && output_on_) return false;
  stop_timer(turns_off);
  shutdown_ = Shutdown::none;
  if (!output_on_) switch_output(true);
  settle();
  return true;
}

void Model::turn_off() {
  shutdown_ = Shutdown::plain;
  stop_timer(turns_off);
  stop_timer(wakes);
  switch_output(false);
  settle();
}

void Model::turn_on() {
  if (!output_on_) switch_output(true);
  settle();
}

void Model::switch_output(bool on) {
  if (on == output_on_) return;
  output_on_ = on;
  if (on) {
    shutdown_ = Shutdown::none;
    exhausted_ = wake_on_line_ = false;
    stop_timer(wakes);
    value(Quantity::uptime) = std::isnan(value(Quantity::uptime)) ? value(Quantity::uptime) : 0;
    start_timer(turned_on_alert, turned_on_alert_delay);
    cause_ = 'O';
    return;
  }
  self_testing_ = calibrating_ = simulating_failure_ = false;
  wake_on_line_ = exhausted_ || shutdown_ == Shutdown::on_battery;
  if (shutdown_ == Shutdown::sleep) {
    start_timer(wakes, sleep_seconds_ + settings_.number("r", 0));
  } else if (wake_on_line_ && !line_bad()) {
    schedule_wake_on_line();
  }
}

// Waits for the mains as long as setting r says, and for the charge that setting e asks for.
void Model::schedule_wake_on_line() {
  const double missing = settings_.number("e", 0) / 100 - value(Quantity::charge);
  const double recharge = std::max(0.0, missing) * profile_.parameters.recharge_hours * 3600;
  start_timer(wakes, std::max({1.0, recharge, settings_.number("r", 0)}));
}

void Model::settle_power() {
  if (calibrating_ &&
      value(Quantity::charge) <= profile_.parameters.calibration_floor / 100 + 1e-6) {
    calibrating_ = false;
    settle_transfer();
  }
  if (on_battery_ && value(Quantity::charge) <= 1e-6) {
    exhausted_ = true;
    raise('*');
    switch_output(false);
    settle_transfer();
  }
  if (alive() == alive_) return;
  alive_ = alive();
  if (!alive_) {
    wake_on_line_ = wake_on_line_ || timers_[wakes] != no_time;
    stop_timer(wakes);
    return;
  }
  ++power_cycles_;
  if (!output_on_ && wake_on_line_) schedule_wake_on_line();
}

}  // namespace upslink::simulator
