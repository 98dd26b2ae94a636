// SPDX-License-Identifier: Apache-2.0
// What the exporter says of itself: its build, its requests, its configuration, its use of the
// machine. The app makes one and feeds it from any thread; an Exposition reads it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/agent_figures.hpp"
#include "model/value.hpp"
#include "publish/prometheus/usage.hpp"

namespace prometheus {
struct MetricFamily;
}

namespace upslink::prom {

class SelfReport {
 public:
  /// The three labels of upslink_exporter_build_info, and how the use of the machine is read.
  SelfReport(std::string_view version, std::string_view revision, std::string_view compiler,
             Usage (*usage)() = read_usage);

  /// An HTTP request was answered with this status code (100 to 599; others are not counted).
  void count_request(unsigned code) noexcept;

  /// The configuration was read with success, at the start or when it was read again.
  void config_accepted(WallTime at = WallClock::now()) noexcept;

  /// An attempt to read the configuration again failed; the old one stays.
  void config_refused() noexcept;

  /// The certificate that the web server shows from now on expires then; nothing: it shows none.
  void certificate_expires(std::optional<WallTime> at) noexcept;

  /// The SNMP agent tells of itself by this; to be called before the first collect().
  void watch_agent(std::function<AgentFigures()> figures) { agent_ = std::move(figures); }

  /// One entry for each of own_families, in their order; without samples where nothing is known.
  std::vector<prometheus::MetricFamily> collect() const;

 private:
  static constexpr unsigned lowest_code = 100;
  static constexpr unsigned highest_code = 599;

  std::array<std::string, 3> build_;
  Usage (*usage_)();
  std::function<AgentFigures()> agent_;  ///< empty: SNMP is off
  std::array<std::atomic<std::uint64_t>, highest_code - lowest_code + 1> requests_{};
  std::atomic<bool> last_reload_successful_{false};
  std::atomic<std::int64_t> last_reload_success_{0};  ///< ms since the epoch; 0: never
  std::atomic<std::int64_t> certificate_expiry_{0};   ///< ms since the epoch; 0: there is none
};

}  // namespace upslink::prom
