// SPDX-License-Identifier: Apache-2.0
// Which UPSes go on, begin and end when the configuration changes. Their lines are not there, which
// is all the same to the fleet.
#include "app/fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace upslink::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

UpsConfig ups(const std::string& name, const std::string& line = "") {
  return {.name = name, .address = "/nowhere/" + (line.empty() ? name : line)};
}

class FleetTest : public ::testing::Test {
 protected:
  std::vector<std::string> numbered() const {
    std::vector<std::string> texts;
    for (const NamedSlot& one : fleet_.slots()) {
      texts.push_back(std::to_string(one.number) + " " + one.ups);
    }
    return texts;
  }

  std::shared_ptr<const Slot> slot_of(const std::string& name) const {
    for (const NamedSlot& one : fleet_.slots()) {
      if (one.ups == name) return one.slot;
    }
    return nullptr;
  }

  Fleet fleet_{[](LogLevel, const std::string&, const LogFields&) {}};
};

TEST_F(FleetTest, numbers_upses_by_their_place) {
  fleet_.configure({ups("b"), ups("a")});
  EXPECT_THAT(numbered(), ElementsAre("1 b", "2 a"));
}

TEST_F(FleetTest, leaves_alone_what_is_configured_as_before) {
  fleet_.configure({ups("a"), ups("b")});
  fleet_.start();
  const auto before = slot_of("a");
  fleet_.configure({ups("c"), ups("b"), ups("a")});
  EXPECT_EQ(slot_of("a"), before);
  EXPECT_THAT(numbered(), ElementsAre("1 a", "2 b", "3 c"));
}

TEST_F(FleetTest, polls_what_is_added_and_no_more_what_is_removed) {
  fleet_.configure({ups("a")});
  fleet_.start();
  const auto removed = slot_of("a");
  fleet_.configure({ups("b")});
  EXPECT_GT(slot_of("b")->wait_newer(0, Clock::now() + 10s), 0U) << "it is tried";
  const auto last = removed->version();
  EXPECT_EQ(removed->wait_newer(last, Clock::now() + 50ms), last);
}

TEST_F(FleetTest, begins_nothing_before_its_start) {
  fleet_.configure({ups("a")});
  EXPECT_EQ(slot_of("a")->wait_newer(0, Clock::now() + 50ms), 0U);
  fleet_.start();
  EXPECT_GT(slot_of("a")->wait_newer(0, Clock::now() + 10s), 0U);
}

TEST_F(FleetTest, begins_anew_with_a_ups_that_is_configured_differently) {
  fleet_.configure({ups("a"), ups("b")});
  fleet_.start();
  const auto before = slot_of("a");
  fleet_.configure({ups("a", "elsewhere"), ups("b")});
  EXPECT_NE(slot_of("a"), before);
  UpsConfig other = ups("b");
  other.options.read_extremes = false;
  const auto b_before = slot_of("b");
  fleet_.configure({ups("a", "elsewhere"), other});
  EXPECT_NE(slot_of("b"), b_before);
  EXPECT_THAT(numbered(), ElementsAre("1 a", "2 b")) << "it keeps its number";
}

TEST_F(FleetTest, never_gives_a_number_away_again) {
  fleet_.configure({ups("a"), ups("b"), ups("c")});
  fleet_.configure({ups("a"), ups("d")});
  EXPECT_THAT(numbered(), ElementsAre("1 a", "4 d"));
  fleet_.configure({ups("b"), ups("a")});
  EXPECT_THAT(numbered(), ElementsAre("1 a", "5 b"));
}

TEST_F(FleetTest, ends_everything_when_told_to) {
  fleet_.configure({ups("a"), ups("b")});
  fleet_.start();
  EXPECT_TRUE(fleet_.stop_by(Clock::now() + 10s));
  EXPECT_THAT(fleet_.slots(), IsEmpty());
}

}  // namespace
}  // namespace upslink::app
