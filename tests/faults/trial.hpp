// SPDX-License-Identifier: Apache-2.0
// One schedule against the exporter's core, in simulated time: poller, session and fold are the
// real ones, and each reading is compared with what the unit would have said at that moment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults/random_schedule.hpp"

namespace upslink::faults {

struct Outcome {
  std::vector<std::string> wrong;   ///< what was published and was not so, a sentence each
  std::optional<double> recovered;  ///< seconds from the end to all being there, for good
  std::string missing;              ///< at the last look
  double simulated = 0;             ///< seconds
};

/// Called for each byte and each thing that is wrong, with the seconds since the start.
using Trace = std::function<void(double at, std::string_view what, std::string_view text)>;

/// Lets it run its course and watches for so many seconds more.
Outcome run_trial(const RandomSchedule& schedule, double watched, const Trace& trace = {});

}  // namespace upslink::faults
