// SPDX-License-Identifier: Apache-2.0
// The part of Pages that people look at: the status page, the JSON it lives on, and the documents
// that say what is in them.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/pages.hpp"
#include "describe/metrics_page.hpp"
#include "publish/status/document.hpp"
#include "publish/status/embedded.hpp"
#include "publish/status/page.hpp"
#include "web/gzip.hpp"
#include "web/negotiation.hpp"

namespace upslink::app {
namespace {

/// What is shorter fits into one packet as it is.
constexpr std::size_t worth_packing = 1400;

std::string tag_of(std::string_view body) {
  return "W/\"" + std::to_string(std::hash<std::string_view>{}(body)) + '"';
}

/// The body, packed if the client takes that; 304 if it has the same already.
web::Response answer(const web::Request& request, std::string content_type,
                     std::shared_ptr<const std::string> body, std::string etag) {
  web::Response response{
      .content_type = std::move(content_type),
      .headers = {{"Cache-Control", "no-cache"}, {"Vary", "Accept-Encoding"}, {"ETag", etag}}};
  if (request.header("If-None-Match").find(etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.body = std::move(body);
  if (response.body->size() >= worth_packing &&
      web::accepts_gzip(request.header("Accept-Encoding"))) {
    response.body = std::make_shared<const std::string>(web::gzip(*response.body));
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  return response;
}

web::Response json(const web::Request& request, std::optional<status::Rendered> rendered) {
  if (!rendered) return web::sentence(404, "There is no UPS of that name.");
  auto etag = rendered->etag.empty() ? tag_of(*rendered->body) : std::move(rendered->etag);
  return answer(request, "application/json", std::move(rendered->body), std::move(etag));
}

/// A document that never changes.
web::Handler constant(std::string content_type, std::string text) {
  const auto body = std::make_shared<const std::string>(std::move(text));
  return [content_type = std::move(content_type), body, etag = tag_of(*body)](
             const web::Request& request) { return answer(request, content_type, body, etag); };
}

status::Detail detail_asked(const web::Request& request) {
  for (const web::Field& field : request.query) {
    if (field.name == "detail") return {.all = false, .ups = field.value};
  }
  return {};
}

}  // namespace

std::vector<web::Route> Pages::status_routes() {
  constexpr auto markdown = "text/plain; charset=utf-8";
  return {
      {.path = "/", .handler = [this](const web::Request& r) { return status_page(r); }},
      {.path = "/api/v1/ups", .handler = [this](const web::Request& r) { return status_json(r); }},
      {.path = "/api/v1/history",
       .handler = [this](const web::Request& r) { return history_json(r); }},
      {.path = "/api/v1/catalogue",
       .handler = constant("application/json", status::catalogue_document())},
      {.path = "/docs/api.md", .handler = constant(markdown, std::string(status::embedded::api))},
      {.path = "/docs/metrics.md", .handler = constant(markdown, describe::metrics_page())},
  };
}

web::Response Pages::status_page(const web::Request& request) {
  auto html =
      std::make_shared<const std::string>(status::page(telemetry_path_, board_.plain_list()));
  auto etag = tag_of(*html);
  auto response = answer(request, "text/html; charset=utf-8", std::move(html), std::move(etag));
  response.headers.emplace_back("Content-Security-Policy", status::page_policy());
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

web::Response Pages::status_json(const web::Request& request) {
  return json(request, board_.upses(detail_asked(request)));
}

web::Response Pages::history_json(const web::Request& request) {
  return json(request, board_.history(request.parameter("ups")));
}

}  // namespace upslink::app
