// SPDX-License-Identifier: Apache-2.0
#include "web/authorization.hpp"

#include <gtest/gtest.h>

namespace upslink::web {
namespace {

TEST(DecodeBasic, TakesBase64OfANameAndAPassword) {
  const struct {
    std::string_view header, text;
  } rows[] = {
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin:open sesame"},  // RFC 7617, 2
      {"Basic dGVzdDoxMjPCow==", "test:123\xc2\xa3"},                 // RFC 7617, 2.1
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", "Aladdin:open sesame"},
      {"bASIC   Og==", ":"},
      {"Basic YTpiOmM=", "a:b:c"},
      {"Basic Oj8+fw==", ":?>\x7f"},
  };
  std::string text = "what was there before";
  for (const auto& row : rows) {
    const auto colon = decode_basic(row.header, text);
    ASSERT_TRUE(colon) << row.header;
    EXPECT_EQ(text, row.text);
    EXPECT_EQ(*colon, row.text.find(':'));
  }
}

TEST(DecodeBasic, TakesNothingElse) {
  for (const std::string_view header :
       {"", "Basic", "Basic ", "Basic =", "Basic Og===", "Basic Og=a", "Basic O", "Basic YTpi!",
        "Basic YWI=", "Basic Oj8-fw==", "Basic YTpi YTpi", "Bearer YTpi", "Basically YTpi",
        "Basic\tYTpi", "Digest username=\"a:b\""}) {
    std::string text;
    EXPECT_FALSE(decode_basic(header, text)) << header;
  }
}

}  // namespace
}  // namespace upslink::web
