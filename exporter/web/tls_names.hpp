// SPDX-License-Identifier: Apache-2.0
// The names that a web configuration file uses for what TLS may choose from, which are Go's, and
// what they are to GnuTLS. Constant tables; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace upslink::web {

/// The names that Tls::cipher_suites may have, in the order in which the server prefers them if
/// none are named. Those of TLS 1.3 may be named and change nothing, as with Go: TLS 1.3 has all of
/// its suites or is not spoken.
std::span<const std::string_view> cipher_suite_names();

/// The names that Tls::curve_preferences may have, in the order of preference if none are named.
std::span<const std::string_view> curve_names();

/// What is wrong with a name for a cipher suite or a curve, in a sentence; nothing if it is fine.
std::optional<std::string> why_no_cipher_suite(std::string_view name);
std::optional<std::string> why_no_curve(std::string_view name);

/// Which certificates a cipher suite works with.
enum class KeyKind : std::uint8_t {
  rsa,
  elliptic,  ///< ECDSA and Ed25519
  either     ///< suites of TLS 1.3
};

struct CipherSuite {
  KeyKind key;
  std::string_view cipher;  ///< GnuTLS' name
  std::string_view mac;     ///< GnuTLS' name
};

/// The suite of a name in cipher_suite_names(); nothing for any other.
std::optional<CipherSuite> cipher_suite(std::string_view name);

/// GnuTLS' name for a group; empty for a name that is not in curve_names().
std::string_view group_of(std::string_view curve);

}  // namespace upslink::web
