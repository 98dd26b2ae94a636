// SPDX-License-Identifier: Apache-2.0
#include "model/slot.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace upslink {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Snapshot> numbered(std::uint64_t number) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->link.requests = number;
  snapshot->link.opens = number;
  return snapshot;
}

TEST(Slot, gives_what_it_was_given_last) {
  Slot slot(numbered(7));
  EXPECT_EQ(slot.version(), 0U);
  EXPECT_EQ(slot.load()->link.requests, 7U);
  slot.publish(numbered(8));
  EXPECT_EQ(slot.version(), 1U);
  EXPECT_EQ(slot.load()->link.requests, 8U);
}

TEST(Slot, keeps_a_snapshot_for_whoever_holds_it) {
  Slot slot(numbered(1));
  const auto held = slot.load();
  slot.publish(numbered(2));
  EXPECT_EQ(held->link.requests, 1U);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Slot, waits_until_the_limit) {
  const Slot slot(numbered(1));
  const auto begin = Clock::now();
  EXPECT_EQ(slot.wait_newer(0, begin + 20ms), 0U);
  EXPECT_GE(Clock::now() - begin, 20ms);
}

TEST(Slot, does_not_wait_for_what_is_there) {
  Slot slot(numbered(1));
  slot.publish(numbered(2));
  EXPECT_EQ(slot.wait_newer(0, Clock::now() + 1h), 1U);
  EXPECT_EQ(slot.wait_newer(0, TimePoint::min()), 1U);
}

TEST(Slot, wakes_everybody_who_waits) {
  Slot slot(numbered(1));
  std::vector<std::thread> waiting;
  std::atomic<int> woken = 0;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back([&] {
      if (slot.wait_newer(0, Clock::now() + 60s) == 1) ++woken;
    });
  }
  slot.publish(numbered(2));
  for (auto& thread : waiting) thread.join();
  EXPECT_EQ(woken, 4);
}

TEST(Slot, never_gives_half_of_one_or_an_older_one) {
  constexpr std::uint64_t last = 20'000;
  Slot slot(numbered(0));
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&slot] {
      std::uint64_t seen = 0;
      while (seen < last) {
        const std::uint64_t version = slot.wait_newer(seen, Clock::now() + 60s);
        ASSERT_GT(version, seen);
        const auto snapshot = slot.load();
        ASSERT_EQ(snapshot->link.requests, snapshot->link.opens);
        ASSERT_GE(snapshot->link.requests, version);
        seen = snapshot->link.requests;
      }
    });
  }
  for (std::uint64_t i = 1; i <= last; ++i) slot.publish(numbered(i));
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(slot.version(), last);
}

}  // namespace
}  // namespace upslink
