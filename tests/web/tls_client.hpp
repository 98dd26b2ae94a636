// SPDX-License-Identifier: Apache-2.0
// TlsClient: a Client that speaks TLS and says what it has got. It verifies nothing unless it is
// given an authority.
#pragma once

#include <string>

#include "certificates.hpp"
#include "client.hpp"

struct gnutls_session_int;
struct gnutls_certificate_credentials_st;

namespace upslink::web::testing {

struct TlsWishes {
  std::string priority = "NORMAL";  ///< in GnuTLS' words
  Identity identity{};              ///< shown if it is not empty
  std::string authority{};          ///< PEM; the server must be vouched for by it
  std::string session{};            ///< of another client's session(): asks to resume it
};

class TlsClient : public Client {
 public:
  /// Connects; the handshake is made by shake() or the first thing that is sent.
  explicit TlsClient(const std::string& address, const TlsWishes& wishes = {});
  ~TlsClient() override;

  /// Whether the server accepts this client; in TLS 1.3 that is known only when it has said
  /// something, so this sends a request and waits for the answer's beginning.
  bool is_accepted();
  /// Everything is sent one byte at a time from now on.
  void send_in_pieces();
  /// Makes the handshake as far as this side is concerned.
  bool shake();
  long send_some(std::string_view text) override;

  std::string version() const;  ///< "TLS1.3"
  std::string suite() const;    ///< "ECDHE-RSA-AES-128-GCM-SHA256", as GnuTLS spells it
  std::string group() const;
  int alert() const { return alert_; }  ///< the last one that came; 0 if none did
  bool is_resumed() const;
  std::string session() const;
  /// TLS 1.2: asks for another handshake; whether there was one.
  bool renegotiate();
  /// The server's certificate, DER.
  std::string certificate() const;

 protected:
  long read_some(char* into, std::size_t size) override;

 private:
  bool note(long result);

  gnutls_certificate_credentials_st* credentials_ = nullptr;
  gnutls_session_int* session_ = nullptr;
  bool has_shaken_ = false;
  bool has_failed_ = false;
  int alert_ = 0;
};

}  // namespace upslink::web::testing
