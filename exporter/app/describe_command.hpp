// SPDX-License-Identifier: Apache-2.0
// The command `describe`: prints what the program knows without any UPS.
#pragma once

#include "app/invocation.hpp"

namespace upslink::app {

/// Prints to stdout and returns the exit status of the program.
int describe(const DescribeCommand& command);

}  // namespace upslink::app
