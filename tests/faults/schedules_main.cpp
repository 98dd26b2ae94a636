// SPDX-License-Identifier: Apache-2.0
// Random schedules, for run.py and for whoever looks into one of them:
//
//   fault-schedules print FIRST COUNT SECONDS    a line of JSON for each seed
//   fault-schedules run FIRST COUNT SECONDS      each against the exporter's core, in simulated
//   time fault-schedules trace FIRST COUNT SECONDS    the same, with every byte
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "faults/random_schedule.hpp"
#include "faults/trial.hpp"

namespace {

using namespace upslink::faults;

constexpr double watched = 60;

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, std::isprint(c) ? "%c" : "\\x%02x",
                  static_cast<unsigned char>(c));
    shown += escaped;
  }
  return shown;
}

void trace(double at, std::string_view what, std::string_view text) {
  std::printf("%10.4f %-7s %s\n", at, std::string(what).c_str(), printable(text).c_str());
}

/// Whether all was well.
bool run(const RandomSchedule& schedule, bool traced) {
  const auto outcome = run_trial(schedule, watched, traced ? Trace(trace) : Trace{});
  std::printf("{\"seed\": %llu, \"wrong\": %zu, \"recovered\": %.2f, \"simulated\": %.1f}\n",
              static_cast<unsigned long long>(schedule.seed), outcome.wrong.size(),
              outcome.recovered.value_or(-1), outcome.simulated);
  const bool good = outcome.wrong.empty() && outcome.recovered;
  if (good) return true;
  std::fprintf(stderr, "%s\n", schedule.text().c_str());
  for (const auto& sentence : outcome.wrong) std::fprintf(stderr, "  %s\n", sentence.c_str());
  if (!outcome.missing.empty()) {
    std::fprintf(stderr, "  missing at the end: %s\n", outcome.missing.c_str());
  }
  return false;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count == 5 ? words[1] : "";
  if (what != "print" && what != "run" && what != "trace") {
    std::fputs("usage: fault-schedules print|run|trace FIRST COUNT SECONDS\n", stderr);
    return 2;
  }
  const auto first = std::strtoull(words[2], nullptr, 10);
  const auto end = first + std::strtoull(words[3], nullptr, 10);
  const double seconds = std::strtod(words[4], nullptr);
  bool good = true;
  for (auto seed = first; seed < end; ++seed) {
    const auto schedule = random_schedule(seed, seconds);
    if (what == "print") {
      std::puts(schedule.json().c_str());
    } else {
      good &= run(schedule, what == "trace");
    }
  }
  return good ? 0 : 1;
}
