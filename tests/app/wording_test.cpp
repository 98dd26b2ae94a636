// SPDX-License-Identifier: Apache-2.0
#include "app/wording.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace upslink::app {
namespace {

TEST(InQuotes, KeepsEverythingOnOneLineAndValidUtf8) {
  EXPECT_EQ(in_quotes("rack1"), "\"rack1\"");
  EXPECT_EQ(in_quotes(""), "\"\"");
  EXPECT_EQ(in_quotes("a\nb\x1b[0m"), "\"a\\x0ab\\x1b[0m\"");
  EXPECT_EQ(in_quotes("Gr\u00fc\u00df"), "\"Gr\u00fc\u00df\"");
  EXPECT_EQ(in_quotes("\xff\xc3"), "\"\\xff\\xc3\"");
  EXPECT_EQ(in_quotes("\u009b"), "\"\\xc2\\x9b\"") << "C1 controls steer terminals";
}

TEST(InQuotes, CutsAVeryLongText) {
  EXPECT_EQ(in_quotes(std::string(5000, 'a')), '"' + std::string(200, 'a') + "...\"");
}

TEST(Utf8Length, FollowsRfc3629) {
  struct Row {
    std::string_view text;
    std::size_t length;
  };
  const std::vector<Row> rows{
      {"", 0},
      {"a", 1},
      {"\x7f", 1},
      {"\x80", 0},
      {"\xc1\x81", 0},  // overlong
      {"\xc3\xa9x", 2},
      {"\xc3", 0},
      {"\xe0\x9f\xbf", 0},  // overlong
      {"\xe2\x82\xac", 3},
      {"\xed\xa0\x80", 0},      // surrogate
      {"\xf0\x8f\xbf\xbf", 0},  // overlong
      {"\xf0\x9f\x94\x8b", 4},
      {"\xf4\x90\x80\x80", 0},  // beyond U+10FFFF
      {"\xf5\x80\x80\x80", 0},
  };
  for (const Row& row : rows) EXPECT_EQ(utf8_length(row.text), row.length) << in_quotes(row.text);
}

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> flags{"--ups", "--config.file", "--web.listen-address",
                                       "--web.telemetry-path", "--log.level"};
  EXPECT_EQ(nearest("--webb.listen-address", flags), "--web.listen-address");
  EXPECT_EQ(nearest("--web.listen-adress", flags), "--web.listen-address");
  EXPECT_EQ(nearest("--listen-address", flags), "--web.listen-address");
  EXPECT_EQ(nearest("-log.level", flags), "--log.level");
  EXPECT_EQ(nearest("--log.levle", flags), "--log.level");
  EXPECT_EQ(nearest("--config", flags), "--config.file");
  EXPECT_EQ(nearest("--usp", flags), "--ups");
}

TEST(Nearest, DoesNotGuessWildly) {
  const std::vector<std::string> flags{"--ups", "--config.file"};
  EXPECT_EQ(nearest("-x", flags), "");
  EXPECT_EQ(nearest("--", flags), "");
  EXPECT_EQ(nearest("", flags), "");
  EXPECT_EQ(nearest("--verbose", flags), "");
  EXPECT_EQ(nearest(std::string(100'000, 'u'), flags), "");
  EXPECT_EQ(nearest("--ups", {}), "");
}

}  // namespace
}  // namespace upslink::app
