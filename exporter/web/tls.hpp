// SPDX-License-Identifier: Apache-2.0
// TlsContext: what the server's TLS connections have in common, made from the values of a web
// configuration: certificate, key, trusted authorities, versions, cipher suites, curves. It never
// changes; a new configuration is a new context, and connections keep the one they began with.
//
//   if (const auto fault = check(tls)) ...         // before anything starts: what is wrong with it
//   auto made = TlsContext::create(tls);           // the context, or what is wrong with it
//
// Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "web/security.hpp"

struct gnutls_certificate_credentials_st;  // GnuTLS' own names
struct gnutls_priority_st;
struct gnutls_session_int;

namespace upslink::web {

/// The setting of which a sentence speaks.
enum class TlsPart : std::uint8_t {
  certificates,
  key,
  client_authorities,
  client_auth,
  versions,
  cipher_suites,
  curve_preferences
};

struct TlsFault {
  TlsPart part;
  std::string why;  ///< begins in lower case, to follow the setting's name and a colon
};

/// What is wrong with `tls`; nothing if a server can use it.
std::optional<TlsFault> check(const Tls& tls);

/// When the first certificate of the server's chain expires; nothing if it cannot be read.
std::optional<std::chrono::system_clock::time_point> certificate_expiry(const Tls& tls);

class TlsContext {
 public:
  using Made = std::variant<std::shared_ptr<const TlsContext>, TlsFault>;
  static Made create(const Tls& tls);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// A sentence for the log if the certificates are not valid at `now`, which is no fault: clients
  /// that do not verify them go on.
  std::optional<std::string> remark(std::chrono::system_clock::time_point now) const;

  /// Gives a session of the server's side everything that is here. To be called before its
  /// handshake. The context has to outlive the session.
  void equip(gnutls_session_int* session) const;

  /// What is wrong with the certificate that the client showed in its handshake, or with there
  /// being none; nothing if it may go on.
  std::optional<std::string> why_not(gnutls_session_int* session) const;

  /// Chooses the cipher suites for the version that a client's hello led to; false if it is not one
  /// of those that are spoken.
  bool narrow(gnutls_session_int* session) const;

 private:
  explicit TlsContext(const Tls& tls);

  std::optional<TlsFault> load_certificates(const Tls& tls);
  std::optional<TlsFault> load_authorities(const Tls& tls);
  std::optional<TlsFault> load_priorities(const Tls& tls);

  ClientAuth client_auth_;
  std::vector<std::string> allowed_sans_;
  bool has_rsa_key_ = false;
  std::chrono::system_clock::time_point valid_from_{};
  std::chrono::system_clock::time_point valid_until_{};
  gnutls_certificate_credentials_st* credentials_ = nullptr;
  gnutls_priority_st* older_ = nullptr;  // the suites that were named: up to TLS 1.2
  gnutls_priority_st* tls13_ = nullptr;  // and TLS 1.3's own
};

}  // namespace upslink::web
