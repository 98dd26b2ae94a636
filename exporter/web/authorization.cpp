// SPDX-License-Identifier: Apache-2.0
// Base64 as RFC 4648 has it, with the alphabet of its section 4. Missing padding is accepted.
#include "web/authorization.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): cstring has no explicit_bzero

#include <cstdint>

#include "web/message.hpp"

namespace upslink::web {
namespace {

constexpr std::string_view scheme = "Basic ";

// The six bits that a character stands for; nothing for any other.
std::optional<std::uint32_t> bits_of(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '+') return 62;
  if (c == '/') return 63;
  return {};
}

bool decode_base64(std::string_view code, std::string& text) {
  for (int i = 0; i < 2 && code.ends_with('='); ++i) code.remove_suffix(1);
  if (code.size() % 4 == 1) return false;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : code) {
    const auto six = bits_of(c);
    if (!six) return false;
    bits = bits << 6 | *six;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    text += static_cast<char>(bits >> count & 0xff);
  }
  return true;
}

}  // namespace

std::optional<std::size_t> decode_basic(std::string_view authorization, std::string& text) {
  if (!same_letters(authorization.substr(0, scheme.size()), scheme)) return {};
  authorization.remove_prefix(scheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  text.clear();
  text.reserve(authorization.size());  // growing would leave pieces of a password behind
  const std::size_t colon = decode_base64(authorization, text) ? text.find(':') : std::string::npos;
  if (colon != std::string::npos) return colon;
  ::explicit_bzero(text.data(), text.size());
  return {};
}

}  // namespace upslink::web
