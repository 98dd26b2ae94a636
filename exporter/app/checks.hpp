// SPDX-License-Identifier: Apache-2.0
// The commands that look and touch nothing: whether a configuration is right, and whether the
// exporter that runs with it is well. Each returns the exit status of the program.
#pragma once

#include "app/invocation.hpp"

namespace upslink::app {

/// 0 and a line on stdout, or 2 and a sentence on stderr. What the command line, the environment
/// and the file say was checked before; what is left are the files that they name.
int check_configuration(const CheckCommand& command);

/// 0 if the exporter answers, else 1 and a sentence on stderr.
int check_health(const HealthCommand& command);

}  // namespace upslink::app
