// SPDX-License-Identifier: Apache-2.0
#include "describe/markdown.hpp"

#include <gtest/gtest.h>

namespace upslink::describe {
namespace {

TEST(Markdown, quotes_code_for_tables) {
  EXPECT_EQ(code("Q"), "`Q`");
  EXPECT_EQ(code("|"), "`\\|`");
  EXPECT_EQ(code("\\"), "`\\`");
  EXPECT_EQ(code(""), "");
}

TEST(Markdown, writes_tables) {
  Table table({"A", "B"});
  table.add({"1", ""});
  EXPECT_EQ(table.text(), "\n| A | B |\n| --- | --- |\n| 1 | |\n");
}

TEST(Markdown, separates_the_parts_of_a_list) {
  std::string list;
  append(list, ", ", "a");
  append(list, ", ", "b");
  EXPECT_EQ(list, "a, b");
}

}  // namespace
}  // namespace upslink::describe
