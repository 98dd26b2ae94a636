// SPDX-License-Identifier: Apache-2.0
// Passwords, the rate limit, configured headers and late answers, as clients see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "server_fixture.hpp"

namespace upslink::web::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

using Steady = std::chrono::steady_clock;

// What a client has to answer within, where only a fault would make it wait.
constexpr auto at_once = 2s;

// A gate whose passwords are the "hashes" themselves. A check is over when the test says so.
class SlowGate final : public Gate {
 public:
  void admit(std::map<std::string, std::string> users) override {
    const std::lock_guard lock(mutex_);
    users_ = std::move(users);
    known_.clear();
  }

  std::optional<Verdict> known(const Credentials& credentials) override {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(text_of(credentials));
    if (found == known_.end()) return {};
    return found->second;
  }

  void judge(const Credentials& credentials, const Origin&, Tell tell) override {
    std::unique_lock lock(mutex_);
    if (waiting_.size() == most_) {
      lock.unlock();
      return tell(Verdict::crowded);
    }
    waiting_.push_back({text_of(credentials), std::move(tell)});
    changed_.notify_all();
  }

  // Waits until `count` checks are under way.
  bool has(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return waiting_.size() >= count; });
  }

  // Ends the checks that are under way, or waits for one.
  void finish() {
    ASSERT_TRUE(has(1));
    std::unique_lock lock(mutex_);
    while (!waiting_.empty()) {
      Asked asked = std::move(waiting_.front());
      waiting_.pop_front();
      const auto colon = asked.text.find(':');
      const auto user = users_.find(asked.text.substr(0, colon));
      const bool is_right = user != users_.end() && user->second == asked.text.substr(colon + 1);
      const Verdict verdict = is_right ? Verdict::granted : Verdict::denied;
      known_[asked.text] = verdict;
      lock.unlock();
      asked.tell(verdict);
      lock.lock();
    }
  }

  std::size_t most_ = 1000;

 private:
  struct Asked {
    std::string text;
    Tell tell;
  };

  static std::string text_of(const Credentials& credentials) {
    return std::string(credentials.name) + ":" + std::string(credentials.password);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> users_;
  std::map<std::string, Verdict> known_;
  std::deque<Asked> waiting_;
};

constexpr std::string_view right = "Authorization: Basic cHJvbTpzZWNyZXQ=\r\n";  // prom:secret
constexpr std::string_view wrong = "Authorization: Basic cHJvbTpndWVzcw==\r\n";  // prom:guess

class SecurityTest : public ServerTest {
 protected:
  void start_with(Security security, const Limits& limits = {}) {
    start({.limits = limits, .security = std::move(security), .gate = gate_});
  }
  void start_with_user(const Limits& limits = {}) {
    start_with({.users = {{"prom", "secret"}}}, limits);
  }
  // A client whose request has been sent and not answered.
  Client asking(std::string_view credentials, const std::string& path = "/echo") {
    Client c = client();
    EXPECT_TRUE(
        c.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + std::string(credentials) + "\r\n"));
    return c;
  }
  // From now on the right password is known.
  void get_known() {
    Client c = asking(right);
    gate_->finish();
    ASSERT_EQ(c.receive()->status, 200);
  }

  std::shared_ptr<SlowGate> gate_ = std::make_shared<SlowGate>();
};

TEST_F(SecurityTest, TellsAStrangerNothing) {
  start_with_user();
  const std::string requests[] = {
      "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n",
      "DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
      "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer abc\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ####\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic cHJvbQ==\r\n\r\n",  // no colon
      "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization:\r\n\r\n",
  };
  Client c = client();
  for (const std::string& request : requests) {
    ASSERT_TRUE(c.send(request));
    const auto answer = c.receive();
    ASSERT_TRUE(answer) << request;
    EXPECT_EQ(answer->status, 401) << request;
    EXPECT_EQ(answer->body, "This server asks for a name and a password.\n");
    EXPECT_THAT(answer->headers, Contains(Pair("www-authenticate", HasSubstr("Basic realm="))));
    EXPECT_THAT(answer->headers, Not(Contains(Key("allow"))));
  }
  ASSERT_TRUE(c.send("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"));
  EXPECT_EQ(c.receive()->status, 401);
  EXPECT_TRUE(c.is_closed_in_time());
}

TEST_F(SecurityTest, AsksTheGateOnceAndKnowsThen) {
  start_with_user();
  get_known();
  Client c = client();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(c.get("/metrics", std::string(right))->status, 200);
  EXPECT_EQ(c.get("/nothing", std::string(right))->status, 404);
  EXPECT_EQ(c.get("/echo", "authorization:  bAsIc   cHJvbTpzZWNyZXQ\r\n")->status, 200);

  Client guessing = asking(wrong);
  gate_->finish();
  EXPECT_EQ(guessing.receive()->status, 401);
  EXPECT_EQ(guessing.get("/metrics", std::string(wrong))->status, 401);
  EXPECT_EQ(guessing.get("/metrics", std::string(right))->status, 200);
}

TEST_F(SecurityTest, AKnownClientDoesNotWaitForStrangers) {
  start_with_user();
  get_known();
  std::vector<Client> strangers;
  for (int i = 0; i < 10; ++i) strangers.push_back(asking(wrong));
  ASSERT_TRUE(gate_->has(10));
  const auto began = Steady::now();
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(client().get("/metrics", std::string(right))->status, 200);
  }
  EXPECT_LT(Steady::now() - began, at_once);
  gate_->finish();
  for (Client& c : strangers) EXPECT_EQ(c.receive()->status, 401);
}

TEST_F(SecurityTest, TurnsAwayWhomTheGateCannotTake) {
  start_with_user();
  gate_->most_ = 1;
  Client first = asking(right);
  ASSERT_TRUE(gate_->has(1));
  Client second = asking(wrong);
  const auto answer = second.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_THAT(answer->headers, Contains(Pair("retry-after", "1")));
  gate_->finish();
  EXPECT_EQ(first.receive()->status, 200);
}

TEST_F(SecurityTest, JudgesAKeptConnectionByTheUsersOfNow) {
  start_with_user();
  get_known();
  Client kept = client();
  ASSERT_EQ(kept.get("/metrics", std::string(right))->status, 200);
  Client waiting = asking(wrong);
  ASSERT_TRUE(gate_->has(1));

  ASSERT_FALSE(server_->secure({.users = {{"prom", "guess"}}}));
  // What waited is asked again, for the question was about other users.
  gate_->finish();
  EXPECT_EQ(waiting.receive()->status, 200);
  ASSERT_TRUE(kept.send("GET /echo HTTP/1.1\r\nHost: x\r\n" + std::string(right) + "\r\n"));
  gate_->finish();
  EXPECT_EQ(kept.receive()->status, 401);

  ASSERT_FALSE(server_->secure({}));
  EXPECT_EQ(kept.get("/metrics")->status, 200);
}

TEST_F(SecurityTest, UsersNeedAGate) {
  start();
  EXPECT_EQ(server_->secure({.users = {{"prom", "x"}}}),
            "cannot serve HTTP: nobody checks passwords");
  EXPECT_EQ(client().get("/metrics")->status, 200);
  const auto refused =
      Server::start({.addresses = {"127.0.0.1:0"}, .security = {.users = {{"a", "b"}}}});
  EXPECT_EQ(std::get<std::string>(refused), "cannot serve HTTP: nobody checks passwords");
}

TEST_F(SecurityTest, EndsWhoWaitsTooLong) {
  start_with_user({.request = 200ms});
  Client waiting = asking(right);
  ASSERT_TRUE(gate_->has(1));
  EXPECT_TRUE(waiting.is_closed_in_time());
  gate_->finish();  // to nobody
  EXPECT_EQ(client().get("/metrics")->status, 401);
  EXPECT_THAT(log(), Not(Contains(HasSubstr("error"))));
}

TEST_F(SecurityTest, ForgetsWhoHasGone) {
  start_with_user();
  {
    const Client gone = asking(right);
    ASSERT_TRUE(gate_->has(1));
  }
  Client half = asking(right);
  half.finish_sending();  // but it reads
  ASSERT_TRUE(gate_->has(2));
  gate_->finish();
  const auto answer = half.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(half.is_closed_in_time());
  EXPECT_EQ(client().get("/metrics", std::string(right))->status, 200);
}

TEST_F(SecurityTest, StopsWithRequestsThatWait) {
  start_with_user();
  std::vector<Client> many;
  for (int i = 0; i < 50; ++i) many.push_back(asking(right));
  ASSERT_TRUE(gate_->has(50));
  const auto began = Steady::now();
  server_.reset();
  EXPECT_LT(Steady::now() - began, at_once);
  gate_->finish();  // to nobody
  for (Client& c : many) EXPECT_TRUE(c.is_closed_in_time());
}

TEST_F(SecurityTest, AnswersPipelinedRequestsInTheirOrder) {
  start_with_user();
  Client c = client();
  std::string requests;
  for (const char* const q : {"1", "2", "3"}) {
    requests +=
        "GET /echo?q=" + std::string(q) + " HTTP/1.1\r\nHost: x\r\n" + std::string(right) + "\r\n";
  }
  ASSERT_TRUE(c.send(requests));
  gate_->finish();
  for (const char* const q : {"1", "2", "3"}) {
    EXPECT_EQ(c.receive()->body, "GET /echo " + std::string(q) + " \n");
  }
}

TEST_F(SecurityTest, LimitsTheRateOfAll) {
  start_with({.users = {{"prom", "secret"}}, .rate_limit = RateLimit{.interval = 1h, .burst = 3}});
  Client c = client();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(c.get("/metrics")->status, 401);
  const auto answer = client().get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(answer->body, "There are more requests than the configured rate_limit grants.\n");
  EXPECT_EQ(c.get("/metrics")->status, 429);
  ASSERT_FALSE(server_->secure({.rate_limit = RateLimit{.interval = 1h, .burst = 2}}));
  EXPECT_EQ(c.get("/metrics")->status, 200);
  EXPECT_EQ(c.get("/metrics")->status, 200);
  EXPECT_EQ(c.get("/metrics")->status, 429);
}

TEST_F(SecurityTest, AddsTheConfiguredHeaders) {
  start_with({.headers = {{"Strict-Transport-Security", "max-age=1"},
                          {"X-Content-Type-Options", "nosniff"},
                          {"X-Frame-Options", "deny"}}});
  for (const char* const path : {"/metrics", "/nothing"}) {
    Client c = client();
    ASSERT_TRUE(
        c.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    const auto answer = c.receive();
    ASSERT_TRUE(answer);
    EXPECT_THAT(answer->headers, Contains(Pair("strict-transport-security", "max-age=1")));
    EXPECT_THAT(answer->headers, Contains(Pair("x-content-type-options", "nosniff")));
    EXPECT_THAT(answer->headers, Contains(Pair("x-frame-options", "deny")));
  }
  server_.reset();
  start();
  EXPECT_THAT(client().get("/metrics")->headers, Not(Contains(Key("strict-transport-security"))));
}

// Keeps the responders that it is given.
class LateTest : public ServerTest {
 protected:
  void SetUp() override {
    Route late{.path = "/-/reload", .methods = {"POST"}};
    late.late_handler = [this](const Request&, Responder responder) {
      const std::lock_guard lock(mutex_);
      responders_.push_back(std::move(responder));
      changed_.notify_all();
    };
    start({.routes = {std::move(late)}, .limits = {.request = 1s}});
  }

  Responder next() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, patience, [&] { return !responders_.empty(); }));
    Responder responder = std::move(responders_.front());
    responders_.pop_front();
    return responder;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Responder> responders_;
};

TEST_F(LateTest, AnswersLaterFromAnotherThread) {
  Client c = client();
  for (const char* const more : {"", "Content-Length: 0\r\n"}) {
    ASSERT_TRUE(c.send("POST /-/reload HTTP/1.1\r\nHost: x\r\n" + std::string(more) + "\r\n"));
    Responder responder = next();
    EXPECT_EQ(client().get("/metrics")->status, 200);
    responder(sentence(200, "Done."));
    responder(sentence(500, "Twice."));
    const auto answer = c.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "Done.\n");
  }
  EXPECT_EQ(c.get("/-/reload")->status, 405);
  ASSERT_TRUE(c.send("POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"));
  EXPECT_EQ(c.receive()->status, 413);
  EXPECT_TRUE(heard(413));
  EXPECT_TRUE(heard(200, 4));  // two of them for /metrics, in between
}

TEST_F(LateTest, AResponderThatIsDroppedAnswers500) {
  Client c = client();
  ASSERT_TRUE(c.send("POST /-/reload HTTP/1.1\r\nHost: x\r\n\r\n"));
  { const Responder dropped = next(); }
  EXPECT_EQ(c.receive()->status, 500);
}

TEST_F(LateTest, AResponderOutlivesItsClientAndItsServer) {
  Client c = client();
  ASSERT_TRUE(c.send("POST /-/reload HTTP/1.1\r\nHost: x\r\n\r\n"));
  Responder late = next();
  EXPECT_TRUE(c.is_closed_in_time());  // after Limits::request
  late(sentence(200, "Too late."));

  Client other = client();
  ASSERT_TRUE(other.send("POST /-/reload HTTP/1.1\r\nHost: x\r\n\r\n"));
  Responder later = next();
  server_.reset();
  later(sentence(200, "Much too late."));
}

}  // namespace
}  // namespace upslink::web::testing
