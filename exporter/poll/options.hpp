// SPDX-License-Identifier: Apache-2.0
// What can be chosen for one UPS; the defaults suit every unit.
#pragma once

#include <chrono>
#include <optional>

#include "catalogue/codec.hpp"
#include "model/value.hpp"

namespace upslink::poll {

/// How often the rows of each cadence are read; a slow line stretches all but the first.
struct Cadences {
  Duration status = std::chrono::seconds(1);
  Duration fast = std::chrono::seconds(2);
  Duration slow = std::chrono::seconds(10);
  Duration settings = std::chrono::hours(1);

  bool operator==(const Cadences&) const = default;
};

struct Options {
  Cadences cadences;
  DateOrder battery_date_order = DateOrder::mdy;
  bool read_extremes = true;  ///< M and N, which reading resets on the UPS
  bool read_latched = false;  ///< J, of which it is not known whether reading clears something
  std::optional<double> nominal_power_watts;  ///< overrides the model table

  bool operator==(const Options&) const = default;
};

}  // namespace upslink::poll
