// SPDX-License-Identifier: Apache-2.0
// Why a question to a UPS got no value. Failures are values with a reason, and reasons are counted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace upslink {

enum class Failure : std::uint8_t {
  timeout,        ///< no reply, or one that stopped half-way
  malformed,      ///< a reply that is not in the row's format
  desync,         ///< a reply that belongs to another question, or to none
  implausible,    ///< well formed, but a second reading did not agree
  link,           ///< the device or the connection is gone
  not_available,  ///< the unit said NA: it does not have this now (no fault, not counted)
};

/// How many reasons are counted: all before not_available.
inline constexpr std::size_t counted_failures = static_cast<std::size_t>(Failure::not_available);

inline constexpr std::array<std::string_view, counted_failures + 1> failure_names{
    "timeout", "malformed", "desync", "implausible", "link", "not_available"};

constexpr std::string_view name_of(Failure failure) {
  return failure_names[static_cast<std::size_t>(failure)];
}

}  // namespace upslink
