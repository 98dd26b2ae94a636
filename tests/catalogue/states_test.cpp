// SPDX-License-Identifier: Apache-2.0
#include "catalogue/states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalogue/codec.hpp"

namespace upslink {
namespace {

using ::testing::ElementsAreArray;

constexpr TimePoint now{std::chrono::hours(1)};

struct Case {
  std::string_view what;
  std::vector<std::pair<char, std::string_view>> replies;
  std::vector<std::string_view> expected;  ///< the worst first
};

Snapshot answering(const std::vector<std::pair<char, std::string_view>>& replies) {
  Snapshot snapshot;
  snapshot.readings.resize(quantity_count);
  snapshot.alerts.resize(alerts.size());
  snapshot.link.up = true;
  for (const auto& [command, reply] : replies) {
    for (std::size_t i = 0; i < quantity_count; ++i) {
      if (quantities[i].command != command) continue;
      if (const auto value = decode(quantities[i], reply).value()) {
        snapshot.readings[i] = Reading{*value, now, now + std::chrono::seconds(5)};
      }
    }
  }
  return snapshot;
}

std::vector<std::string_view> names(const Snapshot& snapshot, TimePoint when = now) {
  std::vector<std::string_view> found;
  const auto set = states_of(Facts(snapshot, when));
  for (std::size_t i = 0; i < state_count; ++i) {
    if (set[i]) found.push_back(states[i].name);
  }
  EXPECT_EQ(found.front(), states[worst_of(set)].name);
  return found;
}

// clang-format off
const std::vector<Case> cases{
    {"nothing was read yet", {}, {"unknown"}},
    {"all is well", {{'Q', "08"}, {'8', "00"}, {'\'', "00"}, {'~', "00"}}, {"on_line"}},
    {"raised and lowered line", {{'Q', "0C"}}, {"on_line"}},
    {"the line has failed", {{'Q', "10"}}, {"on_battery"}},
    {"the battery runs down", {{'Q', "50"}}, {"battery_low", "on_battery"}},
    {"the battery is empty", {{'Q', "50"}, {'f', "000.0"}, {'8', "01"}}, {"output_off", "battery_low", "on_battery"}},
    {"too much load", {{'Q', "28"}}, {"overload", "on_line"}},
    {"an old battery", {{'Q', "88"}}, {"replace_battery", "on_line"}},
    {"a bad pack", {{'Q', "08"}, {'<', "001"}}, {"replace_battery", "on_line"}},
    {"bypass by its switch", {{'Q', "08"}, {'~', "20"}}, {"bypass", "on_line"}},
    {"bypass by a fault", {{'Q', "08"}, {'~', "02"}}, {"fault", "bypass", "on_line"}},
    {"a fan", {{'Q', "08"}, {'\'', "01"}}, {"fault", "on_line"}},
    {"the charger", {{'Q', "08"}, {'8', "20"}}, {"fault", "on_line"}},
    {"too hot inside", {{'Q', "08"}, {'8', "80"}}, {"fault", "environment", "on_line"}},
    {"too warm at the probe", {{'Q', "08"}, {'t', "41.00"}, {'[', "35.00,40.00"}, {']', "05.00,00.00"}}, {"environment", "on_line"}},
    {"asleep", {{'Q', "00"}, {'8', "08"}}, {"output_off"}},
    {"a calibration", {{'Q', "11"}}, {"on_battery", "testing"}},
};
// clang-format on

TEST(States, are_what_the_unit_says_the_worst_first) {
  for (const Case& one : cases) {
    EXPECT_THAT(names(answering(one.replies)), ElementsAreArray(one.expected)) << one.what;
  }
}

TEST(States, an_alert_counts_before_the_status_is_read_again) {
  auto snapshot = answering({{'Q', "08"}});
  snapshot.alerts[*alert_index('!')].heard_at = now + std::chrono::milliseconds(1);
  EXPECT_THAT(names(snapshot, now + std::chrono::milliseconds(2)),
              ElementsAreArray({"on_battery"}));
}

TEST(States, of_a_silent_ups_are_not_known) {
  auto snapshot = answering({{'Q', "D0"}, {'8', "FF"}});
  snapshot.link.up = false;
  snapshot.link.silent = true;
  EXPECT_THAT(names(snapshot), ElementsAreArray({"silent"}));
}

TEST(States, of_a_ups_that_was_not_tried_are_not_known) {
  auto snapshot = answering({});
  snapshot.link.up = false;
  EXPECT_THAT(names(snapshot), ElementsAreArray({"unknown"}));
}

TEST(States, age_out_with_the_register) {
  EXPECT_THAT(names(answering({{'Q', "08"}}), now + std::chrono::seconds(5)),
              ElementsAreArray({"unknown"}));
}

TEST(States, have_names_and_words_of_their_own) {
  std::set<std::string_view> known;
  for (const State& state : states) {
    EXPECT_TRUE(known.insert(state.name).second) << state.name;
    EXPECT_TRUE(known.insert(state.text).second) << state.text;
    EXPECT_EQ(state.sentence.back(), '.') << state.name;
  }
}

}  // namespace
}  // namespace upslink
