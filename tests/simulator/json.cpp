// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "bytes.hpp"

namespace upslink::simulator {

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '\\') {
      json += '\\';
      json += byte;
    } else if (code < 0x20 || code >= 0x7f) {
      json += "\\u00" + hex_byte(code);
    } else {
      json += byte;
    }
  }
  return json + '"';
}

std::string json_number(double number) {
  if (!std::isfinite(number)) return "null";
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                          std::chars_format::general, 12);
  return error == std::errc{} ? std::string(digits.data(), end) : "null";
}

std::string json_array(const std::vector<std::string>& elements) {
  std::string json = "[";
  for (const auto& element : elements) {
    if (json.size() > 1) json += ',';
    json += element;
  }
  return json + ']';
}

JsonObject& JsonObject::member(std::string_view name, std::string_view json) {
  if (members_.size() > 1) members_ += ',';
  members_ += json_text(name);
  members_ += ':';
  members_ += json;
  return *this;
}

JsonObject& JsonObject::text(std::string_view name, std::string_view text) {
  return member(name, json_text(text));
}

JsonObject& JsonObject::number(std::string_view name, double number) {
  return member(name, json_number(number));
}

JsonObject& JsonObject::integer(std::string_view name, std::int64_t number) {
  return member(name, std::to_string(number));
}

JsonObject& JsonObject::boolean(std::string_view name, bool value) {
  return member(name, value ? "true" : "false");
}

JsonObject& JsonObject::null(std::string_view name) {
  return member(name, "null");
}

}  // namespace upslink::simulator
