// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one kind of UPS answers: a `.profile` file as a value. The file has the sections [unit],
// [timing], [state] and [answers]; each command is one line of [answers] (README.md, "Profiles").
// load_profile() and parse_profile() throw ProfileError, whose text names the line.

#include <array>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "quantities.hpp"

namespace upslink::simulator {

struct ProfileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How a number is written: `%05.1f` rounds, `%04d` cuts off; text may follow (`%04d:`).
struct Format {
  int width = 0;
  int precision = 0;
  bool whole = false;
  std::string suffix;

  // Numbers that do not fit are written as the largest that does.
  std::string write(double number) const;
};

enum class AnswerKind : unsigned char {
  text,       // text "SMART-UPS 700"
  number,     // number load %05.1f [or TEXT]     a quantity; TEXT when it is not known
  resetting,  // resetting input_voltage_maximum %05.1f
  count,      // count packs %03d                 a number that + and - count up and down
  list,       // list %05.2f QUANTITY...          with commas, an unknown one is empty
  reg,        // register status
  choice,     // choice transfer_cause
  setting,    // setting 253 [of 253 264 271 280] choices default to those of ^Z
  free_text,  // free "UPS_IDEN"                  eight characters that can be edited
  mask,       // mask FF                          two hex digits that can be edited
  action,     // action self_test
  silent,     // silent
  absent,     // absent                           takes away what `like` brought
};

enum class Action : unsigned char {
  smart_mode,
  leave_smart_mode,
  simulate_failure,
  self_test,
  calibrate,
  lamp_test,
  shutdown,
  turn_off,
  turn_off_delayed,
  sleep,
  turn_on,
  abort_shutdown,
  factory_reset,
  bypass,
  service_mode,
  edit_next,
  edit_previous,
};
inline constexpr std::array<std::string_view, 17> action_names{
    "smart_mode", "leave_smart_mode", "simulate_failure", "self_test",        "calibrate",
    "lamp_test",  "shutdown",         "turn_off",         "turn_off_delayed", "sleep",
    "turn_on",    "abort_shutdown",   "factory_reset",    "bypass",           "service_mode",
    "edit_next",  "edit_previous"};

struct Answer {
  AnswerKind kind = AnswerKind::text;
  std::string text;  // of text, setting, free and mask; of a number that is not known
  Format format;
  std::vector<Quantity> quantities;
  Register reg{};
  Choice choice{};
  Action action{};
  std::vector<std::string> choices;
};

// The numbers of [state] that are no quantities.
struct ModelParameters {
  double transfer_high = std::numeric_limits<double>::infinity();  // where there is no setting u
  double transfer_low = 0;                                         // where there is no setting l
  double trim_above = std::numeric_limits<double>::infinity();
  double boost_below = 0;
  double recharge_hours = 3;
  double regulated_output = 0;    // volts on line; 0 = follows the input
  double battery_output = 0;      // volts on battery; 0 = the setting o, else 230
  double battery_nominal = 24;    // volts
  double calibration_floor = 25;  // percent
  double full_current = 0;        // amperes at 100 % load
  double apparent_factor = 1;     // apparent load / load
};

struct Recording;

struct Profile {
  std::string name;
  std::string title;
  std::string source;
  std::string generation;
  bool accessory = false;  // a Measure-UPS: its answers lie over those of a unit
  bool unknown_na = true;  // answers NA to unknown commands, else nothing
  std::string alerts;      // the alert bytes that it sends
  double turnaround_ms = 25;
  double byte_ms = 0;  // least time from byte to byte of a reply
  std::string cause = "O";
  std::string self_test_result = "NO";
  ModelParameters parameters;
  std::array<double, quantity_count> quantities{};  // base units, NaN = not known
  std::map<std::string, Answer> answers;            // by command bytes
  std::shared_ptr<const Recording> recording;       // what it replays, if it does
};

// Profiles that `like` names are looked for in `folder`.
Profile parse_profile(std::string_view text, std::string name, const std::filesystem::path& folder);
Profile load_profile(const std::filesystem::path& path);

// NAME looked up in `folder`, or the path of a file; the error says what can be had instead.
Profile find_profile(const std::string& name_or_path, const std::filesystem::path& folder);
std::vector<std::filesystem::path> list_profiles(const std::filesystem::path& folder);

// The choices of a setting: its own, else those of the answer to ^Z for the country of b or V.
std::vector<std::string> setting_choices(const Profile& profile, const std::string& command);

// The choices of a setting in a capability string (the answer to ^Z) for a country letter.
std::vector<std::string> capability_choices(std::string_view capabilities, char setting,
                                            char country);

}  // namespace upslink::simulator
