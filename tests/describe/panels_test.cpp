// SPDX-License-Identifier: Apache-2.0
#include "describe/panels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace upslink::describe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

template <typename Families>
Panel panel_named(const Families& families, std::string_view metric) {
  const auto found =
      std::ranges::find(families, metric, [](const auto& row) { return row.metric; });
  EXPECT_NE(found, families.end()) << metric;
  return panel_of(*found);
}

Panel reading(std::string_view metric) {
  return panel_named(reading_families, metric);
}

Panel line(std::string_view metric) {
  return panel_named(line_families, metric);
}

Panel own(std::string_view metric) {
  return panel_named(own_families, metric);
}

constexpr auto selected = R"({job=~"$job",instance=~"$instance",ups=~"$ups"})";

TEST(Panels, plot_numbers_in_their_unit) {
  const auto panel = reading("input_voltage_volts");
  EXPECT_EQ(panel.title, "Input voltage");
  EXPECT_EQ(panel.description, "Input voltage (command L).\n\n`upslink_input_voltage_volts`");
  EXPECT_EQ(panel.look, Look::lines);
  EXPECT_EQ(panel.unit, "volt");
  EXPECT_EQ(panel.expression, std::string("upslink_input_voltage_volts") + selected);
  EXPECT_EQ(panel.legend, "{{ups}} {{instance}}");
  EXPECT_EQ(panel.no_value, "No UPS reports this now");
  EXPECT_EQ(reading("load_ratio").unit, "percentunit");
  EXPECT_EQ(reading("battery_runtime_seconds").unit, "s");
  EXPECT_EQ(reading("battery_packs_bad").unit, "none");
}

TEST(Panels, say_that_many_units_lack_something) {
  EXPECT_THAT(reading("output_current_amperes").no_value, HasSubstr("many units lack it"));
}

TEST(Panels, name_what_tells_the_series_of_one_ups_apart) {
  EXPECT_EQ(reading("ambient_temperature_celsius").legend, "{{ups}} {{instance}}, probe {{probe}}");
  EXPECT_EQ(reading("fault").legend, "{{ups}} {{instance}}, register {{register}}, flag {{flag}}");
  EXPECT_EQ(line("link_bytes_total").legend, "{{ups}} {{instance}}, direction {{direction}}");
  EXPECT_EQ(own("upslink_exporter_http_requests_total").legend, "{{instance}}, code {{code}}");
}

TEST(Panels, show_flags_where_they_are_set) {
  const auto panel = reading("status");
  EXPECT_EQ(panel.look, Look::flags);
  EXPECT_EQ(panel.unit, "bool_on_off");
  EXPECT_EQ(panel.expression, std::string("upslink_status") + selected + " == 1");
  EXPECT_THAT(panel.description, StartsWith("Status register (command Q). Flags that"));
}

TEST(Panels, make_one_number_of_the_series_of_a_choice) {
  const auto panel = reading("output_voltage_selection");
  const std::string selector =
      R"(upslink_output_voltage_selection{job=~"$job",instance=~"$instance",ups=~"$ups",selection=)";
  EXPECT_EQ(panel.look, Look::choices);
  EXPECT_EQ(panel.legend, "{{ups}} {{instance}}");
  EXPECT_EQ(panel.expression, "max without (selection) (\n    0 * (" + selector +
                                  "\"auto\"} == 1)\n or 1 * (" + selector +
                                  "\"208v\"} == 1)\n or 2 * (" + selector + "\"240v\"} == 1)\n)");
  EXPECT_THAT(panel.words, ElementsAre("automatic", "208 V", "240 V"));
}

TEST(Panels, show_yes_and_no) {
  EXPECT_EQ(reading("input_quality_acceptable").look, Look::truths);
  EXPECT_EQ(line("up").look, Look::truths);
  EXPECT_EQ(own("upslink_exporter_snmp_connected").look, Look::truths);
  EXPECT_EQ(own("upslink_exporter_snmp_connected").unit, "bool_yes_no");
  EXPECT_EQ(line("command_supported").look, Look::values);
  EXPECT_EQ(line("command_supported").unit, "bool_yes_no");
  EXPECT_EQ(own("process_threads").look, Look::lines);
}

TEST(Panels, show_how_fast_counters_grow) {
  const auto transfers = line("transfers_total");
  EXPECT_EQ(transfers.title, "Transfers");
  EXPECT_EQ(transfers.unit, "cpm");
  EXPECT_EQ(transfers.expression,
            "60 * rate(upslink_transfers_total" + std::string(selected) + "[$__rate_interval])");
  EXPECT_THAT(transfers.description, HasSubstr("Shown for each minute."));
  EXPECT_EQ(line("output_energy_joules_total").unit, "watt");
  EXPECT_EQ(line("on_battery_seconds_total").unit, "percentunit");
  EXPECT_EQ(line("link_bytes_total").unit, "Bps");
  EXPECT_THAT(line("link_bytes_total").expression, StartsWith("rate("));
}

TEST(Panels, tell_how_long_ago_something_was) {
  const auto panel = reading("battery_replaced_timestamp_seconds");
  EXPECT_EQ(panel.title, "Battery replaced");
  EXPECT_EQ(panel.look, Look::values);
  EXPECT_EQ(panel.unit, "dateTimeFromNow");
  EXPECT_THAT(panel.expression, StartsWith("1000 * upslink_battery_replaced_timestamp_seconds{"));
  EXPECT_EQ(own("process_start_time_seconds").look, Look::values);
}

TEST(Panels, show_texts_as_labels) {
  EXPECT_EQ(reading("info").look, Look::labels);
  EXPECT_THAT(reading("info").description, StartsWith("What the UPS says of itself (commands c, "));
  EXPECT_EQ(reading("accessory_info").look, Look::labels);
  EXPECT_EQ(own("upslink_exporter_build_info").look, Look::labels);
}

TEST(Panels, ask_for_what_every_program_has_of_the_exporter_alone) {
  EXPECT_EQ(own("process_open_fds").title, "Process open file descriptors");
  EXPECT_THAT(own("process_open_fds").expression,
              HasSubstr(" and on (job, instance) upslink_exporter_build_info{"));
  EXPECT_THAT(own("upslink_exporter_snmp_requests_total").expression, Not(HasSubstr(" and ")));
  EXPECT_THAT(own("process_open_fds").expression, Not(HasSubstr("$ups")));
}

TEST(Panels, lack_nothing) {
  const auto check = [](const auto& family) {
    const Panel panel = panel_of(family);
    EXPECT_THAT(panel.title, Not(IsEmpty())) << family.metric;
    EXPECT_THAT(panel.unit, Not(IsEmpty())) << family.metric;
    EXPECT_THAT(panel.no_value, Not(IsEmpty())) << family.metric;
    EXPECT_EQ(panel.look == Look::choices, !panel.words.empty()) << family.metric;
  };
  std::ranges::for_each(reading_families, check);
  std::ranges::for_each(line_families, check);
  std::ranges::for_each(own_families, check);
}

// Who looks at a plot does not look at samples.
TEST(Panels, do_not_speak_of_samples) {
  const auto check = [](const auto& family) {
    for (const auto* words : {": 1 ", "the value is 1", "as labels", "as a label"}) {
      EXPECT_THAT(panel_of(family).description, Not(HasSubstr(words)));
    }
  };
  std::ranges::for_each(reading_families, check);
  std::ranges::for_each(line_families, check);
  std::ranges::for_each(own_families, check);
}

}  // namespace
}  // namespace upslink::describe
