// SPDX-License-Identifier: Apache-2.0
#pragma once

// Just enough JSON to answer on the control socket: an object is built member by member, in order.
// Texts are bytes: those outside printable ASCII become \u00xx (Latin-1).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace upslink::simulator {

std::string json_text(std::string_view text);
// Twelve digits; NaN and infinities are null.
std::string json_number(double number);
std::string json_array(const std::vector<std::string>& elements);

class JsonObject {
 public:
  // `json` is already JSON.
  JsonObject& member(std::string_view name, std::string_view json);
  JsonObject& text(std::string_view name, std::string_view text);
  JsonObject& number(std::string_view name, double number);
  JsonObject& integer(std::string_view name, std::int64_t number);
  JsonObject& boolean(std::string_view name, bool value);
  JsonObject& null(std::string_view name);

  std::string str() const { return members_ + "}"; }

 private:
  std::string members_ = "{";
};

}  // namespace upslink::simulator
