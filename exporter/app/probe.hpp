// SPDX-License-Identifier: Apache-2.0
// The command `probe`: reads one UPS once and prints what it says, or lists the serial ports.
#pragma once

#include "app/invocation.hpp"

namespace upslink::app {

/// Prints to stdout and returns the exit status of the program. Logging is set up before.
int probe(const ProbeCommand& command);

}  // namespace upslink::app
