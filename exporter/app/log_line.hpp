// SPDX-License-Identifier: Apache-2.0
// One line of the log as text, in either form. Whatever bytes the message and the fields contain,
// it is one line of valid UTF-8 that a parser of the form reads: control characters are escaped as
// in JSON, and a byte that is not UTF-8 becomes the four characters `\xNN`. Pure functions; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "app/config.hpp"
#include "model/log.hpp"
#include "model/value.hpp"

namespace upslink::app {

struct LogEntry {
  WallTime time;
  LogLevel level;
  std::string_view ups;  ///< empty: not about one UPS, and left out
  std::string_view message;
  const LogFields& fields;
};

/// The line, with its end.
std::string log_line(const LogEntry& entry, LogFormat format);

}  // namespace upslink::app
