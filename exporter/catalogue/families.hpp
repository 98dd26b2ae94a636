// SPDX-License-Identifier: Apache-2.0
// What is published about a UPS without a command of its own: counted alerts, sums over time, and
// the line itself. One row per metric family; `sample` says what its n-th member is in a snapshot.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "catalogue/quantities.hpp"
#include "model/snapshot.hpp"

namespace upslink {

struct LineFamily {
  std::string_view metric;  ///< without its prefix
  std::string_view help;    ///< one sentence
  bool counter = false;
  Unit unit = Unit::none;
  std::string_view member_label = {};  ///< empty: one sample
  std::size_t members = 1;
  std::string_view (*member)(std::size_t) = nullptr;  ///< label value of the n-th member
  std::optional<double> (*sample)(const Snapshot&, std::size_t) = nullptr;  ///< absent: no sample
};

namespace detail {
/// In whole milliseconds: nanoseconds since 1970 are more than a double can tell apart.
constexpr double seconds_since_epoch(WallTime t) {
  const auto whole = std::chrono::floor<std::chrono::milliseconds>(t);
  return std::chrono::duration<double>(whole.time_since_epoch()).count();
}
constexpr std::string_view alert_name(std::size_t i) {
  return alerts[i].name;
}
constexpr std::string_view cause_name(std::size_t i) {
  return transfer_causes[i].name;
}
constexpr std::string_view failure_name(std::size_t i) {
  return failure_names[i];
}
constexpr std::string_view direction_name(std::size_t i) {
  return i == 0 ? "sent" : "received";
}

inline constexpr auto command_names = [] {
  std::array<CommandName, command_count> names{};
  for (std::size_t i = 0; i < command_count; ++i) names[i] = command_name(commands[i].byte);
  return names;
}();
constexpr std::string_view printable_command(std::size_t i) {
  return command_names[i].view();
}

inline std::optional<double> since_epoch(const std::optional<WallTime>& t) {
  if (!t) return std::nullopt;
  return seconds_since_epoch(*t);
}
inline std::optional<double> number(std::uint64_t n) {
  return static_cast<double>(n);
}
}  // namespace detail

// clang-format off
inline constexpr auto line_families = std::to_array<LineFamily>({
    {.metric = "up", .help = "1 while the UPS answers.",
     .sample = [](const Snapshot& s, std::size_t) -> std::optional<double> { return s.link.up ? 1 : 0; }},
    {.metric = "last_success_timestamp_seconds", .help = "When the last good reply came.", .unit = Unit::seconds,
     .sample = [](const Snapshot& s, std::size_t) { return detail::since_epoch(s.link.last_success); }},
    {.metric = "poll_duration_seconds", .help = "Length of the last complete cycle of the fast readings.", .unit = Unit::seconds,
     .sample = [](const Snapshot& s, std::size_t) { return s.link.poll_duration_seconds; }},
    {.metric = "alerts_total", .help = "Alert characters received.", .counter = true,
     .member_label = "alert", .members = alerts.size(), .member = detail::alert_name,
     .sample = [](const Snapshot& s, std::size_t i) { return detail::number(s.alerts[i].count); }},
    {.metric = "alert_last_timestamp_seconds", .help = "When each alert character was last received.", .unit = Unit::seconds,
     .member_label = "alert", .members = alerts.size(), .member = detail::alert_name,
     .sample = [](const Snapshot& s, std::size_t i) { return detail::since_epoch(s.alerts[i].last); }},
    {.metric = "transfers_total", .help = "Transfers to battery by cause (commands Q and G).", .counter = true,
     .member_label = "cause", .members = transfer_causes.size(), .member = detail::cause_name,
     .sample = [](const Snapshot& s, std::size_t i) { return detail::number(s.totals.transfers[i]); }},
    {.metric = "on_battery_seconds_total", .help = "Time on battery (command Q).", .counter = true, .unit = Unit::seconds,
     .sample = [](const Snapshot& s, std::size_t) -> std::optional<double> { return s.totals.on_battery_seconds; }},
    {.metric = "output_power_watts", .help = "Output power: the load times the nominal power (command P).", .unit = Unit::watts,
     .sample = [](const Snapshot& s, std::size_t) { return s.totals.output_power_watts; }},
    {.metric = "output_energy_joules_total", .help = "Output energy: the output power added up over time (command P).", .counter = true, .unit = Unit::joules,
     .sample = [](const Snapshot& s, std::size_t) { return s.totals.output_energy_joules; }},
    {.metric = "requests_total", .help = "Questions put to the UPS.", .counter = true,
     .sample = [](const Snapshot& s, std::size_t) { return detail::number(s.link.requests); }},
    {.metric = "request_failures_total", .help = "Questions without a usable answer, by reason.", .counter = true,
     .member_label = "reason", .members = counted_failures, .member = detail::failure_name,
     .sample = [](const Snapshot& s, std::size_t i) { return detail::number(s.link.failures[i]); }},
    {.metric = "link_bytes_total", .help = "Bytes on the line.", .counter = true, .unit = Unit::bytes,
     .member_label = "direction", .members = 2, .member = detail::direction_name,
     .sample = [](const Snapshot& s, std::size_t i) { return detail::number(i == 0 ? s.link.bytes_sent : s.link.bytes_received); }},
    {.metric = "link_opens_total", .help = "How often the device or connection was opened.", .counter = true,
     .sample = [](const Snapshot& s, std::size_t) { return detail::number(s.link.opens); }},
    {.metric = "command_supported", .help = "Whether the UPS gives a value for a command; absent until it was asked.",
     .member_label = "command", .members = command_count, .member = detail::printable_command,
     .sample = [](const Snapshot& s, std::size_t i) -> std::optional<double> {
       if (s.support[i] == Support::unknown) return std::nullopt;
       return s.support[i] == Support::supported ? 1 : 0;
     }},
});
// clang-format on

}  // namespace upslink
