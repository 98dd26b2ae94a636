// SPDX-License-Identifier: Apache-2.0
// How the page of metrics and the dashboard put the families of readings into groups: by how often
// they are read. Constant; any thread.
#pragma once

#include <array>
#include <string_view>

#include "catalogue/reading_families.hpp"

namespace upslink::describe {

struct Group {
  Cadence cadence;
  std::string_view title;
  std::string_view sentence;
};

inline constexpr auto groups = std::to_array<Group>({
    {Cadence::status, "Status", "Read most often, and at once when the UPS sends an alert."},
    {Cadence::fast, "Power", "What changes from one moment to the next."},
    {Cadence::slow, "Slow", "What changes within minutes: temperatures, self test, accessories."},
    {Cadence::settings, "Settings", "What a person sets, and constants."},
    {Cadence::identity, "Identity", "Read once for each connection."},
});

/// Rows of one family are read together, but for upslink_info, of which most is identity.
constexpr Cadence cadence_of(const ReadingFamily& family) {
  return family.rows().back().cadence;
}

}  // namespace upslink::describe
