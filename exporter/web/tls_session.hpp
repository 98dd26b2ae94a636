// SPDX-License-Identifier: Apache-2.0
// TlsSession: the TLS side of one connection, put upon the session that libmicrohttpd made for it.
// libmicrohttpd calls GnuTLS; this sees to what it leaves out: the configured context, a client's
// certificate, the alert that tells a client why its handshake failed, and a clean answer to one
// that speaks plain HTTP. The server's thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "web/tls.hpp"

namespace upslink::web {

struct Connection;

class TlsSessionOwner {
 public:
  /// GnuTLS is at work on the session of this connection.
  virtual void at_work(Connection& connection) = 0;
  /// Its handshake goes on when the socket is readable or writable. Called from within GnuTLS.
  virtual void handshake_waits(Connection& connection) = 0;

 protected:
  ~TlsSessionOwner() = default;
};

class TlsSession {
 public:
  /// `session` is GnuTLS' own, of `connection`, before its handshake. It may be closed before this
  /// object is gone, but not used after it.
  TlsSession(std::shared_ptr<const TlsContext> context, gnutls_session_int* session,
             Connection& connection, TlsSessionOwner& owner);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// The handshake has failed: tells the client by an alert, unless it does not speak TLS.
  void refuse();
  /// After refuse(): what was wrong, to follow "the TLS handshake failed: "; empty if the client
  /// has not said a word.
  const std::string& why() const { return why_; }

 private:
  struct Callbacks;  // what GnuTLS calls

  bool is_shaking() const;
  // errno is that of a call on the socket.
  void wait_if_it_would_block();
  // A client has sent these bytes first: answers if they are plain HTTP, and is true then.
  bool turns_away(const void* bytes, std::size_t size);

  std::shared_ptr<const TlsContext> context_;
  gnutls_session_int* session_;
  Connection& connection_;
  TlsSessionOwner& owner_;
  bool has_heard_ = false;    // a first byte
  bool is_plain_ = false;     // and it was not one of TLS
  bool has_version_ = false;  // its hello led to a version
  bool lacks_proof_ = false;  // the client's certificate was found wanting
  bool lacks_certificate_ = false;
  std::string why_;
};

}  // namespace upslink::web
