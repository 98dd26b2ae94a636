// SPDX-License-Identifier: Apache-2.0
// docs/metrics.md, made from the catalogue: what `upslink_exporter describe metrics` prints. Pure
// function; any thread.
#pragma once

#include <string>

namespace upslink::describe {

/// The page in Markdown; ends in a line feed.
std::string metrics_page();

}  // namespace upslink::describe
