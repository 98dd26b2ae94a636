// SPDX-License-Identifier: Apache-2.0
// The configuration file: YAML (yaml_file.hpp), read against the rows of settings.hpp.
// Any thread; at the start only.
#pragma once

#include <string>

#include "app/config.hpp"
#include "app/wording.hpp"

namespace upslink::app {

/// Sets in `config` what the file at `path` says. The complaint names the file and, if it is about
/// what stands in it, the line and the column: `FILE:3:5: ...`. The UPSes of the file are those of
/// `config` afterwards; whether there are any is not asked here.
Complaint load_file(const std::string& path, Config& config);

/// The same for the text of a file that is called `file`.
Complaint load_text(const std::string& text, const std::string& file, Config& config);

}  // namespace upslink::app
