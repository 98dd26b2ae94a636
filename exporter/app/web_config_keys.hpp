// SPDX-License-Identifier: Apache-2.0
// The keys of the web configuration file, one row each: what it is called, its default and how its
// text becomes a value. What they say together is looked at in web_config_file.cpp. Any thread.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/yaml_file.hpp"
#include "web/security.hpp"

namespace upslink::app {

/// What the keys take, before it is known whether it fits together.
struct WebConfigDraft {
  web::Security security{};
  web::Tls tls{};
  std::array<std::string, 3> paths{};  ///< of pem_texts, in their order
  std::chrono::nanoseconds interval{};
  std::optional<unsigned> burst{};
  unsigned highest_cost = 0;  ///< of the users' hashes
};

/// A text of PEM that may stand in the file itself or in one that it names.
struct PemText {
  std::string_view key;
  std::string_view file_key;
  std::string web::Tls::*text;
  std::string_view what;
};

// clang-format off
inline constexpr std::array<PemText, 3> pem_texts{{
    {"tls_server_config.cert", "tls_server_config.cert_file", &web::Tls::certificates,
     "certificate"},
    {"tls_server_config.key", "tls_server_config.key_file", &web::Tls::key, "private key"},
    {"tls_server_config.client_ca", "tls_server_config.client_ca_file",
     &web::Tls::client_authorities, "certificate"},
}};
// clang-format on

inline constexpr const PemText& certificates = pem_texts[0];
inline constexpr const PemText& private_key = pem_texts[1];
inline constexpr const PemText& authorities = pem_texts[2];

/// All keys of the file, for YamlFile::read(). `draft` has to outlive them.
std::vector<Key> keys_into(WebConfigDraft& draft);

/// Every key that may stand in the file, and its default as one would write it (empty: none).
std::vector<std::pair<std::string_view, std::string_view>> web_config_keys();

/// Whether a text is better not repeated in a complaint: it is no short word.
bool may_be_secret(std::string_view text);

}  // namespace upslink::app
