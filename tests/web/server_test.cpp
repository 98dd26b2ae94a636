// SPDX-License-Identifier: Apache-2.0
// The server as one well- or ill-mannered client sees it.
#include "web/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "server_fixture.hpp"

namespace upslink::web::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

TEST_F(ServerTest, AnswersAScrape) {
  start();
  const auto answer = client().get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, page_);
  EXPECT_THAT(answer->headers, Contains(Pair("content-type", "text/plain; charset=utf-8")));
  EXPECT_THAT(answer->headers, Contains(Pair("x-content-type-options", "nosniff")));
  EXPECT_TRUE(heard(200));
}

TEST_F(ServerTest, TellsHandlersWhatWasAsked) {
  start();
  Client c = client();
  EXPECT_EQ(c.get("/echo?a=b&q=x%20y", "X-Test: seven\r\n")->body, "GET /echo x y seven\n");
  EXPECT_EQ(c.get("/%65cho")->body, "GET /echo  \n");
  EXPECT_EQ(c.get("/echo?q")->body, "GET /echo  \n");
}

TEST_F(ServerTest, RefusesInOneSentence) {
  start();
  const struct {
    std::string request;
    int status;
    std::string_view body;
  } rows[] = {
      {"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404, "There is no page at this path.\n"},
      {"GET /metrics%00 HTTP/1.1\r\nHost: x\r\n\r\n", 404, "There is no page at this path.\n"},
      {"DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405, "This page answers only GET, HEAD.\n"},
      {"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405,
       "This page answers only GET, HEAD.\n"},
      {"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 405,
       "This page answers only GET, HEAD.\n"},
      {"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 413,
       "This page takes no request body.\n"},
      {"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
       "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       413, "This page takes no request body.\n"},
      {"GET /throws HTTP/1.1\r\nHost: x\r\n\r\n", 500,
       "This page failed; the exporter's log says why.\n"},
  };
  Client c = client();  // all of them leave the connection usable
  for (const auto& row : rows) {
    ASSERT_TRUE(c.send(row.request));
    const auto answer = c.receive();
    ASSERT_TRUE(answer) << row.request;
    EXPECT_EQ(answer->status, row.status) << row.request;
    EXPECT_EQ(answer->body, row.body) << row.request;
    EXPECT_EQ(answer->headers.contains("allow"), row.status == 405);
    EXPECT_TRUE(heard(row.status));
  }
  EXPECT_THAT(log(), Contains(HasSubstr("GET /throws failed: out of ink")));
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
  start();
  Client c = client();
  for (const auto& [path, status] : {std::pair("/metrics", 200), std::pair("/nothing", 404)}) {
    ASSERT_TRUE(c.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n"));
    const auto head = c.receive(false);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, status);
    const auto get = c.get(path);  // would be out of step if a body had been sent
    ASSERT_TRUE(get);
    EXPECT_EQ(get->status, status);
    EXPECT_EQ(head->headers.at("content-length"), std::to_string(get->body.size()));
  }
  EXPECT_EQ(c.get("/empty")->status, 204);
}

TEST_F(ServerTest, EndsTheConnectionOfALargeBody) {
  start();
  Client announced = client();
  ASSERT_TRUE(
      announced.send("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"));
  const auto answer = announced.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_TRUE(announced.is_closed_in_time());

  Client chunked = client();
  const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  chunked.send("GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 64 && chunked.send(chunk); ++i) {
  }
  EXPECT_TRUE(chunked.is_closed_in_time());
}

TEST_F(ServerTest, RefusesHeadersThatAreTooLarge) {
  start({.header_bytes = 4096});
  EXPECT_EQ(client().get("/metrics", "X-Long: " + std::string(3900, 'x') + "\r\n")->status, 200);
  for (const std::size_t size : {6000U, 20'000U, 1'000'000U}) {
    Client c = client();
    c.send("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(size, 'x') + "\r\n\r\n");
    const auto answer = c.receive();  // lost if the reset overtakes it
    EXPECT_TRUE(!answer || answer->status == 431);
    EXPECT_TRUE(c.is_closed_in_time());
  }
  Client c = client();
  c.send("GET /" + std::string(6000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = c.receive();
  EXPECT_TRUE(!answer || answer->status == 414);
  EXPECT_TRUE(heard(431));
  EXPECT_EQ(client().get("/metrics")->status, 200);
}

TEST_F(ServerTest, SurvivesBadRequests) {
  start();
  const std::string rows[] = {
      "\r\n\r\n\r\n",
      "GET\r\n\r\n",
      "GET /metrics\r\n\r\n",
      "GET /metrics HTTP/9.9\r\nHost: x\r\n\r\n",
      "GET /metrics HTTP/1.1\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nno colon\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello",
      std::string("\0\0\0\0\r\n\r\n", 8),
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  };
  for (const std::string& request : rows) {
    Client c = client();
    ASSERT_TRUE(c.send(request));
    c.finish_sending();
    EXPECT_TRUE(c.is_closed_in_time()) << request;
  }
  EXPECT_TRUE(heard(400, 2));
  EXPECT_EQ(client().get("/metrics")->status, 200);
}

TEST_F(ServerTest, CountsABadRequestAfterAGoodOne) {
  start();
  Client c = client();
  ASSERT_TRUE(c.get("/metrics"));
  ASSERT_TRUE(heard(200));
  ASSERT_TRUE(c.send("GET /metrics HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(c.receive()->status, 400);
  EXPECT_TRUE(heard(400));
  EXPECT_TRUE(c.is_closed_in_time());
  server_.reset();
  EXPECT_EQ(answers(), (std::map<int, int>{{200, 1}, {400, 1}}));
}

TEST_F(ServerTest, NeverSendsAHeaderWithALineEnd) {
  start();
  EXPECT_FALSE(client().get("/split"));
  EXPECT_THAT(log(), Contains(HasSubstr("impossible header")));
  EXPECT_EQ(client().get("/metrics")->status, 200);
}

TEST_F(ServerTest, KeepsTheConnectionAndAnswersPipelinedRequestsInOrder) {
  start();
  Client c = client();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(c.get("/metrics")->status, 200);
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += "GET /echo?q=" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  ASSERT_TRUE(c.send(requests));
  for (int i = 0; i < 50; ++i) {
    const auto answer = c.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "GET /echo " + std::to_string(i) + " \n");
  }
}

TEST_F(ServerTest, TakesARequestByteByByte) {
  start();
  Client c = client();
  for (const char byte : std::string_view("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")) {
    ASSERT_TRUE(c.send({&byte, 1}));
  }
  EXPECT_EQ(c.receive()->body, "GET /echo  \n");
}

TEST_F(ServerTest, ClosesWhenAskedAndAnswersAClientThatHasFinishedSending) {
  start();
  Client asks = client();
  EXPECT_EQ(asks.get("/metrics", "Connection: close\r\n")->body, page_);
  EXPECT_TRUE(asks.is_closed_in_time());

  Client old = client();
  ASSERT_TRUE(old.send("GET /metrics HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(old.receive()->body, page_);
  EXPECT_TRUE(old.is_closed_in_time());

  Client half = client();
  ASSERT_TRUE(half.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
  half.finish_sending();
  EXPECT_EQ(half.receive()->body, page_);
  EXPECT_TRUE(half.is_closed_in_time());
  server_.reset();
  EXPECT_EQ(answers(), (std::map<int, int>{{200, 3}}));
}

TEST_F(ServerTest, SendsALargeBodyWhole) {
  start();
  Client c = client();
  EXPECT_TRUE(c.get("/large")->body == large_page_);
  EXPECT_EQ(c.get("/metrics")->body, page_);
}

TEST_F(ServerTest, ListensOnSeveralAddresses) {
  start({}, {"127.0.0.1:0", "[::1]:0", ":0"});
  ASSERT_EQ(server_->addresses().size(), 3U);
  EXPECT_THAT(server_->addresses()[1], StartsWith("[::1]:"));
  for (const std::string& each : server_->addresses()) {
    EXPECT_EQ(Client(each).get("/metrics")->status, 200) << each;
  }
  const std::string& all = server_->addresses()[2];
  const std::string port = all.substr(all.rfind(':'));
  EXPECT_EQ(Client("127.0.0.1" + port).get("/metrics")->status, 200);
  EXPECT_EQ(Client("[::1]" + port).get("/metrics")->status, 200);
}

// Sockets that listened before: TCP, and a local one.
TEST_F(ServerTest, ServesInheritedListeners) {
  auto tcp = listen_on("127.0.0.1:0");
  Descriptor local(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;  // with nothing else the kernel chooses an abstract name
  ASSERT_EQ(::bind(local.number(), reinterpret_cast<sockaddr*>(&name), sizeof name.sun_family), 0);
  ASSERT_EQ(::listen(local.number(), 5), 0);
  socklen_t length = sizeof name;
  ASSERT_EQ(::getsockname(local.number(), reinterpret_cast<sockaddr*>(&name), &length), 0);

  Server::Setup setup;
  setup.inherited.push_back(std::get<Listener>(std::move(tcp)));
  setup.inherited.push_back({.socket = std::move(local), .address = "unix:@x"});
  start(std::move(setup));
  ASSERT_EQ(server_->addresses().size(), 3U);
  EXPECT_EQ(server_->addresses()[2], "unix:@x");
  EXPECT_EQ(Client(server_->addresses()[1]).get("/metrics")->status, 200);
  Descriptor mine(::socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(::connect(mine.number(), reinterpret_cast<sockaddr*>(&name), length), 0);
  Client c(std::move(mine));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(c.get("/metrics")->body, page_);
  EXPECT_THAT(log(), ::testing::IsEmpty());
}

TEST_F(ServerTest, SaysWhyItDoesNotStart) {
  start();
  const auto taken = Server::start({.addresses = {"127.0.0.1:0", address()}});
  EXPECT_EQ(std::get<std::string>(taken),
            "cannot listen on " + address() +
                ": the port is taken by another program; stop it or choose another with "
                "--web.listen-address");
  EXPECT_THAT(std::get<std::string>(Server::start({})), HasSubstr("no address to listen on"));
  EXPECT_THAT(std::get<std::string>(Server::start({.addresses = {"127.0.0.1:0", "localhost"}})),
              StartsWith("cannot listen on localhost: "));
}

TEST_F(ServerTest, APortIsFreeAgainAtOnce) {
  start();
  const std::string where = address();
  Client c = client();
  ASSERT_TRUE(c.get("/metrics"));
  server_.reset();
  start({}, {where});
  EXPECT_EQ(address(), where);
  EXPECT_EQ(client().get("/metrics")->status, 200);
}

}  // namespace
}  // namespace upslink::web::testing
