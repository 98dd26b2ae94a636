// SPDX-License-Identifier: Apache-2.0
#include "publish/status/board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "scene.hpp"

namespace upslink::status {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class BoardTest : public ::testing::Test {
 protected:
  BoardTest() { board_.publish({{"one", one_}, {"two", two_}}); }

  Moment at(Duration after) const { return {read_at + after, happened_at + after}; }
  Rendered upses(Duration after, const Detail& detail = {}) {
    return board_.upses(detail, at(after)).value();
  }
  json document(Duration after, const Detail& detail = {}) {
    return json::parse(*upses(after, detail).body);
  }
  static std::shared_ptr<const Snapshot> on_battery() {
    auto snapshot = smart_ups_700();
    set_reading(snapshot, quantity_named("status"), "10");
    return share(snapshot);
  }

  std::shared_ptr<Slot> one_ = std::make_shared<Slot>(share(everything()));
  std::shared_ptr<Slot> two_ = std::make_shared<Slot>(share(smart_ups_700()));
  Board board_{"1.2.3", {read_at, happened_at}};
};

TEST_F(BoardTest, shows_all_upses_in_their_order) {
  const auto all = document(0s);
  EXPECT_EQ(all["api"], 1);
  EXPECT_EQ(all["version"], "1.2.3");
  ASSERT_EQ(all["upses"].size(), 2U);
  EXPECT_EQ(all["upses"][0]["ups"], "one");
  EXPECT_EQ(all["upses"][1]["ups"], "two");
  EXPECT_EQ(all["upses"][1]["text"], "On line");
}

TEST_F(BoardTest, tells_everything_of_the_one_that_is_asked_for) {
  const auto some = document(0s, {.all = false, .ups = "two"});
  EXPECT_FALSE(some["upses"][0].contains("events"));
  EXPECT_TRUE(some["upses"][1].contains("events"));
  EXPECT_LT(some["upses"][0]["readings"].size(), some["upses"][1]["readings"].size());
  EXPECT_FALSE(document(0s, {.all = false}).at("upses")[1].contains("events"));
  EXPECT_EQ(board_.upses({.all = false, .ups = "three"}, at(0s)), std::nullopt);
}

TEST_F(BoardTest, shows_a_newer_snapshot) {
  EXPECT_EQ(document(0s)["upses"][1]["state"], "on_line");
  two_->publish(on_battery());
  const auto next = document(Board::writes_every);
  EXPECT_EQ(next["upses"][1]["state"], "on_battery");
  EXPECT_EQ(next["upses"][1]["events"].back()["state"], "on_battery") << "shown with its event";
}

TEST_F(BoardTest, keeps_its_tag_while_nothing_changes_and_tells_the_time_all_the_same) {
  const auto first = upses(0s);
  const auto again = upses(1s);
  EXPECT_EQ(first.etag, again.etag);
  EXPECT_EQ(json::parse(*again.body)["time"], json::parse(*first.body)["time"].get<double>() + 1);
  two_->publish(share(smart_ups_700()));
  EXPECT_NE(upses(2s).etag, first.etag);
  EXPECT_THAT(first.etag, ::testing::StartsWith("W/\""));
}

TEST_F(BoardTest, has_other_tags_after_a_restart) {
  Board later("1.2.3", at(1s));
  later.publish({{"one", one_}, {"two", two_}});
  EXPECT_NE(later.upses({}, at(1s))->etag, upses(1s).etag);
}

TEST_F(BoardTest, writes_no_more_than_ten_times_a_second) {
  const auto first = upses(0s);
  for (int i = 1; i < 10; ++i) {
    two_->publish(share(smart_ups_700()));
    EXPECT_EQ(upses(10ms * i).etag, first.etag);
  }
  EXPECT_NE(upses(100ms).etag, first.etag);
}

TEST_F(BoardTest, drops_a_reading_the_moment_that_it_ages_out) {
  const auto before = upses(validity - 1ms);
  EXPECT_THAT(*before.body, HasSubstr("\"input_voltage\""));
  const auto after = upses(validity + 100ms);
  EXPECT_THAT(*after.body, Not(HasSubstr("\"input_voltage\"")));
  EXPECT_NE(before.etag, after.etag);
}

TEST_F(BoardTest, keeps_readings_of_a_silent_ups_until_they_age_out) {
  auto silent = smart_ups_700();
  silent.link.up = false;
  silent.link.silent = true;
  two_->publish(share(silent));
  const auto now = document(5s)["upses"][1];
  EXPECT_EQ(now["state"], "silent");
  EXPECT_EQ(now["up"], false);
  EXPECT_EQ(now["readings"]["input_voltage"]["value"], 126.7);
  EXPECT_FALSE(document(validity)["upses"][1]["readings"].contains("input_voltage"));
}

TEST_F(BoardTest, remembers_of_a_slot_that_stays) {
  board_.look(at(0s));
  const auto changed = on_battery();
  two_->publish(changed);
  board_.look(at(1s));
  const auto three = std::make_shared<Slot>(share(smart_ups_700()));
  board_.publish({{"three", three}, {"two", two_}});
  const auto upses = document(2s)["upses"];
  EXPECT_EQ(upses[0]["ups"], "three");
  EXPECT_EQ(upses[1]["events"].back()["state"], "on_battery");
  EXPECT_EQ(board_.history("one", at(2s)), std::nullopt);
  board_.publish({{"two", two_}});
  EXPECT_EQ(board_.upses({.all = false, .ups = "three"}, at(3s)), std::nullopt);
}

TEST_F(BoardTest, forgets_what_was_of_another_slot_of_the_same_name) {
  two_->publish(on_battery());
  board_.look(at(0s));
  const auto other = std::make_shared<Slot>(share(smart_ups_700()));
  board_.publish({{"two", other}});
  const auto shown = document(1s);
  const auto& events = shown["upses"][0]["events"];
  EXPECT_FALSE(events.empty());
  for (const auto& event : events) EXPECT_FALSE(event.contains("state"));
}

TEST_F(BoardTest, shows_no_ups) {
  board_.publish({});
  EXPECT_TRUE(document(1s)["upses"].empty());
  EXPECT_EQ(board_.plain_list(at(1s)), "");
}

TEST_F(BoardTest, has_a_plain_list_for_browsers_without_scripts) {
  EXPECT_THAT(board_.plain_list(at(0s)), HasSubstr("<li><b>two</b>: On line</li>\n"));
  EXPECT_THAT(board_.plain_list(at(0s)), HasSubstr("<li><b>one</b>: Output off, Fault, "));
}

TEST_F(BoardTest, keeps_the_history_of_every_look) {
  const auto first = json::parse(*board_.history("two", at(0s))->body);
  EXPECT_EQ(first["silent"], json::array({0})) << "also when nobody has looked yet";
  board_.look(at(20s));
  const auto history = json::parse(*board_.history("two", at(20s))->body);
  EXPECT_EQ(history["ups"], "two");
  EXPECT_EQ(history["step"], 30);
  EXPECT_EQ(history["readings"]["input_voltage"]["low"], json::array({126.7}));
}

TEST_F(BoardTest, follows_the_clock_of_the_day_when_it_is_set) {
  const auto read = [&](const Rendered& rendered) {
    return json::parse(*rendered.body)["upses"][1]["readings"]["load"]["read_at"].get<double>();
  };
  const double before = read(upses(0s));
  two_->publish(share(smart_ups_700()));
  const auto set = board_.upses({}, {read_at + 1s, happened_at + 1s + 1h});
  EXPECT_NEAR(read(*set), before + 3600, 0.001);
}

TEST(Board, looks_by_itself_while_slots_change_and_many_ask) {
  const auto slot = std::make_shared<Slot>(share(smart_ups_700()));
  const auto other = std::make_shared<Slot>(share(smart_ups_700()));
  Board board("1");
  board.publish({{"a", slot}, {"b", other}});
  board.start();
  std::atomic<bool> stop = false;
  std::thread poller([&] {
    for (std::uint64_t n = 0; !stop; ++n) {
      auto next = smart_ups_700();
      next.alerts[0].count = n;
      slot->publish(share(next));
    }
  });
  std::vector<std::thread> browsers;
  for (int i = 0; i < 2; ++i) {
    browsers.emplace_back([&board] {
      for (int n = 0; n < 100; ++n) {
        EXPECT_TRUE(board.upses({.all = false, .ups = "a"}));
        EXPECT_TRUE(board.history("a"));
        EXPECT_FALSE(board.plain_list().empty());
      }
    });
  }
  for (int i = 0; i < 50; ++i) board.publish({{"a", slot}, {"b", other}});
  for (auto& browser : browsers) browser.join();
  stop = true;
  poller.join();
}

}  // namespace
}  // namespace upslink::status
