// SPDX-License-Identifier: Apache-2.0
// What the tests of the running server share: a server with a few pages on a port of the kernel's
// choice, and what it told its observer.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "client.hpp"
#include "web/server.hpp"

namespace upslink::web::testing {

class ServerTest : public ::testing::Test {
 protected:
  void start(const Limits& limits = {}, const std::vector<std::string>& at = {"127.0.0.1:0"}) {
    start({.addresses = at, .limits = limits});
  }
  /// With the fixture's pages, too, and its observer.
  void start(Server::Setup setup) {
    if (setup.addresses.empty()) setup.addresses = {"127.0.0.1:0"};
    for (Route& page : pages()) setup.routes.push_back(std::move(page));
    setup.observer = observer();
    auto started = Server::start(std::move(setup));
    if (const auto* why = std::get_if<std::string>(&started)) throw std::runtime_error(*why);
    server_ = std::get<std::unique_ptr<Server>>(std::move(started));
  }

  void TearDown() override { server_.reset(); }  // before what its observer uses

  const std::string& address() const { return server_->addresses().front(); }
  Client client(int receive_buffer = 0) const { return Client(address(), receive_buffer); }
  std::vector<Client> clients(std::size_t count) const {
    std::vector<Client> many;
    for (std::size_t i = 0; i < count; ++i) many.push_back(client());
    return many;
  }

  /// Waits until `status` was reported `count` times; false if it was not in time.
  bool heard(int status, int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return answers_[status] >= count; });
  }
  std::map<int, int> answers() {
    const std::lock_guard lock(mutex_);
    return answers_;
  }
  std::vector<std::string> log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

  const std::string page_ = std::string(25'000, 'm');
  const std::string large_page_ = std::string(20'000'000, 'l');
  std::unique_ptr<Server> server_;

 private:
  std::vector<Route> pages() {
    const auto text = std::make_shared<const std::string>(page_);
    const auto large = std::make_shared<const std::string>(large_page_);
    return {
        {.path = "/metrics", .handler = [text](const Request&) { return Response{.body = text}; }},
        {.path = "/large", .handler = [large](const Request&) { return Response{.body = large}; }},
        {.path = "/empty", .handler = [](const Request&) { return Response{.status = 204}; }},
        {.path = "/echo",
         .handler =
             [](const Request& r) {
               std::string echo(r.method);
               echo.append(" ").append(r.path).append(" ").append(r.parameter("q"));
               echo.append(" ").append(r.header("x-test"));
               return sentence(200, echo);
             }},
        {.path = "/throws",
         .handler = [](const Request&) -> Response { throw std::runtime_error("out of ink"); }},
        {.path = "/split",
         .handler =
             [](const Request&) {
               return Response{.headers = {{"X-Bad", "a\r\nb: c"}}};
             }},
    };
  }

  Observer observer() {
    return {.answered =
                [this](int status) {
                  const std::lock_guard lock(mutex_);
                  ++answers_[status];
                  changed_.notify_all();
                },
            .log =
                [this](std::string_view sentence) {
                  const std::lock_guard lock(mutex_);
                  log_.emplace_back(sentence);
                }};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int, int> answers_;
  std::vector<std::string> log_;
};

}  // namespace upslink::web::testing
