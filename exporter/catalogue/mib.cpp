// SPDX-License-Identifier: Apache-2.0
#include "catalogue/mib.hpp"

#include <algorithm>

namespace upslink {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::uint32_t number_of_command(std::size_t command) {
  return static_cast<unsigned char>(commands[command].byte);
}

std::string lower_first(std::string text) {
  if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z') {
    text.front() = static_cast<char>(text.front() - 'A' + 'a');
  }
  return text;
}

}  // namespace

std::string camel_case(std::string_view snake_case) {
  std::string name;
  bool upper = true;
  for (const char c : snake_case) {
    if (c == '_') {
      upper = true;
      continue;
    }
    name += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = is_digit(c);
  }
  return name;
}

std::string object_name(const Quantity& row) {
  std::string_view name = row.name;
  if (row.mib.table == MibTable::probe) name.remove_suffix(2);  // `_1`
  return "upslink" + camel_case(name);
}

std::string object_name(const LineFamily& row) {
  return "upslink" + std::string(row.object);
}

std::string member_name(const Quantity& row, std::size_t member) {
  const std::string_view name = row.members[member].name;
  if (name.empty()) return std::string("bit").append(std::to_string(member));
  // A label begins with a letter; a member that begins with a digit borrows one.
  if (is_digit(name.front())) return std::string(row.member_label) + camel_case(name);
  return lower_first(camel_case(name));
}

std::uint32_t index_of(const LineFamily& row, std::size_t member) {
  switch (index_of(row.mib.table)) {
    case MibIndex::alert:
      return static_cast<unsigned char>(alerts[member].byte);
    case MibIndex::command:
      return number_of_command(member);
    case MibIndex::cause:
      return transfer_causes[member].number;
    case MibIndex::reason:
    case MibIndex::direction:
      return static_cast<std::uint32_t>(member) + 1;
    case MibIndex::none:
    case MibIndex::probe:
    case MibIndex::alarm:
      break;
  }
  return 0;
}

std::vector<IndexValue> index_values(MibIndex index) {
  std::vector<IndexValue> values;
  for (const LineFamily& row : line_families) {
    if (row.member == nullptr || index_of(row.mib.table) != index) continue;
    for (std::size_t i = 0; i < row.members; ++i) {
      // A command is named after the first thing that its reply tells.
      const auto name = index == MibIndex::command ? commands[i].row().name : row.member(i);
      values.push_back({index_of(row, i), lower_first(camel_case(name))});
    }
    break;
  }
  std::ranges::sort(values, {}, &IndexValue::number);
  return values;
}

}  // namespace upslink
