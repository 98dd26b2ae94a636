// SPDX-License-Identifier: Apache-2.0
// Every fault of a line for 30 s, then 45 s without it, in the unit's own time: at no moment may a
// wrong value be published, and all are right again soon after the fault has ended.
#include <gtest/gtest.h>

#include "catalogue/allowed.hpp"
#include "poll/polled_unit.hpp"

namespace upslink::testing {
namespace {

using Clear = std::function<void(FakeUnit&)>;

struct FaultCase {
  std::string name;
  std::function<void(FakeUnit&)> begin;
  Duration recovers_within = 3s;
  Duration lasts = 30s;
};

void PrintTo(const FaultCase& c, std::ostream* out) {
  *out << c.name;
}

/// What the unit would say if it were asked now, decoded.
std::optional<Value> truth(FakeUnit& unit, const Quantity& row) {
  const auto reply = unit.replies().find(row.command);
  if (reply == unit.replies().end()) return std::nullopt;
  const auto value = decode(row, reply->second);
  return value ? *value : std::nullopt;
}

bool same(const Value& published, const Value& true_value) {
  if (!std::holds_alternative<double>(published)) return published == true_value;
  const double a = std::get<double>(published);
  const double b = std::get<double>(true_value);
  return std::abs(a - b) <= 0.02 * std::max(std::abs(a), std::abs(b));
}

/// The names of all quantities that are published and wrong.
std::string wrong_values(PolledUnit& polled) {
  std::string wrong;
  const auto snapshot = polled.now();
  for (std::size_t i = 0; i < quantity_count; ++i) {
    const Reading* reading = snapshot->reading(i, polled.unit->now());
    if (reading == nullptr) continue;
    const auto expected = truth(*polled.unit, quantities[i]);
    if (expected && same(reading->value, *expected)) continue;
    wrong += std::string(quantities[i].name) + " ";
    if (const auto* flags = std::get_if<Flags>(&reading->value))
      wrong += "(bits " + std::to_string(flags->bits) + ") ";
  }
  return wrong;
}

/// The names of all quantities that the unit has and that are not published.
std::string missing_values(PolledUnit& polled) {
  std::string missing;
  const auto snapshot = polled.now();
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (quantities[i].cadence == Cadence::on_request) continue;
    if (!truth(*polled.unit, quantities[i])) continue;
    if (snapshot->reading(i, polled.unit->now()) == nullptr)
      missing += std::string(quantities[i].name) + " ";
  }
  return missing;
}

// Sanitizers make every step ten times as slow; what they look for shows with few seeds.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned seeds = 3;
#else
constexpr unsigned seeds = 20;
#endif

class FaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(FaultTest, PublishesNothingWrongAndRecovers) {
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PolledUnit polled;
    FakeUnit& unit = *polled.unit;
    unit.random.seed(seed);
    constexpr auto begins = 15s;
    const auto ends = begins + GetParam().lasts;
    std::string wrong;
    std::optional<Duration> recovered;
    std::string late;
    bool fault = false;
    unit.on_wait = [&] {
      if (wrong.empty()) wrong = wrong_values(polled);
      if (unit.elapsed() >= ends + GetParam().recovers_within && late.empty() && !recovered) {
        late = missing_values(polled);
      }
      if (unit.elapsed() >= ends && !recovered && missing_values(polled).empty() &&
          polled.now()->link.up) {
        recovered = unit.elapsed() - ends;
      }
    };
    unit.at(begins, [&] {
      EXPECT_EQ(missing_values(polled), "") << "before the fault";
      fault = true;
      GetParam().begin(unit);
    });
    unit.at(ends, [&] {
      unit.faults = {};
      unit.plugged_in = true;
    });
    polled.run_until(ends + 45s);
    EXPECT_TRUE(fault);
    EXPECT_EQ(wrong, "");
    ASSERT_TRUE(recovered) << "missing: " << missing_values(polled);
    EXPECT_LE(*recovered, GetParam().recovers_within) << "late: " << late;
    EXPECT_EQ(missing_values(polled), "") << "at the end";
    for (const char c : unit.received) EXPECT_TRUE(may_be_sent(c)) << static_cast<int>(c);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Line, FaultTest,
    ::testing::Values(
        FaultCase{"none", [](FakeUnit&) {}},
        FaultCase{"lost_bytes", [](FakeUnit& u) { u.faults.lose_byte = 0.02; }},
        FaultCase{"flipped_bits", [](FakeUnit& u) { u.faults.flip_bit = 0.02; }},
        FaultCase{"changed_bytes", [](FakeUnit& u) { u.faults.change_byte = 0.02; }},
        FaultCase{"many_flipped_bits", [](FakeUnit& u) { u.faults.flip_bit = 0.05; }},
        FaultCase{"garbage", [](FakeUnit& u) { u.faults.noise_before = 0.3; }},
        FaultCase{"printable_text", [](FakeUnit& u) { u.faults.text_before = 0.3; }},
        FaultCase{"truncated", [](FakeUnit& u) { u.faults.truncate = 0.3; }},
        FaultCase{"all_truncated", [](FakeUnit& u) { u.faults.truncate = 1; }},
        FaultCase{"no_line_end", [](FakeUnit& u) { u.faults.no_line_end = 1; }},
        FaultCase{"no_reply", [](FakeUnit& u) { u.faults.no_reply = 0.1; }},
        FaultCase{"silence_8s", [](FakeUnit& u) { u.faults.silent = true; }, 3s, 8s},
        FaultCase{"silence_30s", [](FakeUnit& u) { u.faults.silent = true; }},
        FaultCase{"spurious_alerts", [](FakeUnit& u) { u.faults.insert_alert = 0.1; }},
        FaultCase{"doubled", [](FakeUnit& u) { u.faults.double_reply = 0.3; }},
        FaultCase{"all_doubled", [](FakeUnit& u) { u.faults.double_reply = 1; }},
        FaultCase{"late_1200ms", [](FakeUnit& u) { u.faults.late = 1200ms; }, 3s + 1200ms},
        FaultCase{"late_3s", [](FakeUnit& u) { u.faults.late = 3s; }, 3s + 3s},
        FaultCase{"late_6s", [](FakeUnit& u) { u.faults.late = 6s; }, 3s + 6s},
        FaultCase{"binary_inside", [](FakeUnit& u) { u.faults.insert_binary = 0.05; }},
        FaultCase{"not_available", [](FakeUnit& u) { u.faults.not_available = 0.3; }},
        FaultCase{"never_available", [](FakeUnit& u) { u.faults.not_available = 1; }},
        FaultCase{"other_reply", [](FakeUnit& u) { u.faults.other_reply = 0.3; }},
        FaultCase{"echo", [](FakeUnit& u) { u.faults.echo = true; }},
        FaultCase{"endless_line", [](FakeUnit& u) { u.faults.endless = true; }},
        FaultCase{"dumb", [](FakeUnit& u) { u.faults.dumb = true; }},
        FaultCase{"unplugged", [](FakeUnit& u) { u.plugged_in = false; }, 6s}),
    [](const auto& case_info) { return case_info.param.name; });

}  // namespace
}  // namespace upslink::testing
