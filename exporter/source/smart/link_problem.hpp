// SPDX-License-Identifier: Apache-2.0
// Turns an errno of opening a device into one sentence that says what to do about it.
#pragma once

#include <string>

#include "source/source.hpp"

namespace upslink::smart {

SourceProblem device_problem(const std::string& path, int error);

/// Who else has the device open or locked, as far as /proc tells: `apcupsd (pid 123)`; empty if
/// nobody is seen. What another user has open is seen by root only, but locks by everybody.
std::string holder_of(const std::string& path);

/// Whether another process that can be seen has a lock on the device.
bool is_locked(const std::string& path);

}  // namespace upslink::smart
