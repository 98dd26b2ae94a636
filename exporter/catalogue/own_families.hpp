// SPDX-License-Identifier: Apache-2.0
// What the exporter publishes of itself; one row per metric family. The publisher fills the rows,
// the page about the metrics lists them. Constant; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "catalogue/quantity.hpp"

namespace upslink {

struct OwnFamily {
  std::string_view metric;  ///< the whole name
  std::string_view help;    ///< one sentence
  bool counter = false;
  Unit unit = Unit::none;
  std::string_view labels = {};  ///< names of its labels, separated by blanks
  bool truth = false;            ///< 1 for yes, 0 for no
};

// Names and meanings of process_* are those of every official Prometheus client library.
// clang-format off
inline constexpr auto own_families = std::to_array<OwnFamily>({
    {.metric = "upslink_exporter_build_info", .help = "The build of the exporter, as labels; the value is 1.",
     .labels = "version revision compiler"},
    {.metric = "upslink_exporter_config_last_reload_successful", .help = "Whether the last attempt to read the configuration succeeded.",
     .truth = true},
    {.metric = "upslink_exporter_config_last_reload_success_timestamp_seconds", .help = "When the configuration was last read with success.",
     .unit = Unit::seconds},
    {.metric = "upslink_exporter_certificate_expiry_timestamp_seconds", .help = "When the certificate that the web server shows expires; absent without TLS.",
     .unit = Unit::seconds},
    {.metric = "upslink_exporter_http_requests_total", .help = "HTTP requests answered, by status code.", .counter = true,
     .labels = "code"},
    {.metric = "upslink_exporter_snmp_connected", .help = "Whether the SNMP agent is connected to its master agent; absent when SNMP is off.",
     .truth = true},
    {.metric = "upslink_exporter_snmp_requests_total", .help = "Instances that the SNMP agent was asked for.", .counter = true},
    {.metric = "upslink_exporter_snmp_registrations_refused_total", .help = "Subtrees that the master agent refused, as another agent serves them.", .counter = true},
    {.metric = "upslink_exporter_notifications_total", .help = "SNMP notifications that the master agent has taken, by name.", .counter = true,
     .labels = "notification"},
    {.metric = "upslink_exporter_notifications_dropped_total", .help = "SNMP notifications that could not be sent within a minute.", .counter = true},
    {.metric = "process_cpu_seconds_total", .help = "Total user and system CPU time spent in seconds.", .counter = true,
     .unit = Unit::seconds},
    {.metric = "process_resident_memory_bytes", .help = "Resident memory size in bytes.", .unit = Unit::bytes},
    {.metric = "process_virtual_memory_bytes", .help = "Virtual memory size in bytes.", .unit = Unit::bytes},
    {.metric = "process_virtual_memory_max_bytes", .help = "Maximum amount of virtual memory available in bytes.", .unit = Unit::bytes},
    {.metric = "process_start_time_seconds", .help = "Start time of the process since unix epoch in seconds.", .unit = Unit::seconds},
    {.metric = "process_open_fds", .help = "Number of open file descriptors."},
    {.metric = "process_max_fds", .help = "Maximum number of open file descriptors."},
    {.metric = "process_threads", .help = "Number of threads of the process."},
});
// clang-format on

/// The index of the row with this name; does not compile when there is none.
consteval std::size_t own_family_named(std::string_view metric) {
  for (std::size_t i = 0; i < own_families.size(); ++i) {
    if (own_families[i].metric == metric) return i;
  }
  throw "no such family";
}

}  // namespace upslink
