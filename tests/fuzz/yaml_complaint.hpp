// SPDX-License-Identifier: Apache-2.0
// What holds for every complaint about a YAML file: it is one line of printable text that names the
// file, and says what to do. Pure functions.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "app/wording.hpp"
#include "target.hpp"

namespace upslink::fuzz {

/// Whether all of it is UTF-8 without control characters.
inline bool is_clean(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = app::utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0 || first < 0x20 || first == 0x7f) return false;
    text.remove_prefix(length);
  }
  return true;
}

inline void check_complaint(const std::string& complaint, std::string_view file) {
  require(is_clean(complaint), "a complaint is one line of text", complaint);
  require(complaint.find(file) != std::string::npos, "a complaint names the file", complaint);
  require(complaint.size() < 2000, "a complaint can be read", complaint);
}

}  // namespace upslink::fuzz
