// SPDX-License-Identifier: Apache-2.0
// What the fold keeps of a UPS beside its readings: time on battery, tests, and what became of each
// command. What it adds up from a poller's readings is in poller_test.cpp.
#include "poll/fold.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "catalogue/facts.hpp"

namespace upslink::poll {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(double second) {
  return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(second)));
}

constexpr auto passed = choice_named("self_test_result", "passed");
constexpr auto failed = choice_named("self_test_result", "failed_capacity");

class FoldTest : public ::testing::Test {
 protected:
  void read(char byte, std::string_view reply, double second) {
    for (const Command& command : commands) {
      if (command.byte != byte) continue;
      ASSERT_TRUE(fold.take(command, reply, at(second), 30s));
    }
    fold.answered();
  }
  void hear(std::string_view name, double second) {
    for (std::size_t i = 0; i < alerts.size(); ++i) {
      if (alerts[i].name == name) fold.alert(i, at(second));
    }
  }
  const Totals& totals() const { return fold.state().totals; }

  /// `self test 10 to 18`, `calibration 10 to now`, `no test`.
  std::string test() const {
    if (!totals().test) return "no test";
    const auto seconds = [](TimePoint t) {
      return std::to_string(std::chrono::round<std::chrono::seconds>(t.time_since_epoch()).count());
    };
    const auto& [calibration, began, ended] = *totals().test;
    return std::string(calibration ? "calibration " : "self test ") + seconds(began) + " to " +
           (ended ? seconds(*ended) : "now");
  }

  Slot slot{std::make_shared<const Snapshot>(empty_snapshot("tty"))};
  Fold fold{Options{}, "tty", slot};
};

TEST_F(FoldTest, never_changes_what_it_has_published) {
  read('Q', "08", 1);
  fold.publish(at(1));
  const auto first = slot.load();
  const auto flags = [](const Snapshot& snapshot) {
    return std::get<Flags>(snapshot.readings[quantity_named("status")]->value).bits;
  };
  read('Q', "10", 2);
  hear("line_fail", 2);
  EXPECT_EQ(slot.load(), first);
  EXPECT_EQ(flags(*first), 0x08);
  EXPECT_EQ(first->alerts[alert_named("line_fail")].count, 0U);
  fold.publish(at(2));
  EXPECT_EQ(flags(*slot.load()), 0x10);
  EXPECT_EQ(flags(*first), 0x08);
  fold.silent();
  EXPECT_TRUE(slot.load()->link.up);
}

// On battery since

TEST_F(FoldTest, knows_since_when_the_ups_is_on_battery) {
  read('Q', "08", 10);
  EXPECT_EQ(totals().on_battery_since, std::nullopt);
  read('Q', "10", 11);
  EXPECT_EQ(totals().on_battery_since, at(11));
  read('Q', "50", 12);
  EXPECT_EQ(totals().on_battery_since, at(11));
  read('Q', "08", 13);
  EXPECT_EQ(totals().on_battery_since, std::nullopt);
  read('Q', "10", 14);
  EXPECT_EQ(totals().on_battery_since, at(14));
}

TEST_F(FoldTest, counts_from_the_first_reading_if_it_found_the_ups_on_battery) {
  read('Q', "10", 11);
  EXPECT_EQ(totals().on_battery_since, at(11));
}

TEST_F(FoldTest, counts_from_the_alert_that_announced_it) {
  struct Row {
    double heard;
    double since;
  };
  for (const Row& row : {Row{10.5, 10.5}, Row{6.1, 6.1}, Row{6, 11}, Row{1, 11}}) {
    Fold another{Options{}, "tty", slot};
    another.take(commands[command_of('Q')], "08", at(0.5), 30s);
    another.alert(*alert_index('!'), at(row.heard));
    another.take(commands[command_of('Q')], "10", at(11), 30s);
    EXPECT_EQ(another.state().totals.on_battery_since, at(row.since)) << row.heard;
  }
}

TEST_F(FoldTest, is_not_on_battery_since_an_alert_that_is_over) {
  read('Q', "08", 10);
  hear("line_fail", 10.5);
  EXPECT_EQ(totals().on_battery_since, std::nullopt) << "the register has not said so";
  read('Q', "08", 11);
  EXPECT_EQ(totals().on_battery_since, std::nullopt);
}

TEST_F(FoldTest, stays_on_battery_through_a_silence) {
  read('Q', "10", 10);
  fold.silent();
  read('Q', "10", 500);
  EXPECT_EQ(totals().on_battery_since, at(10));
}

// Self tests

TEST_F(FoldTest, believes_a_doubted_reading_for_no_longer_than_that) {
  const auto until = [&] { return fold.state().readings[quantity_named("load")]->good_until; };
  read('P', "023.4", 10);
  EXPECT_EQ(until(), at(40));
  fold.doubt(commands[command_of('P')], at(17));
  EXPECT_EQ(until(), at(17));
  fold.doubt(commands[command_of('P')], at(18));
  EXPECT_EQ(until(), at(17));
  read('P', "023.4", 15);
  EXPECT_EQ(until(), at(45)) << "it was not so";
}

TEST_F(FoldTest, counts_no_time_on_battery_that_it_did_not_see) {
  read('Q', "10", 10);
  read('Q', "10", 18);
  EXPECT_DOUBLE_EQ(totals().on_battery_seconds, 8) << "it was at both ends";
  read('Q', "08", 28);
  EXPECT_DOUBLE_EQ(totals().on_battery_seconds, 10) << "it came back at any time";
}

TEST_F(FoldTest, sees_a_self_test_from_its_transfer_to_its_result) {
  read('Q', "08", 10);
  read('X', "NO", 10);
  hear("line_fail", 10.9);
  read('Q', "10", 11);
  EXPECT_EQ(test(), "no test");
  read('G', "S", 12);
  EXPECT_EQ(test(), "self test 11 to now");
  read('X', "NO", 13);
  EXPECT_EQ(totals().tests_completed, 0U);
  read('Q', "08", 19);
  EXPECT_EQ(test(), "self test 11 to 19");
  EXPECT_EQ(totals().tests_completed, 0U) << "its result is not known";
  read('X', "OK", 20);
  EXPECT_EQ(test(), "self test 11 to 19");
  EXPECT_EQ(totals().tests_completed, 1U);
  EXPECT_EQ(totals().test_result, passed);
  read('X', "OK", 30);
  read('X', "NO", 320);
  EXPECT_EQ(totals().tests_completed, 1U);
  EXPECT_EQ(totals().test_result, passed) << "the last but `none`";
}

TEST_F(FoldTest, sees_a_test_whose_cause_was_read_after_it_ended) {
  read('Q', "08", 10);
  read('X', "NO", 10);
  read('Q', "10", 11);
  read('Q', "08", 13);
  read('G', "S", 14);
  EXPECT_EQ(test(), "self test 14 to 14");
  read('X', "BT", 20);
  EXPECT_EQ(totals().tests_completed, 1U);
  EXPECT_EQ(totals().test_result, failed);
}

TEST_F(FoldTest, sees_a_test_by_its_result_alone) {
  read('X', "NO", 10);
  read('X', "OK", 20);
  EXPECT_EQ(test(), "self test 20 to 20");
  EXPECT_EQ(totals().tests_completed, 1U);
}

TEST_F(FoldTest, does_not_count_a_test_from_before_it_looked) {
  read('X', "BT", 10);
  EXPECT_EQ(test(), "no test");
  EXPECT_EQ(totals().tests_completed, 0U);
  EXPECT_EQ(totals().test_result, failed);
  read('X', "BT", 20);
  EXPECT_EQ(totals().tests_completed, 0U);
}

TEST_F(FoldTest, sees_a_second_test_with_the_same_result) {
  read('Q', "08", 10);
  read('X', "OK", 10);
  read('Q', "10", 11);
  read('G', "S", 12);
  read('Q', "08", 19);
  read('X', "OK", 20);
  EXPECT_EQ(totals().tests_completed, 1U);
  read('X', "OK", 30);
  EXPECT_EQ(totals().tests_completed, 1U);
}

/// A test that was too short to be seen, or whose result came a moment late.
TEST_F(FoldTest, sees_a_second_test_by_another_result) {
  read('X', "OK", 10);
  read('X', "BT", 20);
  EXPECT_EQ(totals().test_result, failed);
  EXPECT_EQ(totals().tests_completed, 1U);
}

TEST_F(FoldTest, takes_a_failed_line_for_no_test) {
  read('Q', "08", 10);
  read('X', "NO", 10);
  read('Q', "10", 11);
  read('G', "L", 12);
  read('Q', "08", 19);
  read('X', "NO", 20);
  EXPECT_EQ(test(), "no test");
  EXPECT_EQ(totals().tests_completed, 0U);
  EXPECT_EQ(totals().test_result, std::nullopt);
  EXPECT_EQ(totals().transfers[choice_named("transfer_cause", "low_voltage")], 1U);
}

TEST_F(FoldTest, takes_the_cause_of_a_former_transfer_for_no_test) {
  read('Q', "08", 10);
  read('G', "S", 10);
  EXPECT_EQ(test(), "no test");
  read('Q', "10", 11);
  EXPECT_EQ(test(), "no test") << "its cause is not yet known";
}

// Runtime calibration

TEST_F(FoldTest, sees_a_runtime_calibration) {
  read('Q', "08", 10);
  read('Q', "11", 11);
  EXPECT_EQ(test(), "calibration 11 to now");
  read('G', "S", 12);
  EXPECT_EQ(test(), "calibration 11 to now");
  read('Q', "11", 13);
  EXPECT_EQ(totals().tests_completed, 0U);
  read('Q', "08", 600);
  EXPECT_EQ(test(), "calibration 11 to 600");
  EXPECT_EQ(totals().tests_completed, 1U);
  read('Q', "08", 601);
  EXPECT_EQ(totals().tests_completed, 1U);
  read('Q', "11", 700);
  EXPECT_EQ(test(), "calibration 700 to now");
}

TEST_F(FoldTest, ends_a_calibration_that_goes_over_into_a_failed_line) {
  read('Q', "08", 10);
  read('Q', "11", 11);
  read('Q', "10", 20);
  EXPECT_EQ(test(), "calibration 11 to 20");
  EXPECT_EQ(totals().tests_completed, 1U);
  EXPECT_EQ(totals().on_battery_since, at(11));
}

// Another unit

TEST_F(FoldTest, forgets_the_tests_of_the_former_unit) {
  read('Q', "11", 10);
  read('X', "BT", 10);
  ASSERT_EQ(test(), "calibration 10 to now");
  fold.forget_readings();
  EXPECT_EQ(test(), "no test");
  EXPECT_EQ(totals().test_result, std::nullopt);
  EXPECT_EQ(totals().on_battery_since, std::nullopt);
  read('X', "OK", 11);
  EXPECT_EQ(totals().tests_completed, 0U) << "of a test before it looked at this unit";
}

/// The alerts of the former unit say nothing of this one, although they stay counted.
TEST_F(FoldTest, forgets_what_the_former_unit_announced) {
  read('Q', "08", 10);
  hear("abnormal", 11);
  hear("line_fail", 11);
  hear("replace_battery", 11);
  hear("turning_off", 11);
  fold.forget_readings();
  const Facts facts(fold.state(), at(12));
  EXPECT_FALSE(facts.between(alert_named("abnormal"), alert_named("abnormal_cleared")));
  EXPECT_FALSE(facts.heard_within(alert_named("turning_off"), 10s));
  EXPECT_EQ(facts.flag(flag_named("status", "on_battery")), std::nullopt);
  EXPECT_EQ(facts.flag(flag_named("status", "replace_battery")), std::nullopt);
  EXPECT_EQ(fold.state().alerts[alert_named("abnormal")].count, 1U);
  read('Q', "10", 13);
  EXPECT_EQ(totals().on_battery_since, at(13));
}

TEST_F(FoldTest, forgets_the_rating_of_the_former_unit) {
  read('b', "50.9.I", 10);
  read('P', "50.0", 10);
  ASSERT_TRUE(totals().nominal_power_watts);
  fold.forget_readings();
  fold.publish(at(11));
  EXPECT_EQ(slot.load()->totals.nominal_power_watts, std::nullopt);
  EXPECT_EQ(slot.load()->totals.output_power_watts, std::nullopt);
}

/// A transfer of the former unit whose cause was not read is none of this one.
TEST_F(FoldTest, forgets_that_the_former_unit_owes_a_cause) {
  read('Q', "08", 10);
  read('Q', "10", 11);
  fold.forget_readings();
  read('G', "S", 12);
  EXPECT_EQ(test(), "no test");
}

TEST_F(FoldTest, knows_the_rating_where_the_model_tells_it) {
  read('P', "50.0", 10);
  EXPECT_EQ(totals().nominal_power_watts, std::nullopt);
  read('b', "50.9.I", 11);
  read('P', "50.0", 12);
  EXPECT_EQ(totals().nominal_power_watts, 450);
  EXPECT_EQ(totals().output_power_watts, 225);
}

// Commands, and silence

TEST_F(FoldTest, counts_what_became_of_each_command) {
  constexpr auto status = command_of('Q');
  constexpr auto line = command_of('L');
  EXPECT_EQ(fold.state().commands.size(), command_count);
  fold.asked(status, true, at(10));
  fold.asked(status, false, at(11));
  fold.asked(status, false, at(12));
  fold.asked(line, false, at(13));
  const auto& records = fold.state().commands;
  EXPECT_EQ(records[status].replies, 1U);
  EXPECT_EQ(records[status].failures, 2U);
  EXPECT_EQ(records[status].answered_at, at(10));
  EXPECT_EQ(records[line].replies, 0U);
  EXPECT_EQ(records[line].failures, 1U);
  EXPECT_EQ(records[line].answered_at, std::nullopt);
  EXPECT_EQ(records[command_of('O')].failures, 0U);
}

TEST_F(FoldTest, tells_silence_from_not_having_tried) {
  const auto told = [this] { return Facts(fold.state(), at(10)).up(); };
  EXPECT_EQ(told(), std::nullopt);
  fold.silent();
  EXPECT_EQ(told(), std::optional(false));
  fold.answered();
  EXPECT_EQ(told(), std::optional(true));
  EXPECT_FALSE(fold.state().link.silent);
  fold.silent();
  EXPECT_EQ(told(), std::optional(false));
}

TEST_F(FoldTest, notes_when_an_alert_was_heard) {
  EXPECT_EQ(fold.state().alerts[alert_named("abnormal")].heard_at, TimePoint{});
  hear("abnormal", 10);
  hear("abnormal", 11);
  EXPECT_EQ(fold.state().alerts[alert_named("abnormal")].heard_at, at(11));
  EXPECT_EQ(fold.state().alerts[alert_named("abnormal")].count, 2U);
}

}  // namespace
}  // namespace upslink::poll
