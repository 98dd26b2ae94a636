// SPDX-License-Identifier: Apache-2.0
// How each family of the catalogue is shown on a dashboard: as what, in which unit, and by which
// query. What a dashboard looks like as JSON is dashboard.cpp's. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/families.hpp"
#include "catalogue/own_families.hpp"
#include "catalogue/reading_families.hpp"

namespace upslink::describe {

enum class Look : std::uint8_t {
  lines,    ///< a plot of numbers over time
  flags,    ///< a band over time for each flag, where it is set
  truths,   ///< a band over time, coloured by yes and no
  choices,  ///< a band over time, coloured and labelled by what is chosen
  values,   ///< a table: one line for each series, with its value
  labels,   ///< a table of labels alone; the value says nothing
};

struct Panel {
  std::string title;
  std::string description;
  Look look = Look::lines;
  std::string unit;                     ///< as Grafana names it
  std::string expression;               ///< PromQL, with the variables of the dashboard
  std::string legend;                   ///< names a series by its labels
  std::string no_value;                 ///< what stands there when no series does
  std::vector<std::string> words = {};  ///< of choices: what 0, 1, 2... mean
};

Panel panel_of(const ReadingFamily& family);
Panel panel_of(const LineFamily& row);
Panel panel_of(const OwnFamily& row);

}  // namespace upslink::describe
