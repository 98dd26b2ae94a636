// SPDX-License-Identifier: Apache-2.0
// Which build this is. Constant; any thread.
#pragma once

#include <string>
#include <string_view>

namespace upslink::app {

struct BuildInfo {
  std::string_view version;   ///< "0.1.0"
  std::string_view revision;  ///< of git when the build was configured; "unknown" without it
  std::string_view compiler;  ///< "g++ 12.2.0"
};

const BuildInfo& build_info();

/// What --version prints: one line.
std::string version_text();

}  // namespace upslink::app
