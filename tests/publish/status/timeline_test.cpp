// SPDX-License-Identifier: Apache-2.0
#include "publish/status/timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scene.hpp"

namespace upslink::status {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TimelineTest : public ::testing::Test {
 protected:
  TimelineTest() { scene_.snapshot.totals.transfers.resize(transfer_causes.size()); }

  void look() { timeline_.follow(scene_.facts()); }
  void pass(Duration time) { scene_.now += time; }
  void status(const char* reply) { scene_.read("status", reply, 1h); }

  std::string seconds(TimePoint time) const {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time - read_at).count());
  }
  /// Such as `on_battery 3-7 low_voltage` and `!line_fail 3 x2`.
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const Occurrence& one : timeline_.occurrences()) {
      const bool alert = one.kind == Occurrence::Kind::alert;
      std::string line =
          alert ? "!" + std::string(alerts[one.which].name) : std::string(states[one.which].name);
      line += " " + seconds(one.began) + (alert ? "" : "-");
      if (one.ended && !alert) line += seconds(*one.ended);
      if (one.times > 1) line += " x" + std::to_string(one.times);
      if (one.from_start) line += " from start";
      if (one.cause) line += " " + std::string(transfer_causes[*one.cause].name);
      lines.push_back(line);
    }
    return lines;
  }

  Scene scene_;
  Timeline timeline_;
};

TEST_F(TimelineTest, says_nothing_of_a_ups_that_is_well) {
  status("08");
  look();
  pass(1s);
  look();
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(TimelineTest, tells_a_transfer_with_its_cause_and_its_alerts) {
  status("08");
  look();
  pass(3s);
  scene_.hear('!');
  look();
  EXPECT_THAT(told(), ElementsAre("!line_fail 3", "on_battery 3-"));
  pass(1s);
  status("10");
  scene_.snapshot.totals.on_battery_since = read_at + 3s;
  ++scene_.snapshot.totals.transfers[choice_named("transfer_cause", "low_voltage")];
  look();
  EXPECT_EQ(timeline_.since(state_named("on_battery")), read_at + 3s);
  pass(3s);
  scene_.hear('$');
  status("08");
  scene_.snapshot.totals.on_battery_since.reset();
  look();
  EXPECT_THAT(told(),
              ElementsAre("!line_fail 3", "on_battery 3-7 low_voltage", "!line_restored 7"));
  ASSERT_TRUE(timeline_.last_transfer());
  EXPECT_EQ(timeline_.last_transfer()->ended, read_at + 7s);
  EXPECT_EQ(timeline_.since(state_named("on_battery")), std::nullopt);
}

TEST_F(TimelineTest, takes_the_cause_that_is_told_after_the_end) {
  status("08");
  look();
  status("10");
  look();
  pass(1s);
  status("08");
  look();
  pass(1s);
  ++scene_.snapshot.totals.transfers[choice_named("transfer_cause", "notch_or_spike")];
  look();
  EXPECT_THAT(told(), ElementsAre("on_battery 0-1 notch_or_spike"));
  ASSERT_TRUE(timeline_.last_transfer());
  EXPECT_EQ(timeline_.last_transfer()->cause, choice_named("transfer_cause", "notch_or_spike"));
}

TEST_F(TimelineTest, tells_a_transfer_that_nobody_saw) {
  status("08");
  look();
  pass(2s);
  ++scene_.snapshot.totals.transfers[choice_named("transfer_cause", "test")];
  look();
  EXPECT_THAT(told(), ElementsAre("on_battery 2-2 test"));
}

TEST_F(TimelineTest, knows_what_was_so_when_it_first_looked) {
  status("D0");
  look();
  EXPECT_THAT(told(), ElementsAre("battery_low 0- from start", "on_battery 0- from start",
                                  "replace_battery 0- from start"));
}

TEST_F(TimelineTest, tells_how_long_a_ups_was_silent_and_holds_its_states_meanwhile) {
  status("10");
  look();
  pass(5s);
  scene_.falls_silent();
  look();
  pass(60s);
  look();
  EXPECT_THAT(told(), ElementsAre("on_battery 0- from start", "silent 5-"));
  scene_.answers();
  status("08");
  look();
  EXPECT_THAT(told(), ElementsAre("on_battery 0-65 from start", "silent 5-65"));
}

TEST_F(TimelineTest, joins_an_alert_that_is_repeated) {
  status("08");
  look();
  pass(1s);
  for (int i = 0; i < 5; ++i) {
    scene_.hear('!');
    pass(30s);
    look();
  }
  EXPECT_THAT(told(), ElementsAre("!line_fail 1 x5", "on_battery 31-"));
  pass(11min);
  scene_.hear('!');
  look();
  EXPECT_THAT(told(), ElementsAre("!line_fail 1 x5", "on_battery 31-", "!line_fail 811"));
}

TEST_F(TimelineTest, counts_alerts_that_came_between_two_looks) {
  look();
  scene_.hear('|');
  scene_.hear('|');
  scene_.hear('|');
  look();
  EXPECT_THAT(told(), ElementsAre("!eeprom_changed 0 x3"));
}

TEST_F(TimelineTest, is_bounded_and_remembers_the_last_transfer) {
  status("08");
  look();
  status("10");
  look();
  pass(1s);
  status("08");
  look();
  for (std::size_t i = 0; i < 3 * Timeline::capacity; ++i) {
    scene_.hear(i % 2 == 0 ? '|' : '&');
    look();
    pass(1s);
  }
  EXPECT_EQ(timeline_.occurrences().size(), Timeline::capacity);
  ASSERT_TRUE(timeline_.last_transfer());
  EXPECT_EQ(timeline_.last_transfer()->began, read_at);
  EXPECT_EQ(timeline_.last_transfer()->ended, read_at + 1s);
}

}  // namespace
}  // namespace upslink::status
