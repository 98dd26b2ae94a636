// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a unit does with each byte that it has received: the smart protocol without its wire. Holds
// what the protocol remembers (smart mode, the setting queried last, texts being edited, the first
// of two bytes). take() gives the reply without CR LF, or nullopt for none; peek() what a reading
// command would answer, without its side effects.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model.hpp"
#include "profile.hpp"
#include "settings.hpp"
#include "time.hpp"

namespace upslink::simulator {

class Interpreter {
 public:
  // All three outlive it.
  Interpreter(const Profile& profile, Settings& settings, Model& model);

  std::optional<std::string> take(char byte, Time now);
  std::optional<std::string> peek(const std::string& command) const;

  bool smart() const { return smart_; }
  void set_smart(bool smart);
  bool service() const { return service_; }

  // A Measure-UPS, whose answers lie over the unit's; nullptr takes it away.
  void set_accessory(const Profile* accessory) { accessory_ = accessory; }

  // This answer instead of the real one; nullopt inside = silent.
  void override_answer(const std::string& command, std::optional<std::string> answer);
  void restore_answer(const std::string& command) { overrides_.erase(command); }
  void restore_all_answers() { overrides_.clear(); }

  // Commands with an answer that reads something, of unit and accessory.
  std::vector<std::string> reading_commands() const;
  const std::map<std::string, std::optional<std::string>>& overrides() const { return overrides_; }

 private:
  using Reply = std::optional<std::string>;
  using Perform = Reply (Interpreter::*)(Time now);

  // Bytes that belong to an edit or a sleep time and not to the command table.
  struct Collecting {
    std::size_t wanted = 0;
    std::string command;
    std::string text;
  };

  const Answer* find(const std::string& command) const;
  Reply unknown() const;
  Reply render(const std::string& command, const Answer& answer) const;
  Reply collect(char byte);
  Reply perform(const std::string& command, const Answer& answer, Time now);
  bool completes_pair(const std::string& command, Time now);
  Reply edit(int step);

  Reply enter_smart_mode(Time now);
  Reply leave_smart_mode(Time now);
  Reply simulate_failure(Time now);
  Reply self_test(Time now);
  Reply calibrate(Time now);
  Reply lamp_test(Time now);
  Reply shutdown(Time now);
  Reply turn_off(Time now);
  Reply turn_off_delayed(Time now);
  Reply sleep(Time now);
  Reply turn_on(Time now);
  Reply abort_shutdown(Time now);
  Reply factory_reset(Time now);
  Reply bypass(Time now);
  Reply service_mode(Time now);
  Reply edit_next(Time now);
  Reply edit_previous(Time now);
  double shutdown_delay() const;

  const Profile& profile_;
  Settings& settings_;
  Model& model_;
  const Profile* accessory_ = nullptr;
  std::map<std::string, std::optional<std::string>> overrides_;
  bool smart_ = false;
  bool service_ = false;  // `1`..`1`: shown by service()
  int power_cycles_ = 0;
  std::string prefix_;        // first byte of a two-byte command
  std::string last_command_;  // - and + edit the setting queried by it
  std::string pair_command_;  // first of two equal bytes
  Time pair_time_;
  std::optional<Collecting> collecting_;
};

}  // namespace upslink::simulator
