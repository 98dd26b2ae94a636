// SPDX-License-Identifier: Apache-2.0
// How a room says something to the operator without knowing the logging library: a function that
// the app supplies and that may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace upslink {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// Keys and values that follow a message, such as {"command", "Q"}.
using LogFields = std::vector<std::pair<std::string, std::string>>;

using Log = std::function<void(LogLevel, const std::string& message, const LogFields&)>;

}  // namespace upslink
