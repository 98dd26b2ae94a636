// SPDX-License-Identifier: Apache-2.0
#include "app/web_config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/web_config_keys.hpp"
#include "bad_input.hpp"
#include "example_certificate.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using web::ClientAuth;
using web::TlsVersion;

const std::string some_hash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";

/// A text as YAML has it in a block: `|` and then its lines, further in.
std::string in_a_block(std::string_view text) {
  std::string block = "|\n    ";
  for (const char c : text) block += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return block + "\n";
}

/// A folder with a certificate (c.pem), its key (k.pem) and files that are neither.
class WebConfigTest : public testing::Test {
 protected:
  WebConfigTest() {
    std::filesystem::create_directories(folder_);
    write("c.pem", example_certificate);
    write("k.pem", example_key);
    write("empty.pem", "");
    closed("k.pem");
  }
  ~WebConfigTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name)) << text;
  }
  void closed(const std::string& name) const { ::chmod(path(name).c_str(), 0600); }

  Result<WebConfigFile, std::string> load(const std::string& text) const {
    write("web.yml", text);
    return load_web_config(path("web.yml"));
  }
  WebConfigFile loaded(const std::string& text) const {
    auto result = load(text);
    EXPECT_TRUE(result) << result.error();
    return result ? std::move(*result) : WebConfigFile();
  }
  /// The complaint without the folder's name.
  std::string complaint(const std::string& text) const {
    const auto result = load(text);
    return result ? "fine" : without_folder(result.error());
  }
  std::vector<std::string> warnings(const std::string& text) const {
    std::vector<std::string> all;
    for (const std::string& warning : loaded(text).warnings) all.push_back(without_folder(warning));
    return all;
  }
  std::string without_folder(std::string text) const {
    for (std::size_t at; (at = text.find(folder_ + "/")) != std::string::npos;) {
      text.erase(at, folder_.size() + 1);
    }
    return text;
  }

  const std::string folder_ = testing::TempDir() + "web_config_test." + std::to_string(::getpid());
};

TEST_F(WebConfigTest, WithoutSettingsItIsPlainHttpForEverybody) {
  for (const std::string text :
       {"", "# nothing\n", "---\n", "tls_server_config:\n", "tls_server_config: {}\n",
        "basic_auth_users:\nhttp_server_config:\nrate_limit:\n", "http_server_config: {headers:}\n",
        "rate_limit: {interval: 0, burst: 0}\n", "http_server_config: {http2: false}\n"}) {
    const WebConfigFile file = loaded(text);
    EXPECT_FALSE(file.security.tls) << text;
    EXPECT_THAT(file.security.users, IsEmpty());
    EXPECT_THAT(file.security.headers, IsEmpty());
    EXPECT_FALSE(file.security.rate_limit);
    EXPECT_THAT(file.files, ElementsAre(path("web.yml")));
    EXPECT_THAT(file.warnings, IsEmpty());
  }
}

TEST_F(WebConfigTest, TheLeastTlsHasTheDefaultsOfTheToolkit) {
  const WebConfigFile file = loaded("tls_server_config: {cert_file: c.pem, key_file: k.pem}\n");
  ASSERT_TRUE(file.security.tls);
  const web::Tls& tls = *file.security.tls;
  EXPECT_EQ(tls.certificates, example_certificate);
  EXPECT_EQ(tls.key, example_key);
  EXPECT_EQ(tls.client_auth, ClientAuth::none);
  EXPECT_EQ(tls.min_version, TlsVersion::tls12);
  EXPECT_EQ(tls.max_version, TlsVersion::tls13);
  EXPECT_TRUE(tls.prefer_server_cipher_suites);
  EXPECT_THAT(tls.cipher_suites, IsEmpty());
  EXPECT_THAT(file.files, ElementsAre(path("web.yml"), path("c.pem"), path("k.pem")));
  EXPECT_THAT(file.warnings, IsEmpty());
}

TEST_F(WebConfigTest, EverythingCanBeSet) {
  const WebConfigFile file = loaded(
      "tls_server_config:\n"
      "  cert_file: " +
      path("c.pem") + R"(
  key_file: ./k.pem
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: c.pem
  client_allowed_sans: [scraper.example, 192.0.2.7]
  min_version: TLS13
  max_version: TLS13
  cipher_suites:
    - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    - TLS_AES_128_GCM_SHA256
  prefer_server_cipher_suites: false
  curve_preferences: [CurveP256, X25519]
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000; includeSubDomains
    X-Content-Type-Options: nosniff
    X-XSS-Protection: 1
    Content-Security-Policy: "default-src 'self' *.test.example.net"
basic_auth_users:
  alice: )" +
      some_hash + R"(
  "bob smith": $2b$04$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG
rate_limit:
  interval: 1m0.5s
  burst: 20
)");
  const web::Security& security = file.security;
  ASSERT_TRUE(security.tls);
  EXPECT_EQ(security.tls->client_auth, ClientAuth::require_and_verify);
  EXPECT_EQ(security.tls->client_authorities, example_certificate);
  EXPECT_THAT(security.tls->client_allowed_sans, ElementsAre("scraper.example", "192.0.2.7"));
  EXPECT_EQ(security.tls->min_version, TlsVersion::tls13);
  EXPECT_THAT(security.tls->cipher_suites,
              ElementsAre("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"));
  EXPECT_FALSE(security.tls->prefer_server_cipher_suites);
  EXPECT_THAT(security.tls->curve_preferences, ElementsAre("CurveP256", "X25519"));
  EXPECT_THAT(
      security.headers,
      ElementsAre(Pair("X-Frame-Options", "deny"),
                  Pair("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
                  Pair("X-Content-Type-Options", "nosniff"), Pair("X-XSS-Protection", "1"),
                  Pair("Content-Security-Policy", "default-src 'self' *.test.example.net")));
  EXPECT_THAT(security.users, ElementsAre(Pair("alice", some_hash), Pair("bob smith", testing::_)));
  ASSERT_TRUE(security.rate_limit);
  EXPECT_EQ(security.rate_limit->interval, 60500ms);
  EXPECT_EQ(security.rate_limit->burst, 20U);
  EXPECT_THAT(file.files,
              ElementsAre(path("web.yml"), path("c.pem"), path("./k.pem"), path("c.pem")));
  EXPECT_THAT(file.warnings, IsEmpty());
}

TEST_F(WebConfigTest, CertificatesMayStandInTheFileItself) {
  const std::string text = "tls_server_config:\n  cert: " + in_a_block(example_certificate) +
                           "  key: " + in_a_block(example_key) +
                           "  client_auth_type: VerifyClientCertIfGiven\n  client_ca: " +
                           in_a_block(example_certificate);
  const WebConfigFile file = loaded(text);
  ASSERT_TRUE(file.security.tls);
  EXPECT_THAT(file.security.tls->certificates, HasSubstr("END CERTIFICATE"));
  EXPECT_THAT(file.security.tls->key, HasSubstr("END PRIVATE KEY"));
  EXPECT_THAT(file.security.tls->client_authorities, HasSubstr("END CERTIFICATE"));
  EXPECT_THAT(file.files, ElementsAre(path("web.yml")));
}

TEST_F(WebConfigTest, BlankHeadersAreNotSent) {
  const WebConfigFile file = loaded(
      "http_server_config: {headers: {X-Frame-Options: \"\", Content-Security-Policy: , "
      "X-XSS-Protection: \"0\"}}\n");
  EXPECT_THAT(file.security.headers, ElementsAre(Pair("X-XSS-Protection", "0")));
}

TEST_F(WebConfigTest, EmptyListsMeanTheLibrarysChoice) {
  const WebConfigFile file = loaded(
      "tls_server_config: {cert_file: c.pem, key_file: k.pem, cipher_suites: [], "
      "curve_preferences: }\n");
  ASSERT_TRUE(file.security.tls);
  EXPECT_THAT(file.security.tls->cipher_suites, IsEmpty());
}

TEST_F(WebConfigTest, ARateWithoutBurstTakesOneAtATime) {
  const WebConfigFile file = loaded("rate_limit: {interval: 100ms}\n");
  ASSERT_TRUE(file.security.rate_limit);
  EXPECT_EQ(file.security.rate_limit->interval, 100ms);
  EXPECT_EQ(file.security.rate_limit->burst, 1U);
}

TEST_F(WebConfigTest, TheOldWordForAnyCertificateIsKnown) {
  const WebConfigFile file = loaded(
      "tls_server_config: {cert_file: c.pem, key_file: k.pem, client_auth_type: "
      "RequireClientCert}\n");
  ASSERT_TRUE(file.security.tls);
  EXPECT_EQ(file.security.tls->client_auth, ClientAuth::require_any);
}

/// The whole is in tests of what it consists of: the walk through the file in config_file_test.cpp,
/// names of cipher suites and TLS as such in tests/web.
TEST_F(WebConfigTest, EveryComplaintNamesThePlaceTheKeyAndWhatToDo) {
  const std::string tls = "tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n  ";
  const std::string no_hash =
      "basic_auth_users: what stands after this user's name is no bcrypt hash; make one with: "
      "htpasswd -nBC 10 \"\" | tr -d ':\\n'";
  const std::string bad_name =
      "basic_auth_users: this user's name can be sent by no client; use one without colons and "
      "control characters";
  const std::string no_word = "this text is none that can stand here; look at the key";
  const std::vector<BadInput> rows{
      {"tls_sever_config: {}\n",
       "1:1: unknown key \"tls_sever_config\"; did you mean tls_server_config?"},
      {"tls_server_config: {cert_filse: c.pem}\n",
       "1:21: unknown key \"tls_server_config.cert_filse\"; did you mean cert_file?"},
      {"http_server_config: {headers: {Content-Type: foo}}\n",
       "1:32: unknown key \"http_server_config.headers.Content-Type\"; did you mean "
       "X-Content-Type-Options?"},
      {"basic_auth_users: {a: " + some_hash + "}\n---\n",
       "2:1: a second YAML document begins here; keep all settings in one"},
      {"- a\n",
       "1:1: the file must be a block of keys (tls_server_config, http_server_config, "
       "basic_auth_users, rate_limit), not a list"},
      // Certificates and keys
      {"tls_server_config: {cert_file: c.pem}\n",
       "1:32: tls_server_config.cert_file: there is no private key for it; add key_file"},
      {"tls_server_config:\n  key_file: k.pem\n",
       "1:1: tls_server_config: there is no certificate; add cert_file, or remove the block for "
       "plain HTTP"},
      {"tls_server_config: {min_version: TLS13}\n",
       "1:1: tls_server_config: there is no certificate; add cert_file, or remove the block for "
       "plain HTTP"},
      {"tls_server_config: {cert_file: \"\", key_file: k.pem}\n",
       "1:32: tls_server_config.cert_file: is empty; name a file or leave the key out"},
      {"tls_server_config: {cert_file: none.pem, key_file: k.pem}\n",
       "1:32: tls_server_config.cert_file: \"none.pem\" cannot be read (No such file or "
       "directory); name a PEM file that this user may read"},
      {"tls_server_config: {cert_file: c.pem, key_file: /dev/zero}\n",
       "1:49: tls_server_config.key_file: \"/dev/zero\" cannot be read (it is larger than 1 MiB); "
       "name a PEM file that this user may read"},
      {"tls_server_config: {cert_file: c.pem, key_file: .}\n",
       "1:49: tls_server_config.key_file: \".\" cannot be read (Is a directory); name a PEM file "
       "that this user may read"},
      {"tls_server_config: {cert_file: k.pem, key_file: k.pem}\n",
       "1:32: tls_server_config.cert_file: there is no certificate in it; it takes PEM, which "
       "begins with \"-----BEGIN CERTIFICATE-----\""},
      {"tls_server_config: {cert_file: c.pem, key_file: empty.pem}\n",
       "1:49: tls_server_config.key_file: there is nothing in it; write a private key in PEM form "
       "to it"},
      {"tls_server_config: {cert_file: c.pem, key_file: c.pem}\n",
       "1:49: tls_server_config.key_file: there is no private key in it; it takes PEM, which "
       "begins with \"-----BEGIN PRIVATE KEY-----\""},
      {"tls_server_config: {cert_file: c.pem, key: \"\"}\n",
       "1:44: tls_server_config.key: there is nothing in it; write a private key in PEM form to "
       "it"},
      {tls + "cert: x\n",
       "2:14: tls_server_config.cert_file: stands beside tls_server_config.cert; leave one out"},
      {"tls_server_config:\n  cert_file: c.pem\n  key_file: |\n    -----BEGIN PRIVATE KEY-----\n",
       "3:13: tls_server_config.key_file: this is not the path of a file; a private key itself is "
       "written after key: |"},
      // Clients
      {tls + "client_auth_type: Always\n",
       "4:21: tls_server_config.client_auth_type: \"Always\" is not known; choose one of "
       "NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, "
       "RequireAndVerifyClientCert, RequireClientCert"},
      {tls + "client_ca_file: c.pem\n",
       "4:19: tls_server_config.client_ca_file: nobody asks for clients' certificates; add "
       "client_auth_type: RequireAndVerifyClientCert"},
      {tls + "client_auth_type: RequireAndVerifyClientCert\n",
       "4:21: tls_server_config.client_auth_type: clients' certificates cannot be verified without "
       "client_ca or client_ca_file"},
      {tls + "client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: empty.pem\n",
       "5:19: tls_server_config.client_ca_file: there is nothing in it; write a certificate in PEM "
       "form to it"},
      {tls + "client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [a]\n",
       "5:24: tls_server_config.client_allowed_sans: names mean nothing in certificates that are "
       "not verified; add client_auth_type: RequireAndVerifyClientCert"},
      {tls + "client_allowed_sans: a\n",
       "4:24: tls_server_config.client_allowed_sans must be a list, even of one value"},
      // What TLS may choose
      {tls + "min_version: TLS111\n",
       "4:16: tls_server_config.min_version: \"TLS111\" is not known; choose one of TLS10, TLS11, "
       "TLS12, TLS13"},
      {tls + "min_version: TLS13\n  max_version: TLS12\n",
       "4:16: tls_server_config.min_version: min_version is above max_version"},
      {tls + "max_version: TLS11\n",
       "4:16: tls_server_config.max_version: min_version is above max_version"},
      {tls + "cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n",
       "4:19: tls_server_config.cipher_suites: \"TLS_RSA_WITH_RC4_128_SHA\" is an insecure cipher "
       "suite and not supported; leave it out"},
      {tls + "max_version: TLS12\n  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n",
       "5:18: tls_server_config.cipher_suites: none of them works with the server's key, which is "
       "one of ECDSA or Ed25519; name one with ECDHE_ECDSA"},
      {tls + "curve_preferences: [CurveP257]\n",
       "4:23: tls_server_config.curve_preferences: \"CurveP257\" is no curve; those that can be "
       "named are X25519, CurveP256, CurveP384, CurveP521"},
      {tls + "curve_preferences: [" + std::string(80, 'x') + "]\n",
       "4:23: tls_server_config.curve_preferences: " + no_word},
      {tls + "prefer_server_cipher_suites: maybe\n",
       "4:32: tls_server_config.prefer_server_cipher_suites: \"maybe\" is not known; choose one of "
       "true, false"},
      // HTTP
      {"http_server_config: {http2: 1}\n",
       "1:29: http_server_config.http2: \"1\" is not known; choose one of true, false"},
      {"http_server_config: {headers: {X-Frame-Options: foo}}\n",
       "1:49: http_server_config.headers.X-Frame-Options: this value is not known; choose deny or "
       "sameorigin"},
      {"http_server_config: {headers: {X-Content-Type-Options: sniff}}\n",
       "1:56: http_server_config.headers.X-Content-Type-Options: this value is not known; choose "
       "nosniff"},
      {"http_server_config: {headers: {X-XSS-Protection: \"1\\r\\nSet-Cookie: a\"}}\n",
       "1:50: http_server_config.headers.X-XSS-Protection: a header has no line ends and is ASCII; "
       "write it on one line"},
      // Users
      {"basic_auth_users: [alice]\n",
       "1:19: basic_auth_users must be a block with lines such as NAME: HASH"},
      {"basic_auth_users:\n  alice: [a]\n",
       "2:3: basic_auth_users must have lines such as NAME: HASH"},
      {"basic_auth_users:\n  alice:\n", "2:3: basic_auth_users must have lines such as NAME: HASH"},
      {"basic_auth_users:\n  john: doe\n", "2:3: " + no_hash},
      {"basic_auth_users:\n  john: " + some_hash.substr(1) + "\n", "2:3: " + no_hash},
      {"basic_auth_users: {john: " + some_hash + "x}\n", "1:20: " + no_hash},
      {"basic_auth_users: {\"a:b\": " + some_hash + "}\n", "1:20: " + bad_name},
      {"basic_auth_users: {\"\": " + some_hash + "}\n", "1:20: " + bad_name},
      {"basic_auth_users: {\"a\\n\": " + some_hash + "}\n", "1:20: " + bad_name},
      {"basic_auth_users:\n  alice: " + some_hash + "\n  alice: " + some_hash + "\n",
       "3:3: basic_auth_users: this name stands here a second time; leave one out"},
      {"basic_auth_users: {alice: $2y$19$" + some_hash.substr(7) + "}\n",
       "1:20: basic_auth_users: the cost of this user's hash is 19, so a check takes longer than a "
       "request may; make one of cost 10 to 14"},
      // Rates
      {"rate_limit: {interval: fast}\n",
       "1:24: rate_limit.interval: \"fast\" is no length of time; write a number and one of ms, s, "
       "m, h, such as 500ms or 2.5s"},
      {"rate_limit: {interval: 1}\n",
       "1:24: rate_limit.interval: \"1\" has no unit; write a number and one of ms, s, m, h, such "
       "as 500ms or 2.5s"},
      {"rate_limit: {interval: 1s, burst: 0}\n",
       "1:35: rate_limit.burst: 0 would refuse every request; write 1 or more"},
      {"rate_limit: {interval: 8000h, burst: 1000000}\n",
       "1:38: rate_limit.burst: so many at so long an interval would take centuries; write a "
       "smaller one"},
      {"rate_limit: {interval: 1s, burst: -1}\n",
       "1:35: rate_limit.burst: \"-1\" is no number of requests; write one from 1 to 1000000"},
      {"rate_limit: {burst: 1000001}\n",
       "1:21: rate_limit.burst: \"1000001\" is no number of requests; write one from 1 to "
       "1000000"},
  };
  for (const BadInput& row : rows) {
    EXPECT_EQ(complaint(row.input), "web.yml:" + row.sentence) << row.input;
  }
}

TEST_F(WebConfigTest, AFileThatIsMissingIsNamed) {
  const auto result = load_web_config(path("none.yml"));
  ASSERT_FALSE(result);
  EXPECT_EQ(without_folder(result.error()),
            "the web configuration file none.yml cannot be read (No such file or directory); name "
            "a YAML file that this user may read");
}

TEST_F(WebConfigTest, WhatIsDangerousGetsAWarning) {
  const std::string tls = "tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n";
  EXPECT_THAT(warnings("basic_auth_users: {a: " + some_hash + "}\n"),
              ElementsAre("web.yml:1:19: basic_auth_users: passwords are sent unencrypted without "
                          "TLS; add tls_server_config"));
  EXPECT_THAT(warnings(tls + "basic_auth_users: {a: $2y$15$" + some_hash.substr(7) + "}\n"),
              ElementsAre("web.yml:4:19: basic_auth_users: a hash of cost 15 takes seconds to "
                          "check; 10 to 14 are enough"));
  EXPECT_THAT(warnings(tls + "  min_version: TLS10\n"),
              ElementsAre("web.yml:4:16: tls_server_config.min_version: versions before TLS 1.2 "
                          "have known weaknesses; use TLS12 if all clients can"));
  EXPECT_THAT(
      warnings(tls + "  client_auth_type: RequireAnyClientCert\n  client_ca_file: c.pem\n"),
      ElementsAre("web.yml:4:21: tls_server_config.client_auth_type: clients' certificates are not "
                  "verified; use RequireAndVerifyClientCert"));
}

TEST_F(WebConfigTest, AKeyThatEverybodyCanReadGetsAWarning) {
  const std::string warning =
      ": every user of this machine may read the private key; chmod o-r the file";
  ASSERT_EQ(::chmod(path("k.pem").c_str(), 0644), 0);
  EXPECT_THAT(warnings("tls_server_config: {cert_file: c.pem, key_file: k.pem}\n"),
              ElementsAre("web.yml:1:49: tls_server_config.key_file" + warning));
  const std::string text = "tls_server_config:\n  cert_file: c.pem\n  key: ";
  write("web.yml", "");
  ASSERT_EQ(::chmod(path("web.yml").c_str(), 0644), 0);
  EXPECT_THAT(warnings(text + in_a_block(example_key)),
              ElementsAre("web.yml:3:8: tls_server_config.key" + warning));
  closed("web.yml");
  EXPECT_THAT(warnings(text + in_a_block(example_key)), IsEmpty());
}

/// A secret at a wrong place must not reach the log: every key gets each secret as its value, as
/// a list of it, as a key inside of it, and instead of it.
TEST_F(WebConfigTest, NoComplaintRepeatsASecret) {
  const std::string password = "correct horse battery staple";
  const std::string key(example_key);
  const std::string one_line = key.substr(28, 60);  // of the key, as base64
  for (const std::string& secret : {some_hash, key, one_line + one_line, password + some_hash}) {
    std::string quoted = "\"";
    for (const char c : secret) quoted += c == '\n' ? std::string("\\n") : std::string(1, c);
    quoted += '"';
    for (const auto& [name, standard] : web_config_keys()) {
      std::string before;  // the blocks around it, on one line
      std::string word(name);
      std::string after = "\n";
      for (std::size_t dot; (dot = word.find('.')) != std::string::npos;) {
        before += word.substr(0, dot) + ": {";
        after.insert(0, 1, '}');
        word.erase(0, dot + 1);
      }
      for (const std::string& entry :
           {word + ": " + quoted, word + ": [" + quoted + "]", word + ": {" + quoted + ": x}",
            word + ": {a: " + quoted + "}", "? " + quoted + "\n: x"}) {
        const auto result = load(before + entry + after);
        const std::string said =
            result ? testing::PrintToString(result.value().warnings) : result.error();
        EXPECT_THAT(said, Not(HasSubstr(secret.substr(0, 20)))) << entry;
        EXPECT_THAT(said, Not(HasSubstr(secret.substr(secret.size() / 2, 12)))) << entry;
      }
    }
  }
}

/// A thousand files that are broken in one to four places: each is taken or gets one line.
TEST_F(WebConfigTest, SurvivesBrokenFiles) {
  const std::string whole =
      "tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n"
      "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: c.pem\n"
      "  client_allowed_sans: [a, \"b\"]\n  cipher_suites:\n    - TLS_AES_128_GCM_SHA256\n"
      "  min_version: TLS12\n  curve_preferences: &c [X25519]\n"
      "http_server_config: {http2: true, headers: {X-Frame-Options: deny}}\n"
      "basic_auth_users:\n  alice: " +
      some_hash + "\nrate_limit: {interval: 1m30s, burst: 3}\n";
  EXPECT_EQ(complaint(whole), "fine");
  const std::string_view pieces[] = {
      "\n", "  ", ": ",  "- ", "{",      "}",   "[", "]", "\"", "'",    "#", "|", ">",       "&c",
      "*c", "? ", "---", "\t", "!!int ", "\\0", "~", ",", "%",  "\xff", "0", "x", "<<: *c\n"};
  std::mt19937 random(4711);  // NOLINT: the same files each time
  const auto below = [&random](std::size_t end) { return random() % end; };
  for (int i = 0; i < 1000; ++i) {
    std::string text = whole;
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      const std::size_t length = below(3) == 0 ? below(30) : below(3);
      text.replace(at, length, below(4) == 0 ? "" : pieces[below(std::size(pieces))]);
    }
    const std::string said = complaint(text);
    EXPECT_EQ(said.find('\n'), std::string::npos) << text;
    EXPECT_TRUE(said == "fine" || said.starts_with("web.yml:")) << said;
  }
}

}  // namespace
}  // namespace upslink::app
