// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/powernet_traps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "snapshots.hpp"
#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Oid traps_root{1, 3, 6, 1, 4, 1, 318, 0};
constexpr Oid text_oid{1, 3, 6, 1, 4, 1, 318, 2, 3, 3, 0};
constexpr Oid number_oid{1, 3, 6, 1, 4, 1, 318, 2, 3, 1, 0};

/// A UPS, and what is told of it.
class Told : public Stage {
 public:
  using Stage::Stage;

  std::vector<Notification> notifications() {
    std::vector<Notification> out;
    see([&](const Subject& ups) {
      traps_.follow(ups, out);
      return 0;
    });
    return out;
  }

  /// The numbers of the traps since the last call.
  std::vector<std::uint32_t> traps() {
    std::vector<std::uint32_t> numbers;
    for (const Notification& one : notifications()) {
      EXPECT_TRUE(one.trap.starts_with(traps_root));
      EXPECT_EQ(one.trap.size(), traps_root.size() + 1);
      EXPECT_EQ(one.made, now);
      EXPECT_TRUE(one.name.starts_with("powernet")) << one.name;
      numbers.push_back(one.trap[traps_root.size()]);
    }
    return numbers;
  }

  void end_test(bool calibration, std::optional<std::size_t> result) {
    ++snapshot.totals.tests_completed;
    snapshot.totals.test = TestRecord{.calibration = calibration, .began = now, .ended = now};
    if (result) snapshot.totals.test_result = result;
  }

 private:
  PowernetTraps traps_;
};

/// A UPS that is on line, all of whose registers are known.
Told on_line() {
  Told told;
  told.read('Q', "08");
  told.read('~', "00");
  told.read('\'', "00");
  told.read('8', "00");
  told.read('i', "00");
  EXPECT_THAT(told.traps(), IsEmpty());
  return told;
}

TEST(PowernetTraps, tell_each_condition_when_it_begins_and_when_it_ends) {
  struct Case {
    char command;
    std::string_view begins, ends;
    std::vector<std::uint32_t> begun, ended;
  };
  const std::vector<Case> cases{
      {'Q', "28", "08", {2}, {33}},      {'Q', "10", "08", {5}, {9}},
      {'Q', "0C", "08", {6}, {34}},      {'Q', "48", "08", {7}, {11}},
      {'Q', "88", "08", {17}, {36}},     {'Q', "09", "08", {28}, {37}},
      {'Q', "0A", "08", {31}, {35}},     {'~', "01", "00", {15}, {}},
      {'~', "02", "00", {20}, {23}},     {'~', "08", "00", {21}, {23}},
      {'~', "20", "00", {22}, {23}},     {'~', "40", "00", {12}, {30}},
      {'~', "80", "00", {13}, {14}},     {'8', "01", "00", {4, 13}, {38, 14}},
      {'8', "04", "00", {12}, {30}},     {'8', "08", "00", {13}, {14}},
      {'8', "10", "00", {13}, {14}},     {'8', "20", "00", {51}, {52}},
      {'8', "80", "00", {53}, {54}},     {'\'', "01", "00", {25}, {}},
      {'\'', "02", "00", {25}, {}},      {'\'', "04", "00", {24}, {}},
      {'\'', "20", "00", {80}, {81}},    {'\'', "40", "00", {55}, {56}},
      {'\'', "80", "00", {49}, {50}},    {'i', "10", "00", {18}, {19}},
      {'i', "30", "10", {18, 18}, {19}}, {'i', "C0", "00", {18, 18}, {19, 19}},
  };
  for (const Case& one : cases) {
    auto told = on_line();
    const auto hint = std::string{one.command, ' '}.append(one.begins);
    told.read(one.command, one.begins);
    EXPECT_EQ(told.traps(), one.begun) << hint;
    EXPECT_THAT(told.traps(), IsEmpty()) << hint << " still";
    told.now += 1min;
    EXPECT_THAT(told.traps(), IsEmpty()) << hint << " after a minute";
    told.read(one.command, one.ends);
    EXPECT_EQ(told.traps(), one.ended) << hint << " over";
    EXPECT_THAT(told.traps(), IsEmpty()) << hint << " still over";
  }
}

TEST(PowernetTraps, tell_what_is_active_when_it_is_first_known) {
  Told told;
  EXPECT_THAT(told.traps(), IsEmpty());
  told.read('Q', "10");
  EXPECT_THAT(told.traps(), ElementsAre(5));
}

TEST(PowernetTraps, have_a_text_with_the_name_of_the_ups_and_then_the_name) {
  auto told = on_line();
  told.read('Q', "10");
  const auto made = told.notifications();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].name, "powernetOnBattery");
  ASSERT_EQ(made[0].varbinds.size(), 2U);
  EXPECT_EQ(made[0].varbinds[0].oid, text_oid);
  EXPECT_EQ(made[0].varbinds[0].value, octets("rack 1: the load is on battery"));
  EXPECT_EQ(made[0].varbinds[1].oid, told.base + (Oid{1, 2, 1, 2, 2}));
  EXPECT_EQ(made[0].varbinds[1].value, octets("rack 1"));
}

TEST(PowernetTraps, begin_with_the_number_of_a_contact) {
  auto told = on_line();
  for (const auto& [reply, trap] : {std::pair{"40", 18U}, std::pair{"00", 19U}}) {
    told.read('i', reply);
    const auto made = told.notifications();
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].trap, traps_root + Oid{trap});
    ASSERT_EQ(made[0].varbinds.size(), 3U);
    EXPECT_EQ(made[0].varbinds[0].oid, number_oid);
    EXPECT_EQ(made[0].varbinds[0].value, integer(3));
    EXPECT_EQ(made[0].varbinds[1].oid, text_oid);
    EXPECT_THAT(std::get<std::string>(made[0].varbinds[1].value.content), HasSubstr("contact 3"));
  }
}

TEST(PowernetTraps, begin_with_the_reading_of_a_probe_that_is_out_of_its_limits) {
  struct Case {
    char command, limits;
    std::string_view good, limit, bad;
    std::uint32_t begun;
    std::int64_t number;
  };
  const std::vector<Case> cases{
      {'t', '[', "21.00", "30.00,90.00", "31.40", 59, 31},
      {'t', ']', "21.00", "10.00,00.00", "09.60", 59, 10},
      {'h', '{', "040.0", "080.0,090.0", "081.0", 57, 81},
      {'h', '}', "040.0", "020.0,010.0", "019.0", 57, 19},
      {'H', '{', "040.0,040.0", "080.0,085.0", "040.0,086.0", 61, 86},
  };
  for (const Case& one : cases) {
    auto told = on_line();
    told.read(one.command, one.good);
    EXPECT_THAT(told.traps(), IsEmpty()) << one.begun;
    told.read(one.limits, one.limit);
    EXPECT_THAT(told.traps(), IsEmpty()) << one.begun;
    told.read(one.command, one.bad);
    const auto made = told.notifications();
    ASSERT_EQ(made.size(), 1U) << one.begun;
    EXPECT_EQ(made[0].trap, traps_root + Oid{one.begun});
    EXPECT_EQ(made[0].varbinds[0].oid, number_oid);
    EXPECT_EQ(made[0].varbinds[0].value, integer(one.number));
    EXPECT_EQ(made[0].varbinds[1].oid, text_oid);
    told.read(one.command, one.good);
    const auto over = told.notifications();
    ASSERT_EQ(over.size(), 1U) << one.begun;
    EXPECT_EQ(over[0].trap, traps_root + Oid{one.begun + 1});
    EXPECT_EQ(over[0].varbinds[0].oid, text_oid);
  }
}

TEST(PowernetTraps, tell_of_the_temperature_at_the_second_probe) {
  auto told = on_line();
  told.read('[', "30.00,40.00");
  set_reading(told.snapshot, quantity_named("ambient_temperature_2"), "21.00,41.00");
  EXPECT_THAT(told.traps(), ElementsAre(63));
  set_reading(told.snapshot, quantity_named("ambient_temperature_2"), "21.00,39.00");
  EXPECT_THAT(told.traps(), ElementsAre(64));
}

TEST(PowernetTraps, tell_of_silence_and_hold_everything_else) {
  auto told = on_line();
  told.read('Q', "50");
  EXPECT_THAT(told.traps(), ElementsAre(5, 7));
  told.falls_silent();
  EXPECT_THAT(told.traps(), ElementsAre(1));
  told.now += 1min;
  EXPECT_THAT(told.traps(), IsEmpty());
  told.answers();
  told.read('Q', "10");
  EXPECT_THAT(told.traps(), ElementsAre(8, 11));
}

TEST(PowernetTraps, tell_what_an_alert_says_at_once) {
  auto told = on_line();
  told.now += 1s;
  told.hear("line_fail");
  EXPECT_THAT(told.traps(), ElementsAre(5));
  told.now += 1s;
  told.hear("line_restored");
  EXPECT_THAT(told.traps(), ElementsAre(9));
}

TEST(PowernetTraps, tell_what_was_over_before_anybody_looked) {
  auto told = on_line();
  told.now += 1s;
  told.hear("line_fail");
  told.hear("battery_low");
  told.now += 1s;
  told.hear("line_restored");
  told.hear("battery_recovered");
  EXPECT_THAT(told.traps(), ElementsAre(5, 9, 7, 11));
  EXPECT_THAT(told.traps(), IsEmpty());
}

TEST(PowernetTraps, tell_the_result_of_each_self_test) {
  constexpr std::size_t passed = choice_named("self_test_result", "passed");
  constexpr std::size_t failed = choice_named("self_test_result", "failed_capacity");
  auto told = on_line();
  told.read('X', "OK");
  told.snapshot.totals.test_result = passed;
  EXPECT_THAT(told.traps(), IsEmpty());  // of long ago
  told.end_test(false, passed);
  EXPECT_THAT(told.traps(), ElementsAre(10));
  told.end_test(false, passed);
  EXPECT_THAT(told.traps(), ElementsAre(10));
  told.end_test(false, failed);
  EXPECT_THAT(told.traps(), ElementsAre(3));
  told.end_test(false, failed);
  EXPECT_THAT(told.traps(), ElementsAre(3));
  told.end_test(true, {});  // a calibration
  EXPECT_THAT(told.traps(), IsEmpty());
  told.end_test(false, passed);
  EXPECT_THAT(told.traps(), ElementsAre(10));
}

TEST(PowernetTraps, tell_that_it_turns_off_and_is_on_again_when_it_supplies_the_load) {
  auto told = on_line();
  told.now += 1s;
  told.hear("turning_off");
  EXPECT_THAT(told.traps(), ElementsAre(12));
  told.read('Q', "00");
  told.now += 1min;
  EXPECT_THAT(told.traps(), IsEmpty());
  told.read('Q', "08");
  EXPECT_THAT(told.traps(), ElementsAre(30));
}

TEST(PowernetTraps, return_from_bypass_once_from_whichever_it_was) {
  auto told = on_line();
  told.read('~', "02");
  EXPECT_THAT(told.traps(), ElementsAre(20));
  told.read('~', "20");
  EXPECT_THAT(told.traps(), ElementsAre(22));
  told.read('~', "00");
  EXPECT_THAT(told.traps(), ElementsAre(23));
}

TEST(PowernetTraps, tell_that_numbers_have_changed) {
  auto told = on_line();
  told.read('7', "01");
  told.read('>', "002");
  EXPECT_THAT(told.traps(), IsEmpty());
  told.read('7', "09");
  EXPECT_THAT(told.traps(), ElementsAre(16));
  told.read('7', "00");
  EXPECT_THAT(told.traps(), ElementsAre(16));
  told.read('>', "004");
  EXPECT_THAT(told.traps(), ElementsAre(67));
  told.falls_silent();
  EXPECT_THAT(told.traps(), ElementsAre(1));
  told.answers();
  told.read('>', "003");
  EXPECT_THAT(told.traps(), ElementsAre(8, 68));
}

TEST(PowernetTraps, tell_that_the_accessory_is_silent_only_after_a_while) {
  auto told = on_line();
  told.read('t', "21.00");
  told.now += 1h;  // nothing of it is known any more
  told.read('Q', "08");
  EXPECT_THAT(told.traps(), IsEmpty());
  told.now += 29s;
  EXPECT_THAT(told.traps(), IsEmpty());
  told.now += 1s;
  EXPECT_THAT(told.traps(), ElementsAre(66));
  told.read('t', "21.00");
  EXPECT_THAT(told.traps(), IsEmpty());
  told.now += 30s;
  EXPECT_THAT(told.traps(), ElementsAre(65));
}

TEST(PowernetTraps, begin_the_wait_for_the_accessory_anew_when_it_answers_or_the_ups_is_silent) {
  auto told = on_line();
  told.read('i', "00");
  for (int round = 0; round < 3; ++round) {
    told.now += 1h;
    EXPECT_THAT(told.traps(), IsEmpty());
    told.now += 20s;
    told.falls_silent();
    told.notifications();
    told.answers();
    told.notifications();
    told.now += 20s;
    EXPECT_THAT(told.traps(), IsEmpty());
    told.read('i', "00");
    EXPECT_THAT(told.traps(), IsEmpty());
  }
}

TEST(PowernetTraps, do_not_miss_an_accessory_that_never_was_there) {
  auto told = on_line();
  told.snapshot.readings[quantity_named("contacts")].reset();
  told.now += 1h;
  EXPECT_THAT(told.traps(), IsEmpty());
  told.now += 1h;
  EXPECT_THAT(told.traps(), IsEmpty());
}

}  // namespace
}  // namespace upslink::snmp
