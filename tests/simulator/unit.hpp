// SPDX-License-Identifier: Apache-2.0
#pragma once

// One UPS on its wire: model, settings, interpreter, faults, ledger and the pacing between them.
// Give it the bytes that a client wrote (receive), ask when it wants to act (due), and let it act
// (run): bytes whose time has come go to the sink. Time is an argument, nothing here blocks.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "faults.hpp"
#include "interpreter.hpp"
#include "ledger.hpp"
#include "model.hpp"
#include "profile.hpp"
#include "replay.hpp"
#include "settings.hpp"
#include "wire.hpp"

namespace upslink::simulator {

struct Timing {
  double baud = 2400;  // 0 = no time per byte
  double turnaround_ms = 0;
  double byte_ms = 0;  // least time from byte to byte of a reply
  bool alerts_inside = false;
};

struct UnitOptions {
  double baud = 2400;
  std::optional<double> turnaround_ms;
  std::optional<double> byte_ms;
  std::uint64_t seed = 1;
  double speed = 1;
  bool smart = false;
};

class Unit {
 public:
  // Delivers a byte that was due at `at`; gives the time it was, nullopt when nobody listened.
  using Sink = std::function<std::optional<Time>(char byte, Time at)>;
  using PlugListener = std::function<void(bool plugged)>;

  Unit(Profile profile, const UnitOptions& options, Time now);
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  void receive(std::string_view bytes, Time now);
  Time due() const;
  void run(Time now, const Sink& sink);

  // What the control socket does. After each of them due() may have changed.
  std::optional<std::string> start_fault(Fault fault, const std::vector<Word>& arguments, Time now);
  void stop_fault(Fault fault, Time now);
  void send_alert(char alert, bool inside, Time now);
  void set_timing(const Timing& timing);
  void set_accessory(std::optional<Profile> accessory);
  void set_plugged(bool plugged);
  void go_dark(Time now);
  void come_back();

  // Called when it is unplugged or replugged.
  void on_plug(PlugListener listener) { plug_listener_ = std::move(listener); }

  const Profile& profile() const { return profile_; }
  const Timing& timing() const { return timing_; }
  const Faults& faults() const { return faults_; }
  const Settings& settings() const { return settings_; }
  Settings& settings() { return settings_; }
  Model& model() { return model_; }
  const Model& model() const { return model_; }
  Interpreter& interpreter() { return interpreter_; }
  const Interpreter& interpreter() const { return interpreter_; }
  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }
  bool plugged() const { return plugged_; }
  // Would a command be answered now?
  bool answering() const;

 private:
  void step(Time now, const Sink& sink);
  void take_arrival(const Arrival& arrival);
  void take_departure(const Departure& departure, const Sink& sink);
  void send_reply(const std::string& reply, Time arrived);
  void send_burst(std::string bytes, Time now);
  void send_recorded(const RecordedAnswer& answer, Time arrived);
  void send_unasked(const Unasked& unasked, Time now);
  std::optional<RecordedAnswer> recorded_answer(char byte, Time now);
  void announce();
  bool sends(char alert) const;
  void fault_ended(Fault fault, Time now);
  std::string foreign_reply(Dice& dice) const;
  bool silenced() const { return faults_.active(Fault::silence).has_value(); }

  Profile profile_;
  std::optional<Profile> accessory_;
  Settings settings_;
  Model model_;
  Interpreter interpreter_;
  Faults faults_;
  std::optional<Replay> replay_;
  Ledger ledger_;
  Receiver receiver_;
  Transmitter transmitter_;
  Timing timing_;
  std::string inside_next_;  // alert bytes that wait for a reply to hide in
  bool plugged_ = true;
  bool dark_ = false;  // switched off: nothing is answered
  PlugListener plug_listener_;
};

}  // namespace upslink::simulator
