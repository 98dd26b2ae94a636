// SPDX-License-Identifier: Apache-2.0
// The names, labels and label values that dashboards and rules of users build on. They are written
// out here and not taken from the catalogue: a change of the catalogue that breaks them has to
// fail. Add rows; never change one.
#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "publish/prometheus/collector.hpp"
#include "publish/prometheus/self_report.hpp"
#include "snapshots.hpp"

namespace upslink::prom {
namespace {

struct Row {
  std::string_view metric;
  bool counter = false;
  /// `name=value` and, of the labels that vary, `name=value,value,...`; `name=*` has any value.
  std::string_view labels = {};
};

// clang-format off
const std::vector<Row> of_a_ups{
    {"upslink_up"},
    {"upslink_info", false, "model=* firmware=* firmware_code=* serial_number=* name=* manufactured=* protocol=* link=*"},
    {"upslink_accessory_info", false, "firmware=*"},
    {"upslink_last_success_timestamp_seconds"},
    {"upslink_poll_duration_seconds"},
    {"upslink_status", false, "flag=runtime_calibration,smart_trim,smart_boost,on_line,on_battery,overload,battery_low,replace_battery"},
    {"upslink_state", false, "flag=waking_up,bypass_internal_fault,going_to_bypass,bypass_command,returning_from_bypass,bypass_manual,ready_on_command,ready_on_command_or_line_return"},
    {"upslink_fault", false, "register=2 flag=electronics_fan,isolation_fan,bypass_supply,output_voltage_select,dc_imbalance,no_battery_in_bypass,boost_trim_relay,bad_output_voltage"},
    {"upslink_fault", false, "register=3 flag=low_battery_shutdown,overload_no_transfer,main_relay,sleeping,shutdown_pending,battery_charger,bypass_relay,over_temperature"},
    {"upslink_dip_switch", false, "flag=low_battery_warning_5min,alarm_delayed_30s,output_range_shifted,desensitized"},
    {"upslink_transfer_cause", false, "cause=none,rate_of_change,high_voltage,low_voltage,notch_or_spike,test,software"},
    {"upslink_input_quality_acceptable"},
    {"upslink_input_voltage_volts"},
    {"upslink_input_voltage_maximum_volts"},
    {"upslink_input_voltage_minimum_volts"},
    {"upslink_input_frequency_hertz"},
    {"upslink_input_transfer_high_volts"},
    {"upslink_input_transfer_low_volts"},
    {"upslink_input_sensitivity", false, "sensitivity=high,medium,low,auto"},
    {"upslink_output_voltage_volts"},
    {"upslink_output_voltage_nominal_volts"},
    {"upslink_output_voltage_selection", false, "selection=auto,208v,240v"},
    {"upslink_output_current_amperes"},
    {"upslink_load_ratio"},
    {"upslink_apparent_load_ratio"},
    {"upslink_output_power_watts"},
    {"upslink_output_energy_joules_total", true},
    {"upslink_battery_charge_ratio"},
    {"upslink_battery_voltage_volts"},
    {"upslink_battery_voltage_nominal_volts"},
    {"upslink_battery_runtime_seconds"},
    {"upslink_battery_runtime_low_seconds"},
    {"upslink_battery_charge_restart_ratio"},
    {"upslink_battery_packs_external"},
    {"upslink_battery_packs_bad"},
    {"upslink_battery_replaced_timestamp_seconds"},
    {"upslink_self_test_result", false, "result=passed,failed_capacity,failed_overload,none"},
    {"upslink_self_test_schedule", false, "schedule=14_days,7_days,power_on,off"},
    {"upslink_self_test_age_seconds"},
    {"upslink_uptime_seconds"},
    {"upslink_internal_temperature_celsius"},
    {"upslink_ambient_temperature_celsius", false, "probe=1,2"},
    {"upslink_ambient_humidity_ratio", false, "probe=1,2"},
    {"upslink_contact_closed", false, "contact=1,2,3,4"},
    {"upslink_alarm_delay", false, "mode=5s,30s,low_battery,never"},
    {"upslink_shutdown_delay_seconds"},
    {"upslink_restart_delay_seconds"},
    {"upslink_runtime_conservation_seconds"},
    {"upslink_panel_language", false, "language=english,french,german,spanish,other"},
    {"upslink_calibration_constant", false, "register=0,4,5,6"},
    {"upslink_environment_alarm_register", false, "register=1,2"},
    {"upslink_environment_alarm_mask"},
    {"upslink_ambient_temperature_high_celsius", false, "probe=1,2"},
    {"upslink_ambient_temperature_low_celsius", false, "probe=1,2"},
    {"upslink_ambient_humidity_high_ratio", false, "probe=1,2"},
    {"upslink_ambient_humidity_low_ratio", false, "probe=1,2"},
    {"upslink_alerts_total", true, "alert=line_fail,line_restored,battery_low,battery_recovered,abnormal,abnormal_cleared,turning_off,replace_battery,environment,eeprom_changed"},
    {"upslink_alert_last_timestamp_seconds", false, "alert=line_fail,line_restored,battery_low,battery_recovered,abnormal,abnormal_cleared,turning_off,replace_battery,environment,eeprom_changed"},
    {"upslink_transfers_total", true, "cause=none,rate_of_change,high_voltage,low_voltage,notch_or_spike,test,software"},
    {"upslink_on_battery_seconds_total", true},
    {"upslink_requests_total", true},
    {"upslink_request_failures_total", true, "reason=timeout,malformed,desync,implausible,link"},
    {"upslink_link_bytes_total", true, "direction=sent,received"},
    {"upslink_link_opens_total", true},
    {"upslink_command_supported", false, "command=*"},
};

const std::vector<Row> of_the_exporter{
    {"upslink_exporter_build_info", false, "version=* revision=* compiler=*"},
    {"upslink_exporter_http_requests_total", true, "code=*"},
    {"upslink_exporter_config_last_reload_successful"},
    {"upslink_exporter_config_last_reload_success_timestamp_seconds"},
    {"upslink_exporter_certificate_expiry_timestamp_seconds"},
    {"upslink_exporter_snmp_connected"},
    {"upslink_exporter_snmp_requests_total", true},
    {"upslink_exporter_snmp_registrations_refused_total", true},
    {"upslink_exporter_notifications_total", true, "notification=*"},
    {"upslink_exporter_notifications_dropped_total", true},
    {"process_cpu_seconds_total", true},
    {"process_resident_memory_bytes"},
    {"process_virtual_memory_bytes"},
    {"process_virtual_memory_max_bytes"},
    {"process_start_time_seconds"},
    {"process_open_fds"},
    {"process_max_fds"},
};
// clang-format on

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

using Labels = std::map<std::string, std::string>;

/// All combinations of the label values in a row; `*` stands for itself.
std::set<Labels> promised(const Row& row, const std::string& ups) {
  std::set<Labels> all{ups.empty() ? Labels{} : Labels{{"ups", ups}}};
  for (const auto& label : split(row.labels, ' ')) {
    const auto parts = split(label, '=');
    std::set<Labels> more;
    for (const auto& value : split(parts.at(1), ',')) {
      for (auto labels : all) {
        labels[parts[0]] = value;
        more.insert(labels);
      }
    }
    all = more;
  }
  return all;
}

std::set<Labels> served(const Row& row, const prometheus::MetricFamily& family) {
  std::set<Labels> all;
  for (const auto& sample : family.metric) {
    Labels labels;
    for (const auto& [name, value] : sample.label) {
      const bool any = row.labels.find(name + "=*") != std::string_view::npos;
      labels[name] = any ? "*" : value;
    }
    const auto fixed = labels.find("register");
    const bool other_row = row.metric == "upslink_fault" && fixed != labels.end() &&
                           row.labels.find("register=" + fixed->second) == std::string_view::npos;
    if (!other_row) all.insert(labels);
  }
  return all;
}

void expect_served(const std::vector<prometheus::MetricFamily>& families,
                   const std::vector<Row>& rows, const std::string& ups) {
  std::map<std::string_view, const prometheus::MetricFamily*> by_name;
  for (const auto& family : families) by_name[family.name] = &family;
  for (const Row& row : rows) {
    ASSERT_TRUE(by_name.contains(row.metric)) << row.metric;
    const auto& family = *by_name[row.metric];
    EXPECT_EQ(family.type == prometheus::MetricType::Counter, row.counter) << row.metric;
    EXPECT_EQ(served(row, family), promised(row, ups)) << row.metric;
    by_name.erase(row.labels.find("register=2 ") == 0 ? "" : row.metric);
  }
  by_name.erase("process_threads");
  for (const auto& [name, family] : by_name) {
    ADD_FAILURE() << name << " is served but not in this table";
  }
}

TEST(Contract, of_a_ups) {
  auto snapshot = upslink::testing::everything();
  snapshot.readings[quantity_named("dip_switches")]->value = Flags{0x01};  // documented ones only
  const auto slot = std::make_shared<Slot>(upslink::testing::share(snapshot));
  expect_served(collect(std::vector<NamedSlot>{{"u", slot}}, upslink::testing::read_at), of_a_ups,
                "u");
}

TEST(Contract, of_the_exporter) {
  SelfReport self("1", "2", "3");
  self.config_accepted();
  self.certificate_expires(WallClock::now());
  self.count_request(200);
  self.watch_agent([] { return AgentFigures{.notifications = {{"upslinkOnBattery", 1}}}; });
  expect_served(self.collect(), of_the_exporter, "");
}

}  // namespace
}  // namespace upslink::prom
