// SPDX-License-Identifier: Apache-2.0
// The exporter at work: reads the UPSes of a Config and serves what they say until it is told to
// end. On SIGHUP, or when POST /-/reload asks for it, it reads the configuration again.
#pragma once

#include <functional>
#include <string>

#include "app/config.hpp"
#include "model/result.hpp"

namespace upslink::app {

/// The configuration as it is now, or what is wrong with it.
using ReadConfig = std::function<Result<Config, std::string>()>;

/// Returns the exit status of the program: 0 after SIGTERM or SIGINT. Logging is set up before.
int serve(const Config& config, const ReadConfig& read_again);

}  // namespace upslink::app
