// SPDX-License-Identifier: Apache-2.0
#include "certificates.hpp"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <atomic>
#include <ctime>
#include <stdexcept>
#include <string_view>

namespace upslink::web::testing {
namespace {

void must(int result) {
  if (result < 0) throw std::runtime_error(gnutls_strerror(result));
}

std::string taken(gnutls_datum_t& text) {
  std::string copy(reinterpret_cast<const char*>(text.data), text.size);
  gnutls_free(text.data);
  return copy;
}

std::string pem_of(gnutls_x509_crt_t certificate) {
  gnutls_datum_t text{};
  must(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &text));
  return taken(text);
}

std::string pem_of(gnutls_x509_privkey_t key) {
  gnutls_datum_t text{};
  must(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, nullptr, GNUTLS_PKCS_PLAIN,
                                         &text));
  return taken(text);
}

gnutls_x509_privkey_t new_key(Key kind) {
  gnutls_x509_privkey_t key = nullptr;
  must(gnutls_x509_privkey_init(&key));
  if (kind == Key::rsa) {
    must(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0));
  } else if (kind == Key::ed25519) {
    must(gnutls_x509_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519, 256, 0));
  } else {
    must(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                      GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
  }
  return key;
}

gnutls_x509_crt_t new_certificate(const std::string& name, gnutls_x509_privkey_t key) {
  static std::atomic<unsigned char> serial{1};
  const unsigned char number[] = {7, serial++};
  gnutls_x509_crt_t certificate = nullptr;
  must(gnutls_x509_crt_init(&certificate));
  must(gnutls_x509_crt_set_version(certificate, 3));
  must(gnutls_x509_crt_set_serial(certificate, number, sizeof number));
  must(gnutls_x509_crt_set_key(certificate, key));
  must(gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name.data(),
                                     static_cast<unsigned>(name.size())));
  return certificate;
}

void set_validity(gnutls_x509_crt_t certificate, std::chrono::hours begins,
                  std::chrono::hours ends) {
  const std::time_t now = std::time(nullptr);
  must(
      gnutls_x509_crt_set_activation_time(certificate, now + std::chrono::seconds(begins).count()));
  must(gnutls_x509_crt_set_expiration_time(certificate, now + std::chrono::seconds(ends).count()));
}

void add_name(gnutls_x509_crt_t certificate, gnutls_x509_subject_alt_name_t kind,
              std::string_view name) {
  if (name.empty()) return;
  must(gnutls_x509_crt_set_subject_alt_name(
      certificate, kind, name.data(), static_cast<unsigned>(name.size()), GNUTLS_FSAN_APPEND));
}

}  // namespace

Authority::Authority(const std::string& name) : key_(new_key(Key::ecdsa)) {
  certificate_ = new_certificate(name, key_);
  set_validity(certificate_, std::chrono::hours(-48), std::chrono::hours(48));
  must(gnutls_x509_crt_set_basic_constraints(certificate_, 1, -1));
  must(gnutls_x509_crt_set_key_usage(certificate_, GNUTLS_KEY_KEY_CERT_SIGN));
  must(gnutls_x509_crt_sign2(certificate_, certificate_, key_, GNUTLS_DIG_SHA256, 0));
  pem_ = pem_of(certificate_);
}

Authority::~Authority() {
  gnutls_x509_crt_deinit(certificate_);
  gnutls_x509_privkey_deinit(key_);
}

Identity Authority::issue(const Wanted& wanted) const {
  const gnutls_x509_privkey_t key = new_key(wanted.key);
  const gnutls_x509_crt_t certificate = new_certificate("test", key);
  set_validity(certificate, wanted.begins, wanted.ends);
  must(gnutls_x509_crt_set_basic_constraints(certificate, 0, -1));
  must(gnutls_x509_crt_set_key_purpose_oid(
      certificate, wanted.is_client ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER, 0));
  add_name(certificate, GNUTLS_SAN_DNSNAME, wanted.dns);
  add_name(certificate, GNUTLS_SAN_IPADDRESS, wanted.ip);
  add_name(certificate, GNUTLS_SAN_RFC822NAME, wanted.email);
  add_name(certificate, GNUTLS_SAN_URI, wanted.uri);
  must(gnutls_x509_crt_sign2(certificate, certificate_, key_, GNUTLS_DIG_SHA256, 0));
  Identity identity{pem_of(certificate), pem_of(key)};
  gnutls_x509_crt_deinit(certificate);
  gnutls_x509_privkey_deinit(key);
  return identity;
}

}  // namespace upslink::web::testing
