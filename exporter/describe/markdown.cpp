// SPDX-License-Identifier: Apache-2.0
#include "describe/markdown.hpp"

namespace upslink::describe {

std::string code(std::string_view text) {
  if (text.empty()) return {};
  std::string out = "`";
  for (const char c : text) {
    if (c == '|') out += '\\';  // a table would take it for the end of the cell
    out += c;
  }
  return out + "`";
}

std::string link_to(std::string_view heading, std::string_view text) {
  return "[" + std::string(text) + "](#" + std::string(heading) + ")";
}

void append(std::string& list, std::string_view separator, std::string_view part) {
  if (!list.empty()) list += separator;
  list += part;
}

Table::Table(const Row& heads) : text_("\n") {
  add(heads);
  add(Row(heads.size(), "---"));
}

void Table::add(const Row& cells) {
  for (const std::string& cell : cells) text_ += cell.empty() ? "| " : "| " + cell + " ";
  text_ += "|\n";
}

}  // namespace upslink::describe
