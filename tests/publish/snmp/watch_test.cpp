// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

/// A UPS on line that is watched.
struct Watched : Stage {
  Watch watch;

  Watched() { read('Q', "08"); }

  /// What is told after that much time: `+on_battery 1`, `-on_battery 1`, `on battery again`,
  /// `alert line_fail`, `test completed`.
  std::vector<std::string> after(Duration time) {
    now += time;
    std::vector<std::string> texts;
    for (const Event& event : watch.follow(Facts(snapshot, now))) texts.push_back(text_of(event));
    return texts;
  }

  static std::string text_of(const Event& event) {
    switch (event.kind) {
      case Event::Kind::alarm_added:
        return "+" + std::string(alarms_of_ups(event));
      case Event::Kind::alarm_removed:
        return "-" + std::string(alarms_of_ups(event));
      case Event::Kind::still_on_battery:
        return "on battery again";
      case Event::Kind::alert:
        return "alert " + std::string(alerts[event.which].name);
      case Event::Kind::test_completed:
        return "test completed";
    }
    return "?";
  }

 private:
  static std::string alarms_of_ups(const Event& event) {
    return std::string(upslink::alarms[event.which].name) + " " + std::to_string(event.id);
  }
};

TEST(Watch, tells_what_begins_and_what_ends) {
  Watched ups;
  EXPECT_THAT(ups.after(0s), IsEmpty());
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(1s), ElementsAre("+on_battery 1"));
  EXPECT_THAT(ups.after(1s), IsEmpty());
  ups.read('Q', "50");
  EXPECT_THAT(ups.after(1s), ElementsAre("+low_battery 2"));
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(1s), ElementsAre("-on_battery 1", "-low_battery 2"));
  EXPECT_THAT(ups.after(1h), IsEmpty());
}

TEST(Watch, tells_what_is_there_when_it_first_looks) {
  Watched ups;
  ups.read('Q', "10");
  ups.read('\'', "01");
  EXPECT_THAT(ups.after(0s), ElementsAre("+on_battery 1", "+fan_failure 2"));
}

// The five seconds

TEST(Watch, tells_what_flaps_every_five_seconds_in_each_direction) {
  Watched ups;
  ups.after(0s);
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(1s), ElementsAre("+on_battery 1"));
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(1s), ElementsAre("-on_battery 1"))
      << "the other direction waits for nobody";
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(1s), IsEmpty());
  EXPECT_THAT(ups.after(2999ms), IsEmpty());
  EXPECT_THAT(ups.after(1ms), ElementsAre("+on_battery 2")) << "five seconds after the last time";
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(500ms), IsEmpty());
  EXPECT_THAT(ups.after(499ms), IsEmpty());
  EXPECT_THAT(ups.after(1ms), ElementsAre("-on_battery 2"));
}

TEST(Watch, does_not_tell_what_came_and_went_within_the_five_seconds) {
  Watched ups;
  ups.read('Q', "28");
  EXPECT_THAT(ups.after(0s), ElementsAre("+output_overload 1"));
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(100ms), ElementsAre("-output_overload 1"));
  ups.read('Q', "28");
  EXPECT_THAT(ups.after(100ms), IsEmpty());
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(100ms), IsEmpty());
  EXPECT_THAT(ups.after(1h), IsEmpty());
}

TEST(Watch, keeps_the_five_seconds_of_each_alarm_apart) {
  Watched ups;
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(0s), ElementsAre("+on_battery 1"));
  ups.read('Q', "30");
  EXPECT_THAT(ups.after(1s), ElementsAre("+output_overload 2"));
}

TEST(Watch, removes_what_it_added) {
  Watched ups;
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(0s), ElementsAre("+on_battery 1"));
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(1s), ElementsAre("-on_battery 1"));
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(4s), ElementsAre("+on_battery 2"));
  // Over and back again while it must not be told.
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(500ms), IsEmpty());
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(100ms), IsEmpty());
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(10s), ElementsAre("-on_battery 2"));
}

// On battery, each minute

TEST(Watch, repeats_each_minute_that_the_ups_is_on_battery) {
  Watched ups;
  ups.after(0s);
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(1s), ElementsAre("+on_battery 1"));
  EXPECT_THAT(ups.after(59999ms), IsEmpty());
  EXPECT_THAT(ups.after(1ms), ElementsAre("on battery again"));
  EXPECT_THAT(ups.after(59s), IsEmpty());
  EXPECT_THAT(ups.after(61s), ElementsAre("on battery again"));
  EXPECT_THAT(ups.after(59s), IsEmpty());
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(10s), ElementsAre("-on_battery 1"));
  EXPECT_THAT(ups.after(10min), IsEmpty());
}

TEST(Watch, does_not_repeat_it_of_a_silent_ups) {
  Watched ups;
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(0s), ElementsAre("+on_battery 1"));
  ups.falls_silent();
  EXPECT_THAT(ups.after(10s), ElementsAre("+communications_lost 2"));
  EXPECT_THAT(ups.after(2min), IsEmpty());
  ups.answers();
  EXPECT_THAT(ups.after(1s), ElementsAre("-communications_lost 2", "on battery again"));
  ups.falls_silent();
  ups.after(10s);
  ups.answers();
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(1s), UnorderedElementsAre("-communications_lost 3", "-on_battery 1"))
      << "what ended meanwhile";
}

/// Both are upsTrapOnBattery, which RFC 1628 lets a receiver have every five seconds at most.
TEST(Watch, does_not_tell_twice_within_five_seconds_that_the_ups_is_on_battery) {
  Watched ups;
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(0s), ElementsAre("+on_battery 1"));
  EXPECT_THAT(ups.after(60s), ElementsAre("on battery again"));
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(1s), ElementsAre("-on_battery 1"));
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(1s), IsEmpty());
  EXPECT_THAT(ups.after(3s), ElementsAre("+on_battery 2"));
}

// Alerts

TEST(Watch, tells_each_alert_once_per_look) {
  Watched ups;
  ups.after(0s);
  ups.hear("abnormal");
  ups.hear("eeprom_changed");
  ups.hear("eeprom_changed");
  EXPECT_THAT(ups.after(1s),
              UnorderedElementsAre("alert abnormal", "alert eeprom_changed", "+general_fault 1"));
  EXPECT_THAT(ups.after(1s), IsEmpty());
  ups.hear("eeprom_changed");
  EXPECT_THAT(ups.after(1s), ElementsAre("alert eeprom_changed"));
}

TEST(Watch, tells_all_alerts_that_came_at_once) {
  Watched ups;
  ups.after(0s);
  std::vector<std::string> expected;
  for (const Alert& alert : alerts) {
    ups.hear(alert.name);
    expected.push_back("alert " + std::string(alert.name));
  }
  const auto told = ups.after(1s);
  for (const auto& text : expected) EXPECT_EQ(std::ranges::count(told, text), 1) << text;
}

TEST(Watch, believes_an_alert_that_is_newer_than_the_register) {
  Watched ups;
  ups.after(0s);
  ups.now += 1s;
  ups.hear("line_fail");
  EXPECT_THAT(ups.after(100ms), ElementsAre("alert line_fail", "+on_battery 1"));
  ups.now += 10s;
  ups.hear("line_restored");
  EXPECT_THAT(ups.after(100ms), ElementsAre("alert line_restored", "-on_battery 1"));
}

std::vector<std::string> without_numbers(std::vector<std::string> texts) {
  for (auto& text : texts) {
    if (text.front() == '+' || text.front() == '-') text.erase(text.find(' '));
  }
  return texts;
}

TEST(Watch, tells_what_was_over_before_anybody_looked) {
  Watched ups;
  ups.after(0s);
  ups.now += 1s;
  ups.hear("line_fail");
  ups.hear("battery_low");
  ups.now += 100ms;
  ups.hear("battery_recovered");
  ups.hear("line_restored");
  EXPECT_THAT(without_numbers(ups.after(100ms)),
              UnorderedElementsAre("alert line_fail", "+on_battery", "alert battery_low",
                                   "+low_battery", "alert battery_recovered", "alert line_restored",
                                   "-on_battery", "-low_battery"));
  EXPECT_THAT(ups.after(10s), IsEmpty());
}

/// upsAlarmId begins with 1.
TEST(Watch, gives_a_number_to_an_alarm_that_was_over_before_anybody_looked) {
  Watched ups;
  ups.after(0s);
  ups.now += 1s;
  ups.hear("battery_low");
  ups.now += 100ms;
  ups.hear("battery_recovered");
  const auto told = ups.after(100ms);
  EXPECT_THAT(told, AllOf(Not(Contains("+low_battery 0")), Not(Contains("-low_battery 0"))));
}

/// upsAlarmId only grows.
TEST(Watch, gives_another_number_to_an_alarm_that_was_over_before_anybody_looked) {
  Watched ups;
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(0s), ElementsAre("+on_battery 1"));
  ups.read('Q', "08");
  EXPECT_THAT(ups.after(1s), ElementsAre("-on_battery 1"));
  ups.now += 1h;
  ups.hear("line_fail");
  ups.now += 100ms;
  ups.hear("line_restored");
  const auto told = ups.after(100ms);
  EXPECT_THAT(told, Not(Contains("+on_battery 1")));
  EXPECT_THAT(without_numbers(told), Contains("+on_battery"));
}

/// It ended, began and ended again between two looks.
TEST(Watch, never_adds_what_it_has_not_removed) {
  Watched ups;
  ups.read('Q', "10");
  EXPECT_THAT(ups.after(0s), ElementsAre("+on_battery 1"));
  ups.now += 20s;
  ups.hear("line_restored");
  ups.now += 10ms;
  ups.hear("line_fail");
  ups.now += 10ms;
  ups.hear("line_restored");
  const auto told = without_numbers(ups.after(10ms));
  const auto on_battery = [](const std::string& text) { return text.ends_with("on_battery"); };
  const auto first = std::ranges::find_if(told, on_battery);
  ASSERT_NE(first, told.end());
  EXPECT_EQ(*first, "-on_battery");
}

/// Where only its transmitter is heard, or its receiver is broken, a UPS sends alerts and answers
/// nothing. Nobody said that the line is back.
TEST(Watch, does_not_end_what_a_silent_ups_announces) {
  Watched ups;
  ups.after(0s);
  ups.falls_silent();
  EXPECT_THAT(ups.after(10s), ElementsAre("+communications_lost 1"));
  ups.hear("line_fail");
  const auto told = without_numbers(ups.after(10ms));
  EXPECT_THAT(told, Contains("alert line_fail"));
  EXPECT_THAT(told, Not(Contains("-on_battery")));
}

// Tests

TEST(Watch, tells_that_a_test_was_completed) {
  Watched ups;
  EXPECT_THAT(ups.after(0s), IsEmpty());
  ups.snapshot.totals.tests_completed = 1;
  EXPECT_THAT(ups.after(1s), ElementsAre("test completed"));
  EXPECT_THAT(ups.after(1s), IsEmpty());
  ups.snapshot.totals.tests_completed = 3;
  EXPECT_THAT(ups.after(1s), ElementsAre("test completed"));
}

// Whatever happens

class WatchTest : public ::testing::TestWithParam<unsigned> {};

TEST_P(WatchTest, tells_in_the_end_what_holds) {
  std::mt19937 random(GetParam());
  Watched ups;
  struct Told {
    bool active = false;
    std::map<bool, TimePoint> last;  ///< by direction
  };
  std::array<Told, alarm_count> told;
  std::size_t events = 0;
  const auto look = [&](Duration time) {
    ups.now += time;
    for (const Event& event : ups.watch.follow(Facts(ups.snapshot, ups.now))) {
      const bool added = event.kind == Event::Kind::alarm_added;
      if (!added && event.kind != Event::Kind::alarm_removed) continue;
      ++events;
      Told& alarm = told[event.which];
      ASSERT_NE(alarm.active, added) << Watched::text_of(event) << " twice";
      alarm.active = added;
      ASSERT_TRUE(!alarm.last.contains(added) || ups.now - alarm.last[added] >= 5s)
          << Watched::text_of(event) << " too soon";
      alarm.last[added] = ups.now;
    }
  };
  for (int round = 0; round < 40; ++round) {
    for (auto step = random() % 30U; step > 0; --step) {
      switch (random() % 8U) {
        case 0:
          ups.falls_silent();
          break;
        case 1:
        case 2:
          ups.answers();
          for (auto n = random() % 3U; n > 0; --n) {
            ups.now += 1ms;
            ups.hear(alerts[random() % alerts.size()].name);
          }
          break;
        case 3:
          ups.answers();
          ups.read("~'8"[random() % 3U], std::to_string(10U + random() % 90U));
          break;
        default:
          ups.answers();
          ups.read('Q', std::array{"08", "10", "50", "08", "28"}[random() % 5U]);
      }
      ASSERT_NO_FATAL_FAILURE(look(std::chrono::milliseconds(random() % 3000U)));
    }
    for (int quiet = 0; quiet < 10; ++quiet) ASSERT_NO_FATAL_FAILURE(look(500ms));
    for (std::size_t i = 0; i < alarm_count; ++i) {
      if (i == alarm_named("shutdown_imminent")) continue;  // it ends by itself
      ASSERT_EQ(told[i].active, ups.watch.alarms()[i].active) << upslink::alarms[i].name;
    }
  }
  EXPECT_GT(events, 50U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, WatchTest, ::testing::Range(0U, 20U));

}  // namespace
}  // namespace upslink::snmp
