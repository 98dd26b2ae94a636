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
  std::string_view metric;  ///< without its prefix; empty: not a metric, over SNMP only
  std::string_view help;    ///< one sentence
  bool counter = false;
  Unit unit = Unit::none;
  std::string_view member_label = {};  ///< empty: one sample
  std::size_t members = 1;
  std::string_view (*member)(std::size_t) = nullptr;  ///< label value of the n-th member
  /// Its value at a time; absent: no sample.
  std::optional<double> (*sample)(const Snapshot&, std::size_t, TimePoint) = nullptr;
  bool measured = false;         ///< over SNMP it vanishes when the UPS falls silent
  MibColumn mib = {};            ///< where it is served over SNMP
  std::string_view object = {};  ///< `UpsRequests` for the object upslinkUpsRequests
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
/// A count of a command that was ever asked.
inline std::optional<double> asked(const Snapshot& s, std::size_t command, std::uint64_t n) {
  const auto& record = s.commands[command];
  if (record.replies + record.failures == 0) return std::nullopt;
  return number(n);
}
}  // namespace detail

// clang-format off
inline constexpr auto line_families = std::to_array<LineFamily>({
    {.metric = "up", .help = "Whether the UPS answers.",
     .sample = [](const Snapshot& s, std::size_t, TimePoint) -> std::optional<double> { return s.link.up ? 1 : 0; },
     .mib = {MibTable::ups, 11}, .object = "Up"},
    {.metric = "last_success_timestamp_seconds", .help = "When the last good reply came.", .unit = Unit::seconds,
     .sample = [](const Snapshot& s, std::size_t, TimePoint) { return detail::since_epoch(s.link.last_success); },
     .mib = {MibTable::ups, 12}, .object = "LastSuccess"},
    {.metric = "poll_duration_seconds", .help = "Length of the last complete cycle of the fast readings.", .unit = Unit::seconds,
     .sample = [](const Snapshot& s, std::size_t, TimePoint) { return s.link.poll_duration_seconds; },
     .measured = true, .mib = {MibTable::ups, 13}, .object = "PollDuration"},
    {.metric = "alerts_total", .help = "Alert characters received.", .counter = true,
     .member_label = "alert", .members = alerts.size(), .member = detail::alert_name,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint) { return detail::number(s.alerts[i].count); },
     .mib = {MibTable::alert, 2}, .object = "AlertCount"},
    {.metric = "alert_last_timestamp_seconds", .help = "When each alert character was last received.", .unit = Unit::seconds,
     .member_label = "alert", .members = alerts.size(), .member = detail::alert_name,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint) { return detail::since_epoch(s.alerts[i].last); },
     .mib = {MibTable::alert, 3}, .object = "AlertLast"},
    {.metric = "transfers_total", .help = "Transfers to battery by cause (commands Q and G).", .counter = true,
     .member_label = "cause", .members = transfer_causes.size(), .member = detail::cause_name,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint) { return detail::number(s.totals.transfers[i]); },
     .mib = {MibTable::transfer, 2}, .object = "TransferCount"},
    {.metric = "on_battery_seconds_total", .help = "Time on battery (command Q).", .counter = true, .unit = Unit::seconds,
     .sample = [](const Snapshot& s, std::size_t, TimePoint) -> std::optional<double> { return s.totals.on_battery_seconds; },
     .mib = {MibTable::battery, 14}, .object = "OnBatteryTime"},
    {.metric = "output_power_watts", .help = "Output power: the load times the nominal power (command P).", .unit = Unit::watts,
     .sample = [](const Snapshot& s, std::size_t, TimePoint) { return s.totals.output_power_watts; },
     .measured = true, .mib = {MibTable::power, 12}, .object = "OutputPower"},
    {.metric = "output_energy_joules_total", .help = "Output energy: the output power added up over time (command P).", .counter = true, .unit = Unit::joules,
     .sample = [](const Snapshot& s, std::size_t, TimePoint) { return s.totals.output_energy_joules; },
     .mib = {MibTable::power, 13}, .object = "OutputEnergy"},
    {.metric = "requests_total", .help = "Questions put to the UPS.", .counter = true,
     .sample = [](const Snapshot& s, std::size_t, TimePoint) { return detail::number(s.link.requests); },
     .mib = {MibTable::ups, 14}, .object = "Requests"},
    {.metric = "request_failures_total", .help = "Questions without a usable answer, by reason.", .counter = true,
     .member_label = "reason", .members = counted_failures, .member = detail::failure_name,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint) { return detail::number(s.link.failures[i]); },
     .mib = {MibTable::failure, 2}, .object = "FailureCount"},
    {.metric = "link_bytes_total", .help = "Bytes on the line.", .counter = true, .unit = Unit::bytes,
     .member_label = "direction", .members = 2, .member = detail::direction_name,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint) { return detail::number(i == 0 ? s.link.bytes_sent : s.link.bytes_received); },
     .mib = {MibTable::traffic, 2}, .object = "TrafficBytes"},
    {.metric = "link_opens_total", .help = "How often the device or connection was opened.", .counter = true,
     .sample = [](const Snapshot& s, std::size_t, TimePoint) { return detail::number(s.link.opens); },
     .mib = {MibTable::ups, 15}, .object = "LinkOpens"},
    {.metric = "command_supported", .help = "Whether the UPS gives a value for a command; absent until it was asked.",
     .member_label = "command", .members = command_count, .member = detail::printable_command,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint) -> std::optional<double> {
       if (s.support[i] == Support::unknown) return std::nullopt;
       return s.support[i] == Support::supported ? 1 : 0;
     },
     .mib = {MibTable::command, 2}, .object = "CommandSupported"},
});

/// What only SNMP serves: as metrics they would be many series that few would look at.
inline constexpr auto mib_only_families = std::to_array<LineFamily>({
    {.metric = "", .help = "Replies to the command, with a value or with NA.", .counter = true,
     .member_label = "command", .members = command_count, .member = detail::printable_command,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint) { return detail::asked(s, i, s.commands[i].replies); },
     .mib = {MibTable::command, 3}, .object = "CommandReplies"},
    {.metric = "", .help = "Questions with the command that had no reply, or one in another form.", .counter = true,
     .member_label = "command", .members = command_count, .member = detail::printable_command,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint) { return detail::asked(s, i, s.commands[i].failures); },
     .mib = {MibTable::command, 4}, .object = "CommandFailures"},
    {.metric = "", .help = "Time since the last reply to the command.", .unit = Unit::seconds,
     .member_label = "command", .members = command_count, .member = detail::printable_command,
     .sample = [](const Snapshot& s, std::size_t i, TimePoint now) -> std::optional<double> {
       const auto& at = s.commands[i].answered_at;
       if (!at) return std::nullopt;
       return std::chrono::duration<double>(now - *at).count();
     },
     .mib = {MibTable::command, 5}, .object = "CommandAge"},
});
// clang-format on

}  // namespace upslink
