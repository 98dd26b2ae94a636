// SPDX-License-Identifier: Apache-2.0
#pragma once

// The state of a UPS as numbers that change with time: mains, transfer, discharge and recharge,
// tests, shutdowns, registers, and the alert bytes that these raise. It knows no bytes of the
// protocol but the alerts and the letters of choices.
//
// Time: advance(now) brings it to `now` and every other member acts there; next_event() says when
// advance() must be called for alerts to be on time. Model time runs `speed` times as fast.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "profile.hpp"
#include "settings.hpp"
#include "time.hpp"

namespace upslink::simulator {

enum class Switch : unsigned char { off, on, automatic };

struct LineFailure {
  char cause = 'T';
  double volts = 0;
  bool quiet = false;  // neither ! nor $
  double seconds = 0;  // model time until the mains are back; 0 = until restore_line()
};

struct RaisedAlert {
  char alert = 0;
  Time raised;
};

class Model {
 public:
  Model(const Profile& profile, const Settings& settings, Time now, double speed);

  void advance(Time now);
  Time next_event() const;
  void set_speed(double speed);

  // The mains.
  void fail_line(const LineFailure& failure);
  void restore_line(bool quiet);
  void set_line_voltage(double volts);

  // What surrounds the battery and the load. nullopt gives a derived quantity back to the model;
  // NaN means not known.
  void set_quantity(Quantity quantity, std::optional<double> value);
  void set_overload(bool on);
  void set_trim(Switch to);
  void set_boost(Switch to);
  void set_battery_low(Switch to);
  void set_replace_battery(bool on);
  void set_weak_battery(bool on) { weak_battery_ = on; }
  void set_bypass(bool on);
  bool bypassed() const { return bypass_; }
  void set_environment_alarm(bool on);
  void set_contacts(unsigned char contacts) { contacts_ = contacts; }
  void force_register(Register reg, std::optional<unsigned char> value);
  // The alert | follows after `delay` seconds of model time.
  void setting_changed(double delay);

  // What commands start; false when the unit refuses.
  bool start_self_test();
  bool start_calibration();
  bool stop_calibration();
  bool simulate_failure();
  bool shut_down_on_battery(double delay);
  void sleep(double delay, double seconds);
  void turn_off_after(double delay);
  bool abort_shutdown();
  void turn_off();
  void turn_on();

  // What is true now.
  double quantity(Quantity quantity) const;
  unsigned char reg(Register reg) const;
  std::string choice(Choice choice) const;
  bool on_battery() const { return on_battery_; }
  bool output_on() const { return output_on_; }
  // False when it has neither mains nor output: no electronics run, nothing is answered.
  bool alive() const { return output_on_ || !line_bad(); }
  // Counts up when the electronics start again: the unit is then in simple signalling.
  int power_cycles() const { return power_cycles_; }
  Time transferred() const { return transferred_; }

  // Reading M or N starts it anew.
  void reset_extreme(Quantity quantity);

  std::vector<RaisedAlert> take_alerts();

 private:
  enum TimerId : unsigned char {
    line_fail_again,
    replace_battery_again,
    environment_again,
    line_returns,
    test_ends,
    result_expires,
    simulated_failure_ends,
    setting_alert,
    bypass_settles,
    turns_off,
    wakes,
    turned_on_alert,
    timer_count,
  };
  enum class Shutdown : unsigned char { none, on_battery, sleep, plain };
  static constexpr double no_time = std::numeric_limits<double>::infinity();

  Time real(double model_time) const;
  void start_timer(TimerId timer, double seconds) { timers_[timer] = now_ + seconds; }
  void stop_timer(TimerId timer) { timers_[timer] = no_time; }
  void fire(TimerId timer);
  void raise(char alert);

  void integrate(double seconds);
  double seconds_to_threshold() const;
  double full_runtime() const;
  double battery_voltage() const;
  double output_voltage() const;
  double derived(Quantity quantity) const;
  double value(Quantity quantity) const { return values_[index(quantity)]; }
  double& value(Quantity quantity) { return values_[index(quantity)]; }

  double transfer_low() const;
  double transfer_high() const;
  bool line_bad() const;
  bool testing() const { return self_testing_ || calibrating_ || simulating_failure_; }
  bool trimming() const;
  bool boosting() const;
  bool overloaded() const { return quantity(Quantity::load) > 1.0; }
  bool low_follows_charge() const;
  double low_runtime() const;

  // Draws the conclusions from whatever has changed.
  void settle();
  void note_input_voltage();
  void settle_transfer();
  void settle_battery_low();
  void settle_faults();
  void settle_power();
  void transfer(bool to_battery);
  void end_self_test();
  void set_battery_low_flag(bool low);
  void switch_output(bool on);
  void schedule_wake_on_line();
  unsigned char status_bits() const;
  unsigned char state_bits() const;
  unsigned char fault3_bits() const;

  const Profile& profile_;
  const Settings& settings_;
  Time origin_;              // real time of model time origin_model_
  double origin_model_ = 0;  // seconds
  double speed_ = 1;
  double now_ = 0;  // model time, seconds
  std::array<double, timer_count> timers_{};

  std::array<double, quantity_count> values_{};
  std::array<std::optional<double>, quantity_count> forced_{};
  double reference_runtime_ = 0;  // seconds from full at the profile's load
  double reference_load_ = 0;
  double reference_charge_ = 1;
  double reference_packs_ = 0;
  double reference_battery_voltage_ = 0;
  double nominal_frequency_ = 50;

  bool line_failed_ = false;
  LineFailure failure_;
  double mains_volts_ = 0;
  bool on_battery_ = false;
  bool announced_ = false;  // ! was sent, so $ will be
  bool quiet_restore_ = false;
  Time transferred_;
  char cause_ = 'O';
  std::string result_;

  bool self_testing_ = false;
  bool calibrating_ = false;
  bool simulating_failure_ = false;
  bool weak_battery_ = false;
  bool replace_battery_ = false;
  bool battery_low_ = false;
  bool low_announced_ = false;
  Switch battery_low_switch_ = Switch::automatic;
  Switch trim_ = Switch::automatic;
  Switch boost_ = Switch::automatic;
  double load_before_overload_ = -1;
  bool bypass_ = false;
  bool environment_alarm_ = false;
  unsigned char contacts_ = 0;
  std::array<std::optional<unsigned char>, register_names.size()> forced_registers_{};
  bool faulty_ = false;

  bool output_on_ = true;
  bool alive_ = true;
  int power_cycles_ = 0;
  Shutdown shutdown_ = Shutdown::none;
  double sleep_seconds_ = 0;
  bool exhausted_ = false;     // switched off by low battery
  bool wake_on_line_ = false;  // the output comes back with the mains

  std::vector<RaisedAlert> alerts_;
};

}  // namespace upslink::simulator
