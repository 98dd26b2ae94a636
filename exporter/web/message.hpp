// SPDX-License-Identifier: Apache-2.0
// Requests, responses and the routes that turn one into the other. A request is plain values, so a
// handler is tested by writing one: `handler({.method = "GET", .path = "/metrics"})`. Handlers run
// on the server's one thread: they must not block, for every other client waits meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace upslink::web {

struct Field {
  std::string_view name;
  std::string_view value;
};

/// One request without a body; its views live as long as the handler's call.
struct Request {
  std::string_view method;  ///< as sent, "HEAD" included
  std::string_view path;    ///< decoded, without the query
  std::vector<Field> headers{};
  std::vector<Field> query{};  ///< decoded; a name without "=" has an empty value

  /// The value of the first header called `name` in any case of letters; empty if there is none.
  std::string_view header(std::string_view name) const;
  /// The value of the first query parameter called exactly `name`; empty if there is none.
  std::string_view parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  /// Shared and never copied: one rendering may answer many clients. Null means empty.
  std::shared_ptr<const std::string> body{};
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// A plain text response of one sentence and a line end.
Response sentence(int status, std::string_view text);

/// The right to answer one request, now or later, from any thread, once. A client that has gone
/// meanwhile, or a server that has, does no harm. If it is destroyed unused, the answer is a 500.
class Responder {
 public:
  using Send = std::function<void(Response)>;

  explicit Responder(Send send) : send_(std::move(send)) {}
  Responder(Responder&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}
  Responder& operator=(Responder&& other) noexcept {
    std::swap(send_, other.send_);
    return *this;
  }
  ~Responder();

  /// Answers; a second call does nothing.
  void operator()(Response response);

 private:
  Send send_;
};

using Handler = std::function<Response(const Request&)>;
/// For what takes time: the responder goes to whoever does the work. The server waits no longer
/// than Limits::request for its answer.
using LateHandler = std::function<void(const Request&, Responder)>;

struct Route {
  std::string path;                            ///< matches exactly
  std::vector<std::string> methods = {"GET"};  ///< GET implies HEAD
  Handler handler{};
  LateHandler late_handler{};  ///< in place of `handler`
};

/// What the routes answer to `request`: 404 for an unknown path, 405 with Allow for another method,
/// 413 if it `has_body` (no route takes one), else what the handler says. Nothing if a late handler
/// has got a responder, which `promise` makes. HEAD is answered as GET: whoever sends the response
/// leaves the body out.
std::optional<Response> respond(const std::vector<Route>& routes, const Request& request,
                                bool has_body, const std::function<Responder()>& promise);

/// Whether two ASCII strings are the same in any case of letters.
bool same_letters(std::string_view a, std::string_view b);

}  // namespace upslink::web
