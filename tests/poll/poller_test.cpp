// SPDX-License-Identifier: Apache-2.0
// What a poller makes of a unit, in the unit's own time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "catalogue/families.hpp"
#include "poll/polled_unit.hpp"

namespace upslink::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::size_t alert_named(std::string_view name) {
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    if (alerts[i].name == name) return i;
  }
  return alerts.size();
}

double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

/// When something became true, looked at whenever the poller waits.
class Watch {
 public:
  Watch(PolledUnit& polled, std::function<bool()> condition) {
    auto before = polled.unit->on_wait;
    polled.unit->on_wait = [this, &polled, condition = std::move(condition),
                            before = std::move(before)] {
      if (before) before();
      if (!when && condition()) when = polled.unit->elapsed();
    };
  }
  std::optional<Duration> when;
};

TEST(PollerTest, ReadsEverythingTheUnitHas) {
  PolledUnit polled;
  polled.run_until(15s);
  EXPECT_EQ(polled.bits("status"), 0x08U);
  EXPECT_DOUBLE_EQ(*polled.number("input_voltage"), 126.7);
  EXPECT_DOUBLE_EQ(*polled.number("load"), 0.234);
  EXPECT_DOUBLE_EQ(*polled.number("battery_runtime"), 37 * 60);
  EXPECT_DOUBLE_EQ(*polled.number("battery_replaced"), 793065600);
  EXPECT_DOUBLE_EQ(*polled.number("calibration_constant_0"), 0x82);
  EXPECT_EQ(*polled.text("model"), "SMART-UPS 700");
  EXPECT_EQ(*polled.text("firmware"), "50.9.D");
  EXPECT_FALSE(polled.reading("ambient_temperature_1"));
  EXPECT_TRUE(polled.now()->link.up);
}

TEST(PollerTest, IsQuickAtTheStart) {
  PolledUnit polled;
  Watch main(polled, [&] {
    return polled.reading("status") && polled.reading("battery_runtime") &&
           polled.reading("fault_2") && polled.reading("fault_3") && polled.reading("state") &&
           polled.reading("input_voltage_minimum");
  });
  Watch all(polled, [&] {
    return polled.reading("dip_switches") && polled.reading("serial_number") &&
           polled.reading("protocol") && polled.reading("name") &&
           polled.reading("internal_temperature") && polled.reading("manufactured");
  });
  polled.run_until(10s);
  ASSERT_TRUE(main.when && all.when);
  EXPECT_LE(seconds(*main.when), 2.0);
  EXPECT_LE(seconds(*all.when), 5.0);
}

TEST(PollerTest, SaysWhichCommandsTheUnitHas) {
  PolledUnit polled;
  polled.run_until(40s);
  const auto& support = polled.now()->support;
  EXPECT_EQ(support[command_of('Q')], Support::supported);
  EXPECT_EQ(support[command_of('0')], Support::supported) << "not listed, and yet it answers";
  EXPECT_EQ(support[command_of('t')], Support::unsupported);
  EXPECT_EQ(support[command_of('J')], Support::unknown) << "off by default";
  EXPECT_EQ(polled.unit->received.find('J'), std::string::npos);
}

TEST(PollerTest, KeepsTheCadences) {
  PolledUnit polled;
  polled.run_until(130s);
  const auto asked = [&](char c) { return std::ranges::count(polled.unit->received, c); };
  EXPECT_NEAR(static_cast<double>(asked('Q')), 131, 5);
  for (const char c : {'L', 'M', 'N', 'O', 'P', 'F', 'B', 'f', 'j', '9', 'G', '~', '\'', '8'}) {
    EXPECT_NEAR(static_cast<double>(asked(c)), 65, 4) << c;
  }
  EXPECT_NEAR(static_cast<double>(asked('C')), 14, 2);
  EXPECT_LE(asked('u'), 3) << "settings are read twice at the start and then every hour";
  EXPECT_LE(asked('\x01'), 3);
}

TEST(PollerTest, MeasuresTheFastCycle) {
  PolledUnit polled;
  polled.run_until(30s);
  const auto duration = polled.now()->link.poll_duration_seconds;
  ASSERT_TRUE(duration);
  EXPECT_GT(*duration, 0.7);
  EXPECT_LT(*duration, 1.0);
}

TEST(PollerTest, ReadsNeitherExtremesNorLatchesUnlessItMay) {
  poll::Options options;
  options.read_extremes = false;
  options.read_latched = true;
  auto replies = smart_ups_700();
  replies['J'] = "0F,00";
  PolledUnit polled(replies, options);
  polled.run_until(40s);
  EXPECT_EQ(polled.unit->received.find('M'), std::string::npos);
  EXPECT_EQ(polled.unit->received.find('N'), std::string::npos);
  EXPECT_DOUBLE_EQ(*polled.number("environment_alarms_1"), 15);
}

// --- alerts and transfers

TEST(PollerTest, AnAlertMakesTheStatusDueAtOnce) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  Watch counted(polled, [&] { return polled.now()->alerts[alert_named("line_fail")].count == 1; });
  Watch shown(polled, [&] { return polled.bits("status") == 0x10U; });
  unit.at(20s + 300ms, [&] {
    unit.replies()['Q'] = "10";
    unit.replies()['G'] = "T";
    unit.send_alert('!');
  });
  polled.run_until(30s);
  ASSERT_TRUE(counted.when && shown.when);
  EXPECT_LT(seconds(*counted.when - (20s + 300ms)), 0.03);  // when the reply it came in is complete
  EXPECT_LT(seconds(*shown.when - (20s + 300ms)), 0.17);
  EXPECT_EQ(polled.now()->totals.transfers[4], 1U);
  EXPECT_NEAR(polled.now()->totals.on_battery_seconds, 9.2, 1.2);
}

/// Also when the status was asked for already, and the unit had made its reply when the line
/// failed.
TEST(PollerTest, AnAlertMakesTheStatusDueAtEveryMoment) {
  for (auto moment = 20s + 0ms; moment < 21s; moment += 15ms) {
    PolledUnit polled;
    FakeUnit& unit = *polled.unit;
    Watch shown(polled, [&] { return polled.bits("status") == 0x10U; });
    unit.at(moment, [&] {
      unit.replies()['Q'] = "10";
      unit.send_alert('!');
    });
    polled.run_until(23s);
    ASSERT_TRUE(shown.when) << moment.count();
    EXPECT_LT(seconds(*shown.when - moment), 0.25) << moment.count();
  }
}

TEST(PollerTest, NoticesATransferWithoutAnAlert) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  Watch shown(polled, [&] { return polled.bits("status") == 0x10U; });
  unit.at(20s, [&] { unit.replies()['Q'] = "10"; });
  polled.run_until(30s);
  ASSERT_TRUE(shown.when);
  EXPECT_LT(seconds(*shown.when - 20s), 1.3);
}

TEST(PollerTest, CountsATransferUnderTheCauseTheUnitNamesLater) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  unit.at(20s, [&] {
    unit.replies()['Q'] = "10";
    unit.replies()['G'] = "NA";
  });
  unit.at(24s, [&] { unit.replies()['G'] = "L"; });
  polled.run_until(30s);
  EXPECT_EQ(polled.now()->totals.transfers[3], 1U);
  EXPECT_EQ(polled.now()->totals.transfers[5], 0U);
}

TEST(PollerTest, ReadsSettingsAgainWhenOneWasChanged) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  Watch shown(polled, [&] { return polled.number("input_transfer_high") == 127.0; });
  unit.at(20s, [&] {
    unit.replies()['u'] = "127";
    unit.send_alert('|');
  });
  polled.run_until(40s);
  ASSERT_TRUE(shown.when);
  EXPECT_LT(seconds(*shown.when - 20s), 5.0);
}

TEST(PollerTest, ANameMayContainAnAlertCharacter) {
  auto replies = smart_ups_700();
  replies['c'] = "UPS#1";
  PolledUnit polled(replies);
  polled.run_until(15s);
  EXPECT_EQ(*polled.text("name"), "UPS#1");
  EXPECT_EQ(polled.now()->alerts[alert_named("replace_battery")].count, 0U);
}

// --- what is believed

TEST(PollerTest, OneStrangeReadingIsNotPublished) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  Watch wrong(polled,
              [&] { return polled.number("load") == 0.934 || polled.bits("fault_3") == 0x20U; });
  unit.at(20s + 1ms, [&] {
    unit.replies()['P'] = "093.4";
    unit.replies()['8'] = "20";
  });
  unit.at(20s + 70ms, [&] { unit.replies() = smart_ups_700(); });
  polled.run_until(30s);
  EXPECT_FALSE(wrong.when);
}

TEST(PollerTest, ARealJumpIsPublishedWithinTheSameCycle) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  Watch jumped(polled, [&] { return polled.number("load") == 0.934; });
  unit.at(20s, [&] { unit.replies()['P'] = "093.4"; });
  polled.run_until(30s);
  ASSERT_TRUE(jumped.when);
  EXPECT_LT(seconds(*jumped.when - 20s), 2.3);
}

TEST(PollerTest, AnotherWidthCountsWhenASecondReadingAgrees) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  unit.at(20s, [&] { unit.replies()['B'] = "219.2"; });
  polled.run_until(24s);
  EXPECT_DOUBLE_EQ(*polled.number("battery_voltage"), 219.2);
}

TEST(PollerTest, ANumberThatNeverStandsStillIsPublishedAllTheSame) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  for (int i = 0; i < 2000; ++i) {
    unit.at(10s + 10ms * i,
            [&unit, i] { unit.replies()['P'] = "0" + std::to_string(20 + i * 7 % 60) + ".0"; });
  }
  std::vector<Duration> gaps;
  unit.on_wait = [&] {
    if (unit.elapsed() > 12s && unit.elapsed() < 29s && !polled.reading("load"))
      gaps.push_back(unit.elapsed());
  };
  polled.run_until(29s);
  EXPECT_TRUE(gaps.empty());
}

TEST(PollerTest, OneTransientNotAvailableLosesNothing) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  std::vector<Duration> gaps;
  unit.at(20s, [&] { unit.replies()['L'] = "NA"; });
  unit.at(23s, [&] { unit.replies()['L'] = "126.7"; });
  unit.on_wait = [&] {
    if (unit.elapsed() > 15s && !polled.reading("input_voltage")) gaps.push_back(unit.elapsed());
  };
  polled.run_until(60s);
  EXPECT_TRUE(gaps.empty()) << seconds(gaps.front()) << " to " << seconds(gaps.back());
}

TEST(PollerTest, NotAvailableAtTheStartIsAskedAgain) {
  auto replies = smart_ups_700();
  replies.erase('C');
  PolledUnit polled(replies);
  polled.unit->at(10s, [&] { polled.unit->replies()['C'] = "033.3"; });
  polled.run_until(80s);
  EXPECT_DOUBLE_EQ(*polled.number("internal_temperature"), 33.3);
}

// --- other units

/// A second generation unit: no list, no answer at all to what it does not know.
TEST(PollerTest, ASilentCommandDoesNotCostItsTimeoutInEveryCycle) {
  auto replies = smart_ups_700();
  for (const char c : {'a', 'b', '\x01', '~', '\'', '\x1a', 'm'}) replies.erase(c);
  PolledUnit polled(replies);
  FakeUnit& unit = *polled.unit;
  unit.silent_if_unknown = true;
  std::size_t sent_before = 0;
  std::vector<Duration> status_gaps;
  unit.on_wait = [&] {
    if (unit.elapsed() > 5s && !polled.reading("status")) status_gaps.push_back(unit.elapsed());
  };
  unit.at(180s, [&] { sent_before = unit.received.size(); });
  polled.run_until(240s);
  EXPECT_TRUE(status_gaps.empty());
  const auto last_minute = std::string_view(unit.received).substr(sent_before);
  EXPECT_LE(std::ranges::count(last_minute, '~'), 1);
  EXPECT_GE(std::ranges::count(last_minute, 'L'), 28);
  EXPECT_EQ(polled.now()->support[command_of('~')], Support::unsupported);
  EXPECT_TRUE(polled.now()->link.up);
}

/// An RT unit: a byte every 10 ms and more commands than fit into two seconds.
TEST(PollerTest, ASlowUnitStretchesAllButTheStatusEvenly) {
  auto replies = smart_ups_700();
  replies['/'] = "01.55";
  replies['\\'] = "023.40";
  PolledUnit polled(replies);
  FakeUnit& unit = *polled.unit;
  unit.byte_time = 12ms;
  unit.turnaround = 65ms;
  std::size_t from = 0;
  unit.at(60s, [&] { from = unit.received.size(); });
  polled.run_until(120s);
  const auto last_minute = std::string_view(unit.received).substr(from);
  const auto asked = [&](char c) {
    return static_cast<double>(std::ranges::count(last_minute, c));
  };
  EXPECT_GE(asked('Q'), 57);
  for (const char c : {'M', 'O', 'P', 'F', 'B', 'f', 'j', '9', 'G', '~', '\'', '8', '/', '\\'}) {
    EXPECT_NEAR(asked(c), asked('L'), 2) << c;
  }
  EXPECT_LT(asked('L'), 25);
  EXPECT_GT(*polled.now()->link.poll_duration_seconds, 2.2);
  EXPECT_TRUE(polled.reading("battery_voltage"));
}

// --- the link

TEST(PollerTest, SilenceShowsWithinFiveSecondsAndReadingsAge) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  Watch down(polled, [&] { return unit.elapsed() > 20s && !polled.now()->link.up; });
  Watch aged(polled, [&] { return unit.elapsed() > 20s && !polled.reading("input_voltage"); });
  unit.at(20s, [&] { unit.faults.silent = true; });
  polled.run_until(60s);
  ASSERT_TRUE(down.when && aged.when);
  EXPECT_LT(seconds(*down.when - 20s), 5.0);
  EXPECT_LT(seconds(*aged.when - 20s), 6.5);
  EXPECT_TRUE(polled.text("model")) << "identity does not age";
  EXPECT_EQ(std::ranges::count_if(polled.log,
                                  [](auto& m) { return m.find("does not answer") != m.npos; }),
            1);
}

TEST(PollerTest, ComesBackAfterAReplugAndSaysEachThingOnce) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  Watch back(polled, [&] {
    return unit.elapsed() > 100s && polled.reading("status") && polled.reading("state");
  });
  unit.at(20s, [&] { unit.plugged_in = false; });
  unit.at(100s, [&] { unit.plugged_in = true; });
  polled.run_until(120s);
  ASSERT_TRUE(back.when);
  EXPECT_LT(seconds(*back.when - 100s), 3.0);
  EXPECT_EQ(polled.now()->link.opens, 2U);
  EXPECT_LE(polled.log.size(), 6U);
  EXPECT_THAT(polled.log, Contains(HasSubstr("is not there")));
}

TEST(PollerTest, NothingStaysOfTheFormerUnit) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  std::vector<std::string> mixed;
  unit.on_wait = [&] {
    if (unit.elapsed() < 30s || !polled.now()->link.up) return;
    const bool former = polled.text("serial_number") == "GS9502544848" || polled.text("model");
    const bool latter =
        polled.text("serial_number") == "AS0614132629" || polled.number("load") == 0.5;
    if (former && latter) mixed.push_back(std::to_string(seconds(unit.elapsed())));
  };
  unit.at(20s, [&] { unit.plugged_in = false; });
  unit.at(30s, [&] {
    // A unit with a small set of commands, and one more that the other did not have.
    unit.replies() = {
        {'Q', "08"}, {'n', "AS0614132629"}, {'b', "21.L.I"}, {'t', "21.08"}, {'P', "050.0"}};
    unit.plugged_in = true;
  });
  polled.run_until(60s);
  EXPECT_EQ(*polled.text("serial_number"), "AS0614132629");
  EXPECT_EQ(*polled.text("firmware"), "21.L.I");
  EXPECT_DOUBLE_EQ(*polled.number("ambient_temperature_1"), 21.08);
  for (const auto* gone :
       {"model", "name", "input_transfer_high", "dip_switches", "battery_replaced"}) {
    EXPECT_FALSE(polled.reading(gone)) << gone;
  }
  EXPECT_TRUE(mixed.empty()) << mixed.front();
  EXPECT_THAT(polled.log, Contains(HasSubstr("another UPS")));
}

TEST(PollerTest, AnotherUnitAfterASilenceIsNoticedToo) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  unit.at(20s, [&] { unit.faults.silent = true; });
  unit.at(40s, [&] {
    unit.replies()['n'] = "AS0614132629";
    unit.replies()['u'] = "127";
    unit.faults.silent = false;
  });
  polled.run_until(60s);
  EXPECT_EQ(*polled.text("serial_number"), "AS0614132629");
  EXPECT_DOUBLE_EQ(*polled.number("input_transfer_high"), 127);
}

TEST(PollerTest, ACommandThatNeverGivesAGoodReplyIsGivenUp) {
  auto replies = smart_ups_700();
  replies['u'] = "2x3";
  PolledUnit polled(replies);
  polled.run_until(60s);
  EXPECT_EQ(polled.now()->support[command_of('u')], Support::unsupported);
  EXPECT_LE(std::ranges::count(polled.unit->received, 'u'), 8);
}

TEST(PollerTest, CountsFailuresByReason) {
  PolledUnit polled;
  FakeUnit& unit = *polled.unit;
  unit.at(10s, [&] { unit.replies()['L'] = "x"; });
  unit.at(12s, [&] { unit.replies()['L'] = "126.7"; });
  unit.at(14s, [&] { unit.faults.silent = true; });
  unit.at(16s, [&] { unit.faults.silent = false; });
  polled.run_until(20s);
  const auto& failures = polled.now()->link.failures;
  EXPECT_GT(failures[static_cast<std::size_t>(Failure::malformed)], 0U);
  EXPECT_GT(failures[static_cast<std::size_t>(Failure::timeout)], 0U);
  EXPECT_EQ(failures[static_cast<std::size_t>(Failure::link)], 0U);
}

// --- sums

TEST(PollerTest, AddsUpEnergyWhereThePowerIsKnown) {
  poll::Options options;
  options.nominal_power_watts = 450;
  PolledUnit polled(smart_ups_700(), options);
  polled.run_until(110s);
  EXPECT_NEAR(*polled.now()->totals.output_power_watts, 0.234 * 450, 1e-9);
  EXPECT_NEAR(*polled.now()->totals.output_energy_joules, 0.234 * 450 * 108, 0.234 * 450 * 4);
}

TEST(PollerTest, KnowsThePowerOfAModelWithAPublicSource) {
  PolledUnit polled;  // 50.9.D: a Smart-UPS 700
  polled.run_until(20s);
  EXPECT_NEAR(*polled.now()->totals.output_power_watts, 0.234 * 450, 1e-9);
}

TEST(PollerTest, SaysThatPermissionIsMissingOnlyWhenThatLasts) {
  for (const bool passes : {true, false}) {
    PolledUnit polled;
    polled.unit->at(5s, [&] { polled.unit->plugged_in = false; });
    polled.unit->at(8s, [&] {
      polled.unit->plugged_in = true;
      polled.unit->permitted = false;
    });
    if (passes) polled.unit->at(8100ms, [&] { polled.unit->permitted = true; });
    polled.run_until(12s);
    EXPECT_EQ(std::ranges::count(polled.log, "no permission; give it"), passes ? 0 : 1);
    EXPECT_EQ(polled.now()->link.up, passes);
  }
}

TEST(PollerTest, ADateThatCannotBeReadIsAbsentAndCounted) {
  auto replies = smart_ups_700();
  replies['x'] = "soon";
  PolledUnit polled(replies);
  polled.run_until(15s);
  EXPECT_FALSE(polled.reading("battery_replaced"));
  EXPECT_GT(polled.now()->link.failures[static_cast<std::size_t>(Failure::malformed)], 0U);
}

TEST(PollerTest, DatesFollowTheConfiguredOrder) {
  auto replies = smart_ups_700();
  replies['x'] = "25/12/04";
  poll::Options options;
  options.battery_date_order = DateOrder::dmy;
  PolledUnit polled(replies, options);
  polled.run_until(15s);
  EXPECT_DOUBLE_EQ(*polled.number("battery_replaced"), 1103932800);
}

}  // namespace
}  // namespace upslink::testing
