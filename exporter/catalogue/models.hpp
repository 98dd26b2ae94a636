// SPDX-License-Identifier: Apache-2.0
// What a unit is when it does not say so itself: names by the SKU number in the reply to `b`, or by
// the first character of the reply to `V`, and nominal power where a public source is known.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace upslink {

/// The model's name: the unit's own (`^A`) if it has one, else from the SKU in `b`, else from the
/// first character of `V`; empty when none of them tells.
std::string model_name(std::string_view own, std::string_view firmware, std::string_view code);

/// Nominal output power in watts by the SKU in `b`; nothing where no public source names it.
std::optional<double> nominal_power_watts(std::string_view firmware);

}  // namespace upslink
