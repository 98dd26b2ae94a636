// SPDX-License-Identifier: Apache-2.0
#include "publish/status/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "publish/status/embedded.hpp"

namespace upslink::status {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Page, is_one_document_with_its_style_and_script) {
  const auto html = page("/metrics", "<li>x</li>\n");
  EXPECT_THAT(html, ::testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"./metrics\">Metrics</a>"));
  EXPECT_THAT(html, HasSubstr("<ul>\n<li>x</li>\n</ul>"));
  for (const auto* left : {"@style@", "@script@", "@metrics@", "@upses@", "<link rel=\"stylesheet",
                           " src=\"", "http://localhost"}) {
    EXPECT_THAT(html, Not(HasSubstr(left)));
  }
}

TEST(Page, has_neither_handlers_nor_styles_in_attributes_nor_markup_from_text) {
  const std::string html(embedded::page);
  for (const auto* word : {" onclick=", " onload=", " style=\"", "innerHTML", "outerHTML",
                           "insertAdjacentHTML", "document.write", "eval(", "new Function"}) {
    EXPECT_THAT(html, Not(HasSubstr(word)));
  }
}

TEST(Page, escapes_the_path_of_the_metrics) {
  EXPECT_THAT(page("/a\"b&<c", ""), HasSubstr("href=\"./a&quot;b&amp;&lt;c\""));
}

TEST(Page, allows_itself_and_nothing_else) {
  const auto policy = page_policy();
  EXPECT_THAT(policy, ::testing::StartsWith("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("*")));
  EXPECT_EQ(embedded::style_hash.size(),
            44U);  // that they are right, a browser tells: page_test.py
  EXPECT_EQ(embedded::script_hash.size(), 44U);
}

}  // namespace
}  // namespace upslink::status
