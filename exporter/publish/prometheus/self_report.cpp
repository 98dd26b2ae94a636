// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/self_report.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <prometheus/metric_family.h>

#include "catalogue/own_families.hpp"

namespace upslink::prom {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

Families headers() {
  Families families;
  families.reserve(own_families.size());
  for (const OwnFamily& row : own_families) {
    families.push_back(
        {std::string(row.metric),
         std::string(row.help),
         row.counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge,
         {}});
  }
  return families;
}

void add(Families& families, std::size_t row, std::optional<double> value,
         std::vector<prometheus::ClientMetric::Label> labels = {}) {
  if (!value) return;
  auto& sample = families[row].metric.emplace_back();
  sample.label = std::move(labels);
  (own_families[row].counter ? sample.counter.value : sample.gauge.value) = *value;
}

std::int64_t milliseconds(WallTime at) {
  return std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count();
}

/// Of what milliseconds() made; nothing for 0.
std::optional<double> seconds(std::int64_t milliseconds) {
  if (milliseconds == 0) return std::nullopt;
  return static_cast<double>(milliseconds) / 1000;
}

void add_usage(Families& families, const Usage& usage) {
  add(families, own_family_named("process_cpu_seconds_total"), usage.cpu_seconds);
  add(families, own_family_named("process_resident_memory_bytes"), usage.resident_bytes);
  add(families, own_family_named("process_virtual_memory_bytes"), usage.virtual_bytes);
  add(families, own_family_named("process_virtual_memory_max_bytes"), usage.virtual_max_bytes);
  add(families, own_family_named("process_start_time_seconds"), usage.start_time_seconds);
  add(families, own_family_named("process_open_fds"), usage.open_fds);
  add(families, own_family_named("process_max_fds"), usage.max_fds);
  add(families, own_family_named("process_threads"), usage.threads);
}

void add_agent(Families& families, const AgentFigures& figures) {
  const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
  add(families, own_family_named("upslink_exporter_snmp_connected"), figures.connected ? 1 : 0);
  add(families, own_family_named("upslink_exporter_snmp_requests_total"), number(figures.requests));
  add(families, own_family_named("upslink_exporter_snmp_registrations_refused_total"),
      number(figures.refused));
  for (const auto& [name, count] : figures.notifications) {
    add(families, own_family_named("upslink_exporter_notifications_total"), number(count),
        {{"notification", std::string(name)}});
  }
  add(families, own_family_named("upslink_exporter_notifications_dropped_total"),
      number(figures.dropped));
}

}  // namespace

SelfReport::SelfReport(std::string_view version, std::string_view revision,
                       std::string_view compiler, Usage (*usage)())
    : build_{std::string(version), std::string(revision), std::string(compiler)}, usage_(usage) {}

void SelfReport::count_request(unsigned code) noexcept {
  if (code < lowest_code || code > highest_code) return;
  requests_[code - lowest_code].fetch_add(1, std::memory_order_relaxed);
}

void SelfReport::config_accepted(WallTime at) noexcept {
  last_reload_success_ = milliseconds(at);
  last_reload_successful_ = true;
}

void SelfReport::certificate_expires(std::optional<WallTime> at) noexcept {
  certificate_expiry_ = at ? milliseconds(*at) : 0;
}

void SelfReport::config_refused() noexcept {
  last_reload_successful_ = false;
}

std::vector<prometheus::MetricFamily> SelfReport::collect() const {
  auto families = headers();
  add(families, own_family_named("upslink_exporter_build_info"), 1,
      {{"version", build_[0]}, {"revision", build_[1]}, {"compiler", build_[2]}});
  add(families, own_family_named("upslink_exporter_config_last_reload_successful"),
      last_reload_successful_ ? 1 : 0);
  add(families, own_family_named("upslink_exporter_config_last_reload_success_timestamp_seconds"),
      seconds(last_reload_success_));
  add(families, own_family_named("upslink_exporter_certificate_expiry_timestamp_seconds"),
      seconds(certificate_expiry_));
  for (unsigned code = lowest_code; code <= highest_code; ++code) {
    const auto count = requests_[code - lowest_code].load(std::memory_order_relaxed);
    if (count == 0 && code != 200)
      continue;  // from the first scrape on there is something to add to
    add(families, own_family_named("upslink_exporter_http_requests_total"),
        static_cast<double>(count), {{"code", std::to_string(code)}});
  }
  if (agent_) add_agent(families, agent_());
  add_usage(families, usage_());
  return families;
}

}  // namespace upslink::prom
