// SPDX-License-Identifier: Apache-2.0
// Settings that are one of a few words. Any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/wording.hpp"

namespace upslink::app {

template <typename T, std::size_t n>
using Words = std::array<std::pair<std::string_view, T>, n>;

/// Sets `target` to what `text` stands for.
template <typename T, std::size_t n>
Complaint choose(T& target, const std::string& text, const Words<T, n>& words) {
  std::string all;
  for (const auto& [word, value] : words) {
    if (text == word) {
      target = value;
      return std::nullopt;
    }
    all += (all.empty() ? "" : ", ") + std::string(word);
  }
  return in_quotes(text) + " is not known; choose one of " + all;
}

}  // namespace upslink::app
