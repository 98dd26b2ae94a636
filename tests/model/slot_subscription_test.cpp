// SPDX-License-Identifier: Apache-2.0
// How a slot wakes publishers.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "model/slot.hpp"

namespace upslink {
namespace {

std::shared_ptr<const Snapshot> numbered(std::uint64_t number) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->link.requests = number;
  return snapshot;
}

TEST(SlotSubscription, is_woken_after_each_snapshot) {
  Slot slot(numbered(0));
  std::vector<std::uint64_t> seen;
  const auto subscription = slot.subscribe([&] {
    EXPECT_EQ(slot.load()->link.requests, slot.version());
    seen.push_back(slot.version());
  });
  EXPECT_TRUE(seen.empty());
  slot.publish(numbered(1));
  slot.publish(numbered(2));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2})) << "and what is there is the new one";
}

TEST(SlotSubscription, is_one_of_several) {
  Slot slot(numbered(0));
  int first = 0;
  int second = 0;
  auto one = slot.subscribe([&] { ++first; });
  slot.publish(numbered(1));
  const auto other = slot.subscribe([&] { ++second; });
  slot.publish(numbered(2));
  one = Subscription();
  slot.publish(numbered(3));
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 2);
}

TEST(SlotSubscription, ends_with_its_scope_wherever_it_was_moved) {
  Slot slot(numbered(0));
  int woken = 0;
  {
    Subscription one = slot.subscribe([&] { ++woken; });
    const Subscription moved(std::move(one));
    slot.publish(numbered(1));
    EXPECT_EQ(woken, 1);
  }
  slot.publish(numbered(2));
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(slot.version(), 2U);
}

TEST(SlotSubscription, misses_nothing_and_runs_no_more_once_it_has_ended) {
  constexpr std::uint64_t rounds = 200;
  Slot slot(numbered(0));
  std::atomic<bool> stop{false};
  std::thread publisher([&] {
    for (std::uint64_t i = 1; !stop; ++i) slot.publish(numbered(i));
  });
  for (std::uint64_t i = 0; i < rounds; ++i) {
    // Freed as soon as the subscription has ended: a call after that is seen by a sanitizer too.
    auto alive = std::make_unique<std::atomic<bool>>(true);
    auto newest = std::make_unique<std::atomic<std::uint64_t>>(0);
    auto subscription = slot.subscribe([&alive = *alive, &newest = *newest, &slot] {
      EXPECT_TRUE(alive);
      newest = slot.version();
    });
    const auto before = slot.version();
    while (*newest <= before) std::this_thread::yield();
    subscription = Subscription();
    *alive = false;
    const auto after = newest->load();
    const auto now = slot.version();
    while (slot.version() <= now) std::this_thread::yield();
    EXPECT_EQ(newest->load(), after);
  }
  stop = true;
  publisher.join();
}

TEST(SlotSubscription, follows_several_publishers) {
  Slot slot(numbered(0));
  std::atomic<int> woken{0};
  const auto subscription = slot.subscribe([&] { ++woken; });
  std::vector<std::thread> publishers;
  for (int i = 0; i < 4; ++i) {
    publishers.emplace_back([&slot] {
      for (std::uint64_t n = 0; n < 500; ++n) slot.publish(numbered(n));
    });
  }
  for (auto& publisher : publishers) publisher.join();
  EXPECT_EQ(woken, 2000);
}

}  // namespace
}  // namespace upslink
