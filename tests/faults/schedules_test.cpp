// SPDX-License-Identifier: Apache-2.0
// Random schedules of faults against the exporter's core, in simulated time: nothing wrong is ever
// published, and everything is back soon after the last fault. What fails says its seed, which
// `fault-schedules trace SEED 1 60` shows byte by byte.
#include <gtest/gtest.h>

#include "faults/random_schedule.hpp"
#include "faults/trial.hpp"

namespace upslink::faults {
namespace {

constexpr double seconds = 60;
constexpr double watched = 60;

// Sanitizers make every step ten times as slow; what they look for shows with few seeds.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t seeds_in_a_batch = 10;
#else
constexpr std::uint64_t seeds_in_a_batch = 50;
#endif
constexpr int batches = 10;

class ScheduleTest : public ::testing::TestWithParam<int> {};

TEST_P(ScheduleTest, PublishesNothingWrongAndRecovers) {
  const auto first = 1 + static_cast<std::uint64_t>(GetParam()) * seeds_in_a_batch;
  for (auto seed = first; seed < first + seeds_in_a_batch; ++seed) {
    const auto schedule = random_schedule(seed, seconds);
    SCOPED_TRACE(schedule.text());
    const auto outcome = run_trial(schedule, watched);
    EXPECT_EQ(outcome.wrong, std::vector<std::string>{});
    EXPECT_EQ(outcome.missing, "");
    EXPECT_NEAR(outcome.simulated, seconds + watched, 1);
    ASSERT_TRUE(outcome.recovered);
    EXPECT_LT(*outcome.recovered, 30);
  }
}

INSTANTIATE_TEST_SUITE_P(Random, ScheduleTest, ::testing::Range(0, batches));

TEST(RandomScheduleTest, IsTheSameForTheSameSeed) {
  EXPECT_EQ(random_schedule(7, seconds).json(), random_schedule(7, seconds).json());
  EXPECT_NE(random_schedule(7, seconds).text(), random_schedule(8, seconds).text());
}

/// A trial that could not see what is wrong would prove nothing. The list of commands has alert
/// characters in it: as a foreign reply they are counted, and the schedule does not say that it
/// makes such things up.
TEST(TrialTest, SeesWhatIsWrongAndWhatIsMissing) {
  RandomSchedule schedule;
  schedule.profile = "su700";
  schedule.ends = 20;
  schedule.steps = {{0, "fault foreign rate=1 seed=3 seconds=20"}};
  EXPECT_EQ(run_trial(schedule, 30).wrong.size(), 1U);
  schedule.invents = true;
  EXPECT_EQ(run_trial(schedule, 30).wrong.size(), 0U);
  schedule.steps = {{0, "fault silence"}};
  const auto silent = run_trial(schedule, 5);
  EXPECT_FALSE(silent.recovered);
  EXPECT_NE(silent.missing.find("input_voltage"), std::string::npos);
}

}  // namespace
}  // namespace upslink::faults
