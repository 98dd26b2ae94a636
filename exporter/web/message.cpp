// SPDX-License-Identifier: Apache-2.0
// The walk over the routes; pure, so that it is tested without a socket.
#include "web/message.hpp"

#include <algorithm>

namespace upslink::web {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool takes(const Route& route, std::string_view method) {
  const auto lists = [&](std::string_view wanted) {
    return std::find(route.methods.begin(), route.methods.end(), wanted) != route.methods.end();
  };
  return lists(method) || (method == "HEAD" && lists("GET"));
}

std::string allow_list(const Route& route) {
  std::string list;
  for (const std::string& method : route.methods) {
    if (!list.empty()) list += ", ";
    list += method;
    if (method == "GET") list += ", HEAD";
  }
  return list;
}

}  // namespace

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Request::header(std::string_view name) const {
  for (const Field& field : headers) {
    if (same_letters(field.name, name)) return field.value;
  }
  return {};
}

std::string_view Request::parameter(std::string_view name) const {
  for (const Field& field : query) {
    if (field.name == name) return field.value;
  }
  return {};
}

Response sentence(int status, std::string_view text) {
  return {.status = status, .body = std::make_shared<const std::string>(std::string(text) + "\n")};
}

Responder::~Responder() {
  if (send_) send_(sentence(500, "This page gave no answer."));
}

void Responder::operator()(Response response) {
  if (const Send send = std::exchange(send_, nullptr)) send(std::move(response));
}

std::optional<Response> respond(const std::vector<Route>& routes, const Request& request,
                                bool has_body, const std::function<Responder()>& promise) {
  const auto route = std::find_if(routes.begin(), routes.end(),
                                  [&](const Route& r) { return r.path == request.path; });
  if (route == routes.end()) return sentence(404, "There is no page at this path.");
  if (!takes(*route, request.method)) {
    std::string allowed = allow_list(*route);
    Response refusal = sentence(405, "This page answers only " + allowed + ".");
    refusal.headers.emplace_back("Allow", std::move(allowed));
    return refusal;
  }
  if (has_body) return sentence(413, "This page takes no request body.");
  if (!route->late_handler) return route->handler(request);
  route->late_handler(request, promise());
  return {};
}

}  // namespace upslink::web
