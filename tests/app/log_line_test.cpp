// SPDX-License-Identifier: Apache-2.0
#include "app/log_line.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "app/wording.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;

constexpr WallTime noon =
    WallTime(std::chrono::sys_days(std::chrono::January / 2 / 2026)) + 3h + 4min + 5s + 678ms;

std::string line(LogFormat format, const std::string& message, const LogFields& fields,
                 const std::string& ups = "rack1") {
  return log_line(
      {.time = noon, .level = LogLevel::info, .ups = ups, .message = message, .fields = fields},
      format);
}

TEST(LogLine, HasTimeLevelUpsMessageAndFields) {
  const LogFields fields{{"address", "/dev/ttyS0"}, {"attempt", "2"}};
  EXPECT_EQ(line(LogFormat::logfmt, "connected", fields),
            "ts=2026-01-02T03:04:05.678Z level=info ups=rack1 msg=\"connected\" address=/dev/ttyS0 "
            "attempt=2\n");
  EXPECT_EQ(line(LogFormat::json, "connected", fields),
            "{\"ts\":\"2026-01-02T03:04:05.678Z\",\"level\":\"info\",\"ups\":\"rack1\",\"msg\":"
            "\"connected\",\"address\":\"/dev/ttyS0\",\"attempt\":\"2\"}\n");
}

TEST(LogLine, LeavesOutAnEmptyUps) {
  EXPECT_EQ(line(LogFormat::logfmt, "up", {}, ""),
            "ts=2026-01-02T03:04:05.678Z level=info msg=\"up\"\n");
  EXPECT_EQ(line(LogFormat::json, "up", {}, ""),
            "{\"ts\":\"2026-01-02T03:04:05.678Z\",\"level\":\"info\",\"msg\":\"up\"}\n");
}

TEST(LogLine, NamesTheLevels) {
  const auto line_at = [](LogLevel level) {
    return log_line({.time = {}, .level = level, .ups = {}, .message = "", .fields = {}},
                    LogFormat::logfmt);
  };
  EXPECT_EQ(line_at(LogLevel::debug), "ts=1970-01-01T00:00:00.000Z level=debug msg=\"\"\n");
  EXPECT_EQ(line_at(LogLevel::warning), "ts=1970-01-01T00:00:00.000Z level=warn msg=\"\"\n");
  EXPECT_EQ(line_at(LogLevel::error), "ts=1970-01-01T00:00:00.000Z level=error msg=\"\"\n");
}

struct Escape {
  std::string text;
  std::string logfmt;  ///< as a value
  std::string json;
};

TEST(LogLine, EscapesWhatWouldBreakIt) {
  const std::vector<Escape> rows{
      {"", "\"\"", "\"\""},
      {"plain/-.:,_", "plain/-.:,_", "\"plain/-.:,_\""},
      {"two words", "\"two words\"", "\"two words\""},
      {"a=b", "\"a=b\"", "\"a=b\""},
      {"say \"hi\"", "\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\""},
      {"back\\slash", "\"back\\\\slash\"", "\"back\\\\slash\""},
      {"line\r\nend\t", "\"line\\r\\nend\\t\"", "\"line\\r\\nend\\t\""},
      {std::string("\0\x01\x1b\x7f", 4), "\"\\u0000\\u0001\\u001b\\u007f\"",
       "\"\\u0000\\u0001\\u001b\\u007f\""},
      {"Gr\u00fc\u00df \U0001F50B", "\"Gr\u00fc\u00df \U0001F50B\"",
       "\"Gr\u00fc\u00df \U0001F50B\""},
      {"\u009b2J\u2028\u202e", "\"\\u009b2J\\u2028\\u202e\"", "\"\\u009b2J\\u2028\\u202e\""},
      {"\xff\xfe", "\"\\\\xff\\\\xfe\"", "\"\\\\xff\\\\xfe\""},
      {"\xc3(", "\"\\\\xc3(\"", "\"\\\\xc3(\""},
      {"\xe2\x82", "\"\\\\xe2\\\\x82\"", "\"\\\\xe2\\\\x82\""},
      {"\xed\xa0\x80", "\"\\\\xed\\\\xa0\\\\x80\"", "\"\\\\xed\\\\xa0\\\\x80\""},
  };
  for (const Escape& row : rows) {
    const std::string logfmt = line(LogFormat::logfmt, row.text, {{"reply", row.text}});
    EXPECT_TRUE(logfmt.ends_with(" msg=" + row.json + " reply=" + row.logfmt + "\n")) << logfmt;
    const std::string json = line(LogFormat::json, row.text, {{row.text, row.text}});
    EXPECT_TRUE(json.ends_with(",\"msg\":" + row.json + "," + row.json + ":" + row.json + "}\n"))
        << json;
  }
}

TEST(LogLine, MakesAKeyOfAnything) {
  EXPECT_TRUE(line(LogFormat::logfmt, "m", {{"a b=\"c\"\n", "1"}, {"", "2"}})
                  .ends_with(" a_b__c__=1 _=2\n"));
}

TEST(LogLine, IsOneLineOfUtf8WithEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text{'a', static_cast<char>(byte), 'b'};
    for (const LogFormat format : {LogFormat::logfmt, LogFormat::json}) {
      const std::string whole = line(format, text, {{"key" + text, text}}, text);
      EXPECT_EQ(whole.find('\n'), whole.size() - 1) << byte;
      std::string_view rest = std::string_view(whole).substr(0, whole.size() - 1);
      while (!rest.empty()) {
        const std::size_t length = utf8_length(rest);
        ASSERT_GT(length, 0U) << byte;
        ASSERT_GE(static_cast<unsigned char>(rest.front()), 0x20U) << byte;
        rest.remove_prefix(length);
      }
    }
  }
}

}  // namespace
}  // namespace upslink::app
