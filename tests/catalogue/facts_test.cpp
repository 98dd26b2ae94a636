// SPDX-License-Identifier: Apache-2.0
#include "catalogue/facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "catalogue/codec.hpp"

namespace upslink {
namespace {

using namespace std::chrono_literals;
using ::testing::UnorderedElementsAre;

/// A second of the tests' time; 0 is the clock's beginning, at which nothing can have happened.
constexpr TimePoint at(double second) {
  return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(second)));
}

Snapshot answering_ups() {
  Snapshot snapshot;
  snapshot.readings.resize(quantity_count);
  snapshot.alerts.resize(alerts.size());
  snapshot.link.up = true;
  return snapshot;
}

void read(Snapshot& snapshot, std::size_t quantity, std::string_view reply, TimePoint when,
          TimePoint good_until = TimePoint::max()) {
  snapshot.readings[quantity] =
      Reading{*decode(quantities[quantity], reply).value(), when, good_until};
}

std::string told(std::optional<bool> answer) {
  if (!answer) return "?";
  return *answer ? "yes" : "no";
}

TEST(Facts, knows_whether_the_ups_answers_once_it_was_tried) {
  struct Row {
    bool up, silent;
    std::string_view answers;
  };
  for (const Row& row : {Row{false, false, "?"}, Row{true, false, "yes"}, Row{false, true, "no"}}) {
    auto snapshot = answering_ups();
    snapshot.link.up = row.up;
    snapshot.link.silent = row.silent;
    EXPECT_EQ(told(Facts(snapshot, at(10)).up()), row.answers) << row.up << row.silent;
  }
}

/// Every row has been read, as whatever its kind is.
Snapshot with_everything_read() {
  auto snapshot = answering_ups();
  for (std::size_t i = 0; i < quantity_count; ++i) {
    Value value = 1.0;
    if (quantities[i].kind == Kind::flags) value = Flags{0xff};
    if (quantities[i].kind == Kind::choice) value = Choice{0};
    if (quantities[i].kind == Kind::text) value = "x";
    snapshot.readings[i] = Reading{value, at(10), at(100)};
  }
  return snapshot;
}

std::vector<std::string_view> known(const Facts& facts) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (facts.reading(i) != nullptr) names.push_back(quantities[i].name);
  }
  return names;
}

TEST(Facts, knows_only_who_a_silent_ups_is) {
  auto snapshot = with_everything_read();
  EXPECT_EQ(known(Facts(snapshot, at(11))).size(), quantity_count);
  snapshot.link.up = false;
  snapshot.link.silent = true;
  EXPECT_THAT(known(Facts(snapshot, at(11))),
              UnorderedElementsAre("name", "model", "firmware", "firmware_code", "serial_number",
                                   "manufactured", "protocol", "accessory_firmware"));
  EXPECT_EQ(known(Facts(snapshot, at(100))).size(), 0U) << "not even that for ever";
}

TEST(Facts, knows_a_reading_until_it_has_aged_out) {
  const auto snapshot = with_everything_read();
  const Facts before(snapshot, at(100) - 1ns);
  const Facts after(snapshot, at(100));
  constexpr auto load = quantity_named("load");
  constexpr auto cause = quantity_named("transfer_cause");
  EXPECT_EQ(before.number(load), 1.0);
  EXPECT_EQ(before.choice(cause), 0);
  EXPECT_EQ(told(before.flag(flag_named("fault_2", "dc_imbalance"))), "yes");
  EXPECT_EQ(before.text(quantity_named("serial_number")), "x");
  EXPECT_EQ(after.number(load), std::nullopt);
  EXPECT_EQ(after.choice(cause), std::nullopt);
  EXPECT_EQ(told(after.flag(flag_named("fault_2", "dc_imbalance"))), "?");
  EXPECT_EQ(told(after.flag(flag_named("status", "overload"))), "?");
  EXPECT_EQ(after.text(quantity_named("serial_number")), "");
}

// The status register and the alerts

struct Heard {
  std::string_view alert;
  double second;
};

struct StatusCase {
  std::string_view title;
  std::string_view reply;  ///< to Q, at second 10; empty: it was never read
  double good_until;
  std::vector<Heard> heard;
  std::string_view on_line, on_battery, battery_low, replace_battery, overload;
};

TEST(Facts, takes_the_newer_of_register_and_alert) {
  const std::vector<StatusCase> cases{
      {"nothing known", "", 0, {}, "?", "?", "?", "?", "?"},
      {"register alone", "08", 99, {}, "yes", "no", "no", "no", "no"},
      {"alert before the register", "08", 99, {{"line_fail", 9}}, "yes", "no", "no", "no", "no"},
      {"alert with the register", "08", 99, {{"line_fail", 10}}, "yes", "no", "no", "no", "no"},
      {"alert after it", "08", 99, {{"line_fail", 11}}, "no", "yes", "no", "no", "no"},
      {"and back",
       "08",
       99,
       {{"line_fail", 11}, {"line_restored", 12}},
       "yes",
       "no",
       "no",
       "no",
       "no"},
      {"the other order",
       "10",
       99,
       {{"line_fail", 12}, {"line_restored", 11}},
       "no",
       "yes",
       "no",
       "no",
       "no"},
      {"restored", "10", 99, {{"line_restored", 11}}, "yes", "no", "no", "no", "no"},
      {"low", "10", 99, {{"battery_low", 11}}, "no", "yes", "yes", "no", "no"},
      {"recovered", "50", 99, {{"battery_recovered", 11}}, "no", "yes", "no", "no", "no"},
      {"low again",
       "50",
       99,
       {{"battery_recovered", 11}, {"battery_low", 12}},
       "no",
       "yes",
       "yes",
       "no",
       "no"},
      {"replace", "08", 99, {{"replace_battery", 11}}, "yes", "no", "no", "yes", "no"},
      {"replaced", "08", 99, {{"replace_battery", 9}}, "yes", "no", "no", "no", "no"},
      {"alerts of nothing in the register",
       "28",
       99,
       {{"abnormal", 11}, {"turning_off", 11}, {"environment", 11}, {"eeprom_changed", 11}},
       "yes",
       "no",
       "no",
       "no",
       "yes"},
      {"alert without a register", "", 0, {{"line_fail", 11}}, "no", "yes", "?", "?", "?"},
      {"alert after a register that aged out",
       "08",
       15,
       {{"line_fail", 11}},
       "no",
       "yes",
       "?",
       "?",
       "?"},
  };
  for (const StatusCase& row : cases) {
    SCOPED_TRACE(row.title);
    auto snapshot = answering_ups();
    if (!row.reply.empty()) {
      read(snapshot, quantity_named("status"), row.reply, at(10), at(row.good_until));
    }
    for (const Heard& heard : row.heard) {
      for (std::size_t i = 0; i < alerts.size(); ++i) {
        if (alerts[i].name == heard.alert) snapshot.alerts[i].heard_at = at(heard.second);
      }
    }
    const Facts facts(snapshot, at(20));
    EXPECT_EQ(told(facts.flag(flag_named("status", "on_line"))), row.on_line);
    EXPECT_EQ(told(facts.flag(flag_named("status", "on_battery"))), row.on_battery);
    EXPECT_EQ(told(facts.flag(flag_named("status", "battery_low"))), row.battery_low);
    EXPECT_EQ(told(facts.flag(flag_named("status", "replace_battery"))), row.replace_battery);
    EXPECT_EQ(told(facts.flag(flag_named("status", "overload"))), row.overload);

    snapshot.link.up = false;
    snapshot.link.silent = true;
    EXPECT_EQ(told(Facts(snapshot, at(20)).flag(flag_named("status", "on_battery"))), "?");
  }
}

/// The battery was replaced long ago, and the register has said so since. That it could not be read
/// for a moment does not bring the old alert back.
TEST(Facts, does_not_go_back_to_an_alert_that_is_older_than_what_was_read) {
  auto snapshot = answering_ups();
  snapshot.alerts[alert_named("replace_battery")].heard_at = at(9);
  snapshot.alerts[alert_named("line_fail")].heard_at = at(9);
  read(snapshot, quantity_named("status"), "08", at(10), at(15));
  const Facts facts(snapshot, at(20));
  EXPECT_EQ(told(facts.flag(flag_named("status", "replace_battery"))), "?");
  EXPECT_EQ(told(facts.flag(flag_named("status", "on_battery"))), "?");
}

TEST(Facts, takes_no_alert_for_a_flag_of_another_register) {
  auto snapshot = answering_ups();
  snapshot.alerts[alert_named("line_fail")].heard_at = at(11);  // of the mask of shutdown_pending
  EXPECT_EQ(told(Facts(snapshot, at(20)).flag(flag_named("fault_3", "shutdown_pending"))), "?");
  read(snapshot, quantity_named("fault_3"), "00", at(10));
  EXPECT_EQ(told(Facts(snapshot, at(20)).flag(flag_named("fault_3", "shutdown_pending"))), "no");
}

TEST(Facts, knows_whether_one_of_several_flags_is_set) {
  struct Row {
    std::string_view fault_2, fault_3, any;
  };
  for (const Row& row : {Row{"", "", "?"}, Row{"00", "", "no"}, Row{"", "01", "yes"},
                         Row{"00", "00", "no"}, Row{"00", "01", "yes"}, Row{"04", "00", "yes"},
                         Row{"04", "01", "yes"}, Row{"FB", "FE", "no"}}) {
    auto snapshot = answering_ups();
    if (!row.fault_2.empty()) read(snapshot, quantity_named("fault_2"), row.fault_2, at(10));
    if (!row.fault_3.empty()) read(snapshot, quantity_named("fault_3"), row.fault_3, at(10));
    const Facts facts(snapshot, at(20));
    EXPECT_EQ(told(facts.any({flag_named("fault_2", "bypass_supply"),
                              flag_named("fault_3", "low_battery_shutdown")})),
              row.any)
        << row.fault_2 << " " << row.fault_3;
  }
  EXPECT_EQ(told(Facts(answering_ups(), at(20)).any({})), "?");
}

TEST(Facts, knows_whether_a_condition_lasts_between_two_alerts) {
  struct Row {
    double begins, ends;
    bool lasts;
  };
  for (const Row& row : {Row{0, 0, false}, Row{10, 0, true}, Row{0, 10, false}, Row{10, 11, false},
                         Row{12, 11, true}}) {
    auto snapshot = answering_ups();
    snapshot.alerts[alert_named("abnormal")].heard_at = at(row.begins);
    snapshot.alerts[alert_named("abnormal_cleared")].heard_at = at(row.ends);
    EXPECT_EQ(
        Facts(snapshot, at(20)).between(alert_named("abnormal"), alert_named("abnormal_cleared")),
        row.lasts)
        << row.begins << " " << row.ends;
  }
}

TEST(Facts, knows_whether_an_alert_came_lately) {
  struct Row {
    double heard, now;
    bool lately;
  };
  for (const Row& row : {Row{0, 1, false}, Row{0, 20, false}, Row{10, 10, true},
                         Row{10, 14.999, true}, Row{10, 15, false}}) {
    auto snapshot = answering_ups();
    snapshot.alerts[alert_named("turning_off")].heard_at = at(row.heard);
    EXPECT_EQ(Facts(snapshot, at(row.now)).heard_within(alert_named("turning_off"), 5s), row.lately)
        << row.heard << " " << row.now;
  }
}

TEST(Facts, says_texts_as_they_are_published) {
  auto snapshot = answering_ups();
  EXPECT_EQ(Facts(snapshot, at(20)).text(quantity_named("model")), "");
  EXPECT_EQ(Facts(snapshot, at(20)).text(quantity_named("manufactured")), "");
  EXPECT_EQ(Facts(snapshot, at(20)).text(quantity_named("protocol")), "");
  read(snapshot, quantity_named("firmware"), "52.9.D", at(10));
  read(snapshot, quantity_named("manufactured"), "03/31/06", at(10));
  read(snapshot, quantity_named("protocol"), "3.!$%+.ABC", at(10));
  read(snapshot, quantity_named("name"), "UPS_IDEN", at(10));
  const Facts facts(snapshot, at(20));
  EXPECT_EQ(facts.text(quantity_named("model")), "Smart-UPS 700 RM");
  EXPECT_EQ(facts.text(quantity_named("manufactured")), "2006-03-31");
  EXPECT_EQ(facts.text(quantity_named("protocol")), "3");
  EXPECT_EQ(facts.text(quantity_named("name")), "UPS_IDEN");
  read(snapshot, quantity_named("model"), "SMART-UPS 700 RM", at(10));
  EXPECT_EQ(Facts(snapshot, at(20)).text(quantity_named("model")), "SMART-UPS 700 RM");
}

TEST(Facts, knows_the_cause_only_if_it_was_read_since_the_transfer) {
  struct Row {
    std::string_view title;
    std::optional<TimePoint> on_battery_since;
    double read_at;  ///< 0: never
    double good_until;
    bool up;
    bool known;
  };
  const std::vector<Row> rows{
      {"on line", {}, 10, 99, true, false},
      {"not yet read", at(10), 0, 99, true, false},
      {"read before", at(10), 9, 99, true, false},
      {"read at that moment", at(10), 10, 99, true, true},
      {"read after", at(10), 11, 99, true, true},
      {"aged out", at(10), 11, 20, true, false},
      {"silent", at(10), 11, 99, false, false},
  };
  for (const Row& row : rows) {
    auto snapshot = answering_ups();
    snapshot.link.up = row.up;
    snapshot.totals.on_battery_since = row.on_battery_since;
    if (row.read_at > 0) {
      read(snapshot, quantity_named("transfer_cause"), "T", at(row.read_at), at(row.good_until));
    }
    const auto cause = Facts(snapshot, at(20)).present_cause();
    EXPECT_EQ(cause.has_value(), row.known) << row.title;
    EXPECT_EQ(cause.value_or(choice_named("transfer_cause", "notch_or_spike")),
              choice_named("transfer_cause", "notch_or_spike"))
        << row.title;
  }
}

}  // namespace
}  // namespace upslink
