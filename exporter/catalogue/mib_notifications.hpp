// SPDX-License-Identifier: Apache-2.0
// The notifications of UPSLINK-MIB: their numbers below its arc 0, and the objects that they carry,
// in that order. The agent sends what stands here, and `describe mib` prints it. Numbers are
// written, never counted, and a retired one stays reserved (mibs/README.md). Constant; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace upslink {

struct MibNotification {
  std::uint8_t number = 0;
  std::string_view name;                      ///< of the notification, as it stands in the MIB
  std::string_view help;                      ///< one sentence
  std::span<const std::string_view> objects;  ///< names of columns of the MIB
};

namespace detail {
inline constexpr std::array<std::string_view, 1> ups_alone{"upslinkUpsName"};
inline constexpr std::array<std::string_view, 3> ups_and_battery{
    "upslinkUpsName", "upslinkBatteryCharge", "upslinkBatteryRuntime"};
inline constexpr std::array<std::string_view, 3> ups_and_alarm{
    "upslinkUpsName", "upslinkAlarmDescr", "upslinkAlarmText"};
inline constexpr std::array<std::string_view, 3> ups_and_alert{
    "upslinkUpsName", "upslinkAlertCount", "upslinkAlertLast"};
}  // namespace detail

// clang-format off
inline constexpr auto mib_notifications = std::to_array<MibNotification>({
    {1, "upslinkCommunicationLost",     "The UPS does not answer any more.", detail::ups_alone},
    {2, "upslinkCommunicationRestored", "The UPS answers again.", detail::ups_alone},
    {3, "upslinkOnBattery",             "The UPS has gone to battery.", detail::ups_and_battery},
    {4, "upslinkLineRestored",          "The UPS is on battery no longer.", detail::ups_alone},
    {5, "upslinkBatteryLow",            "The battery is low.", detail::ups_and_battery},
    {6, "upslinkAlarmAdded",            "An alarm has begun that no other notification tells of.", detail::ups_and_alarm},
    {7, "upslinkAlarmRemoved",          "An alarm has ended, and no other notification tells of it.", detail::ups_and_alarm},
    {8, "upslinkAlertReceived",         "The UPS has sent an alert character: the instance of upslinkAlertCount tells which.", detail::ups_and_alert},
});
// clang-format on

}  // namespace upslink
