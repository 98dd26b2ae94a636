// SPDX-License-Identifier: Apache-2.0
// The bytes that may be sent to a UPS: the handshake and the questions that change nothing. The
// link refuses every other byte, and a row of the catalogue with another byte does not compile.
// Among those left out on purpose: Z K S @ U W D A R ^ - + z 1 ^N DEL and all bytes that are not
// known.
#pragma once

#include <string_view>

namespace upslink {

/// Puts a unit into smart mode and proves that the line is in step: the answer is `SM`.
inline constexpr char handshake_byte = 'Y';
inline constexpr std::string_view handshake_reply = "SM";

/// The reply to a question that a unit cannot answer, now or ever.
inline constexpr std::string_view not_available_reply = "NA";

// clang-format off
inline constexpr std::string_view allowed_bytes =
    "Y"                            // smart mode
    "Q~'879GXdT"                   // status
    "LMNOFBP\\/fjCg><"             // power readings
    "Ecxuleosqkpr\x16\x0cw"        // settings, without - and + after them
    "Vb\x01nmya\x1a"               // identity
    "thviIJ[]{}H"                  // Measure-UPS
    "0456";                        // calibration constants

// The bytes that change a unit, interrupt it, or lead into its service mode, in any combination.
inline constexpr std::string_view dangerous_bytes =
    "ZKS@UWDA^-+zR1\x0e\x7f\x19\x02\x10\x9f\x81";
// clang-format on

constexpr bool may_be_sent(char byte) {
  return allowed_bytes.find(byte) != std::string_view::npos;
}

}  // namespace upslink
