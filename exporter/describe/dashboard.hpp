// SPDX-License-Identifier: Apache-2.0
// dashboards/upslink-quantities.json, made from the catalogue: what `upslink_exporter describe
// dashboard` prints. Pure function; any thread.
#pragma once

#include <string>

namespace upslink::describe {

/// A dashboard in Grafana's JSON with one panel for each family; ends in a line feed.
std::string dashboard();

}  // namespace upslink::describe
