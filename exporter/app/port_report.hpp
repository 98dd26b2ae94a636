// SPDX-License-Identifier: Apache-2.0
// The two ways to print a list of serial ports. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "source/smart/port_list.hpp"

namespace upslink::app {

/// A table for people: one line for every port. A dash for what is not known.
std::string ports_text(const std::vector<smart::SerialPort>& ports);

/// The same for programs, one JSON object (docs/probe.md has its fields).
std::string ports_json(const std::vector<smart::SerialPort>& ports);

}  // namespace upslink::app
