// SPDX-License-Identifier: Apache-2.0
#include "tls_client.hpp"

#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <stdexcept>

namespace upslink::web::testing {
namespace {

gnutls_datum_t datum(std::string& text) {
  return {reinterpret_cast<unsigned char*>(text.data()), static_cast<unsigned>(text.size())};
}

void must(int result) {
  if (result < 0) throw std::runtime_error(gnutls_strerror(result));
}

}  // namespace

TlsClient::TlsClient(const std::string& address, const TlsWishes& wishes) : Client(address) {
  TlsWishes mine = wishes;
  must(gnutls_certificate_allocate_credentials(&credentials_));
  if (!mine.identity.certificate.empty()) {
    const gnutls_datum_t certificate = datum(mine.identity.certificate);
    const gnutls_datum_t key = datum(mine.identity.key);
    must(
        gnutls_certificate_set_x509_key_mem(credentials_, &certificate, &key, GNUTLS_X509_FMT_PEM));
  }
  // Shows its certificate to a server that does not name its authority, too.
  must(gnutls_init(&session_, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL | GNUTLS_FORCE_CLIENT_CERT));
  must(gnutls_priority_set_direct(session_, mine.priority.c_str(), nullptr));
  must(gnutls_credentials_set(session_, GNUTLS_CRD_CERTIFICATE, credentials_));
  if (!mine.authority.empty()) {
    const gnutls_datum_t authority = datum(mine.authority);
    must(gnutls_certificate_set_x509_trust_mem(credentials_, &authority, GNUTLS_X509_FMT_PEM));
    gnutls_session_set_verify_cert(session_, "localhost", 0);
  }
  if (!mine.session.empty()) {
    must(gnutls_session_set_data(session_, mine.session.data(), mine.session.size()));
  }
  gnutls_transport_set_int(session_, descriptor());
  gnutls_handshake_set_timeout(session_, static_cast<unsigned>(patience.count()));
  gnutls_record_set_timeout(session_, static_cast<unsigned>(patience.count()));
}

TlsClient::~TlsClient() {
  gnutls_deinit(session_);
  gnutls_certificate_free_credentials(credentials_);
}

void TlsClient::send_in_pieces() {
  const int on = 1;
  ::setsockopt(descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  gnutls_transport_set_push_function(
      session_, [](gnutls_transport_ptr_t socket, const void* bytes, std::size_t) {
        return ::send(static_cast<int>(reinterpret_cast<long>(socket)), bytes, 1, MSG_NOSIGNAL);
      });
}

bool TlsClient::note(long result) {
  if (result == GNUTLS_E_FATAL_ALERT_RECEIVED || result == GNUTLS_E_WARNING_ALERT_RECEIVED) {
    alert_ = gnutls_alert_get(session_);
  }
  return result >= 0;
}

bool TlsClient::shake() {
  if (has_shaken_ || has_failed_) return !has_failed_;
  int result = 0;
  do {
    result = gnutls_handshake(session_);
  } while (result < 0 && gnutls_error_is_fatal(result) == 0);
  has_shaken_ = result >= 0;
  has_failed_ = result < 0;
  return note(result);
}

bool TlsClient::is_accepted() {
  // A refusal may come before the request is sent, and is to be read then.
  static_cast<void>(send("GET /echo HTTP/1.1\r\nHost: test\r\n\r\n"));
  return receive().has_value();
}

long TlsClient::send_some(std::string_view text) {
  if (!shake()) return -1;
  const long sent = gnutls_record_send(session_, text.data(), text.size());
  return note(sent) ? sent : -1;
}

long TlsClient::read_some(char* into, std::size_t size) {
  if (!shake()) return -1;
  long count = 0;
  do {
    count = gnutls_record_recv(session_, into, size);
  } while (count == GNUTLS_E_AGAIN || count == GNUTLS_E_INTERRUPTED);
  return note(count) ? count : -1;
}

std::string TlsClient::version() const {
  return gnutls_protocol_get_name(gnutls_protocol_get_version(session_));
}

std::string TlsClient::suite() const {
  return std::string(gnutls_kx_get_name(gnutls_kx_get(session_))) + " " +
         gnutls_cipher_get_name(gnutls_cipher_get(session_));
}

std::string TlsClient::group() const {
  return gnutls_group_get_name(gnutls_group_get(session_));
}

bool TlsClient::is_resumed() const {
  return gnutls_session_is_resumed(session_) != 0;
}

std::string TlsClient::session() const {
  gnutls_datum_t data{};
  must(gnutls_session_get_data2(session_, &data));
  std::string copy(reinterpret_cast<const char*>(data.data), data.size);
  gnutls_free(data.data);
  return copy;
}

bool TlsClient::renegotiate() {
  int result = 0;
  do {
    result = gnutls_handshake(session_);
  } while (result < 0 && gnutls_error_is_fatal(result) == 0);
  return note(result);
}

std::string TlsClient::certificate() const {
  unsigned count = 0;
  const gnutls_datum_t* const shown = gnutls_certificate_get_peers(session_, &count);
  if (shown == nullptr) return {};
  return {reinterpret_cast<const char*>(shown->data), shown->size};
}

}  // namespace upslink::web::testing
