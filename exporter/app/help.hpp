// SPDX-License-Identifier: Apache-2.0
// The text of --help, made from the rows of settings.hpp, no line wider than 80 columns. Any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace upslink::app {

std::string help_text();

/// What stands before the settings and after them: blocks with a heading, or without. The manual
/// pages are made from them, too.
std::string_view help_opening();
std::string_view help_ending();

}  // namespace upslink::app
