// SPDX-License-Identifier: Apache-2.0
#include "app/pages.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/build_info.hpp"
#include "web/gzip.hpp"
#include "web/negotiation.hpp"

namespace upslink::app {

namespace {

bool tried(const NamedSlot& ups) {
  const auto snapshot = ups.slot->load();
  const auto& failures = snapshot->link.failures;
  return snapshot->link.last_success ||
         std::ranges::any_of(failures, [](auto count) { return count > 0; });
}

}  // namespace

Pages::Pages(std::string telemetry_path)
    : telemetry_path_(std::move(telemetry_path)),
      self_(build_info().version, build_info().revision, build_info().compiler),
      exposition_(self_),
      board_(std::string(build_info().version)) {
  board_.start();
}

void Pages::publish(const std::vector<NamedSlot>& upses) {
  exposition_.publish(upses);
  board_.publish(upses);
  const std::lock_guard lock(mutex_);
  upses_ = upses;
}

std::vector<NamedSlot> Pages::upses() const {
  const std::lock_guard lock(mutex_);
  return upses_;
}

std::vector<web::Route> Pages::routes() {
  std::vector<web::Route> routes{
      {.path = telemetry_path_, .handler = [this](const web::Request& r) { return metrics(r); }},
      {.path = "/-/healthy",
       .handler =
           [](const web::Request&) { return web::sentence(200, "upslink_exporter is healthy."); }},
      {.path = "/-/ready", .handler = [this](const web::Request&) { return ready(); }},
      {.path = "/-/reload", .methods = {"POST", "PUT"}, .late_handler = on_reload_},
  };
  for (auto& route : status_routes()) routes.push_back(std::move(route));
  return routes;
}

web::Response Pages::metrics(const web::Request& request) {
  const auto preferred = web::prefers(request.header("Accept"), prom::content_types).value_or(0);
  const auto format = static_cast<prom::Format>(preferred);
  auto rendered = exposition_.render(format);
  web::Response response{.content_type = std::string(prom::content_type(format)),
                         .body = std::move(rendered.body),
                         .headers = {{"Vary", "Accept, Accept-Encoding"}}};
  if (!web::accepts_gzip(request.header("Accept-Encoding"))) return response;
  Packed& packed = packed_[preferred];
  if (packed.of_version != rendered.version) {
    packed = {std::make_shared<const std::string>(web::gzip(*response.body)), rendered.version};
  }
  response.body = rendered.is_kept ? packed.body : std::move(packed.body);
  response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

/// Ready once every UPS was tried: then a scrape says what is so, even that a UPS is silent. It
/// stays so when another one is configured.
web::Response Pages::ready() {
  if (!ready_) ready_ = std::ranges::all_of(upses(), tried);
  return ready_ ? web::sentence(200, "upslink_exporter is ready.")
                : web::sentence(503, "upslink_exporter has not tried every UPS yet.");
}

}  // namespace upslink::app
