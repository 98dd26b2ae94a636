// SPDX-License-Identifier: Apache-2.0
// Who may ask the server, and over what: TLS, passwords, response headers and the rate limit, as
// plain values. Whoever reads a web configuration file makes one; the server obeys it from then on.
// The words are those of exporter-toolkit's web configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace upslink::web {

enum class TlsVersion : std::uint8_t { tls10, tls11, tls12, tls13 };

/// What is asked of a client's certificate; the order is that of growing strictness.
enum class ClientAuth : std::uint8_t {
  none,             ///< it is not asked for
  request,          ///< asked for; may be absent and is not verified
  require_any,      ///< has to be there, is not verified
  verify_if_given,  ///< may be absent; verified if it is there
  require_and_verify
};

constexpr bool verifies(ClientAuth auth) {
  return auth == ClientAuth::verify_if_given || auth == ClientAuth::require_and_verify;
}

constexpr bool requires_one(ClientAuth auth) {
  return auth == ClientAuth::require_any || auth == ClientAuth::require_and_verify;
}

struct Tls {
  std::string certificates{};        ///< PEM: the server's own first, then what leads to its root
  std::string key{};                 ///< PEM
  std::string client_authorities{};  ///< PEM; empty: none
  ClientAuth client_auth = ClientAuth::none;
  /// A verified client certificate must carry one of these (DNS name, IP address, e-mail address or
  /// URI); empty: any will do.
  std::vector<std::string> client_allowed_sans{};
  TlsVersion min_version = TlsVersion::tls12;
  TlsVersion max_version = TlsVersion::tls13;
  std::vector<std::string> cipher_suites{};      ///< Go's names; empty: the library's choice
  std::vector<std::string> curve_preferences{};  ///< Go's names; empty: the library's choice
  bool prefer_server_cipher_suites = true;
};

struct RateLimit {
  std::chrono::nanoseconds interval{};  ///< one request is granted in each
  unsigned burst = 1;                   ///< so many may come at once
};

struct Security {
  std::optional<Tls> tls{};                    ///< nothing: plain HTTP
  std::map<std::string, std::string> users{};  ///< name to bcrypt hash; empty: all may ask
  std::vector<std::pair<std::string, std::string>> headers{};  ///< added to every response
  std::optional<RateLimit> rate_limit{};
};

}  // namespace upslink::web
