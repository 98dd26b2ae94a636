// SPDX-License-Identifier: Apache-2.0
#include "web/message.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace upslink::web {
namespace {

std::vector<Route> routes() {
  return {{.path = "/", .handler = [](const Request&) { return sentence(200, "Home."); }},
          {.path = "/metrics", .handler = [](const Request& r) { return sentence(200, r.method); }},
          {.path = "/-/reload", .methods = {"POST", "PUT"}, .handler = [](const Request&) {
             return sentence(200, "Reloaded.");
           }}};
}

// What the routes say at once.
Response answered(const std::vector<Route>& routes, const Request& request, bool has_body = false) {
  const auto none = []() -> Responder { throw std::logic_error("nothing here answers late"); };
  return respond(routes, request, has_body, none).value();
}

TEST(Routes, AreExactAndKnowTheirMethods) {
  const struct {
    std::string_view method, path;
    bool has_body;
    int status;
    std::string_view allow;
  } rows[] = {
      {"GET", "/", false, 200, ""},
      {"HEAD", "/", false, 200, ""},
      {"GET", "/metrics", false, 200, ""},
      {"GET", "/metrics", true, 413, ""},
      {"GET", "/metrics/", false, 404, ""},
      {"GET", "/Metrics", false, 404, ""},
      {"GET", "", false, 404, ""},
      {"GET", "/../metrics", false, 404, ""},
      {"POST", "/metrics", false, 405, "GET, HEAD"},
      {"POST", "/metrics", true, 405, "GET, HEAD"},
      {"get", "/metrics", false, 405, "GET, HEAD"},
      {"OPTIONS", "*", false, 404, ""},
      {"PUT", "/-/reload", false, 200, ""},
      {"GET", "/-/reload", false, 405, "POST, PUT"},
      {"HEAD", "/-/reload", false, 405, "POST, PUT"},
  };
  for (const auto& row : rows) {
    const Response response =
        answered(routes(), {.method = row.method, .path = row.path}, row.has_body);
    EXPECT_EQ(response.status, row.status) << row.method << ' ' << row.path;
    const std::string allow = response.headers.empty() ? "" : response.headers[0].second;
    EXPECT_EQ(allow, row.allow) << row.method << ' ' << row.path;
    EXPECT_TRUE(response.body->ends_with("\n"));
  }
}

TEST(Request, FindsHeadersInAnyCaseAndParametersExactly) {
  const Request request{.method = "GET",
                        .path = "/",
                        .headers = {{"ACCEPT", "text/plain"}, {"accept", "second"}},
                        .query = {{"name", "a"}, {"Name", "b"}}};
  EXPECT_EQ(request.header("Accept"), "text/plain");
  EXPECT_EQ(request.header("Accept-Encoding"), "");
  EXPECT_EQ(request.parameter("Name"), "b");
  EXPECT_EQ(request.parameter("NAME"), "");
}

}  // namespace
}  // namespace upslink::web
