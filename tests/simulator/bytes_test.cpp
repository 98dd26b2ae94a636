// SPDX-License-Identifier: Apache-2.0
#include "bytes.hpp"

#include <gmock/gmock.h>

#include "json.hpp"

namespace upslink::simulator {
namespace {

using testing::Optional;

TEST(Bytes, EveryByteIsWrittenAndReadBack) {
  for (int code = 0; code < 256; ++code) {
    const std::string byte(1, static_cast<char>(code));
    EXPECT_THAT(parse_command(printable(byte)), Optional(byte)) << printable(byte);
  }
  EXPECT_EQ(printable("\x01"), "^A");
  EXPECT_EQ(printable("^"), "^");
  EXPECT_EQ(printable("\x7f"), "0x7f");
  EXPECT_EQ(printable("\x9f\xd1"), "0x9f 0xd1");
}

TEST(Bytes, WhatIsNoCommandIsRefused) {
  for (const char* text : {"", " ", "QQ", "^a", "0x", "0xg1", "0x123"}) {
    EXPECT_EQ(parse_command(text), std::nullopt) << text;
  }
}

TEST(Bytes, WordsKnowQuotesAndEscapes) {
  const auto words = split_words(R"( set  ^A "\x01 a\"b\\\r\n" 5 )");
  ASSERT_TRUE(words);
  ASSERT_EQ(words->size(), 4U);
  EXPECT_EQ((*words)[0].text, "set");
  EXPECT_EQ((*words)[2].text, "\x01 a\"b\\\r\n");
  EXPECT_TRUE((*words)[2].quoted);
  EXPECT_FALSE((*words)[3].quoted);
  EXPECT_FALSE(split_words("\"open"));
  EXPECT_FALSE(split_words("\"\\x1"));
}

TEST(Json, TextsAreLatin1AndNumbersReadable) {
  const auto json = JsonObject()
                        .text("a", "q\"\\\x01\xff")
                        .number("b", 23.4 / 100)
                        .number("c", std::numeric_limits<double>::quiet_NaN())
                        .member("d", json_array({"1", "2"}))
                        .str();
  EXPECT_EQ(json, R"({"a":"q\"\\\u0001\u00FF","b":0.234,"c":null,"d":[1,2]})");
}

}  // namespace
}  // namespace upslink::simulator
