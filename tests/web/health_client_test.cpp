// SPDX-License-Identifier: Apache-2.0
#include "web/health_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "certificates.hpp"
#include "server_fixture.hpp"
#include "web/listener.hpp"

namespace upslink::web::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

class HealthTest : public ServerTest {
 protected:
  void start_with(Security security, int status = 200, const std::string& at = "127.0.0.1:0") {
    security_ = security;
    server_.reset();
    start({.addresses = {at},
           .routes = {{.path = "/-/healthy",
                       .handler = [status](const Request&) { return sentence(status, "Hm."); }}},
           .security = std::move(security),
           .gate = gate_});
  }
  std::optional<std::string> health() const { return check_health(address(), security_); }
  Security tls(ClientAuth auth = ClientAuth::none) const {
    const Identity own = authority_.issue();
    return {.tls = Tls{.certificates = own.certificate,
                       .key = own.key,
                       .client_authorities = authority_.certificate(),
                       .client_auth = auth}};
  }

  class NoGate final : public Gate {
    void admit(std::map<std::string, std::string>) override {}
    std::optional<Verdict> known(const Credentials&) override { return Verdict::denied; }
    void judge(const Credentials&, const Origin&, Tell) override {}
  };

  const Authority authority_{"health"};
  const std::shared_ptr<Gate> gate_ = std::make_shared<NoGate>();
  Security security_;
};

TEST_F(HealthTest, AsksAServerThatAnswers) {
  start_with({});
  EXPECT_EQ(health(), std::nullopt);
  start_with({.users = {{"prom", "hash"}}});
  EXPECT_EQ(health(), std::nullopt);
  start_with({.rate_limit = RateLimit{.interval = std::chrono::hours(1), .burst = 1}});
  EXPECT_EQ(health(), std::nullopt);
  EXPECT_EQ(health(), std::nullopt);  // that was one too many
  start_with({}, 503);
  EXPECT_EQ(health(),
            "the exporter at " + address() + " is not healthy: it answers with status 503");
}

TEST_F(HealthTest, SpeaksTlsIfTheServerDoes) {
  for (const TlsVersion version : {TlsVersion::tls10, TlsVersion::tls12, TlsVersion::tls13}) {
    for (const ClientAuth auth : {ClientAuth::none, ClientAuth::request, ClientAuth::require_any,
                                  ClientAuth::verify_if_given, ClientAuth::require_and_verify}) {
      Security security = tls(auth);
      security.tls->min_version = security.tls->max_version = version;
      start_with(security);
      EXPECT_EQ(health(), std::nullopt) << static_cast<int>(auth) << static_cast<int>(version);
    }
  }
  start_with(tls(), 503);
  EXPECT_THAT(health(), Optional(HasSubstr("it answers with status 503")));
}

TEST_F(HealthTest, FindsTheLoopbackAddressesOfAWildcard) {
  for (const char* const at : {":0", "0.0.0.0:0", "[::]:0", "[::1]:0", "localhost:0"}) {
    start_with({}, 200, at);
    const std::string port = address().substr(address().rfind(':'));
    const std::string told = std::string(at).substr(0, std::string(at).rfind(':')) + port;
    EXPECT_EQ(check_health(told, {}), std::nullopt) << told;
  }
}

TEST_F(HealthTest, SaysWhatIsWrong) {
  start_with({});
  const std::string was_here = address();
  EXPECT_THAT(check_health(was_here, tls()), Optional(HasSubstr("TLS fails: ")));
  start_with(tls());
  EXPECT_EQ(check_health(address(), {}),
            "the exporter at " + address() + " is not healthy: it gives no answer of HTTP");
  server_.reset();
  EXPECT_EQ(check_health(was_here, {}),
            "the exporter at " + was_here + " is not healthy: Connection refused");
  EXPECT_THAT(check_health("nowhere", {}), Optional(HasSubstr("the port is missing")));
}

TEST_F(HealthTest, WaitsTwoSeconds) {
  const auto mute = listen_on("127.0.0.1:0");  // the kernel accepts for it
  const std::string& address = std::get<Listener>(mute).address;
  const auto ask = [&address](const Security& security) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(check_health(address, security));
    const auto taken = std::chrono::steady_clock::now() - began;
    EXPECT_GE(taken, 1900ms);
    EXPECT_LT(taken, 4s);
  };
  const std::jthread plain(ask, Security{});
  const std::jthread encrypted(ask, tls());
}

}  // namespace
}  // namespace upslink::web::testing
