// SPDX-License-Identifier: Apache-2.0
// What happens to a unit and its line in one trial, made up from a seed: faults that come and go
// and overlap, and among them what a unit lives through - line failures, tests, being switched off.
// The same seed gives the same schedule on every machine, in simulated time and on real programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace upslink::faults {

/// At so many seconds after the start, a line of the language of the simulator's control socket.
struct Step {
  double at = 0;
  std::string command;
};

struct RandomSchedule {
  std::uint64_t seed = 0;
  std::string profile;
  std::vector<Step> steps;  ///< in the order of time
  double ends = 0;          ///< all is well again from here on
  bool invents = false;     ///< bytes come that look like alerts or obey like commands

  /// One line, to be printed when a trial fails.
  std::string text() const;
  std::string json() const;
};

/// All of it within so many seconds.
RandomSchedule random_schedule(std::uint64_t seed, double seconds);

}  // namespace upslink::faults
