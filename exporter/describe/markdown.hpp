// SPDX-License-Identifier: Apache-2.0
// The little of Markdown that the pages need, in GitHub's dialect. Pure functions and values; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace upslink::describe {

/// `text` between backticks, as it stands in a table; nothing if it is empty. It must not contain a
/// backtick.
std::string code(std::string_view text);

/// A link to the heading of this page that consists of `heading` in lower case.
std::string link_to(std::string_view heading, std::string_view text);

/// Adds `part` to a list whose parts are separated by `separator`.
void append(std::string& list, std::string_view separator, std::string_view part);

using Row = std::vector<std::string>;

/// A table with a blank line before it. Cells are Markdown already.
class Table {
 public:
  explicit Table(const Row& heads);
  void add(const Row& cells);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace upslink::describe
