// SPDX-License-Identifier: Apache-2.0
#pragma once

// How bytes are written in profiles, on the control socket and in its JSON: a command is `Q`, `^A`
// or `0x7f`; a text with blanks or control bytes is quoted, "\x01 a\"b". Pure functions.

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace upslink::simulator {

// One byte as `Q`, `^A` or `0x7f`; a command of several bytes has a blank between them.
std::string printable(std::string_view command);
std::string printable(char byte);

// The inverse of printable(); nullopt when it is none.
std::optional<std::string> parse_command(std::string_view text);

struct Word {
  std::string text;
  bool quoted = false;
};

// Words separated by blanks; a word that starts with a double quote runs to the next one and knows
// the escapes \\ \" \r \n \t \xNN. nullopt when a quote or an escape has no end.
std::optional<std::vector<Word>> split_words(std::string_view line);

std::string_view trim(std::string_view text);

// Two hexadecimal digits at most, or nullopt.
std::optional<unsigned char> parse_hex_byte(std::string_view text);
std::string hex_byte(unsigned char byte);

// The whole text as a number, or nullopt.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return number;
}

}  // namespace upslink::simulator
