// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/upslink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::IsEmpty;

/// What is served, by the name of the instance.
std::map<std::string, std::string> served(const Stage& ups) {
  std::map<std::string, std::string> values;
  for (const Cell& cell : ups.view(add_upslink)) {
    EXPECT_TRUE(cell.oid.starts_with(ups.base));
    const auto name = named(cell.oid, ups.base);
    EXPECT_TRUE(values.insert({name, shown(cell.value)}).second) << name << " twice";
  }
  return values;
}

std::string value(const std::map<std::string, std::string>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? "absent" : found->second;
}

TEST(UpslinkView, has_every_column_when_everything_is_known) {
  Stage ups(everything_over_snmp());
  ups.look();
  std::set<std::string> objects;
  for (const auto& [name, text] : served(ups)) objects.insert(name.substr(0, name.find('.')));
  for (const auto& [column, name] : columns()) {
    EXPECT_TRUE(objects.contains(name)) << name;
  }
  EXPECT_EQ(objects.size(), columns().size());
}

TEST(UpslinkView, has_every_row_of_a_table_when_everything_is_known) {
  Stage ups(everything_over_snmp());
  const auto values = served(ups);
  const auto expect = [&values](const std::string& object, MibIndex index) {
    for (const auto& [number, name] : index_values(index)) {
      EXPECT_NE(value(values, object + ".2." + std::to_string(number)), "absent")
          << object << " " << name;
    }
  };
  expect("upslinkAlertCount", MibIndex::alert);
  expect("upslinkAlertLast", MibIndex::alert);
  expect("upslinkTransferCount", MibIndex::cause);
  expect("upslinkFailureCount", MibIndex::reason);
  expect("upslinkTrafficBytes", MibIndex::direction);
  expect("upslinkCommandSupported", MibIndex::command);
  expect("upslinkCommandReplies", MibIndex::command);
  expect("upslinkCommandFailures", MibIndex::command);
  expect("upslinkCommandAge", MibIndex::command);
}

TEST(UpslinkView, serves_each_value_in_its_syntax) {
  Stage ups(everything_over_snmp());
  const auto values = served(ups);
  constexpr std::string_view happened = "octets 0x07ea0102030405022b0000";
  const std::vector<std::pair<std::string, std::string_view>> expected{
      // Text
      {"upslinkUpsName.2", "octets rack 1"},
      {"upslinkName.2", "octets A \"b\"\\c"},
      {"upslinkModel.2", "octets Smart-UPS RT 2000 XL"},
      {"upslinkFirmware.2", "octets 416.5.I"},
      {"upslinkManufactured.2", "octets 2006-03-31"},
      {"upslinkProtocol.2", "octets 4"},
      {"upslinkAccessoryFirmware.2", "octets 4Kx"},
      // BITS: bit 0 is the highest
      {"upslinkStatus.2", "octets 0x1a"},       // 58: bits 3, 4 and 6
      {"upslinkState.2", "octets 0x02"},        // 40: bit 6
      {"upslinkFault2.2", "octets 0x80"},       // 01: bit 0
      {"upslinkFault3.2", "octets 0x01"},       // 80: bit 7
      {"upslinkDipSwitches.2", "octets 0x89"},  // 91: bits 0, 4 and 7, of which two have no name
      {"upslinkContacts.2", "octets 0x05"},     // A5: the low ones are no contacts
      // Hundredths, of a percent where it is a ratio
      {"upslinkInputVoltage.2", "integer 23040"},
      {"upslinkInputVoltageMinimum.2", "integer 710"},
      {"upslinkOutputCurrent.2", "integer 1710"},
      {"upslinkInputFrequency.2", "integer 4998"},
      {"upslinkInternalTemperature.2", "integer 3330"},
      {"upslinkLoad.2", "integer 10340"},
      {"upslinkApparentLoad.2", "integer 10555"},
      {"upslinkBatteryCharge.2", "integer 7900"},
      {"upslinkBatteryChargeRestart.2", "integer 1500"},
      {"upslinkOutputPower.2", "integer 46530"},
      {"upslinkPollDuration.2", "integer 76"},
      // Whole numbers
      {"upslinkBatteryRuntime.2", "gauge 2220"},
      {"upslinkBatteryRuntimeLow.2", "gauge 120"},
      {"upslinkSelfTestAge.2", "gauge 38520"},
      {"upslinkUptime.2", "gauge 444240"},
      {"upslinkRuntimeConservation.2", "gauge 300"},
      {"upslinkBatteryPacksBad.2", "gauge 1"},
      {"upslinkCalibrationConstant0.2", "gauge 130"},
      {"upslinkEnvironmentAlarmMask.2", "gauge 255"},
      {"upslinkEnvironmentAlarms1.2", "gauge 15"},
      // Truth
      {"upslinkUp.2", "integer 1"},
      {"upslinkInputQualityAcceptable.2", "integer 2"},
      {"upslinkCommandSupported.2.81", "integer 1"},
      // Choices, by the numbers of the MIB
      {"upslinkLinkKind.2", "integer 1"},
      {"upslinkTransferCause.2", "integer 5"},
      {"upslinkSelfTestResult.2", "integer 2"},
      {"upslinkInputSensitivity.2", "integer 2"},
      {"upslinkSelfTestSchedule.2", "integer 3"},
      {"upslinkAlarmDelay.2", "integer 2"},
      {"upslinkPanelLanguage.2", "integer 3"},
      {"upslinkOutputVoltageSelection.2", "integer 3"},
      // Dates
      {"upslinkBatteryReplaced.2", "octets 0x07d20516000000002b0000"},
      {"upslinkLastSuccess.2", happened},
      {"upslinkAlertLast.2.33", happened},
      {"upslinkAlertLast.2.36",
       "octets 0x07ea01020304060"
       "22b0000"},
      // Probes
      {"upslinkAmbientTemperature.2.1", "integer 2108"},
      {"upslinkAmbientTemperature.2.2", "integer 2009"},
      {"upslinkAmbientHumidity.2.1", "integer 3720"},
      {"upslinkAmbientHumidity.2.2", "integer 3400"},
      {"upslinkAmbientTemperatureHigh.2.1", "integer 3500"},
      {"upslinkAmbientTemperatureHigh.2.2", "integer 4000"},
      {"upslinkAmbientTemperatureLow.2.2", "integer 0"},
      {"upslinkAmbientHumidityHigh.2.2", "integer 8500"},
      {"upslinkAmbientHumidityLow.2.1", "integer 1000"},
      // Counters
      {"upslinkRequests.2", "counter 123456789"},
      {"upslinkLinkOpens.2", "counter 2"},
      {"upslinkOnBatteryTime.2", "counter 61"},
      {"upslinkOutputEnergy.2", "counter64 15000000000000000"},
      {"upslinkTrafficBytes.2.1", "counter64 123456790"},
      {"upslinkTrafficBytes.2.2", "counter64 987654321"},
      {"upslinkFailureCount.2.1", "counter 1"},
      {"upslinkFailureCount.2.5", "counter 5"},
      {"upslinkTransferCount.2.1", "counter 0"},
      {"upslinkTransferCount.2.7", "counter 6"},
      {"upslinkAlertCount.2.33", "counter 1"},
      {"upslinkAlertCount.2.124", "counter 10"},
      // Commands
      {"upslinkCommandReplies.2.81", "counter 1"},
      {"upslinkCommandFailures.2.81", "counter 0"},
      {"upslinkCommandAge.2.81", "integer 0"},
      {"upslinkCommandReplies.2.76", "counter 2"},
      {"upslinkCommandFailures.2.76", "counter 2"},
      {"upslinkCommandAge.2.76", "integer 100"},
  };
  for (const auto& [name, text] : expected) EXPECT_EQ(value(values, name), text) << name;
}

TEST(UpslinkView, says_each_choice_by_its_number) {
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (quantities[i].kind != Kind::choice) continue;
    for (std::size_t choice = 0; choice < quantities[i].members.size(); ++choice) {
      Stage ups;
      ups.snapshot.readings[i] =
          Reading{Choice{static_cast<std::uint8_t>(choice)}, read_at, read_at + 1s};
      const auto text = value_of(Facts(ups.snapshot, ups.now), i);
      ASSERT_TRUE(text);
      EXPECT_EQ(shown(*text), "integer " + std::to_string(choice + 1)) << quantities[i].name;
    }
  }
}

TEST(UpslinkView, turns_each_bit_round) {
  for (unsigned bit = 0; bit < 8; ++bit) {
    Stage ups;
    ups.snapshot.readings[quantity_named("status")] =
        Reading{Flags{static_cast<std::uint8_t>(1U << bit)}, read_at, read_at + 1s};
    const auto bits = value_of(Facts(ups.snapshot, ups.now), quantity_named("status"));
    ASSERT_TRUE(bits);
    EXPECT_EQ(std::get<std::string>(bits->content),
              std::string(1, static_cast<char>(0x80U >> bit)));
  }
}

TEST(UpslinkView, has_a_command_only_once_it_was_asked) {
  Stage ups;
  const auto commands_of = [](const Stage& stage) {
    std::map<std::string, std::string> found;
    for (const auto& [name, text] : served(stage)) {
      if (name.starts_with("upslinkCommand")) found.insert({name, text});
    }
    return found;
  };
  EXPECT_THAT(commands_of(ups), IsEmpty());
  ups.snapshot.commands[command_of('Q')] = {
      .replies = 3, .failures = 0, .answered_at = ups.now - 2500ms};
  ups.snapshot.commands[command_of('t')] = {.replies = 0, .failures = 4, .answered_at = {}};
  ups.snapshot.support[command_of('L')] = Support::supported;
  ups.snapshot.support[command_of('O')] = Support::unsupported;
  EXPECT_EQ(commands_of(ups), (std::map<std::string, std::string>{
                                  {"upslinkCommandReplies.2.81", "counter 3"},
                                  {"upslinkCommandFailures.2.81", "counter 0"},
                                  {"upslinkCommandAge.2.81", "integer 250"},
                                  {"upslinkCommandReplies.2.116", "counter 0"},
                                  {"upslinkCommandFailures.2.116", "counter 4"},
                                  {"upslinkCommandSupported.2.76", "integer 1"},
                                  {"upslinkCommandSupported.2.79", "integer 2"},
                              }));
}

/// UpslinkHundredths is an Integer32, which ends after 248 days; the commands of the identity are
/// asked once.
TEST(UpslinkView, has_no_age_that_does_not_fit) {
  Stage ups;
  ups.now = TimePoint(std::chrono::hours(24 * 400));
  ups.snapshot.commands[command_of('V')] = {
      .replies = 1, .failures = 0, .answered_at = ups.now - std::chrono::hours(24 * 300)};
  for (const Cell& cell : ups.view(add_upslink)) {
    if (cell.value.type != Type::integer) continue;
    EXPECT_LE(std::get<std::int64_t>(cell.value.content), 2147483647) << named(cell.oid, ups.base);
  }
}

TEST(UpslinkView, has_an_alarm_while_it_is_shown) {
  Stage ups;
  ups.read('\'', "01");
  ups.look();
  auto values = served(ups);
  EXPECT_EQ(value(values, "upslinkAlarmDescr.2.1"), "oid 1.3.6.1.2.1.33.1.6.3.16");
  EXPECT_EQ(value(values, "upslinkAlarmText.2.1"), "octets A fan has failed.");
  EXPECT_EQ(value(values, "upslinkAlarmTime.2.1").size(), std::string("octets 0x").size() + 22);
  ups.falls_silent();
  ups.look();
  values = served(ups);
  EXPECT_EQ(value(values, "upslinkAlarmDescr.2.1"), "absent");
  EXPECT_EQ(value(values, "upslinkAlarmText.2.2"), "octets The UPS does not answer.");
}

TEST(UpslinkView, dates_an_alarm_by_how_long_ago_it_began) {
  Stage ups;
  ups.read('\'', "01");
  ups.look();
  ups.now += 1h;
  const auto earliest = WallClock::now() - 1h;
  const auto text = at(ups.view(add_upslink), instance(ups.base, mib_alarm_time, 2) + Oid{1});
  const auto latest = WallClock::now() - 1h;
  EXPECT_GE(text, shown(date_and_time(earliest)));
  EXPECT_LE(text, shown(date_and_time(latest)));
}

TEST(UpslinkView, says_of_a_silent_ups_who_it_is_and_what_was_counted) {
  Stage ups(everything_over_snmp());
  ups.look();
  ups.falls_silent();
  ups.look();
  std::set<std::string> objects;
  for (const auto& [name, text] : served(ups)) objects.insert(name.substr(0, name.find('.')));
  EXPECT_EQ(objects, (std::set<std::string>{"upslinkUpsName",
                                            "upslinkLinkKind",
                                            "upslinkName",
                                            "upslinkModel",
                                            "upslinkFirmware",
                                            "upslinkFirmwareCode",
                                            "upslinkSerialNumber",
                                            "upslinkManufactured",
                                            "upslinkProtocol",
                                            "upslinkAccessoryFirmware",
                                            "upslinkUp",
                                            "upslinkLastSuccess",
                                            "upslinkRequests",
                                            "upslinkLinkOpens",
                                            "upslinkFailureCount",
                                            "upslinkTrafficBytes",
                                            "upslinkAlertCount",
                                            "upslinkAlertLast",
                                            "upslinkTransferCount",
                                            "upslinkOnBatteryTime",
                                            "upslinkOutputEnergy",
                                            "upslinkCommandSupported",
                                            "upslinkCommandReplies",
                                            "upslinkCommandFailures",
                                            "upslinkCommandAge",
                                            "upslinkAlarmDescr",
                                            "upslinkAlarmTime",
                                            "upslinkAlarmText"}));
  EXPECT_EQ(value(served(ups), "upslinkUp.2"), "integer 2");
}

TEST(UpslinkView, says_of_an_unknown_ups_only_what_was_counted) {
  auto snapshot = unknown_ups();
  snapshot.commands.resize(command_count);
  const Stage ups(std::move(snapshot));
  std::set<std::string> objects;
  for (const auto& [name, text] : served(ups)) objects.insert(name.substr(0, name.find('.')));
  EXPECT_EQ(objects, (std::set<std::string>{
                         "upslinkUpsName", "upslinkLinkKind", "upslinkUp", "upslinkRequests",
                         "upslinkLinkOpens", "upslinkFailureCount", "upslinkTrafficBytes",
                         "upslinkAlertCount", "upslinkTransferCount", "upslinkOnBatteryTime"}));
}

TEST(UpslinkView, has_no_reading_that_aged_out) {
  Stage ups(everything_over_snmp());
  EXPECT_EQ(value(served(ups), "upslinkInputVoltage.2"), "integer 23040");
  ups.now = read_at + validity;
  const auto values = served(ups);
  EXPECT_EQ(value(values, "upslinkInputVoltage.2"), "absent");
  EXPECT_EQ(value(values, "upslinkStatus.2"), "absent");
  EXPECT_EQ(value(values, "upslinkModel.2"), "absent");
}

TEST(UpslinkView, tells_a_device_from_a_connection) {
  Stage ups;
  EXPECT_EQ(value(served(ups), "upslinkLinkKind.2"), "integer 1");
  ups.snapshot.link.kind = "tcp";
  EXPECT_EQ(value(served(ups), "upslinkLinkKind.2"), "integer 2");
  ups.snapshot.link.kind = "";
  EXPECT_EQ(value(served(ups), "upslinkLinkKind.2"), "absent");
}

TEST(UpslinkView, stands_below_its_base_and_its_ups) {
  Stage ups;
  ups.base = Oid{1, 3, 6, 1, 4, 1, 99};
  ups.index = 300;
  EXPECT_EQ(at(ups.view(add_upslink), {1, 3, 6, 1, 4, 1, 99, 1, 2, 1, 2, 300}), "octets rack 1");
  EXPECT_EQ(instance(ups.base, {MibTable::power, 1}, 7),
            (Oid{1, 3, 6, 1, 4, 1, 99, 1, 4, 1, 1, 7}));
  EXPECT_EQ(alarm_identity(alarm_named("humidity_bad"), ups.base),
            (Oid{1, 3, 6, 1, 4, 1, 99, 3, 1}));
  EXPECT_EQ(alarm_identity(alarm_named("on_battery"), ups.base),
            (Oid{1, 3, 6, 1, 2, 1, 33, 1, 6, 3, 2}));
}

TEST(DateAndTime, is_in_utc_to_a_tenth_of_a_second) {
  struct Row {
    std::chrono::milliseconds since_epoch;
    std::string_view octets;
  };
  for (const Row& row :
       {Row{0ms, "octets 0x07b20101000000002b0000"}, Row{999ms, "octets 0x07b20101000000092b0000"},
        Row{1'767'323'045'250ms, "octets 0x07ea0102030405022b0000"},
        Row{951'868'799'999ms, "octets 0x07d0021d173b3b092b0000"},
        Row{-1ms, "octets 0x07b10c1f173b3b092b0000"},
        Row{4'102'444'800'000ms, "octets 0x08340101000000002b0000"}}) {
    EXPECT_EQ(shown(date_and_time(WallTime(row.since_epoch))), row.octets)
        << row.since_epoch.count();
  }
}

}  // namespace
}  // namespace upslink::snmp
