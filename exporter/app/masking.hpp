// SPDX-License-Identifier: Apache-2.0
// Takes what tells one unit from all others out of a recording, so that it can be shown in public:
// serial number, dates, and the name that its owner gave it. Lengths and forms stay, so that a
// masked recording replays. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "app/transcript.hpp"

namespace upslink::app {

/// Masks the answers to these questions, and the same texts wherever else they were heard.
void mask(std::vector<Exchange>& exchanges);

/// The names of the quantities that are masked, with blanks between them.
std::string masked_names();

}  // namespace upslink::app
