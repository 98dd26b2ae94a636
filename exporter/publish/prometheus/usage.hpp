// SPDX-License-Identifier: Apache-2.0
// What the exporter itself uses of the machine, as the kernel counts it (getrusage, /proc/self).
// Any thread. What cannot be read is absent.
#pragma once

#include <optional>

namespace upslink::prom {

struct Usage {
  std::optional<double> cpu_seconds{};  ///< user and system, all threads
  std::optional<double> resident_bytes{};
  std::optional<double> virtual_bytes{};
  std::optional<double> virtual_max_bytes{};   ///< 2^64 - 1 when there is no limit, as elsewhere
  std::optional<double> start_time_seconds{};  ///< since the epoch
  std::optional<double> open_fds{};
  std::optional<double> max_fds{};
  std::optional<double> threads{};
};

Usage read_usage();

}  // namespace upslink::prom
