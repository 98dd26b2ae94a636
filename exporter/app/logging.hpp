// SPDX-License-Identifier: Apache-2.0
// The log of the program: lines on stderr, written before the call returns. The door of spdlog.
//
//   set_up_logging(config.log);              // once, before other threads start
//   Log log = make_log("rack1");             // any thread; the Log may be called from any thread
//   log(LogLevel::info, "connected", {{"address", "/dev/ttyS0"}});
//
// A reader of stderr that stalls or goes away costs lines, never the program (line_writer.hpp).
#pragma once

#include <string>

#include "app/config.hpp"
#include "model/log.hpp"

namespace upslink::app {

/// From now on make_log() makes logs of this level and form, which write to `descriptor`, and
/// SIGPIPE is ignored.
void set_up_logging(const LogConfig& config, int descriptor = 2);

/// From now on lines of less importance are left out. Any thread.
void set_log_level(LogLevel level);

/// A log whose lines name `ups`; an empty name is left out.
Log make_log(std::string ups = {});

/// Opens /dev/null in place of stdin, stdout or stderr if the program was started without them, so
/// that what it opens next, a serial line, cannot take their number. To be called first of all.
void open_standard_streams();

}  // namespace upslink::app
