// SPDX-License-Identifier: Apache-2.0
// The text of --help, made from the rows of settings.hpp, no line wider than 80 columns. Any
// thread.
#pragma once

#include <string>

namespace upslink::app {

std::string help_text();

}  // namespace upslink::app
