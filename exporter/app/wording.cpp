// SPDX-License-Identifier: Apache-2.0
#include "app/wording.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

namespace upslink::app {
namespace {

constexpr std::size_t longest_quote = 200;

/// How many letters must be put in, taken out, changed or swapped with a neighbour (optimal string
/// alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t change = a[i - 1] == b[k - 1] ? 0 : 1;
      row[k] = std::min({last[k] + 1, row[k - 1] + 1, last[k - 1] + change});
      const bool swapped = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
      if (swapped) row[k] = std::min(row[k], before_last[k - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string_view bare(std::string_view word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

bool one_in_the_other(std::string_view a, std::string_view b) {
  if (std::min(a.size(), b.size()) < 3) return false;
  return a.find(b) != std::string_view::npos || b.find(a) != std::string_view::npos;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool surrogate = first == 0xED && byte(1) >= 0xA0;
  const bool beyond = first == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

std::string on_one_line(std::string_view text) {
  std::string line;
  while (!text.empty() && line.size() < longest_quote) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    const bool c1_control =
        length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    if (length == 0 || first < 0x20 || first == 0x7F || c1_control) {
      std::array<char, 5> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(first));
      line += escape.data();
      text.remove_prefix(1);
    } else {
      line += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return text.empty() ? line : line + "...";
}

std::string in_quotes(std::string_view text) {
  return '"' + on_one_line(text) + '"';
}

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char c : on_one_line(text)) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
  word = bare(word).substr(0, longest_quote);
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t far = distance(word, bare(candidate));
    const bool nothing_in_common = far >= std::max(word.size(), bare(candidate).size());
    if (far >= least || nothing_in_common) continue;
    least = far;
    best = candidate;
  }
  if (!best.empty()) return best;
  const auto found = std::ranges::find_if(candidates, [word](const std::string& candidate) {
    return one_in_the_other(word, bare(candidate));
  });
  return found == candidates.end() ? std::string_view() : std::string_view(*found);
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string_view meant = nearest(word, candidates);
  return meant.empty() ? std::string() : "; did you mean " + std::string(meant) + "?";
}

}  // namespace upslink::app
