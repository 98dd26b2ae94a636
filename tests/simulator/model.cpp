// SPDX-License-Identifier: Apache-2.0
#include "model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace upslink::simulator {
namespace {

// Model seconds, from what is known of real units.
constexpr double line_fail_period = 30;
constexpr double replace_battery_period = 5 * 3600;
constexpr double environment_period = 120;
constexpr double self_test_length = 8;
constexpr double result_lifetime = 300;
constexpr double simulated_failure_length = 4;
constexpr double bypass_switch_time = 1;
constexpr double tiny = 1e-6;

}  // namespace

Model::Model(const Profile& profile, const Settings& settings, Time now, double speed)
    : profile_(profile),
      settings_(settings),
      origin_(now),
      speed_(speed),
      values_(profile.quantities),
      transferred_(now),
      cause_(profile.cause.empty() ? 'O' : profile.cause.front()),
      result_(profile.self_test_result) {
  timers_.fill(no_time);
  const auto default_to = [&](Quantity quantity, double fallback) {
    if (std::isnan(value(quantity))) value(quantity) = fallback;
  };
  default_to(Quantity::input_voltage, 230);
  default_to(Quantity::input_voltage_maximum, value(Quantity::input_voltage));
  default_to(Quantity::input_voltage_minimum, value(Quantity::input_voltage));
  default_to(Quantity::frequency, 50);
  default_to(Quantity::load, 0.2);
  default_to(Quantity::charge, 1);
  default_to(Quantity::runtime, 1800);
  default_to(Quantity::battery_voltage, profile.parameters.battery_nominal * 1.14);
  mains_volts_ = value(Quantity::input_voltage);
  reference_load_ = std::max(value(Quantity::load), 0.02);
  reference_charge_ = std::max(value(Quantity::charge), 0.01);
  reference_runtime_ = value(Quantity::runtime) / reference_charge_;
  reference_packs_ = std::isnan(value(Quantity::packs)) ? 0 : value(Quantity::packs);
  reference_battery_voltage_ = value(Quantity::battery_voltage);
  nominal_frequency_ = value(Quantity::frequency) > 55 ? 60 : 50;
}

Time Model::real(double model_time) const {
  return origin_ + from_seconds((model_time - origin_model_) / speed_);
}

void Model::set_speed(double speed) {
  origin_ = real(now_);
  origin_model_ = now_;
  speed_ = speed;
}

void Model::advance(Time now) {
  const double target = origin_model_ + to_seconds(now - origin_) * speed_;
  while (true) {
    const auto timer = std::ranges::min_element(timers_);
    const double next = std::min(*timer, now_ + seconds_to_threshold());
    if (next > target) break;
    integrate(next - now_);
    now_ = std::max(now_, next);
    if (*timer <= now_) {
      *timer = no_time;
      fire(static_cast<TimerId>(timer - timers_.begin()));
    }
    settle();
  }
  integrate(target - now_);
  now_ = std::max(now_, target);
}

Time Model::next_event() const {
  const double next = std::min(*std::ranges::min_element(timers_), now_ + seconds_to_threshold());
  if (next - now_ > 1e7) return never;
  // Rounded up, so that advance() to this time does not fall short of it.
  return real(next) + std::chrono::nanoseconds(1000);
}

void Model::fire(TimerId timer) {
  switch (timer) {
    case line_fail_again:
      if (!announced_ || battery_low_) return;
      raise('!');
      return start_timer(line_fail_again, line_fail_period);
    case replace_battery_again:
      if (!replace_battery_) return;
      raise('#');
      return start_timer(replace_battery_again, replace_battery_period);
    case environment_again:
      if (!environment_alarm_) return;
      raise('&');
      return start_timer(environment_again, environment_period);
    case line_returns:
      return restore_line(failure_.quiet);
    case test_ends:
      return end_self_test();
    case result_expires:
      result_ = "NO";
      return;
    case simulated_failure_ends:
      simulating_failure_ = false;
      return;
    case setting_alert:
      return raise('|');
    case turned_on_alert:
      return raise('?');
    case turns_off:
      raise('*');
      return switch_output(false);
    case wakes:
      return switch_output(true);
    case bypass_settles:
    case timer_count:
      return;
  }
}

void Model::raise(char alert) {
  alerts_.push_back({alert, real(now_)});
}

std::vector<RaisedAlert> Model::take_alerts() {
  return std::exchange(alerts_, {});
}

// Energy.

void Model::integrate(double seconds) {
  if (seconds <= 0) return;
  auto& charge = value(Quantity::charge);
  if (on_battery_) {
    charge = std::max(0.0, charge - seconds / full_runtime());
  } else if (alive()) {
    charge = std::min(1.0, charge + seconds / (profile_.parameters.recharge_hours * 3600));
  }
  for (const auto age : {Quantity::uptime, Quantity::self_test_age}) value(age) += seconds;
}

// Model seconds until the charge crosses a threshold that settle() acts upon.
double Model::seconds_to_threshold() const {
  const double charge = value(Quantity::charge);
  double least = no_time;
  const auto crossing = [&](double threshold, double rate) {
    least = std::min(least, std::max(0.0, (charge - threshold) / rate));
  };
  if (on_battery_) {
    const double rate = 1 / full_runtime();
    if (!battery_low_ && low_follows_charge()) {
      crossing(low_runtime() * rate, rate);
    }
    if (calibrating_) crossing(profile_.parameters.calibration_floor / 100, rate);
    crossing(0, rate);
  } else if (battery_low_ && alive() && low_follows_charge()) {
    const double rate = 1 / (profile_.parameters.recharge_hours * 3600);
    const double enough = low_runtime() / full_runtime();
    if (enough < 1) least = std::max(0.0, (enough - charge) / rate) + 0.001;
  }
  return least;
}

// Seconds from full to empty at the present load: less than in proportion at high load.
double Model::full_runtime() const {
  const double load = std::max(value(Quantity::load), 0.02);
  double packs = value(Quantity::packs);
  if (std::isnan(packs)) packs = reference_packs_;
  return std::max(1.0, reference_runtime_ * std::pow(reference_load_ / load, 1.2) * (1 + packs) /
                           (1 + reference_packs_));
}

bool Model::low_follows_charge() const {
  return battery_low_switch_ == Switch::automatic && !forced_[index(Quantity::runtime)];
}

double Model::low_runtime() const {
  return settings_.number("q", 2) * 60;
}

// Mains and transfer.

double Model::transfer_low() const {
  return settings_.number("l", profile_.parameters.transfer_low);
}

double Model::transfer_high() const {
  return settings_.number("u", profile_.parameters.transfer_high);
}

bool Model::line_bad() const {
  return line_failed_ || mains_volts_ < transfer_low() || mains_volts_ > transfer_high();
}

void Model::fail_line(const LineFailure& failure) {
  line_failed_ = true;
  failure_ = failure;
  quiet_restore_ = failure.quiet;
  stop_timer(line_returns);
  if (failure.seconds > 0) start_timer(line_returns, failure.seconds);
  settle();
}

void Model::restore_line(bool quiet) {
  line_failed_ = false;
  quiet_restore_ = quiet_restore_ || quiet;
  stop_timer(line_returns);
  settle();
  quiet_restore_ = false;
}

void Model::set_line_voltage(double volts) {
  mains_volts_ = volts;
  forced_[index(Quantity::input_voltage)].reset();
  settle();
}

void Model::note_input_voltage() {
  const double volts = line_failed_ ? failure_.volts : mains_volts_;
  value(Quantity::input_voltage) = volts;
  auto& maximum = value(Quantity::input_voltage_maximum);
  auto& minimum = value(Quantity::input_voltage_minimum);
  maximum = std::max(maximum, volts);
  minimum = std::min(minimum, volts);
}

void Model::reset_extreme(Quantity quantity) {
  value(quantity) = value(Quantity::input_voltage);
}

void Model::settle() {
  note_input_voltage();
  settle_transfer();
  settle_battery_low();
  settle_power();
  settle_faults();
}

void Model::settle_transfer() {
  const bool wanted = output_on_ && (line_bad() || testing());
  if (wanted != on_battery_) transfer(wanted);
}

void Model::transfer(bool to_battery) {
  on_battery_ = to_battery;
  transferred_ = real(now_);
  if (!to_battery) {
    stop_timer(line_fail_again);
    if (announced_ && !quiet_restore_ && output_on_) raise('$');
    announced_ = false;
    return;
  }
  if (!line_bad()) {
    cause_ = 'S';
  } else if (line_failed_) {
    cause_ = failure_.cause;
  } else {
    cause_ = mains_volts_ > transfer_high() ? 'H' : 'L';
  }
  if (line_failed_ && failure_.quiet) return;
  raise('!');
  announced_ = true;
  start_timer(line_fail_again, line_fail_period);
}

void Model::settle_battery_low() {
  bool low = battery_low_switch_ == Switch::on;
  if (battery_low_switch_ == Switch::automatic) {
    const bool short_of_time = quantity(Quantity::runtime) <= low_runtime() + tiny;
    low = short_of_time && (on_battery_ || battery_low_);
  }
  if (low != battery_low_) set_battery_low_flag(low);
}

void Model::set_battery_low_flag(bool low) {
  battery_low_ = low;
  if (low) {
    raise('%');
  } else if (low_announced_) {
    raise('+');
  }
  low_announced_ = low;
}

void Model::settle_faults() {
  const bool faulty = reg(Register::fault2) != 0 || reg(Register::fault3) != 0;
  if (faulty == faulty_) return;
  faulty_ = faulty;
  raise(faulty ? '?' : '=');
}

// What surrounds the battery and the load.

void Model::set_quantity(Quantity quantity, std::optional<double> new_value) {
  auto& forced = forced_[index(quantity)];
  const bool derived_one = quantity == Quantity::runtime || quantity == Quantity::battery_voltage ||
                           quantity == Quantity::output_voltage ||
                           quantity == Quantity::output_current ||
                           quantity == Quantity::apparent_load;
  forced.reset();
  if (new_value && (derived_one || std::isnan(*new_value))) {
    forced = new_value;
  } else if (new_value && quantity == Quantity::input_voltage) {
    mains_volts_ = *new_value;
  } else if (new_value) {
    value(quantity) = *new_value;
  }
  settle();
}

void Model::set_overload(bool on) {
  auto& load = value(Quantity::load);
  if (on && load_before_overload_ < 0) {
    load_before_overload_ = load;
    load = 1.2;
  } else if (!on && load_before_overload_ >= 0) {
    load = load_before_overload_;
    load_before_overload_ = -1;
  }
  settle();
}

void Model::set_trim(Switch to) {
  trim_ = to;
  settle();
}

void Model::set_boost(Switch to) {
  boost_ = to;
  settle();
}

void Model::set_battery_low(Switch to) {
  battery_low_switch_ = to;
  settle();
}

void Model::set_replace_battery(bool on) {
  if (on == replace_battery_) return;
  replace_battery_ = on;
  stop_timer(replace_battery_again);
  if (!on) return;
  raise('#');
  start_timer(replace_battery_again, replace_battery_period);
}

void Model::set_bypass(bool on) {
  if (on == bypass_) return;
  bypass_ = on;
  start_timer(bypass_settles, bypass_switch_time);
  settle();
}

void Model::set_environment_alarm(bool on) {
  environment_alarm_ = on;
  stop_timer(environment_again);
  if (!on) return;
  raise('&');
  start_timer(environment_again, environment_period);
}

void Model::force_register(Register which, std::optional<unsigned char> to) {
  forced_registers_[index(which)] = to;
  settle();
}

void Model::setting_changed(double delay) {
  start_timer(setting_alert, delay);
  settle();
}

// Tests.

bool Model::start_self_test() {
  if (!output_on_ || on_battery_) return false;
  self_testing_ = true;
  start_timer(test_ends, self_test_length);
  settle();
  return true;
}

void Model::end_self_test() {
  self_testing_ = false;
  settle_transfer();
  result_ = weak_battery_ ? "BT" : overloaded() ? "NG" : "OK";
  start_timer(result_expires, result_lifetime);
  value(Quantity::self_test_age) = 0;
  if (result_ != "NG") set_replace_battery(weak_battery_);
}

bool Model::start_calibration() {
  if (!output_on_ || on_battery_ || value(Quantity::charge) < 1 - tiny) return false;
  calibrating_ = true;
  settle();
  return true;
}

bool Model::stop_calibration() {
  if (!calibrating_) return false;
  calibrating_ = false;
  settle();
  return true;
}

bool Model::simulate_failure() {
  if (!output_on_ || on_battery_) return false;
  simulating_failure_ = true;
  start_timer(simulated_failure_ends, simulated_failure_length);
  settle();
  return true;
}

}  // namespace upslink::simulator
