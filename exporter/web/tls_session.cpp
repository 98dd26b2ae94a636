// SPDX-License-Identifier: Apache-2.0
// GnuTLS reads and writes by way of the functions below instead of its own, so that it is known
// which session is at work and when a handshake has to wait.
#include "web/tls_session.hpp"

#include <gnutls/gnutls.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "web/connection_table.hpp"

namespace upslink::web {
namespace {

constexpr unsigned char handshake_record = 22;  // RFC 8446, 5.1: what the first byte of TLS is

constexpr std::string_view plain_answer =
    "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    "\r\nClient sent an HTTP request to an HTTPS server.\n";

// Reads and throws away what has arrived, up to a limit: closing a socket with unread bytes would
// have the kernel send a reset, which may overtake our last words.
void drain(int descriptor) {
  std::array<char, 4096> rest{};
  for (int i = 0; i < 16 && ::recv(descriptor, rest.data(), rest.size(), MSG_DONTWAIT) > 0; ++i) {
  }
}

}  // namespace

// These run in GnuTLS' C frames: they are noexcept.
struct TlsSession::Callbacks {
  static ssize_t pull(gnutls_transport_ptr_t self, void* into, std::size_t size) noexcept {
    auto& session = *static_cast<TlsSession*>(self);
    session.owner_.at_work(session.connection_);
    const ssize_t count = ::recv(session.connection_.descriptor, into, size, 0);
    if (count > 0 && !session.has_heard_) {
      session.has_heard_ = true;
      if (session.turns_away(into, static_cast<std::size_t>(count))) {
        errno = ECONNABORTED;
        return -1;
      }
    }
    if (count < 0) session.wait_if_it_would_block();
    return count;
  }

  static ssize_t push(gnutls_transport_ptr_t self, const giovec_t* pieces, int count) noexcept {
    auto& session = *static_cast<TlsSession*>(self);
    session.owner_.at_work(session.connection_);
    msghdr message{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): sendmsg() only reads it
    message.msg_iov = const_cast<giovec_t*>(pieces);
    message.msg_iovlen = static_cast<std::size_t>(count);
    const ssize_t sent = ::sendmsg(session.connection_.descriptor, &message, MSG_NOSIGNAL);
    if (sent < 0) session.wait_if_it_would_block();
    return sent;
  }

  static int hello(gnutls_session_t session) noexcept {
    TlsSession& mine = of(session);
    mine.has_version_ = mine.context_->narrow(session);
    return 0;
  }

  static int verify(gnutls_session_t session) noexcept {
    TlsSession& mine = of(session);
    const auto why = mine.context_->why_not(session);
    if (!why) return 0;
    mine.lacks_proof_ = true;
    mine.lacks_certificate_ = gnutls_certificate_get_peers(session, nullptr) == nullptr;
    mine.why_ = *why;
    return GNUTLS_E_CERTIFICATE_ERROR;
  }

  static TlsSession& of(gnutls_session_t session) {
    return *static_cast<TlsSession*>(gnutls_session_get_ptr(session));
  }
};

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, gnutls_session_t session,
                       Connection& connection, TlsSessionOwner& owner)
    : context_(std::move(context)), session_(session), connection_(connection), owner_(owner) {
  context_->equip(session_);
  gnutls_session_set_ptr(session_, this);
  gnutls_session_set_verify_function(session_, &Callbacks::verify);
  gnutls_handshake_set_post_client_hello_function(session_, &Callbacks::hello);
  gnutls_transport_set_ptr(session_, this);
  gnutls_transport_set_pull_function(session_, &Callbacks::pull);
  gnutls_transport_set_vec_push_function(session_, &Callbacks::push);
}

bool TlsSession::is_shaking() const {
  return gnutls_handshake_get_last_in(session_) != GNUTLS_HANDSHAKE_FINISHED;
}

void TlsSession::wait_if_it_would_block() {
  if (errno != EAGAIN || !is_shaking()) return;
  owner_.handshake_waits(connection_);
  errno = EAGAIN;
}

bool TlsSession::turns_away(const void* bytes, std::size_t size) {
  const auto first = size == 0 ? handshake_record : *static_cast<const unsigned char*>(bytes);
  is_plain_ = first >= 'A' && first <= 'Z';  // as every method of HTTP begins
  if (!is_plain_) return false;
  drain(connection_.descriptor);
  static_cast<void>(
      ::send(connection_.descriptor, plain_answer.data(), plain_answer.size(), MSG_NOSIGNAL));
  return true;
}

void TlsSession::refuse() {
  if (is_plain_) {
    why_ = "it speaks plain HTTP";
    return;
  }
  if (!has_heard_) return;
  auto alert = GNUTLS_A_HANDSHAKE_FAILURE;
  if (lacks_proof_) {
    alert = lacks_certificate_ ? GNUTLS_A_CERTIFICATE_REQUIRED : GNUTLS_A_BAD_CERTIFICATE;
  } else if (!has_version_ &&
             gnutls_handshake_get_last_in(session_) == GNUTLS_HANDSHAKE_CLIENT_HELLO) {
    alert = GNUTLS_A_PROTOCOL_VERSION;
    why_ = "no version of TLS is common";
  } else if (const int theirs = gnutls_alert_get(session_); theirs != 0) {
    const char* const name = gnutls_alert_get_name(static_cast<gnutls_alert_description_t>(theirs));
    why_ = std::string("it says: ") + (name == nullptr ? "an unknown alert" : name);
    return;
  } else {
    why_ = "it hung up, or has nothing in common with the configured cipher suites and curves";
  }
  drain(connection_.descriptor);
  gnutls_alert_send(session_, GNUTLS_AL_FATAL, alert);
}

}  // namespace upslink::web
