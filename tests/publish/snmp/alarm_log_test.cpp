// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/alarm_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t on_battery = alarm_named("on_battery");
constexpr std::size_t low_battery = alarm_named("low_battery");
constexpr std::size_t fan_failure = alarm_named("fan_failure");

/// `+on_battery 1`, `-on_battery 1`.
std::vector<std::string> changes(Stage& ups) {
  std::vector<std::string> texts;
  for (const auto& [alarm, added, id] : ups.alarms.follow(Facts(ups.snapshot, ups.now))) {
    texts.push_back((added ? "+" : "-") + std::string(alarms[alarm].name) + " " +
                    std::to_string(id));
  }
  return texts;
}

TEST(AlarmLog, notes_what_begins_and_what_ends) {
  Stage ups;
  ups.read('Q', "08");
  EXPECT_THAT(changes(ups), IsEmpty());
  ups.now += 1s;
  ups.read('Q', "50");
  EXPECT_THAT(changes(ups), ElementsAre("+on_battery 1", "+low_battery 2"));
  EXPECT_EQ(ups.alarms[on_battery].since, ups.now);
  EXPECT_TRUE(ups.alarms[on_battery].shown);
  EXPECT_FALSE(ups.alarms[on_battery].from_start);
  EXPECT_THAT(changes(ups), IsEmpty());
  ups.now += 1s;
  ups.read('Q', "08");
  EXPECT_THAT(changes(ups), ElementsAre("-on_battery 1", "-low_battery 2"));
  EXPECT_FALSE(ups.alarms[on_battery].shown);
  EXPECT_FALSE(ups.alarms[on_battery].active);
}

TEST(AlarmLog, never_gives_a_number_twice) {
  Stage ups;
  for (int i = 1; i <= 5; ++i) {
    ups.now += 1s;
    ups.read('Q', "10");
    EXPECT_THAT(changes(ups), ElementsAre("+on_battery " + std::to_string(i)));
    ups.read('Q', "08");
    EXPECT_THAT(changes(ups), ElementsAre("-on_battery " + std::to_string(i)));
  }
}

TEST(AlarmLog, knows_what_was_there_from_the_start) {
  Stage ups;
  ups.read('Q', "10");
  ups.look();
  ups.now += 1s;
  ups.read('\'', "01");
  ups.look();
  EXPECT_TRUE(ups.alarms[on_battery].from_start);
  EXPECT_TRUE(ups.alarms[fan_failure].from_start) << "first told a second later, but no newer";
  EXPECT_FALSE(ups.alarms[low_battery].from_start);
  ups.read('Q', "08");
  ups.look();
  ups.now += 1s;
  ups.read('Q', "50");
  ups.look();
  EXPECT_FALSE(ups.alarms[on_battery].from_start) << "it had ended";
  EXPECT_FALSE(ups.alarms[low_battery].from_start);
}

/// Each alarm, raised an hour after the UPS was found without it.
TEST(AlarmLog, does_not_take_what_begins_later_for_something_from_the_start) {
  struct Row {
    std::string_view alarm;
    char command;
    std::string_view before, after;
  };
  for (const Row& row :
       {Row{"on_battery", 'Q', "08", "10"}, Row{"fan_failure", '\'', "00", "01"},
        Row{"test_failed", 'X', "OK", "BT"}, Row{"test_failed", 'X', "NO", "BT"},
        Row{"input_bad", '9', "FF", "00"}, Row{"temperature_bad", '8', "00", "80"}}) {
    Stage ups;
    ups.read(row.command, row.before);
    if (row.before == "OK") {
      ups.snapshot.totals.test_result = choice_named("self_test_result", "passed");
    }
    ups.look();
    ups.now += 30min;
    ups.read(row.command, row.after);
    ups.snapshot.totals.test_result = choice_named("self_test_result", "failed_capacity");
    ups.look();
    for (std::size_t i = 0; i < alarm_count; ++i) {
      if (alarms[i].name != row.alarm) continue;
      EXPECT_TRUE(ups.alarms[i].active) << row.alarm;
      EXPECT_FALSE(ups.alarms[i].from_start) << row.alarm << " after " << row.before;
    }
  }
}

/// On a unit without command 9, only the cause of a transfer tells of a bad input.
TEST(AlarmLog, ends_a_bad_input_on_a_unit_without_the_command_9) {
  Stage ups;
  ups.read('Q', "08");
  ups.look();
  ups.now += 1s;
  ups.read('Q', "10");
  ups.read('G', "L");
  ups.snapshot.totals.on_battery_since = ups.now;
  ups.look();
  EXPECT_TRUE(ups.alarms[alarm_named("input_bad")].active);
  EXPECT_FALSE(ups.alarms[alarm_named("input_bad")].from_start);
  ups.now += 10s;
  ups.read('Q', "08");
  ups.snapshot.totals.on_battery_since.reset();
  ups.look();
  EXPECT_FALSE(ups.alarms[alarm_named("input_bad")].active);
}

TEST(AlarmLog, holds_what_cannot_be_told_of_a_silent_ups) {
  Stage ups;
  ups.read('Q', "50");
  ups.look();
  const auto since = ups.alarms[on_battery].since;
  ups.now += 10s;
  ups.falls_silent();
  EXPECT_THAT(changes(ups), ElementsAre("+communications_lost 3"));
  EXPECT_TRUE(ups.alarms[on_battery].active);
  EXPECT_FALSE(ups.alarms[on_battery].shown);
  ups.now += 10s;
  ups.answers();
  ups.read('Q', "10");
  EXPECT_THAT(changes(ups), ElementsAre("-low_battery 2", "-communications_lost 3"));
  EXPECT_TRUE(ups.alarms[on_battery].shown);
  EXPECT_EQ(ups.alarms[on_battery].id, 1U);
  EXPECT_EQ(ups.alarms[on_battery].since, since);
}

TEST(AlarmLog, holds_what_aged_out) {
  Stage ups;
  ups.read('\'', "01");
  ups.look();
  ups.now += 2h;
  EXPECT_THAT(changes(ups), IsEmpty());
  EXPECT_TRUE(ups.alarms[fan_failure].active);
  EXPECT_FALSE(ups.alarms[fan_failure].shown);
}

TEST(AlarmLog, is_right_whatever_happens) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    std::mt19937 random(seed);
    Stage ups;
    std::uint32_t last_id = 0;
    std::array<std::uint32_t, alarm_count> open{};
    for (int step = 0; step < 300; ++step) {
      ups.now += std::chrono::milliseconds(random() % 2000U);
      switch (random() % 6U) {
        case 0:
          ups.falls_silent();
          break;
        case 1:
          ups.hear(alerts[random() % alerts.size()].name);
          break;
        default:
          ups.answers();
          ups.read("Q~'8"[random() % 4U], std::to_string(10U + random() % 90U));
      }
      for (const auto& [alarm, added, id] : ups.alarms.follow(Facts(ups.snapshot, ups.now))) {
        if (added) {
          ASSERT_EQ(id, ++last_id);
          ASSERT_EQ(open[alarm], 0U);
          open[alarm] = id;
        } else {
          ASSERT_EQ(open[alarm], id);
          ASSERT_NE(id, 0U);
          open[alarm] = 0;
        }
      }
      for (std::size_t i = 0; i < alarm_count; ++i) {
        const auto told = alarms[i].active(Facts(ups.snapshot, ups.now));
        ASSERT_EQ(ups.alarms[i].shown, told.value_or(false)) << alarms[i].name;
        ASSERT_EQ(ups.alarms[i].active, open[i] != 0) << alarms[i].name;
        ASSERT_EQ(told.value_or(ups.alarms[i].active), ups.alarms[i].active) << alarms[i].name;
      }
    }
    ASSERT_GT(last_id, 20U);
  }
}

}  // namespace
}  // namespace upslink::snmp
