// SPDX-License-Identifier: Apache-2.0
// What a server's TLS accepts, refuses and says, as clients with every kind of wish see it.
#include "web/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server_fixture.hpp"
#include "tls_client.hpp"

namespace upslink::web::testing {
namespace {

using ::testing::HasSubstr;

constexpr int alert_handshake_failure = 40;
constexpr int alert_bad_certificate = 42;
constexpr int alert_protocol_version = 70;
constexpr int alert_certificate_required = 116;

class TlsTest : public ServerTest {
 protected:
  Tls tls(const Wanted& wanted = {}) const {
    const Identity own = authority_.issue(wanted);
    return {.certificates = own.certificate, .key = own.key};
  }
  void start_tls(Tls tls, const Limits& limits = {}) {
    start({.limits = limits, .security = {.tls = std::move(tls)}});
  }
  Client plain() const { return client(); }
  std::string log_text() {
    std::string text;
    for (const std::string& line : log()) text += line + "\n";
    return text;
  }

  const Authority authority_{"servers"};
  const Authority clients_{"clients"};
};

TEST_F(TlsTest, AnswersAScrape) {
  for (const Key key : {Key::ecdsa, Key::rsa, Key::ed25519}) {
    start_tls(tls({.key = key}));
    for (const char* const version :
         {"NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"}) {
      TlsClient c(address(), {.priority = version, .authority = authority_.certificate()});
      for (int i = 0; i < 3; ++i) {
        const auto answer = c.get("/metrics");
        ASSERT_TRUE(answer) << version << " " << c.alert() << log_text();
        EXPECT_EQ(answer->status, 200);
        EXPECT_EQ(answer->body, page_);
      }
    }
    server_.reset();
  }
}

TEST_F(TlsTest, SendsALargePageAndTakesManyRequests) {
  start_tls(tls());
  TlsClient c(address());
  EXPECT_EQ(c.get("/large")->body, large_page_);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(c.get("/echo")->status, 200);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n";
  ASSERT_TRUE(c.send(many));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(c.receive()->status, 200);
}

TEST_F(TlsTest, SpeaksTheConfiguredVersions) {
  const struct {
    TlsVersion min, max;
    std::string_view spoken;
  } rows[] = {
      {TlsVersion::tls12, TlsVersion::tls13, "1.2 1.3"},
      {TlsVersion::tls13, TlsVersion::tls13, "1.3"},
      {TlsVersion::tls12, TlsVersion::tls12, "1.2"},
      {TlsVersion::tls10, TlsVersion::tls11, "1.0 1.1"},
      {TlsVersion::tls10, TlsVersion::tls13, "1.0 1.1 1.2 1.3"},
  };
  Tls values = tls();
  for (const auto& row : rows) {
    values.min_version = row.min;
    values.max_version = row.max;
    start_tls(values);
    for (const std::string version : {"1.0", "1.1", "1.2", "1.3"}) {
      TlsClient c(address(), {.priority = "NORMAL:-VERS-ALL:+VERS-TLS" + version});
      const bool is_spoken = row.spoken.find(version) != std::string_view::npos;
      ASSERT_EQ(c.is_accepted(), is_spoken) << version << " of " << row.spoken << log_text();
      if (is_spoken) {
        EXPECT_EQ(c.version(), "TLS" + version);
      } else if (version < row.spoken) {  // above, client or server may be the one that gives up
        EXPECT_EQ(c.alert(), alert_protocol_version) << version << " of " << row.spoken;
      }
    }
    server_.reset();
  }
  EXPECT_THAT(
      log_text(),
      HasSubstr("http: the TLS handshake with 127.0.0.1 failed: no version of TLS is common"));
}

// Every suite of TLS 1.2 that the table has, asked for alone, against a server that names some.
TEST_F(TlsTest, HasTheNamedCipherSuitesAndNoOthers) {
  const struct {
    std::string suite, priority;
  } rows[] = {
      {"128_GCM_SHA256", "+AES-128-GCM:+AEAD"},
      {"256_GCM_SHA384", "+AES-256-GCM:+AEAD"},
      {"CHACHA20_POLY1305_SHA256", "+CHACHA20-POLY1305:+AEAD"},
      {"128_CBC_SHA", "+AES-128-CBC:+SHA1"},
      {"256_CBC_SHA", "+AES-256-CBC:+SHA1"},
  };
  const std::vector<std::string> named{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                       "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                       "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"};
  for (const Key key : {Key::rsa, Key::ecdsa}) {
    Tls values = tls({.key = key});
    values.cipher_suites = named;
    start_tls(values);
    const std::string exchange = key == Key::rsa ? "ECDHE_RSA" : "ECDHE_ECDSA";
    for (const auto& row : rows) {
      TlsClient c(address(), {.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:-MAC-ALL:" +
                                          row.priority});
      const bool is_named = std::any_of(named.begin(), named.end(), [&](const std::string& name) {
        return name.find(exchange) != std::string::npos && name.ends_with(row.suite);
      });
      EXPECT_EQ(c.is_accepted(), is_named) << exchange << " " << row.suite << log_text();
      if (!is_named) {
        EXPECT_EQ(c.alert(), alert_handshake_failure);
      }
    }
    // TLS 1.3 has all of its own.
    for (const auto& row : {rows[0], rows[1], rows[2]}) {
      TlsClient c(address(), {.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:-MAC-ALL:" +
                                          row.priority});
      EXPECT_TRUE(c.is_accepted()) << row.suite;
    }
    // Without forward secrecy, or with a MAC of SHA-256: never.
    for (const char* const priority : {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA",
                                       "NORMAL:-VERS-ALL:+VERS-TLS1.2:-MAC-ALL:+SHA256"}) {
      EXPECT_FALSE(TlsClient(address(), {.priority = priority}).is_accepted());
    }
    server_.reset();
  }
}

TEST_F(TlsTest, PrefersItsOwnOrderIfToldTo) {
  Tls values = tls();
  values.max_version = TlsVersion::tls12;
  values.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
  const TlsWishes wishes{.priority = "NORMAL:-CIPHER-ALL:+AES-128-GCM:+CHACHA20-POLY1305"};
  for (const bool is_preferred : {true, false}) {
    values.prefer_server_cipher_suites = is_preferred;
    start_tls(values);
    TlsClient c(address(), wishes);
    ASSERT_TRUE(c.is_accepted());
    EXPECT_EQ(c.suite(),
              is_preferred ? "ECDHE-ECDSA CHACHA20-POLY1305" : "ECDHE-ECDSA AES-128-GCM");
    server_.reset();
  }
}

TEST_F(TlsTest, HasTheNamedCurvesAndNoOthers) {
  Tls values = tls();
  values.curve_preferences = {"CurveP384", "X25519"};
  start_tls(values);
  const struct {
    std::string group;
    bool is_named;
  } rows[] = {{"X25519", true}, {"SECP256R1", false}, {"SECP384R1", true}, {"SECP521R1", false}};
  for (const std::string version : {"1.2", "1.3"}) {
    for (const auto& row : rows) {
      TlsClient c(address(), {.priority = "NORMAL:-VERS-ALL:+VERS-TLS" + version +
                                          ":-GROUP-ALL:+GROUP-" + row.group});
      EXPECT_EQ(c.is_accepted(), row.is_named) << row.group << " of TLS " << version << log_text();
    }
  }
}

TEST_F(TlsTest, JudgesTheClientsCertificate) {
  const Identity none{};
  const Identity right = clients_.issue({.is_client = true});
  const Identity expired = clients_.issue(
      {.is_client = true, .begins = std::chrono::hours(-2), .ends = std::chrono::hours(-1)});
  const Identity foreign = authority_.issue({.is_client = true});
  const Identity servers = clients_.issue({.is_client = false});
  const struct {
    ClientAuth auth;
    const Identity& shown;
    int alert;  // 0: accepted
  } rows[] = {
      {ClientAuth::none, none, 0},
      {ClientAuth::none, foreign, 0},
      {ClientAuth::request, none, 0},
      {ClientAuth::request, foreign, 0},
      {ClientAuth::require_any, none, alert_certificate_required},
      {ClientAuth::require_any, foreign, 0},
      {ClientAuth::verify_if_given, none, 0},
      {ClientAuth::verify_if_given, right, 0},
      {ClientAuth::verify_if_given, foreign, alert_bad_certificate},
      {ClientAuth::require_and_verify, none, alert_certificate_required},
      {ClientAuth::require_and_verify, right, 0},
      {ClientAuth::require_and_verify, foreign, alert_bad_certificate},
      {ClientAuth::require_and_verify, expired, alert_bad_certificate},
      {ClientAuth::require_and_verify, servers, alert_bad_certificate},
  };
  Tls values = tls();
  values.client_authorities = clients_.certificate();
  start_tls(values);
  for (const auto& row : rows) {
    values.client_auth = row.auth;
    ASSERT_FALSE(server_->secure({.tls = values}));
    for (const char* const version : {"1.2", "1.3"}) {
      TlsClient c(address(), {.priority = std::string("NORMAL:-VERS-ALL:+VERS-TLS") + version,
                              .identity = row.shown});
      EXPECT_EQ(c.is_accepted(), row.alert == 0) << version << " row " << &row - rows << log_text();
      EXPECT_EQ(c.alert(), row.alert) << version << " row " << &row - rows;
    }
  }
}

TEST_F(TlsTest, AsksForOneOfTheAllowedNames) {
  const Identity shown =
      clients_.issue({.is_client = true,
                      .dns = "prometheus.example",
                      .ip = std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16),
                      .email = "ops@example.org",
                      .uri = "spiffe://example/prometheus"});
  const struct {
    std::vector<std::string> allowed;
    bool is_accepted;
  } rows[] = {
      {{}, true},
      {{"prometheus.example"}, true},
      {{"other.example", "ops@example.org"}, true},
      {{"spiffe://example/prometheus"}, true},
      {{"2001:db8::7"}, true},
      {{"2001:0db8:0:0::7"}, true},
      {{"2001:db8::8"}, false},
      {{"32.1.13.184"}, false},
      {{"prometheus.example."}, false},
      {{"*.example", "example"}, false},
      {{"test"}, false},  // the common name, which is no alternative name
  };
  Tls values = tls();
  values.client_authorities = clients_.certificate();
  values.client_auth = ClientAuth::require_and_verify;
  start_tls(values);
  for (const auto& row : rows) {
    values.client_allowed_sans = row.allowed;
    ASSERT_FALSE(server_->secure({.tls = values}));
    TlsClient c(address(), {.identity = shown});
    EXPECT_EQ(c.is_accepted(), row.is_accepted) << ::testing::PrintToString(row.allowed);
  }
  EXPECT_THAT(log_text(), HasSubstr("its certificate has none of the allowed names"));
}

TEST_F(TlsTest, NeitherResumesNorRenegotiates) {
  start_tls(tls());
  for (const char* const version : {"1.2", "1.3"}) {
    TlsWishes wishes{.priority = std::string("NORMAL:-VERS-ALL:+VERS-TLS") + version};
    TlsClient first(address(), wishes);
    ASSERT_TRUE(first.is_accepted());
    wishes.session = first.session();
    TlsClient second(address(), wishes);
    ASSERT_TRUE(second.is_accepted());
    EXPECT_FALSE(second.is_resumed());
  }
  TlsClient c(address(), {.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2"});
  ASSERT_TRUE(c.is_accepted());
  EXPECT_FALSE(c.renegotiate());
  EXPECT_TRUE(TlsClient(address()).is_accepted());
}

TEST_F(TlsTest, TurnsPlainHttpAway) {
  start_tls(tls());
  Client c = plain();
  ASSERT_TRUE(
      c.send("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(5000, 'x') + "\r\n\r\n"));
  const auto answer = c.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_TRUE(c.is_closed_in_time());
  for (const std::string& nonsense :
       {std::string("\0\0\0\0", 4), std::string("\x16\x03\x01\x02\x00\x01garbage", 13),
        std::string("nonsense\r\n\r\n"), std::string(20'000, '\x16')}) {
    Client other = plain();
    ASSERT_TRUE(other.send(nonsense));
    other.finish_sending();
    EXPECT_TRUE(other.is_closed_in_time());
  }
  EXPECT_TRUE(TlsClient(address()).is_accepted());
}

TEST_F(TlsTest, APlainServerTurnsTlsAway) {
  start();
  TlsClient c(address());
  EXPECT_FALSE(c.shake());
  EXPECT_TRUE(c.is_closed_in_time());
  EXPECT_EQ(client().get("/metrics")->status, 200);
}

TEST_F(TlsTest, ANewCertificateIsForNewConnections) {
  const Tls before = tls();
  const Tls after = tls();
  start_tls(before);
  TlsClient kept(address());
  ASSERT_TRUE(kept.is_accepted());
  ASSERT_FALSE(server_->secure({.tls = after}));
  TlsClient fresh(address());
  ASSERT_TRUE(fresh.is_accepted());
  EXPECT_NE(kept.certificate(), fresh.certificate());
  EXPECT_TRUE(kept.is_accepted());

  ASSERT_TRUE(server_->secure({.tls = Tls{.certificates = after.certificates, .key = before.key}}));
  EXPECT_EQ(TlsClient(address()).is_accepted(), true);  // as before

  ASSERT_FALSE(server_->secure({}));  // plain HTTP from now on
  EXPECT_TRUE(plain().get("/metrics"));
  EXPECT_TRUE(fresh.is_accepted());
  EXPECT_FALSE(TlsClient(address()).is_accepted());
  ASSERT_FALSE(server_->secure({.tls = before}));
  EXPECT_TRUE(TlsClient(address()).is_accepted());
}

TEST_F(TlsTest, SaysThatTheCertificateHasExpired) {
  start_tls(tls({.begins = std::chrono::hours(-2), .ends = std::chrono::hours(-1)}));
  EXPECT_TRUE(TlsClient(address()).is_accepted());
  EXPECT_THAT(log_text(), HasSubstr("https: the server's certificate has expired"));
}

TEST_F(TlsTest, KnowsWhenTheCertificateExpires) {
  const auto expiry = certificate_expiry(tls({.ends = std::chrono::hours(5)}));
  ASSERT_TRUE(expiry);
  const auto left = *expiry - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::minutes(299));
  EXPECT_LE(left, std::chrono::minutes(300));
  EXPECT_FALSE(certificate_expiry({.certificates = "nothing"}));
}

TEST_F(TlsTest, SaysWhatIsWrongWithAConfiguration) {
  const Tls good = tls({.key = Key::rsa});
  const Identity other = authority_.issue();
  const auto with = [&](auto change) {
    Tls values = good;
    change(values);
    return values;
  };
  const struct {
    Tls values;
    TlsPart part;
    std::string_view why;
  } rows[] = {
      {with([](Tls& t) { t.certificates = ""; }), TlsPart::certificates,
       "there is no certificate in it"},
      {with([&](Tls& t) { t.certificates = t.key; }), TlsPart::certificates,
       "there is no certificate in it"},
      {with([](Tls& t) { t.certificates.replace(100, 8, "AAAAAAAA"); }), TlsPart::certificates,
       "cannot be read"},
      {with([](Tls& t) { t.key = ""; }), TlsPart::key, "there is no private key in it"},
      {with([](Tls& t) { t.key = t.certificates; }), TlsPart::key, "there is no private key in it"},
      {with([&](Tls& t) { t.key = other.key; }), TlsPart::key,
       "the key does not belong to the certificate"},
      {with([](Tls& t) { t.client_authorities = "x"; }), TlsPart::client_authorities,
       "there is no certificate in it"},
      {with([](Tls& t) { t.client_auth = ClientAuth::require_and_verify; }), TlsPart::client_auth,
       "cannot be verified without client_ca"},
      {with([](Tls& t) {
         t.min_version = TlsVersion::tls13;
         t.max_version = TlsVersion::tls12;
       }),
       TlsPart::versions, "min_version is above max_version"},
      {with([](Tls& t) { t.cipher_suites = {"TLS_RSA_WITH_RC4_128_SHA"}; }), TlsPart::cipher_suites,
       "\"TLS_RSA_WITH_RC4_128_SHA\" is an insecure cipher suite"},
      {with([](Tls& t) { t.cipher_suites = {"AES"}; }), TlsPart::cipher_suites,
       "\"AES\" is no cipher suite; those that can be named are TLS_AES_128"},
      {with([](Tls& t) {
         t.max_version = TlsVersion::tls12;
         t.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
       }),
       TlsPart::cipher_suites, "none of them works with the server's key, which is one of RSA"},
      {with([](Tls& t) { t.curve_preferences = {"X448"}; }), TlsPart::curve_preferences,
       "\"X448\" is no curve"},
      {with([](Tls& t) { t.curve_preferences = {"X25519MLKEM768"}; }), TlsPart::curve_preferences,
       "not supported"},
  };
  EXPECT_FALSE(check(good));
  for (const auto& row : rows) {
    const auto fault = check(row.values);
    ASSERT_TRUE(fault) << row.why;
    EXPECT_EQ(fault->part, row.part) << fault->why;
    EXPECT_THAT(fault->why, HasSubstr(std::string(row.why)));
    EXPECT_THAT(fault->why, ::testing::Not(HasSubstr("\n")));
  }
}

}  // namespace
}  // namespace upslink::web::testing
