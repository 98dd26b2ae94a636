// SPDX-License-Identifier: Apache-2.0
#include "app/log_line.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "app/settings.hpp"
#include "app/wording.hpp"

namespace upslink::app {
namespace {

template <typename... Numbers>
std::string printed(const char* form, Numbers... numbers) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), form, numbers...);
  return text.data();
}

/// `2026-01-02T03:04:05.678Z`
std::string timestamp(WallTime time) {
  using namespace std::chrono;
  const auto millis = floor<milliseconds>(time);
  const auto day = floor<days>(millis);
  const year_month_day date(day);
  const hh_mm_ss clock(millis - day);
  return printed("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                 static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                 static_cast<int>(clock.seconds().count()),
                 static_cast<int>(clock.subseconds().count()));
}

/// Control characters of C0 and C1, and those that break lines or turn their direction on a screen.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || (c >= 0x200E && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

char32_t code_point(std::string_view sequence) {
  constexpr std::array<unsigned, 5> first_mask{0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t c = static_cast<unsigned char>(sequence.front()) & first_mask[sequence.size()];
  for (const char byte : sequence.substr(1))
    c = (c << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  return c;
}

std::string escaped(std::string_view sequence) {
  switch (const char32_t c = code_point(sequence)) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return is_control(c) ? printed("\\u%04x", static_cast<unsigned>(c)) : std::string(sequence);
  }
}

/// A JSON string, which logfmt takes as well.
std::string json_string(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      result +=
          printed("\\\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text.front())));
    } else {
      result += escaped(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result + '"';
}

/// As it is where logfmt needs no quotes.
std::string value_of(std::string_view text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7F && c != '=' && c != '"' && c != '\\';
  });
  return plain ? std::string(text) : json_string(text);
}

std::string key_of(std::string_view text) {
  std::string key(text.empty() ? "_" : text);
  std::ranges::replace_if(
      key, [](char c) { return c <= ' ' || c >= 0x7F || c == '=' || c == '"' || c == '\\'; }, '_');
  return key;
}

std::string logfmt(const LogEntry& entry) {
  std::string line = "ts=" + timestamp(entry.time) + " level=" + std::string(word_for(entry.level));
  if (!entry.ups.empty()) line += " ups=" + value_of(entry.ups);
  line += " msg=" + json_string(entry.message);
  for (const auto& [key, value] : entry.fields) line += " " + key_of(key) + "=" + value_of(value);
  return line + "\n";
}

std::string json(const LogEntry& entry) {
  std::string line = R"({"ts":")" + timestamp(entry.time) + R"(","level":")" +
                     std::string(word_for(entry.level)) + "\"";
  if (!entry.ups.empty()) line += ",\"ups\":" + json_string(entry.ups);
  line += ",\"msg\":" + json_string(entry.message);
  for (const auto& [key, value] : entry.fields)
    line += "," + json_string(key) + ":" + json_string(value);
  return line + "}\n";
}

}  // namespace

std::string log_line(const LogEntry& entry, LogFormat format) {
  return format == LogFormat::json ? json(entry) : logfmt(entry);
}

}  // namespace upslink::app
