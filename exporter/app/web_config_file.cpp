// SPDX-License-Identifier: Apache-2.0
#include "app/web_config_file.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <utility>

#include "app/text_file.hpp"
#include "app/web_config_keys.hpp"
#include "app/wording.hpp"
#include "app/yaml_file.hpp"
#include "web/tls.hpp"

namespace upslink::app {
namespace {

using web::ClientAuth;
using web::Tls;
using web::TlsVersion;

constexpr unsigned highest_usual_cost = 14;  // a check takes a second

/// One file on its way to a WebConfigFile.
class Loading {
 public:
  Loading(TextFile file, const std::string& path)
      : yaml_(std::move(file.text), path),
        is_open_to_all_(file.is_open_to_all),
        folder_(std::filesystem::path(path).parent_path()) {
    done_.files.push_back(path);
  }

  Complaint run() {
    if (auto bad = yaml_.read(keys_into(draft_))) return bad;
    if (auto bad = tls_complaint()) return bad;
    if (auto bad = rate_complaint()) return bad;
    warn_of_users();
    done_.security = std::move(draft_.security);
    return std::nullopt;
  }

  WebConfigFile done() { return std::move(done_); }

 private:
  bool has(std::string_view key) const { return yaml_.has(std::string(key)); }
  bool has(const PemText& pem) const { return has(pem.key) || has(pem.file_key); }

  std::string about(std::string_view key, const std::string& sentence) const {
    return yaml_.about(std::string(key), sentence);
  }
  /// About whichever of the two keys is there.
  std::string about(const PemText& pem, const std::string& sentence) const {
    return about(has(pem.key) ? pem.key : pem.file_key, sentence);
  }
  void warn(std::string warning) { done_.warnings.push_back(std::move(warning)); }

  Complaint tls_complaint() {
    constexpr std::string_view block = "tls_server_config";
    const bool is_wanted = std::ranges::any_of(web_config_keys(), [this](const auto& key) {
      return key.first.starts_with("tls_server_config.") && has(key.first);
    });
    if (!is_wanted) return std::nullopt;
    if (!has(certificates)) {
      return about(block,
                   "there is no certificate; add cert_file, or remove the block for plain "
                   "HTTP");
    }
    if (!has(private_key)) {
      return about(certificates, "there is no private key for it; add key_file");
    }
    if (auto bad = client_complaint()) return bad;
    for (std::size_t i = 0; i < pem_texts.size(); ++i) {
      if (auto bad = load(pem_texts[i], draft_.paths[i])) return bad;
    }
    if (auto bad = library_complaint()) return bad;
    warn_of_tls();
    draft_.security.tls = std::move(draft_.tls);
    return std::nullopt;
  }

  /// What is wrong with what is asked of clients' certificates.
  Complaint client_complaint() const {
    const ClientAuth auth = draft_.tls.client_auth;
    if (has(authorities) && auth == ClientAuth::none) {
      return about(authorities,
                   "nobody asks for clients' certificates; add client_auth_type: "
                   "RequireAndVerifyClientCert");
    }
    if (!draft_.tls.client_allowed_sans.empty() && !verifies(auth)) {
      return about("tls_server_config.client_allowed_sans",
                   "names mean nothing in certificates that are not verified; add "
                   "client_auth_type: RequireAndVerifyClientCert");
    }
    return std::nullopt;
  }

  /// Brings one text of PEM to where it belongs.
  Complaint load(const PemText& pem, const std::string& path) {
    if (!has(pem)) return std::nullopt;
    if (has(pem.key) && has(pem.file_key)) {
      return about(pem.file_key, "stands beside " + std::string(pem.key) + "; leave one out");
    }
    std::string& text = draft_.tls.*pem.text;
    bool is_open_to_all = is_open_to_all_;
    if (has(pem.file_key)) {
      const std::string whole = (folder_ / path).string();
      auto file = read_text_file(whole);
      if (!file) {
        const std::string named = may_be_secret(path) ? "the file" : in_quotes(whole);
        return about(pem.file_key, named + " cannot be read (" + file.error() +
                                       "); name a PEM file that this user may read");
      }
      done_.files.push_back(whole);
      text = std::move(file->text);
      is_open_to_all = file->is_open_to_all;
    }
    if (text.empty()) {
      return about(
          pem, "there is nothing in it; write a " + std::string(pem.what) + " in PEM form to it");
    }
    if (&pem == &private_key && is_open_to_all) {
      warn(about(pem, "every user of this machine may read the private key; chmod o-r the file"));
    }
    return std::nullopt;
  }

  /// What the TLS library thinks of the whole.
  Complaint library_complaint() const {
    const auto fault = web::check(draft_.tls);
    if (!fault) return std::nullopt;
    switch (fault->part) {
      case web::TlsPart::certificates:
        return about(certificates, fault->why);
      case web::TlsPart::key:
        return about(private_key, fault->why);
      case web::TlsPart::client_authorities:
        return about(authorities, fault->why);
      case web::TlsPart::client_auth:
        return about("tls_server_config.client_auth_type", fault->why);
      case web::TlsPart::versions:
        return about(has("tls_server_config.min_version") ? "tls_server_config.min_version"
                                                          : "tls_server_config.max_version",
                     fault->why);
      case web::TlsPart::cipher_suites:
        return about("tls_server_config.cipher_suites", fault->why);
      case web::TlsPart::curve_preferences:
        return about("tls_server_config.curve_preferences", fault->why);
    }
    return std::nullopt;
  }

  Complaint rate_complaint() {
    if (draft_.interval <= std::chrono::nanoseconds::zero()) return std::nullopt;
    const unsigned burst = draft_.burst.value_or(1);
    if (burst == 0) {
      return about("rate_limit.burst", "0 would refuse every request; write 1 or more");
    }
    if (draft_.interval > std::chrono::nanoseconds::max() / burst / 2) {
      return about("rate_limit.burst",
                   "so many at so long an interval would take centuries; write a smaller one");
    }
    draft_.security.rate_limit = web::RateLimit{draft_.interval, burst};
    return std::nullopt;
  }

  void warn_of_tls() {
    const Tls& tls = draft_.tls;
    if (tls.min_version < TlsVersion::tls12) {
      warn(about("tls_server_config.min_version",
                 "versions before TLS 1.2 have known weaknesses; use TLS12 if all clients can"));
    }
    if (has(authorities) && !verifies(tls.client_auth)) {
      warn(about("tls_server_config.client_auth_type",
                 "clients' certificates are not verified; use RequireAndVerifyClientCert"));
    }
  }

  void warn_of_users() {
    if (draft_.security.users.empty()) return;
    if (!draft_.security.tls) {
      warn(about("basic_auth_users",
                 "passwords are sent unencrypted without TLS; add tls_server_config"));
    }
    if (draft_.highest_cost > highest_usual_cost) {
      warn(about("basic_auth_users", "a hash of cost " + std::to_string(draft_.highest_cost) +
                                         " takes seconds to check; 10 to 14 are enough"));
    }
  }

  YamlFile yaml_;
  bool is_open_to_all_;
  std::filesystem::path folder_;
  WebConfigDraft draft_;
  WebConfigFile done_;
};

}  // namespace

Result<WebConfigFile, std::string> load_web_config(const std::string& path) {
  auto file = read_text_file(path);
  if (!file) {
    return Error{"the web configuration file " + on_one_line(path) + " cannot be read (" +
                 file.error() + "); name a YAML file that this user may read"};
  }
  Loading loading(std::move(*file), path);
  if (auto bad = loading.run()) return Error{std::move(*bad)};
  return loading.done();
}

}  // namespace upslink::app
