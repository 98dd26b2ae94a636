// SPDX-License-Identifier: Apache-2.0
#include "bytes.hpp"

namespace upslink::simulator {
namespace {

constexpr std::string_view blanks = " \t\r";

std::optional<char> parse_command_byte(std::string_view text) {
  if (text.size() == 1) return text[0];
  if (text.size() == 2 && text[0] == '^') {
    if (text[1] == '?') return '\x7f';
    if (text[1] >= '@' && text[1] <= '_') return static_cast<char>(text[1] - '@');
    return std::nullopt;
  }
  if (text.size() == 4 && text.starts_with("0x")) {
    if (const auto byte = parse_hex_byte(text.substr(2))) return static_cast<char>(*byte);
  }
  return std::nullopt;
}

// Reads the escape after a backslash at `at`, appends it and moves `at` past it.
bool read_escape(std::string_view line, std::size_t& at, std::string& text) {
  if (at >= line.size()) return false;
  const char kind = line[at++];
  switch (kind) {
    case 'n':
      text += '\n';
      return true;
    case 'r':
      text += '\r';
      return true;
    case 't':
      text += '\t';
      return true;
    case 'x': {
      const auto byte = at + 2 <= line.size() ? parse_hex_byte(line.substr(at, 2)) : std::nullopt;
      if (!byte) return false;
      text += static_cast<char>(*byte);
      at += 2;
      return true;
    }
    default:
      text += kind;
      return true;
  }
}

std::optional<Word> read_quoted(std::string_view line, std::size_t& at) {
  Word word{"", true};
  while (at < line.size()) {
    const char byte = line[at++];
    if (byte == '"') return word;
    if (byte != '\\') {
      word.text += byte;
    } else if (!read_escape(line, at, word.text)) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string hex_byte(unsigned char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {digits[byte >> 4], digits[byte & 0x0f]};
}

std::string printable(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (code > 0x20 && code < 0x7f) return {byte};
  if (code < 0x20) return {'^', static_cast<char>(code + '@')};
  std::string text = "0x";
  for (const char digit : hex_byte(code)) {
    text += digit >= 'A' ? static_cast<char>(digit - 'A' + 'a') : digit;
  }
  return text;
}

std::string printable(std::string_view command) {
  std::string text;
  for (const char byte : command) {
    if (!text.empty()) text += ' ';
    text += printable(byte);
  }
  return text;
}

std::optional<std::string> parse_command(std::string_view text) {
  std::string command;
  text = trim(text);
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto byte = parse_command_byte(text.substr(0, end));
    if (!byte) return std::nullopt;
    command += *byte;
    text = trim(text.substr(end));
  }
  if (command.empty()) return std::nullopt;
  return command;
}

std::optional<std::vector<Word>> split_words(std::string_view line) {
  std::vector<Word> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(blanks, at)) != std::string_view::npos) {
    if (line[at] == '"') {
      auto word = read_quoted(line, ++at);
      if (!word) return std::nullopt;
      words.push_back(std::move(*word));
    } else {
      const auto end = std::min(line.find_first_of(blanks, at), line.size());
      words.push_back({std::string(line.substr(at, end - at)), false});
      at = end;
    }
  }
  return words;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<unsigned char> parse_hex_byte(std::string_view text) {
  unsigned char byte = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, byte, 16);
  if (error != std::errc{} || stop != end || text.empty() || text.size() > 2) return std::nullopt;
  return byte;
}

}  // namespace upslink::simulator
