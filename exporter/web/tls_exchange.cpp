// SPDX-License-Identifier: Apache-2.0
#include "web/tls_exchange.hpp"

#include <gnutls/gnutls.h>
#include <poll.h>

#include <algorithm>
#include <array>

namespace upslink::web {
namespace {

using Clock = std::chrono::steady_clock;

// The client's side of one connection.
class ClientSession {
 public:
  ClientSession(int socket, Clock::time_point deadline) : socket_(socket), deadline_(deadline) {
    gnutls_certificate_allocate_credentials(&credentials_);
    gnutls_certificate_set_retrieve_function(credentials_, &note_wish);
    gnutls_init(&session_, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
    gnutls_priority_set_direct(session_, "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1", nullptr);
    gnutls_credentials_set(session_, GNUTLS_CRD_CERTIFICATE, credentials_);
    gnutls_session_set_ptr(session_, this);
    gnutls_transport_set_int(session_, socket_);
  }
  ~ClientSession() {
    gnutls_deinit(session_);
    gnutls_certificate_free_credentials(credentials_);
  }
  ClientSession(const ClientSession&) = delete;
  ClientSession& operator=(const ClientSession&) = delete;

  /// Repeats what GnuTLS is to do until it is done or has failed; its result.
  template <typename Step>
  long until_done(Step step) {
    long result = step(session_);
    while (result < 0 && gnutls_error_is_fatal(static_cast<int>(result)) == 0) {
      if (result == GNUTLS_E_AGAIN && !wait()) return GNUTLS_E_TIMEDOUT;
      result = step(session_);
    }
    return result;
  }

  bool wants_certificate() const { return wants_certificate_; }

  /// A result of GnuTLS in words.
  std::string words(long result) const {
    if (result == 0) return "it hung up";
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED) {
      const char* const name = gnutls_alert_get_name(gnutls_alert_get(session_));
      return std::string("it says: ") + (name == nullptr ? "an unknown alert" : name);
    }
    return gnutls_strerror(static_cast<int>(result));
  }

 private:
  static int note_wish(gnutls_session_t session, const gnutls_datum_t*, int,
                       const gnutls_pk_algorithm_t*, int, gnutls_retr2_st* answer) noexcept {
    static_cast<ClientSession*>(gnutls_session_get_ptr(session))->wants_certificate_ = true;
    answer->ncerts = 0;
    return 0;
  }

  bool wait() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    const bool is_writing = gnutls_record_get_direction(session_) == 1;
    pollfd wanted{socket_, static_cast<short>(is_writing ? POLLOUT : POLLIN), 0};
    return left > 0 && ::poll(&wanted, 1, static_cast<int>(left)) == 1;
  }

  int socket_;
  Clock::time_point deadline_;
  gnutls_certificate_credentials_t credentials_ = nullptr;
  gnutls_session_t session_ = nullptr;
  bool wants_certificate_ = false;
};

}  // namespace

TlsExchange exchange_over_tls(int socket, std::string_view request, Clock::time_point deadline) {
  ClientSession session(socket, deadline);
  std::array<char, 1024> piece{};
  long result = session.until_done([](gnutls_session_t s) { return gnutls_handshake(s); });
  if (result >= 0) {
    session.until_done(
        [&](gnutls_session_t s) { return gnutls_record_send(s, request.data(), request.size()); });
    // What the server has to say may have come before it stopped listening.
    result = session.until_done(
        [&](gnutls_session_t s) { return gnutls_record_recv(s, piece.data(), piece.size()); });
  }
  TlsExchange exchange{.wants_certificate = session.wants_certificate()};
  if (result > 0) {
    exchange.received.assign(piece.data(), static_cast<std::size_t>(result));
  } else {
    exchange.why = session.words(result);
  }
  return exchange;
}

}  // namespace upslink::web
