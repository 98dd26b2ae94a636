// SPDX-License-Identifier: Apache-2.0
#include "catalogue/reading_families.hpp"

#include <algorithm>
#include <vector>

namespace upslink {
namespace {

std::string commands_of(const ReadingFamily& family) {
  std::vector<char> bytes;
  for (const Quantity& row : family.rows()) {
    if (std::ranges::find(bytes, row.command) == bytes.end()) bytes.push_back(row.command);
  }
  std::string text = bytes.size() == 1 ? "command " : "commands ";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) text += i + 1 == bytes.size() ? " and " : ", ";
    text += command_name(bytes[i]).view();
  }
  return text;
}

}  // namespace

std::string help_of(const ReadingFamily& family) {
  std::string text(meaning_of(family));
  text.pop_back();  // the full stop
  return text + " (" + commands_of(family) + ").";
}

}  // namespace upslink
