// SPDX-License-Identifier: Apache-2.0
// Cipher suites without forward secrecy, with RC4, 3DES or the CBC suites of SHA-256 have names too
// in Go; Go calls them insecure, and so neither its toolkit nor this table has them.
#include "web/tls_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace upslink::web {
namespace {

// clang-format off
constexpr std::array suite_names{
    std::string_view("TLS_AES_128_GCM_SHA256"),
    std::string_view("TLS_AES_256_GCM_SHA384"),
    std::string_view("TLS_CHACHA20_POLY1305_SHA256"),
    std::string_view("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    std::string_view("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    std::string_view("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    std::string_view("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    std::string_view("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    std::string_view("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    std::string_view("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    std::string_view("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    std::string_view("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    std::string_view("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
};
constexpr std::array<CipherSuite, suite_names.size()> suites{{
    {KeyKind::either,   "AES-128-GCM",       "AEAD"},
    {KeyKind::either,   "AES-256-GCM",       "AEAD"},
    {KeyKind::either,   "CHACHA20-POLY1305", "AEAD"},
    {KeyKind::elliptic, "AES-128-GCM",       "AEAD"},
    {KeyKind::rsa,      "AES-128-GCM",       "AEAD"},
    {KeyKind::elliptic, "AES-256-GCM",       "AEAD"},
    {KeyKind::rsa,      "AES-256-GCM",       "AEAD"},
    {KeyKind::elliptic, "CHACHA20-POLY1305", "AEAD"},
    {KeyKind::rsa,      "CHACHA20-POLY1305", "AEAD"},
    {KeyKind::elliptic, "AES-128-CBC",       "SHA1"},
    {KeyKind::rsa,      "AES-128-CBC",       "SHA1"},
    {KeyKind::elliptic, "AES-256-CBC",       "SHA1"},
    {KeyKind::rsa,      "AES-256-CBC",       "SHA1"},
}};

constexpr std::array curves{
    std::string_view("X25519"),
    std::string_view("CurveP256"),
    std::string_view("CurveP384"),
    std::string_view("CurveP521"),
};
constexpr std::array groups{
    std::string_view("GROUP-X25519"),
    std::string_view("GROUP-SECP256R1"),
    std::string_view("GROUP-SECP384R1"),
    std::string_view("GROUP-SECP521R1"),
};
static_assert(curves.size() == groups.size());

// Go's names for what it calls insecure, and its names for what GnuTLS 3.7 cannot do.
constexpr std::array insecure_suites{
    std::string_view("TLS_RSA_WITH_RC4_128_SHA"),
    std::string_view("TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    std::string_view("TLS_RSA_WITH_AES_128_CBC_SHA"),
    std::string_view("TLS_RSA_WITH_AES_256_CBC_SHA"),
    std::string_view("TLS_RSA_WITH_AES_128_CBC_SHA256"),
    std::string_view("TLS_RSA_WITH_AES_128_GCM_SHA256"),
    std::string_view("TLS_RSA_WITH_AES_256_GCM_SHA384"),
    std::string_view("TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"),
    std::string_view("TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
    std::string_view("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    std::string_view("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    std::string_view("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
};
constexpr std::array missing_curves{
    std::string_view("X25519MLKEM768"),
    std::string_view("SecP256r1MLKEM768"),
    std::string_view("SecP384r1MLKEM1024"),
};
// clang-format on

// The place of `name` in `names`; their number if it is not there.
template <std::size_t Count>
std::size_t place_in(const std::array<std::string_view, Count>& names, std::string_view name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& names, std::string_view name) {
  return place_in(names, name) < Count;
}

std::string quoted(std::string_view name) {
  return "\"" + std::string(name) + "\"";
}

template <std::size_t Count>
std::string listed(const std::array<std::string_view, Count>& names) {
  std::string list;
  for (const std::string_view name : names) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

}  // namespace

std::span<const std::string_view> cipher_suite_names() {
  return suite_names;
}

std::span<const std::string_view> curve_names() {
  return curves;
}

std::optional<std::string> why_no_cipher_suite(std::string_view name) {
  if (has(suite_names, name)) return {};
  if (has(insecure_suites, name)) {
    return quoted(name) + " is an insecure cipher suite and not supported; leave it out";
  }
  return quoted(name) + " is no cipher suite; those that can be named are " + listed(suite_names);
}

std::optional<std::string> why_no_curve(std::string_view name) {
  if (has(curves, name)) return {};
  if (has(missing_curves, name)) {
    return quoted(name) + " is not supported by this program's TLS library; leave it out";
  }
  return quoted(name) + " is no curve; those that can be named are " + listed(curves);
}

std::optional<CipherSuite> cipher_suite(std::string_view name) {
  const std::size_t place = place_in(suite_names, name);
  if (place == suites.size()) return {};
  return suites[place];
}

std::string_view group_of(std::string_view curve) {
  const std::size_t place = place_in(curves, curve);
  return place == groups.size() ? std::string_view() : groups[place];
}

}  // namespace upslink::web
