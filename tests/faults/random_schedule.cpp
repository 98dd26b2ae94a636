// SPDX-License-Identifier: Apache-2.0
#include "faults/random_schedule.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "faults.hpp"

namespace upslink::faults {

namespace {

using simulator::Dice;

constexpr std::array<std::string_view, 10> profiles{
    "su700", "su700", "su700", "su1400rm", "matrix", "g2", "rt", "sua1500", "su2200", "bkpro"};

/// One kind of fault, and how bad it may get. A rate of 0: it has none.
struct Kind {
  std::string_view name;
  double least;
  double most;
  std::string_view arguments = {};
  bool invents = false;  // bytes that look like alerts, or that the unit obeys
};

// Beyond one byte in twenty nothing can be read at all, and nothing is tried.
constexpr auto kinds = std::to_array<Kind>({
    {"lost", 0.005, 0.05},
    {"lost", 0.005, 0.05, "direction=both", true},
    {"flipped", 0.005, 0.05, "", true},
    {"flipped", 0.005, 0.05, "direction=received", true},
    {"changed", 0.005, 0.05, "", true},
    {"repeated", 0.005, 0.05},
    {"garbage", 0.05, 0.5, "", true},
    {"garbage", 0.05, 0.2, "every=0.7 length=5", true},
    {"chatter", 0.05, 0.5, "", true},
    {"chatter", 0.05, 0.2, "every=1.3 length=9", true},
    {"truncated", 0.05, 1},
    {"no_crlf", 0.05, 1},
    {"no_reply", 0.05, 0.7},
    {"doubled", 0.05, 1},
    {"late", 0.05, 1, "by=0.3"},
    {"late", 0.05, 1, "by=1.2"},
    {"late", 0.05, 0.5, "by=3"},
    {"na", 0.05, 0.5},
    {"foreign", 0.05, 0.5, "", true},  // the answer to `a` has alerts in it
    {"alert_inside", 0.05, 0.5, "", true},
    {"nul", 0.05, 0.5},
    {"eight_bit", 0.05, 0.5},
    {"echo", 0.1, 1},
    {"echo", 0.005, 0.05, "mode=sent", true},
    {"endless", 0, 0, "", true},
    {"silence", 0, 0},
    {"unplug", 0, 0},
});

/// What happens to the unit itself, and what undoes it a while later.
struct Event {
  std::string_view begin;
  std::string_view end = {};
  bool invents = false;
};

constexpr auto events = std::to_array<Event>({
    {"line fail", "line restore"},
    {"line fail", "line restore"},
    {"line fail quiet", "line restore quiet"},
    {"line fail cause=H", "line restore"},
    {"line voltage 236.5", "line voltage 229.5"},
    {"quantity load 42.5", "quantity load 23.4"},
    {"quantity temperature 41.0"},
    {"quantity runtime unknown", "quantity runtime auto"},
    {"overload on", "overload off"},
    {"battery replace", "battery good"},
    {"battery low", "battery auto"},
    {"register fault3 20", "register fault3 auto"},
    {"self-test"},
    {"dumb"},
    {"off", "on"},
    {"timing alerts=inside", "timing alerts=between"},
    {"alert |"},
    {"alert ! inside"},
});

// Makes an end of all of it, whatever the state; `on` for a unit that obeyed its own echo, too.
constexpr auto epilogue = std::to_array<std::string_view>(
    {"fault off", "replug", "line restore", "overload off", "battery auto", "battery good",
     "register fault3 auto", "timing alerts=between", "on"});

double between(Dice& dice, double least, double most) {
  constexpr std::size_t steps = 10000;
  return least + (most - least) * static_cast<double>(dice.below(steps + 1)) / steps;
}

/// Small ones as often as large ones.
double rate_between(Dice& dice, double least, double most) {
  return least * std::pow(most / least, between(dice, 0, 1));
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

template <std::size_t N, typename T>
const T& one_of(Dice& dice, const std::array<T, N>& choices) {
  return choices[dice.below(N)];
}

void add_fault(RandomSchedule& schedule, Dice& dice, double from, double to) {
  const Kind& kind = one_of(dice, kinds);
  const double at = between(dice, from, to - 2);
  const double lasts = between(dice, 1, std::min(30.0, to - at));
  std::string command = "fault " + std::string(kind.name) + " seconds=" + number(lasts) +
                        " seed=" + std::to_string(dice.below(1000000));
  if (kind.most > 0) command += " rate=" + number(rate_between(dice, kind.least, kind.most));
  if (!kind.arguments.empty()) command += " " + std::string(kind.arguments);
  schedule.steps.push_back({at, std::move(command)});
  schedule.invents |= kind.invents;
}

void add_event(RandomSchedule& schedule, Dice& dice, double from, double to) {
  const Event& event = one_of(dice, events);
  const double at = between(dice, from, to - 2);
  schedule.steps.push_back({at, std::string(event.begin)});
  if (!event.end.empty()) {
    const double lasts = between(dice, 0.2, std::min(20.0, to - at));
    schedule.steps.push_back({at + lasts, std::string(event.end)});
  }
}

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';  // nothing in a schedule needs to be escaped
}

}  // namespace

RandomSchedule random_schedule(std::uint64_t seed, double seconds) {
  // Neighbouring seeds must not look alike.
  Dice dice(seed * 0x9e3779b97f4a7c15ULL + 1);
  for (int i = 0; i < 8; ++i) dice.below(2);
  RandomSchedule schedule;
  schedule.seed = seed;
  schedule.profile = one_of(dice, profiles);
  schedule.ends = seconds;
  const double from = dice.chance(0.3) ? 0 : between(dice, 5, seconds / 4);
  for (std::size_t i = 1 + dice.below(4); i > 0; --i) add_fault(schedule, dice, from, seconds);
  for (std::size_t i = dice.below(4); i > 0; --i) add_event(schedule, dice, from, seconds);
  for (const auto command : epilogue) schedule.steps.push_back({seconds, std::string(command)});
  std::ranges::stable_sort(schedule.steps, {}, &Step::at);
  return schedule;
}

std::string RandomSchedule::text() const {
  std::string line = "seed " + std::to_string(seed) + ", " + profile;
  for (const auto& [at, command] : steps) {
    if (at < ends) line += "; " + number(at) + " s " + command;
  }
  return line;
}

std::string RandomSchedule::json() const {
  std::string line = "{\"seed\": " + std::to_string(seed) + ", \"profile\": " + quoted(profile) +
                     ", \"ends\": " + number(ends) +
                     ", \"invents\": " + (invents ? "true" : "false") + ", \"steps\": [";
  for (const auto& [at, command] : steps) {
    line += (line.back() == '[' ? "[" : ", [") + number(at) + ", " + quoted(command) + "]";
  }
  return line + "]}";
}

}  // namespace upslink::faults
