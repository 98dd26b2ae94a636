// SPDX-License-Identifier: Apache-2.0
// The command `record`: asks one UPS everything that may be asked, watches it for a while, and
// writes what was said byte by byte, for a report or a test (docs/record.md).
#pragma once

#include "app/invocation.hpp"

namespace upslink::app {

/// Returns the exit status of the program. Logging is set up before.
int record(const RecordCommand& command);

}  // namespace upslink::app
