// SPDX-License-Identifier: Apache-2.0
#include "publish/status/history.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "scene.hpp"

namespace upslink::status {
namespace {

constexpr std::size_t voltage = 0;
constexpr std::size_t load = 1;
constexpr std::size_t charge = 2;

class HistoryTest : public ::testing::Test {
 protected:
  void look() { history_.follow(scene_.facts()); }
  std::int64_t present() const { return history_.numbers().end - 1; }
  /// Of a half minute, counted back from the present one.
  std::optional<std::pair<double, double>> range(std::size_t which, std::int64_t back = 0) const {
    const auto range = history_.range(which, present() - back);
    if (!range) return std::nullopt;
    return std::pair(range->low, range->high);
  }

  Scene scene_;
  History history_;
};

TEST_F(HistoryTest, is_empty_before_the_first_look) {
  EXPECT_EQ(history_.numbers().begin, history_.numbers().end);
}

TEST_F(HistoryTest, keeps_the_lowest_and_the_highest_of_half_a_minute) {
  for (const auto* reply : {"230.4", "228.1", "231.9", "230.0"}) {
    scene_.read("input_voltage", reply);
    look();
    scene_.now += 2s;
  }
  EXPECT_EQ(range(voltage), std::pair(228.1, 231.9));
  EXPECT_EQ(history_.numbers().end - history_.numbers().begin, 1);
}

TEST_F(HistoryTest, keeps_ratios_as_the_wire_tells_them) {
  scene_.read("load", "103.4");
  scene_.read("battery_charge", "079.0");
  look();
  EXPECT_EQ(range(load), std::pair(1.034, 1.034));
  EXPECT_EQ(range(charge), std::pair(0.79, 0.79));
}

TEST_F(HistoryTest, begins_anew_with_each_half_minute) {
  scene_.read("input_voltage", "200.0");
  look();
  scene_.now += History::step;
  scene_.read("input_voltage", "230.0");
  look();
  EXPECT_EQ(range(voltage), std::pair(230.0, 230.0));
  EXPECT_EQ(range(voltage, 1), std::pair(200.0, 200.0));
}

TEST_F(HistoryTest, has_gaps_where_the_ups_was_silent_although_readings_were_still_good) {
  scene_.read("input_voltage", "230.0", 10min);
  look();
  scene_.falls_silent();
  scene_.now += History::step;
  look();
  EXPECT_EQ(range(voltage), std::nullopt);
  EXPECT_TRUE(history_.was_silent(present()));
  EXPECT_FALSE(history_.was_silent(present() - 1));
  scene_.answers();
  scene_.now += History::step;
  scene_.read("input_voltage", "231.0");
  look();
  EXPECT_EQ(range(voltage), std::pair(231.0, 231.0));
  EXPECT_EQ(range(voltage, 1), std::nullopt);
}

TEST_F(HistoryTest, has_gaps_where_nobody_looked) {
  scene_.read("input_voltage", "230.0", 10min);
  look();
  scene_.now += 3 * History::step;
  look();
  EXPECT_EQ(range(voltage, 1), std::nullopt);
  EXPECT_EQ(range(voltage, 2), std::nullopt);
  EXPECT_EQ(range(voltage, 3), std::pair(230.0, 230.0));
}

TEST_F(HistoryTest, has_nothing_where_a_reading_has_aged_out) {
  scene_.read("input_voltage", "230.0", 5s);
  scene_.now += 5s;
  look();
  EXPECT_EQ(range(voltage), std::nullopt);
}

TEST_F(HistoryTest, sees_between_two_readings_with_the_extremes_of_the_unit) {
  scene_.read("input_voltage", "230.0");
  scene_.read("input_voltage_minimum", "100.0");  // since before anybody watched
  scene_.read("input_voltage_maximum", "280.0");
  look();
  EXPECT_EQ(range(voltage), std::pair(230.0, 230.0));
  scene_.now += 1s;
  scene_.read("input_voltage_minimum", "187.0");
  scene_.read("input_voltage_maximum", "241.0");
  look();
  EXPECT_EQ(range(voltage), std::pair(187.0, 241.0));
  scene_.now += History::step;
  look();  // the same extremes once more: they are of the half minute before
  EXPECT_EQ(range(voltage), std::nullopt) << "input_voltage has aged out";
}

TEST_F(HistoryTest, notes_a_short_time_on_battery) {
  scene_.read("status", "10");
  look();
  scene_.now += 200ms;
  scene_.read("status", "08");
  look();
  EXPECT_TRUE(history_.was_on_battery(present()));
  scene_.now += History::step;
  scene_.read("status", "08");
  look();
  EXPECT_FALSE(history_.was_on_battery(present()));
}

TEST_F(HistoryTest, forgets_what_is_older_than_six_hours) {
  for (std::size_t i = 0; i < 2 * History::capacity + 7; ++i) {
    scene_.read("battery_charge", i % 2 == 0 ? "050.0" : "060.0");
    look();
    scene_.now += History::step;
  }
  const auto numbers = history_.numbers();
  EXPECT_EQ(numbers.end - numbers.begin, std::int64_t{History::capacity});
  EXPECT_EQ(History::step * History::capacity, 6h);
  EXPECT_EQ(range(charge), std::pair(0.5, 0.5));
  EXPECT_EQ(range(charge, 1), std::pair(0.6, 0.6));
  EXPECT_EQ(range(charge, History::capacity - 1), std::pair(0.6, 0.6));
}

TEST_F(HistoryTest, is_clean_after_a_pause_longer_than_itself) {
  scene_.read("battery_charge", "050.0", 100h);
  look();
  scene_.now += 50h;
  look();
  const auto numbers = history_.numbers();
  EXPECT_EQ(numbers.end - numbers.begin, std::int64_t{History::capacity});
  for (std::int64_t back = 1; back < std::int64_t{History::capacity}; ++back) {
    ASSERT_EQ(range(charge, back), std::nullopt) << back;
  }
}

TEST_F(HistoryTest, holds_what_is_out_of_its_bounds_at_them) {
  scene_.snapshot.readings[quantity_named("input_voltage")] =
      Reading{-5.0, scene_.now, scene_.now + 10s};
  look();
  scene_.snapshot.readings[quantity_named("input_voltage")] =
      Reading{1e9, scene_.now, scene_.now + 10s};
  look();
  EXPECT_EQ(range(voltage), std::pair(0.0, 6553.4));
}

TEST(History, is_small) {
  EXPECT_LE(sizeof(History), 12'000U);
}

}  // namespace
}  // namespace upslink::status
