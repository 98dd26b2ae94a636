// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace upslink::snmp {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

/// An outbox, and a master agent that takes what it is sent, if it does.
struct Desk {
  Outbox outbox;
  TimePoint now{1h};
  std::uint64_t connection = 1;
  bool takes = true;
  std::vector<int> sent;
  std::vector<std::function<void()>> acknowledge;  ///< by order of sending

  void add(int number, std::string_view name = "a") {
    outbox.add({.name = name, .trap = {1}, .varbinds = {{{1}, integer(number)}}, .made = now}, now);
  }
  void flush() {
    outbox.flush(connection, now,
                 [this](const Notification& notification, std::function<void()> delivered) {
                   if (!takes) return false;
                   const auto& value = notification.varbinds.front().value;
                   sent.push_back(static_cast<int>(std::get<std::int64_t>(value.content)));
                   acknowledge.push_back(std::move(delivered));
                   return true;
                 });
  }
  std::uint64_t delivered() const {
    std::uint64_t count = 0;
    for (const auto& [name, number] : outbox.delivered()) count += number;
    return count;
  }
};

TEST(Outbox, sends_in_order_and_each_only_once) {
  Desk desk;
  for (int i = 0; i < 3; ++i) desk.add(i);
  EXPECT_THAT(desk.sent, IsEmpty()) << "not before it is flushed";
  desk.flush();
  desk.flush();
  EXPECT_THAT(desk.sent, ElementsAre(0, 1, 2));
  EXPECT_EQ(desk.outbox.waiting(), 3U) << "until they are taken";
  EXPECT_EQ(desk.delivered(), 0U);
}

TEST(Outbox, counts_what_was_taken_by_name) {
  Desk desk;
  desk.add(0, "a");
  desk.add(1, "b");
  desk.add(2, "a");
  desk.flush();
  for (const auto& taken : desk.acknowledge) taken();
  EXPECT_THAT(desk.outbox.delivered(), ElementsAre(Pair("a", 2), Pair("b", 1)));
  EXPECT_EQ(desk.outbox.waiting(), 0U);
  EXPECT_EQ(desk.outbox.dropped(), 0U);
  for (const auto& taken : desk.acknowledge) taken();
  EXPECT_EQ(desk.delivered(), 3U) << "a second acknowledgement counts nothing";
}

TEST(Outbox, keeps_the_others_when_one_is_taken_out_of_order) {
  Desk desk;
  for (int i = 0; i < 3; ++i) desk.add(i);
  desk.flush();
  desk.acknowledge[1]();
  desk.connection = 2;
  desk.flush();
  EXPECT_THAT(desk.sent, ElementsAre(0, 1, 2, 0, 2));
}

TEST(Outbox, waits_while_the_master_agent_is_away) {
  Desk desk;
  desk.connection = 0;
  desk.add(0);
  desk.flush();
  desk.now += 60s;
  desk.flush();
  EXPECT_THAT(desk.sent, IsEmpty());
  EXPECT_EQ(desk.outbox.waiting(), 1U);
  desk.connection = 1;
  desk.flush();
  EXPECT_THAT(desk.sent, ElementsAre(0));
}

TEST(Outbox, tries_again_what_could_not_be_sent) {
  Desk desk;
  desk.add(0);
  desk.add(1);
  desk.takes = false;
  desk.flush();
  desk.takes = true;
  desk.flush();
  EXPECT_THAT(desk.sent, ElementsAre(0, 1));
}

TEST(Outbox, drops_what_is_older_than_a_minute_and_a_little) {
  Desk desk;
  desk.connection = 0;
  desk.add(0);
  desk.now += 1s;
  desk.add(1);
  desk.now += 64s;
  desk.flush();
  EXPECT_EQ(desk.outbox.waiting(), 2U) << "65 s old";
  desk.now += 1ms;
  desk.flush();
  EXPECT_EQ(desk.outbox.waiting(), 1U);
  EXPECT_EQ(desk.outbox.dropped(), 1U);
  desk.connection = 1;
  desk.flush();
  EXPECT_THAT(desk.sent, ElementsAre(1));
}

TEST(Outbox, drops_the_oldest_when_it_is_full) {
  Desk desk;
  desk.connection = 0;
  for (int i = 0; i < 1003; ++i) desk.add(i);
  EXPECT_EQ(desk.outbox.waiting(), Outbox::most_waiting);
  EXPECT_EQ(desk.outbox.dropped(), 3U);
  desk.connection = 1;
  desk.flush();
  EXPECT_EQ(desk.sent.front(), 3);
}

/// It has been sent, and is most likely taken: to count it as dropped is not true.
TEST(Outbox, does_not_drop_what_is_under_way_when_it_is_full) {
  Desk desk;
  for (int i = 0; i < 1000; ++i) desk.add(i);
  desk.flush();
  desk.add(1000);
  for (const auto& taken : desk.acknowledge) taken();
  EXPECT_EQ(desk.delivered(), Outbox::most_under_way);
  EXPECT_EQ(desk.outbox.dropped(), 1U);
}

TEST(Outbox, has_only_so_many_under_way) {
  Desk desk;
  for (int i = 0; i < 40; ++i) desk.add(i);
  desk.flush();
  EXPECT_EQ(desk.sent.size(), Outbox::most_under_way);
  desk.flush();
  EXPECT_EQ(desk.sent.size(), Outbox::most_under_way);
  desk.acknowledge[0]();
  desk.acknowledge[1]();
  desk.flush();
  EXPECT_EQ(desk.sent.size(), Outbox::most_under_way + 2);
  EXPECT_EQ(desk.sent.back(), 33);
}

TEST(Outbox, sends_again_what_a_connection_took_with_it) {
  Desk desk;
  for (int i = 0; i < 3; ++i) desk.add(i);
  desk.flush();
  desk.acknowledge[0]();
  desk.connection = 0;
  desk.flush();
  desk.add(3);
  desk.connection = 2;
  desk.flush();
  EXPECT_THAT(desk.sent, ElementsAre(0, 1, 2, 1, 2, 3));
  desk.flush();
  EXPECT_EQ(desk.sent.size(), 6U);
}

TEST(Outbox, takes_a_late_acknowledgement_for_what_it_is) {
  Desk desk;
  desk.add(0);
  desk.flush();
  desk.connection = 0;
  desk.flush();
  desk.acknowledge[0]();
  EXPECT_EQ(desk.delivered(), 1U);
  desk.connection = 2;
  desk.flush();
  EXPECT_THAT(desk.sent, ElementsAre(0));
}

TEST(Outbox, counts_what_was_sent_twice_once) {
  Desk desk;
  desk.add(0);
  desk.flush();
  desk.connection = 2;
  desk.flush();
  EXPECT_THAT(desk.sent, ElementsAre(0, 0));
  desk.acknowledge[0]();
  desk.acknowledge[1]();
  EXPECT_EQ(desk.delivered(), 1U);
}

TEST(Outbox, holds_for_taken_what_a_connection_outlived) {
  Desk desk;
  desk.add(0);
  desk.flush();
  desk.now += 3999ms;
  desk.flush();
  EXPECT_EQ(desk.outbox.waiting(), 1U);
  desk.now += 1ms;
  desk.flush();
  EXPECT_EQ(desk.outbox.waiting(), 0U);
  EXPECT_EQ(desk.delivered(), 1U);
  desk.acknowledge[0]();
  EXPECT_EQ(desk.delivered(), 1U);
  EXPECT_THAT(desk.sent, ElementsAre(0));
}

TEST(Outbox, does_not_drop_for_its_age_what_is_under_way) {
  Desk desk;
  desk.connection = 0;
  desk.add(0);
  desk.now += 64s;
  desk.connection = 1;
  desk.flush();
  desk.now += 3s;
  desk.flush();
  EXPECT_EQ(desk.outbox.dropped(), 0U);
  desk.connection = 2;
  desk.flush();
  EXPECT_EQ(desk.outbox.dropped(), 1U) << "it would have to be sent again, and is too old";
  EXPECT_THAT(desk.sent, ElementsAre(0));
}

/// Each is taken, dropped or still there; over one connection each is sent once and in order.
TEST(Outbox, loses_count_of_nothing) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    Desk desk;
    int added = 0;
    std::size_t sent_before = 0;
    for (int step = 0; step < 400; ++step) {
      desk.now += std::chrono::milliseconds(random() % 3000U);
      switch (random() % 8U) {
        case 0:
          desk.connection = desk.connection == 0 ? 10U + static_cast<unsigned>(step) : 0;
          sent_before = desk.sent.size();
          break;
        case 1:
          desk.takes = random() % 2U == 0;
          break;
        case 2:
        case 3:
          for (auto& taken : desk.acknowledge) {
            if (random() % 2U == 0) taken();
          }
          break;
        default:
          for (auto n = random() % 20U; n > 0; --n) desk.add(added++);
      }
      desk.flush();
      ASSERT_EQ(desk.delivered() + desk.outbox.dropped() + desk.outbox.waiting(),
                static_cast<std::uint64_t>(added));
      for (std::size_t i = sent_before + 1; i < desk.sent.size(); ++i) {
        ASSERT_LT(desk.sent[i - 1], desk.sent[i]);
      }
    }
    ASSERT_GT(desk.delivered(), 100U);
  }
}

}  // namespace
}  // namespace upslink::snmp
