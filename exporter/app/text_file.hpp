// SPDX-License-Identifier: Apache-2.0
// A file of text that the operator names, read whole into memory. Any thread.
#pragma once

#include <string>

#include "model/result.hpp"

namespace upslink::app {

struct TextFile {
  std::string text{};
  bool is_open_to_all = false;  ///< every user of the machine may read it
};

/// What stands in the file at `path`; on failure the reason in a few words, such as `Permission
/// denied`. More than 1 MiB is a failure, too.
Result<TextFile, std::string> read_text_file(const std::string& path);

}  // namespace upslink::app
