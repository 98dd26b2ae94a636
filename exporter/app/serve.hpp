// SPDX-License-Identifier: Apache-2.0
// The exporter at work: reads the UPSes of a Config and serves their metrics until it is told to
// end.
#pragma once

#include "app/config.hpp"

namespace upslink::app {

/// Returns the exit status of the program: 0 after SIGTERM or SIGINT. Logging is set up before.
int serve(const Config& config);

}  // namespace upslink::app
