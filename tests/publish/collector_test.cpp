// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/collector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "catalogue/families.hpp"
#include "publish/prometheus/serializers.hpp"
#include "snapshots.hpp"

namespace upslink::prom {
namespace {

using namespace std::chrono_literals;
using namespace upslink::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// The sample lines of the text format that begin with `upslink_<metric>`.
std::vector<std::string> lines(const Snapshot& snapshot, std::string_view metric,
                               TimePoint now = read_at) {
  const auto slot = std::make_shared<Slot>(share(snapshot));
  std::vector<NamedSlot> upses{{"u", slot}};
  std::istringstream text(TextSerializer().Serialize(collect(upses, now)));
  const std::string begin = "upslink_" + std::string(metric) + "{";
  std::vector<std::string> found;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(begin)) found.push_back(line);
  }
  return found;
}

/// When the first of the readings shown ages out.
TimePoint good_until(const Snapshot& snapshot, TimePoint now) {
  class Nowhere final : public SampleSink {
    void take(std::span<const Label>, double) override {}
  } nowhere;
  auto first = TimePoint::max();
  for (std::size_t i = 0; i < ups_families().size(); ++i) {
    first = std::min(first, collect(i, "u", snapshot, now, nowhere));
  }
  return first;
}

Snapshot with(std::size_t quantity, std::string_view reply) {
  auto snapshot = unknown_ups();
  set_reading(snapshot, quantity, reply);
  return snapshot;
}

TEST(Collector, shows_only_the_line_of_a_ups_that_never_answered) {
  const auto slot = std::make_shared<Slot>(share(unknown_ups()));
  std::set<std::string> names;
  for (const auto& family : collect(std::vector<NamedSlot>{{"u", slot}}, read_at)) {
    names.insert(family.name);
  }
  EXPECT_THAT(names, ElementsAre("upslink_alerts_total", "upslink_link_bytes_total",
                                 "upslink_link_opens_total", "upslink_on_battery_seconds_total",
                                 "upslink_request_failures_total", "upslink_requests_total",
                                 "upslink_transfers_total", "upslink_up"));
  EXPECT_THAT(lines(unknown_ups(), "up"), ElementsAre("upslink_up{ups=\"u\"} 0"));
}

TEST(Collector, shows_every_family_when_everything_is_known) {
  const auto slot = std::make_shared<Slot>(share(everything()));
  const auto families = collect(std::vector<NamedSlot>{{"u", slot}}, read_at);
  EXPECT_EQ(families.size(), ups_families().size());
  for (const auto& family : families) {
    EXPECT_THAT(family.help, ::testing::EndsWith(".")) << family.name;
    for (const auto& sample : family.metric) EXPECT_EQ(sample.label.front().name, "ups");
  }
}

TEST(Collector, has_no_sample_of_a_reading_that_aged_out) {
  constexpr auto voltage = quantity_named("input_voltage");
  const auto snapshot = with(voltage, "126.7");
  const auto end = read_at + validity;
  EXPECT_THAT(lines(snapshot, "input_voltage_volts", end - 1ns),
              ElementsAre("upslink_input_voltage_volts{ups=\"u\"} 126.7"));
  EXPECT_THAT(lines(snapshot, "input_voltage_volts", end), IsEmpty());
  EXPECT_EQ(good_until(snapshot, read_at), end);
  EXPECT_EQ(good_until(snapshot, end), TimePoint::max());
}

TEST(Collector, tells_when_the_first_reading_ages_out) {
  auto snapshot = with(quantity_named("input_voltage"), "126.7");
  set_reading(snapshot, quantity_named("status"), "08", read_at + 3s);
  set_reading(snapshot, quantity_named("model"), "SMART-UPS 700", TimePoint::max());
  snapshot.link.last_success = happened_at;
  EXPECT_EQ(good_until(snapshot, read_at), read_at + 3s);
  EXPECT_EQ(good_until(snapshot, read_at + 3s), read_at + validity);
}

TEST(Collector, has_no_sample_where_the_unit_has_no_value) {
  EXPECT_THAT(lines(with(quantity_named("battery_runtime"), ">>>>:"), "battery_runtime_seconds"),
              IsEmpty());
  EXPECT_THAT(
      lines(with(quantity_named("runtime_conservation"), "NO"), "runtime_conservation_seconds"),
      IsEmpty());
}

TEST(Collector, shows_all_flags_of_a_register) {
  EXPECT_THAT(lines(with(quantity_named("status"), "50"), "status"),
              ElementsAre("upslink_status{ups=\"u\",flag=\"runtime_calibration\"} 0",
                          "upslink_status{ups=\"u\",flag=\"smart_trim\"} 0",
                          "upslink_status{ups=\"u\",flag=\"smart_boost\"} 0",
                          "upslink_status{ups=\"u\",flag=\"on_line\"} 0",
                          "upslink_status{ups=\"u\",flag=\"on_battery\"} 1",
                          "upslink_status{ups=\"u\",flag=\"overload\"} 0",
                          "upslink_status{ups=\"u\",flag=\"battery_low\"} 1",
                          "upslink_status{ups=\"u\",flag=\"replace_battery\"} 0"));
}

TEST(Collector, shows_undocumented_bits_only_while_they_are_set) {
  constexpr auto switches = quantity_named("dip_switches");
  EXPECT_THAT(lines(with(switches, "00"), "dip_switch"), ::testing::SizeIs(4));
  const auto odd = lines(with(switches, "91"), "dip_switch");
  EXPECT_THAT(odd, ::testing::SizeIs(6));
  EXPECT_THAT(odd, ::testing::Contains("upslink_dip_switch{ups=\"u\",flag=\"bit4\"} 1"));
  EXPECT_THAT(odd, ::testing::Contains("upslink_dip_switch{ups=\"u\",flag=\"bit7\"} 1"));
}

TEST(Collector, does_not_take_switches_of_the_accessory_for_contacts) {
  EXPECT_THAT(lines(with(quantity_named("contacts"), "2F"), "contact_closed"),
              ElementsAre("upslink_contact_closed{ups=\"u\",contact=\"1\"} 0",
                          "upslink_contact_closed{ups=\"u\",contact=\"2\"} 1",
                          "upslink_contact_closed{ups=\"u\",contact=\"3\"} 0",
                          "upslink_contact_closed{ups=\"u\",contact=\"4\"} 0"));
}

TEST(Collector, shows_one_of_several_choices) {
  EXPECT_THAT(lines(with(quantity_named("self_test_schedule"), "ON "), "self_test_schedule"),
              ElementsAre("upslink_self_test_schedule{ups=\"u\",schedule=\"14_days\"} 0",
                          "upslink_self_test_schedule{ups=\"u\",schedule=\"7_days\"} 0",
                          "upslink_self_test_schedule{ups=\"u\",schedule=\"power_on\"} 1",
                          "upslink_self_test_schedule{ups=\"u\",schedule=\"off\"} 0"));
}

TEST(Collector, tells_registers_and_probes_apart) {
  auto snapshot = with(quantity_named("ambient_temperature_2"), ",20.09");
  EXPECT_THAT(lines(snapshot, "ambient_temperature_celsius"),
              ElementsAre("upslink_ambient_temperature_celsius{ups=\"u\",probe=\"2\"} 20.09"));
  set_reading(snapshot, quantity_named("fault_2"), "01");
  EXPECT_THAT(
      lines(snapshot, "fault"),
      ::testing::Contains("upslink_fault{ups=\"u\",register=\"2\",flag=\"electronics_fan\"} 1"));
}

TEST(Info, is_there_once_the_ups_has_answered) {
  auto snapshot = with(quantity_named("model"), "SMART-UPS 700");
  EXPECT_THAT(lines(snapshot, "info"), IsEmpty());
  snapshot = unknown_ups();
  snapshot.link.last_success = happened_at;
  EXPECT_THAT(lines(snapshot, "info"),
              ElementsAre("upslink_info{ups=\"u\",name=\"\",model=\"\",firmware=\"\","
                          "firmware_code=\"\",serial_number=\"\",manufactured=\"\","
                          "protocol=\"\",link=\"tty\"} 1"));
}

TEST(Info, makes_names_and_dates_readable) {
  auto snapshot = unknown_ups();
  snapshot.link.last_success = happened_at;
  snapshot.link.kind = "tcp";
  set_reading(snapshot, quantity_named("firmware"), "50.9.I");
  set_reading(snapshot, quantity_named("manufactured"), "11/29/99");
  set_reading(snapshot, quantity_named("protocol"), "3.!$%.\x01\x0e\x1aQ\x7f");
  EXPECT_THAT(lines(snapshot, "info"),
              ElementsAre("upslink_info{ups=\"u\",name=\"\",model=\"Smart-UPS 700\","
                          "firmware=\"50.9.I\",firmware_code=\"\",serial_number=\"\","
                          "manufactured=\"1999-11-29\",protocol=\"3\",link=\"tcp\"} 1"));
}

TEST(Info, of_the_accessory) {
  EXPECT_THAT(lines(with(quantity_named("accessory_firmware"), "4Kx"), "accessory_info"),
              ElementsAre("upslink_accessory_info{ups=\"u\",firmware=\"4Kx\"} 1"));
}

TEST(Collector, keeps_the_samples_of_a_family_together) {
  const auto one = std::make_shared<Slot>(share(everything()));
  const auto two = std::make_shared<Slot>(share(smart_ups_700()));
  const auto families = collect(std::vector<NamedSlot>{{"one", one}, {"two", two}}, read_at);
  std::set<std::string> names;
  for (const auto& family : families) EXPECT_TRUE(names.insert(family.name).second) << family.name;
  EXPECT_THAT(TextSerializer().Serialize(families),
              HasSubstr("# HELP upslink_input_voltage_volts Input voltage (command L).\n"
                        "# TYPE upslink_input_voltage_volts gauge\n"
                        "upslink_input_voltage_volts{ups=\"one\"} 230.4\n"
                        "upslink_input_voltage_volts{ups=\"two\"} 126.7\n"));
}

TEST(Collector, names_all_commands_of_a_family) {
  const auto slot = std::make_shared<Slot>(share(everything()));
  const auto text =
      TextSerializer().Serialize(collect(std::vector<NamedSlot>{{"u", slot}}, read_at));
  EXPECT_THAT(text, HasSubstr("# HELP upslink_fault Fault registers: 1 while the flag is set "
                              "(commands 8 and ').\n"));
  EXPECT_THAT(text, HasSubstr("(commands c, ^A, b, V, n, m and a).\n"));
  EXPECT_THAT(text, HasSubstr("rated volt-amperes (command \\\\).\n"));
  EXPECT_THAT(text, HasSubstr("(commands 0, 4, 5 and 6).\n"));
}

}  // namespace
}  // namespace upslink::prom
