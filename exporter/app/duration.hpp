// SPDX-License-Identifier: Apache-2.0
// How operators write lengths of time: `500ms`, `2.5s`, `10m`, `1h`. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "app/wording.hpp"
#include "model/result.hpp"
#include "model/value.hpp"

namespace upslink::app {

/// A number, which may have a fraction, and one unit of ms, s, m and h with nothing between them.
/// The reason of a failure is a complaint that quotes the text.
Result<Duration, std::string> parse_duration(std::string_view text);

/// The same of one or more of them, as Go writes it: `1m30s`; or `0`.
Result<Duration, std::string> parse_durations(std::string_view text);

/// Sets `target` to the length of time in `text` if it lies from `shortest` to `longest`, which are
/// written the same way.
Complaint set_duration(Duration& target, std::string_view text, std::string_view shortest,
                       std::string_view longest);

}  // namespace upslink::app
