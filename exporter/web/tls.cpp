// SPDX-License-Identifier: Apache-2.0
// A GnuTLS priority string is a cross product: every key exchange with every cipher with every MAC.
// To let in the named suites and no others,
//
// * the key exchange is the one that fits the server's key, of which there is one; the suites that
//   need another kind of key could not be chosen anyway, and their ciphers are left out;
// * of the ciphers, those of GCM and ChaCha20 go with the MAC "AEAD" alone and those of CBC, in the
//   table of suites, with SHA1 alone;
// * TLS 1.3 shares the ciphers but has all of its suites always, so there are two priorities, and
//   when the client's hello has decided on the version, narrow() puts the right one in force.
#include "web/tls.hpp"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "web/tls_names.hpp"

namespace upslink::web {
namespace {

using Time = std::chrono::system_clock::time_point;

// The certificates of a PEM text, in its order.
class Chain {
 public:
  explicit Chain(const std::string& pem) {
    const gnutls_datum_t text = datum(pem);
    error_ = gnutls_x509_crt_list_import2(&list_, &count_, &text, GNUTLS_X509_FMT_PEM, 0);
    if (error_ < 0) count_ = 0;
  }
  ~Chain() {
    for (unsigned i = 0; i < count_; ++i) gnutls_x509_crt_deinit(list_[i]);
    if (count_ != 0) gnutls_free(list_);
  }
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  /// What is wrong with the text; nothing if it has certificates.
  std::optional<std::string> why_not() const {
    if (count_ != 0) return {};
    if (error_ == GNUTLS_E_NO_CERTIFICATE_FOUND || error_ >= 0) {
      return "there is no certificate in it; it takes PEM, which begins with \"-----BEGIN "
             "CERTIFICATE-----\"";
    }
    return std::string("its certificates cannot be read (") + gnutls_strerror(error_) + ")";
  }

  gnutls_x509_crt_t* list() const { return list_; }
  unsigned count() const { return count_; }
  Time valid_from() const {
    Time latest = Time::min();
    for (unsigned i = 0; i < count_; ++i) {
      latest = std::max(latest, time_of(gnutls_x509_crt_get_activation_time(list_[i])));
    }
    return latest;
  }
  Time valid_until() const {
    Time earliest = Time::max();
    for (unsigned i = 0; i < count_; ++i) {
      earliest = std::min(earliest, time_of(gnutls_x509_crt_get_expiration_time(list_[i])));
    }
    return earliest;
  }

  static gnutls_datum_t datum(const std::string& text) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): GnuTLS only reads it
    auto* const bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
    return {bytes, static_cast<unsigned>(text.size())};
  }

 private:
  static Time time_of(std::time_t seconds) {
    return std::chrono::system_clock::from_time_t(seconds);
  }

  gnutls_x509_crt_t* list_ = nullptr;
  unsigned count_ = 0;
  int error_ = 0;
};

class PrivateKey {
 public:
  explicit PrivateKey(const std::string& pem) {
    gnutls_x509_privkey_init(&key_);
    const gnutls_datum_t text = Chain::datum(pem);
    error_ = gnutls_x509_privkey_import2(key_, &text, GNUTLS_X509_FMT_PEM, nullptr, 0);
  }
  ~PrivateKey() { gnutls_x509_privkey_deinit(key_); }
  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;

  std::optional<std::string> why_not() const {
    if (error_ == GNUTLS_E_DECRYPTION_FAILED) {
      return "the key is encrypted, and there is nobody to ask for its password; store it without "
             "one";
    }
    if (error_ < 0) {
      return "there is no private key in it; it takes PEM, which begins with \"-----BEGIN PRIVATE "
             "KEY-----\"";
    }
    if (!is_rsa() && !is_elliptic()) return "keys of RSA, ECDSA and Ed25519 can be used, no others";
    return {};
  }

  gnutls_x509_privkey_t key() const { return key_; }
  bool is_rsa() const {
    const int kind = gnutls_x509_privkey_get_pk_algorithm(key_);
    return kind == GNUTLS_PK_RSA || kind == GNUTLS_PK_RSA_PSS;
  }

 private:
  bool is_elliptic() const {
    const int kind = gnutls_x509_privkey_get_pk_algorithm(key_);
    return kind == GNUTLS_PK_ECDSA || kind == GNUTLS_PK_EDDSA_ED25519;
  }

  gnutls_x509_privkey_t key_ = nullptr;
  int error_ = 0;
};

constexpr std::array version_names{std::string_view("VERS-TLS1.0"), std::string_view("VERS-TLS1.1"),
                                   std::string_view("VERS-TLS1.2"),
                                   std::string_view("VERS-TLS1.3")};

std::string versions(TlsVersion first, TlsVersion last) {
  std::string text;
  for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i) {
    text.append(":+").append(version_names[i]);
  }
  return text;
}

void add_once(std::vector<std::string_view>& words, std::string_view word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

// The priority string of the suites in `names` that work with the server's key or, of TLS 1.3, with
// any; empty if there are none.
std::string suites_of(const std::vector<std::string>& names, bool has_rsa_key, bool tls13) {
  std::vector<std::string_view> ciphers;
  std::vector<std::string_view> macs;
  const KeyKind own = has_rsa_key ? KeyKind::rsa : KeyKind::elliptic;
  for (const std::string& name : names) {
    const auto suite = cipher_suite(name);
    if (!suite || suite->key != (tls13 ? KeyKind::either : own)) continue;
    add_once(ciphers, suite->cipher);
    add_once(macs, suite->mac);
  }
  std::string text;
  for (const std::string_view cipher : ciphers) text.append(":+").append(cipher);
  for (const std::string_view mac : macs) text.append(":+").append(mac);
  return text;
}

std::vector<std::string> or_all(const std::vector<std::string>& named,
                                std::span<const std::string_view> all) {
  return named.empty() ? std::vector<std::string>(all.begin(), all.end()) : named;
}

// Whether `name`, one of a certificate's, is the `allowed` one. Addresses are compared as such, for
// an IPv6 address can be written in several ways.
bool is_same(gnutls_x509_subject_alt_name_t kind, std::string_view name,
             const std::string& allowed) {
  if (kind != GNUTLS_SAN_IPADDRESS) return name == allowed;
  std::array<unsigned char, 16> address{};
  const int family = name.size() == 4 ? AF_INET : AF_INET6;
  return ::inet_pton(family, allowed.c_str(), address.data()) == 1 &&
         std::equal(name.begin(), name.end(), address.begin(),
                    [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; });
}

bool has_san(gnutls_x509_crt_t certificate, const std::vector<std::string>& allowed) {
  std::array<char, 1024> name{};
  for (unsigned i = 0;; ++i) {
    std::size_t size = name.size();
    unsigned kind = 0;
    const int found =
        gnutls_x509_crt_get_subject_alt_name2(certificate, i, name.data(), &size, &kind, nullptr);
    if (found == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) return false;
    const auto type = static_cast<gnutls_x509_subject_alt_name_t>(kind);
    const bool is_known =
        found >= 0 && (type == GNUTLS_SAN_DNSNAME || type == GNUTLS_SAN_IPADDRESS ||
                       type == GNUTLS_SAN_RFC822NAME || type == GNUTLS_SAN_URI);
    if (is_known && std::any_of(allowed.begin(), allowed.end(), [&](const std::string& one) {
          return is_same(type, {name.data(), size}, one);
        })) {
      return true;
    }
    if (found < 0 && found != GNUTLS_E_SHORT_MEMORY_BUFFER) return false;
  }
}

bool has_allowed_san(const gnutls_datum_t& shown, const std::vector<std::string>& allowed) {
  gnutls_x509_crt_t certificate = nullptr;
  if (gnutls_x509_crt_init(&certificate) < 0) return false;
  const bool is_allowed = gnutls_x509_crt_import(certificate, &shown, GNUTLS_X509_FMT_DER) >= 0 &&
                          has_san(certificate, allowed);
  gnutls_x509_crt_deinit(certificate);
  return is_allowed;
}

// Whether the authorities vouch for the certificate that was shown, as a client's.
bool is_vouched_for(gnutls_session_t session) {
  std::string purpose = GNUTLS_KP_TLS_WWW_CLIENT;
  gnutls_typed_vdata_st wanted{GNUTLS_DT_KEY_PURPOSE_OID,
                               reinterpret_cast<unsigned char*>(purpose.data()), 0};
  unsigned status = 0;
  return gnutls_certificate_verify_peers(session, &wanted, 1, &status) >= 0 && status == 0;
}

std::optional<TlsFault> make_priority(const std::string& text, gnutls_priority_t& made) {
  const char* wrong = nullptr;
  const int error = gnutls_priority_init(&made, text.c_str(), &wrong);
  if (error >= 0) return {};
  made = nullptr;
  return TlsFault{TlsPart::cipher_suites, std::string("the TLS library accepts no such choice (") +
                                              gnutls_strerror(error) +
                                              "); name fewer restrictions"};
}

}  // namespace

TlsContext::TlsContext(const Tls& tls)
    : client_auth_(tls.client_auth), allowed_sans_(tls.client_allowed_sans) {
  gnutls_certificate_allocate_credentials(&credentials_);
}

TlsContext::~TlsContext() {
  gnutls_certificate_free_credentials(credentials_);
  if (older_ != nullptr) gnutls_priority_deinit(older_);
  if (tls13_ != nullptr) gnutls_priority_deinit(tls13_);
}

TlsContext::Made TlsContext::create(const Tls& tls) {
  std::shared_ptr<TlsContext> context(new TlsContext(tls));
  if (auto fault = context->load_certificates(tls)) return std::move(*fault);
  if (auto fault = context->load_authorities(tls)) return std::move(*fault);
  if (auto fault = context->load_priorities(tls)) return std::move(*fault);
  return context;
}

std::optional<TlsFault> TlsContext::load_certificates(const Tls& tls) {
  const Chain chain(tls.certificates);
  if (auto why = chain.why_not()) return TlsFault{TlsPart::certificates, std::move(*why)};
  const PrivateKey key(tls.key);
  if (auto why = key.why_not()) return TlsFault{TlsPart::key, std::move(*why)};
  has_rsa_key_ = key.is_rsa();
  valid_from_ = chain.valid_from();
  valid_until_ = chain.valid_until();
  const int error = gnutls_certificate_set_x509_key(credentials_, chain.list(),
                                                    static_cast<int>(chain.count()), key.key());
  if (error == GNUTLS_E_CERTIFICATE_KEY_MISMATCH) {
    return TlsFault{TlsPart::key,
                    "the key does not belong to the certificate; the server's own certificate has "
                    "to be the first one in its file"};
  }
  if (error < 0) {
    return TlsFault{TlsPart::certificates,
                    std::string("the certificate cannot be used (") + gnutls_strerror(error) + ")"};
  }
  return {};
}

std::optional<TlsFault> TlsContext::load_authorities(const Tls& tls) {
  if (tls.client_authorities.empty()) {
    if (!verifies(tls.client_auth)) return {};
    return TlsFault{TlsPart::client_auth,
                    "clients' certificates cannot be verified without client_ca or client_ca_file"};
  }
  const Chain chain(tls.client_authorities);
  if (auto why = chain.why_not()) return TlsFault{TlsPart::client_authorities, std::move(*why)};
  const int taken = gnutls_certificate_set_x509_trust(credentials_, chain.list(),
                                                      static_cast<int>(chain.count()));
  if (taken >= 0) return {};
  return TlsFault{TlsPart::client_authorities,
                  std::string("its certificates cannot be used (") + gnutls_strerror(taken) + ")"};
}

std::optional<TlsFault> TlsContext::load_priorities(const Tls& tls) {
  if (tls.min_version > tls.max_version) {
    return TlsFault{TlsPart::versions, "min_version is above max_version"};
  }
  for (const std::string& name : tls.cipher_suites) {
    if (auto why = why_no_cipher_suite(name))
      return TlsFault{TlsPart::cipher_suites, std::move(*why)};
  }
  std::string groups;
  for (const std::string& name : or_all(tls.curve_preferences, curve_names())) {
    if (auto why = why_no_curve(name)) return TlsFault{TlsPart::curve_preferences, std::move(*why)};
    groups.append(":+").append(group_of(name));
  }
  const std::string begins = "NORMAL:-VERS-ALL:-KX-ALL:-CIPHER-ALL:-MAC-ALL:-GROUP-ALL";
  const std::string ends = (has_rsa_key_ ? ":+ECDHE-RSA" : ":+ECDHE-ECDSA") + groups +
                           (tls.prefer_server_cipher_suites ? ":%SERVER_PRECEDENCE" : "");
  const auto all = cipher_suite_names();
  const std::string older = suites_of(or_all(tls.cipher_suites, all), has_rsa_key_, false);
  const std::string newest = suites_of(or_all({}, all), has_rsa_key_, true);
  const bool has_older = tls.min_version < TlsVersion::tls13 && !older.empty();
  if (has_older) {
    const TlsVersion last = std::min(tls.max_version, TlsVersion::tls12);
    if (auto fault =
            make_priority(begins + versions(tls.min_version, last) + older + ends, older_)) {
      return fault;
    }
  }
  if (tls.max_version < TlsVersion::tls13) {
    if (has_older) return {};
    return TlsFault{TlsPart::cipher_suites,
                    std::string("none of them works with the server's key, which is one of ") +
                        (has_rsa_key_ ? "RSA" : "ECDSA or Ed25519") + "; name one with " +
                        (has_rsa_key_ ? "ECDHE_RSA" : "ECDHE_ECDSA")};
  }
  const TlsVersion first = has_older ? tls.min_version : TlsVersion::tls13;
  return make_priority(
      begins + versions(first, TlsVersion::tls13) + newest + (has_older ? older : "") + ends,
      tls13_);
}

std::optional<std::string> TlsContext::remark(Time now) const {
  const char* const what = now > valid_until_ ? "has expired; clients that verify it do not connect"
                           : now < valid_from_ ? "is not valid yet; is this machine's clock right?"
                                               : nullptr;
  if (what == nullptr) return {};
  return std::string("the server's certificate ") + what;
}

void TlsContext::equip(gnutls_session_t session) const {
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials_);
  gnutls_priority_set(session, tls13_ != nullptr ? tls13_ : older_);
  gnutls_certificate_server_set_request(
      session, client_auth_ == ClientAuth::none ? GNUTLS_CERT_IGNORE : GNUTLS_CERT_REQUEST);
}

bool TlsContext::narrow(gnutls_session_t session) const {
  if (gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3) return tls13_ != nullptr;
  if (older_ != nullptr) gnutls_priority_set(session, older_);
  return older_ != nullptr;
}

std::optional<std::string> TlsContext::why_not(gnutls_session_t session) const {
  if (client_auth_ == ClientAuth::none) return {};
  unsigned count = 0;
  const gnutls_datum_t* const shown = gnutls_certificate_get_peers(session, &count);
  if (shown == nullptr || count == 0) {
    if (!requires_one(client_auth_)) return {};
    return "it shows no certificate";
  }
  if (verifies(client_auth_) && !is_vouched_for(session)) {
    return "its certificate is not vouched for by the configured authorities";
  }
  if (!allowed_sans_.empty() && !has_allowed_san(*shown, allowed_sans_)) {
    return "its certificate has none of the allowed names";
  }
  return {};
}

std::optional<TlsFault> check(const Tls& tls) {
  auto made = TlsContext::create(tls);
  if (auto* const fault = std::get_if<TlsFault>(&made)) return std::move(*fault);
  return {};
}

std::optional<Time> certificate_expiry(const Tls& tls) {
  const Chain chain(tls.certificates);
  if (chain.count() == 0) return {};
  return chain.valid_until();
}

}  // namespace upslink::web
