// SPDX-License-Identifier: Apache-2.0
// How the tests of the codec write what became of a reply. Any thread.
#pragma once

#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "catalogue/codec.hpp"

namespace upslink::testing {

/// A number with all its digits, flags as `0x58`, a choice by its name, a text in quotes; `absent`,
/// or the name of the failure.
inline std::string decoded(std::size_t quantity, std::string_view reply,
                           DateOrder order = DateOrder::mdy) {
  const Quantity& row = quantities[quantity];
  const auto result = decode(row, reply, order);
  if (!result) return std::string(name_of(result.error()));
  if (!result.value()) return "absent";
  const Value& value = *result.value();
  if (const auto* text = std::get_if<std::string>(&value)) return '"' + *text + '"';
  if (const auto* choice = std::get_if<Choice>(&value)) {
    return std::string(row.members[choice->index].name);
  }
  if (const auto* flags = std::get_if<Flags>(&value)) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    return {'0', 'x', digits[flags->bits >> 4], digits[flags->bits & 15]};
  }
  std::array<char, 32> number{};
  const char* const end = std::to_chars(number.data(), number.data() + number.size(),
                                        std::get<double>(value), std::chars_format::fixed)
                              .ptr;
  return {static_cast<const char*>(number.data()), end};
}

struct DecodeRow {
  std::size_t quantity;
  std::string_view reply;
  std::string_view becomes;
};

}  // namespace upslink::testing
