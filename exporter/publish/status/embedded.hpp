// SPDX-License-Identifier: Apache-2.0
// The texts that cmake/embed_page.cmake builds into the program. Constant.
#pragma once

#include <string_view>

namespace upslink::status::embedded {

extern const std::string_view page;         ///< one HTML document with its style and script
extern const std::string_view style_hash;   ///< SHA-256, base64
extern const std::string_view script_hash;  ///< SHA-256, base64
extern const std::string_view api;          ///< docs/api.md

}  // namespace upslink::status::embedded
