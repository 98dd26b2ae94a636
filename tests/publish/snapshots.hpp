// SPDX-License-Identifier: Apache-2.0
// Snapshots made by hand for the tests of publishers and pages. Times are constants, so that what
// is rendered from them always reads the same. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "catalogue/quantities.hpp"
#include "model/slot.hpp"
#include "model/snapshot.hpp"

namespace upslink::testing {

/// The moment at which the readings of these snapshots were made; they age out after `validity`.
inline constexpr TimePoint read_at{std::chrono::hours(1)};
inline constexpr Duration validity = std::chrono::seconds(30);

/// 2026-01-02 03:04:05.25 UTC, when something last happened.
inline constexpr WallTime happened_at{
    std::chrono::duration_cast<WallTime::duration>(std::chrono::milliseconds(1'767'323'045'250))};

/// Nothing is known, nothing has happened.
Snapshot unknown_ups();

/// As unknown_ups(), with some readings decoded from a reply of the unit to each row's command.
void set_reading(Snapshot& snapshot, std::size_t quantity, std::string_view reply,
                 TimePoint good_until = read_at + validity);

/// Every row of the catalogue and every family of the line has a value. The texts contain what has
/// to be escaped; registers have bits that are not documented.
Snapshot everything();

/// As a Smart-UPS 700 answers, with all its alerts counted once.
Snapshot smart_ups_700();

std::shared_ptr<const Snapshot> share(Snapshot snapshot);

}  // namespace upslink::testing
