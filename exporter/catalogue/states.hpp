// SPDX-License-Identifier: Apache-2.0
// The state of a UPS in words: one table, the worst first, so that a page, an API and a dashboard
// use the same words and agree on which of them comes first. Several may hold at once. Constant.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "catalogue/facts.hpp"

namespace upslink {

/// How much somebody has to care, and the colour that goes with it.
enum class Severity : std::uint8_t { good, notice, warning, critical, unknown };

inline constexpr std::array<std::string_view, 5> severity_names{"good", "notice", "warning",
                                                                "critical", "unknown"};

constexpr std::string_view name_of(Severity severity) {
  return severity_names[static_cast<std::size_t>(severity)];
}

struct State {
  std::string_view name;      ///< unique, snake_case
  std::string_view text;      ///< for people: as on a panel
  std::string_view sentence;  ///< what it means
  Severity severity = Severity::good;
  /// Whether it holds; nothing when that cannot be told. Null: it holds when no other one does.
  std::optional<bool> (*holds)(const Facts&) = nullptr;
};

namespace detail {
std::optional<bool> silent_state(const Facts&);
std::optional<bool> output_off_state(const Facts&);
std::optional<bool> fault_state(const Facts&);
std::optional<bool> battery_low_state(const Facts&);
std::optional<bool> overload_state(const Facts&);
std::optional<bool> on_battery_state(const Facts&);
std::optional<bool> bypass_state(const Facts&);
std::optional<bool> replace_battery_state(const Facts&);
std::optional<bool> environment_state(const Facts&);
std::optional<bool> testing_state(const Facts&);
std::optional<bool> on_line_state(const Facts&);
}  // namespace detail

// clang-format off
inline constexpr auto states = std::to_array<State>({
    {"silent", "Silent", "The UPS does not answer.", Severity::unknown, detail::silent_state},
    {"output_off", "Output off", "The UPS does not supply its load.", Severity::critical, detail::output_off_state},
    {"fault", "Fault", "Something in the UPS has failed.", Severity::critical, detail::fault_state},
    {"battery_low", "Battery low", "The battery is low.", Severity::critical, detail::battery_low_state},
    {"overload", "Overload", "The load is more than the UPS can supply.", Severity::critical, detail::overload_state},
    {"on_battery", "On battery", "The load is supplied by the battery.", Severity::warning, detail::on_battery_state},
    {"bypass", "Bypass", "The load is supplied by the line without protection.", Severity::warning, detail::bypass_state},
    {"replace_battery", "Replace battery", "A battery has been found to need replacement.", Severity::warning, detail::replace_battery_state},
    {"environment", "Environment", "Temperature or humidity is out of range.", Severity::warning, detail::environment_state},
    {"unknown", "Not known", "The UPS has not said yet how it is.", Severity::unknown, nullptr},
    {"testing", "Self test", "A self test or a runtime calibration is running.", Severity::notice, detail::testing_state},
    {"on_line", "On line", "The load is supplied by the line.", Severity::good, detail::on_line_state},
});
// clang-format on

inline constexpr std::size_t state_count = states.size();
using StateSet = std::bitset<state_count>;

/// The index of a state by its name; does not compile for one that is not there.
consteval std::size_t state_named(std::string_view name) {
  for (std::size_t i = 0; i < state_count; ++i) {
    if (states[i].name == name) return i;
  }
  throw "no such state";
}

/// The states that hold, never none; the first of them is the worst.
StateSet states_of(const Facts& facts);

/// The first state of a set that is not empty.
std::size_t worst_of(const StateSet& set);

}  // namespace upslink
