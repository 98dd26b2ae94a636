// SPDX-License-Identifier: Apache-2.0
#include "app/web_config_keys.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "app/choice.hpp"
#include "app/duration.hpp"
#include "app/wording.hpp"
#include "web/bcrypt.hpp"
#include "web/tls_names.hpp"

namespace upslink::app {
namespace {

using web::ClientAuth;
using web::TlsVersion;

constexpr Words<bool, 2> bool_words{{{"true", true}, {"false", false}}};
constexpr Words<ClientAuth, 6> auth_words{
    {{"NoClientCert", ClientAuth::none},
     {"RequestClientCert", ClientAuth::request},
     {"RequireAnyClientCert", ClientAuth::require_any},
     {"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
     {"RequireAndVerifyClientCert", ClientAuth::require_and_verify},
     {"RequireClientCert", ClientAuth::require_any}}};  // what exporter-toolkit called it first
constexpr Words<TlsVersion, 4> version_words{{{"TLS10", TlsVersion::tls10},
                                              {"TLS11", TlsVersion::tls11},
                                              {"TLS12", TlsVersion::tls12},
                                              {"TLS13", TlsVersion::tls13}}};

// A check at this cost takes a quarter of a minute, and a request has ten seconds.
constexpr unsigned highest_usable_cost = 18;

/// The headers that may be set, and what they may say (nothing: anything).
struct Header {
  std::string_view key;
  std::array<std::string_view, 2> values{};

  std::string name() const { return std::string(key.substr(key.rfind('.') + 1)); }
};

constexpr std::array<Header, 5> headers{
    {{"http_server_config.headers.Content-Security-Policy"},
     {"http_server_config.headers.X-Frame-Options", {"deny", "sameorigin"}},
     {"http_server_config.headers.X-Content-Type-Options", {"nosniff"}},
     {"http_server_config.headers.X-XSS-Protection"},
     {"http_server_config.headers.Strict-Transport-Security"}}};

// What is wrong with a text, which is repeated only where it can be no secret.

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == '\x7F'; });
}

/// Before a setting whose complaint repeats the text.
template <Complaint (*set)(WebConfigDraft&, const std::string&)>
Complaint unless_secret(WebConfigDraft& draft, const std::string& text) {
  if (may_be_secret(text)) return "this text is none that can stand here; look at the key";
  return set(draft, text);
}

template <std::size_t i>
Complaint set_pem(WebConfigDraft& draft, const std::string& text) {
  draft.tls.*pem_texts[i].text = text;
  return std::nullopt;
}

template <std::size_t i>
Complaint set_path(WebConfigDraft& draft, const std::string& text) {
  const PemText& pem = pem_texts[i];
  if (text.empty()) return "is empty; name a file or leave the key out";
  if (text.find("-----") != std::string::npos || has_control_characters(text)) {
    return "this is not the path of a file; a " + std::string(pem.what) +
           " itself is written after " + std::string(pem.key.substr(pem.key.find('.') + 1)) + ": |";
  }
  draft.paths[i] = text;
  return std::nullopt;
}

Complaint set_client_auth(WebConfigDraft& draft, const std::string& text) {
  return choose(draft.tls.client_auth, text, auth_words);
}

Complaint add_san(WebConfigDraft& draft, const std::string& text) {
  if (text.empty()) return "one of the names is empty; leave it out";
  draft.tls.client_allowed_sans.push_back(text);
  return std::nullopt;
}

Complaint set_min_version(WebConfigDraft& draft, const std::string& text) {
  return choose(draft.tls.min_version, text, version_words);
}

Complaint set_max_version(WebConfigDraft& draft, const std::string& text) {
  return choose(draft.tls.max_version, text, version_words);
}

Complaint add_cipher_suite(WebConfigDraft& draft, const std::string& text) {
  if (auto bad = web::why_no_cipher_suite(text)) return bad;
  draft.tls.cipher_suites.push_back(text);
  return std::nullopt;
}

Complaint add_curve(WebConfigDraft& draft, const std::string& text) {
  if (auto bad = web::why_no_curve(text)) return bad;
  draft.tls.curve_preferences.push_back(text);
  return std::nullopt;
}

Complaint set_prefer_server(WebConfigDraft& draft, const std::string& text) {
  return choose(draft.tls.prefer_server_cipher_suites, text, bool_words);
}

Complaint set_http2(WebConfigDraft&, const std::string& text) {
  bool ignored = false;  // the server speaks HTTP/1.1
  return choose(ignored, text, bool_words);
}

template <std::size_t i>
Complaint set_header(WebConfigDraft& draft, const std::string& text) {
  const auto& values = headers[i].values;
  if (text.empty()) return std::nullopt;
  if (!values[0].empty() && std::ranges::find(values, text) == values.end()) {
    return "this value is not known; choose " + std::string(values[0]) +
           (values[1].empty() ? "" : " or " + std::string(values[1]));
  }
  if (!is_printable(text)) return "a header has no line ends and is ASCII; write it on one line";
  draft.security.headers.emplace_back(headers[i].name(), text);
  return std::nullopt;
}

Complaint set_interval(WebConfigDraft& draft, const std::string& text) {
  const auto interval = parse_durations(text);
  if (!interval) return interval.error();
  draft.interval = *interval;
  return std::nullopt;
}

Complaint set_burst(WebConfigDraft& draft, const std::string& text) {
  constexpr unsigned most = 1'000'000;
  unsigned burst = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, burst);
  if (failed != std::errc() || rest != end || burst > most) {
    return in_quotes(text) + " is no number of requests; write one from 1 to 1000000";
  }
  draft.burst = burst;
  return std::nullopt;
}

Complaint add_user(WebConfigDraft& draft, const std::string& name, const std::string& hash) {
  if (name.empty() || name.find(':') != std::string::npos || has_control_characters(name)) {
    return "this user's name can be sent by no client; use one without colons and control "
           "characters";
  }
  const auto cost = web::bcrypt_cost(hash);
  if (!cost) {
    return "what stands after this user's name is no bcrypt hash; make one with: htpasswd -nBC 10 "
           "\"\" | tr -d ':\\n'";
  }
  if (*cost > highest_usable_cost) {
    return "the cost of this user's hash is " + std::to_string(*cost) +
           ", so a check takes longer than a request may; make one of cost 10 to 14";
  }
  draft.highest_cost = std::max(draft.highest_cost, *cost);
  draft.security.users[name] = hash;
  return std::nullopt;
}

// How a row of the table below becomes a key of the file.

using Takes = decltype(Key::takes);
using Set = Complaint (*)(WebConfigDraft&, const std::string&);

template <Set set, bool may_be_blank = false>
Takes one(WebConfigDraft& draft) {
  const auto take = [&draft](const std::string& text) { return set(draft, text); };
  return Key::One{take, may_be_blank};
}

template <Set set>
Takes list(WebConfigDraft& draft) {
  return Key::List{[&draft](const std::string& text) { return set(draft, text); }, [] {}};
}

Takes users(WebConfigDraft& draft) {
  const auto add = [&draft](const std::string& name, const std::string& hash) {
    return add_user(draft, name, hash);
  };
  return Key::Named{add, "NAME: HASH"};
}

struct Row {
  std::string_view key;
  std::string_view standard;  ///< the default as one would write it; empty: none
  Takes (*takes)(WebConfigDraft&);
};

constexpr std::array<Row, 22> rows{{
    {pem_texts[0].key, "", one<set_pem<0>>},
    {pem_texts[1].key, "", one<set_pem<1>>},
    {pem_texts[2].key, "", one<set_pem<2>>},
    {pem_texts[0].file_key, "", one<set_path<0>>},
    {pem_texts[1].file_key, "", one<set_path<1>>},
    {pem_texts[2].file_key, "", one<set_path<2>>},
    {"tls_server_config.client_auth_type", "NoClientCert", one<unless_secret<set_client_auth>>},
    {"tls_server_config.client_allowed_sans", "", list<add_san>},
    {"tls_server_config.min_version", "TLS12", one<unless_secret<set_min_version>>},
    {"tls_server_config.max_version", "TLS13", one<unless_secret<set_max_version>>},
    {"tls_server_config.cipher_suites", "", list<unless_secret<add_cipher_suite>>},
    {"tls_server_config.prefer_server_cipher_suites", "true",
     one<unless_secret<set_prefer_server>>},
    {"tls_server_config.curve_preferences", "", list<unless_secret<add_curve>>},
    {"http_server_config.http2", "true", one<unless_secret<set_http2>>},
    {headers[0].key, "", one<set_header<0>, true>},
    {headers[1].key, "", one<set_header<1>, true>},
    {headers[2].key, "", one<set_header<2>, true>},
    {headers[3].key, "", one<set_header<3>, true>},
    {headers[4].key, "", one<set_header<4>, true>},
    {"basic_auth_users", "", users},
    {"rate_limit.interval", "0", one<unless_secret<set_interval>>},
    {"rate_limit.burst", "1", one<unless_secret<set_burst>>},
}};

}  // namespace

bool may_be_secret(std::string_view text) {
  constexpr std::size_t longest_word = 64;
  return text.size() > longest_word || text.starts_with("$2") || !is_printable(text);
}

std::vector<Key> keys_into(WebConfigDraft& draft) {
  std::vector<Key> keys;
  keys.reserve(rows.size());
  for (const Row& row : rows) keys.push_back({std::string(row.key), row.takes(draft)});
  return keys;
}

std::vector<std::pair<std::string_view, std::string_view>> web_config_keys() {
  std::vector<std::pair<std::string_view, std::string_view>> keys;
  keys.reserve(rows.size());
  for (const Row& row : rows) keys.emplace_back(row.key, row.standard);
  return keys;
}

}  // namespace upslink::app
