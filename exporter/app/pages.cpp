// SPDX-License-Identifier: Apache-2.0
#include "app/pages.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/build_info.hpp"
#include "web/gzip.hpp"
#include "web/negotiation.hpp"

namespace upslink::app {

Pages::Pages(const std::vector<std::unique_ptr<PolledUps>>& polled, std::string telemetry_path)
    : telemetry_path_(std::move(telemetry_path)),
      self_(build_info().version, build_info().revision, build_info().compiler),
      exposition_(self_) {
  exposition_.publish(slots_of(polled));
  self_.config_accepted();
  for (const auto& ups : polled) polled_.push_back(ups.get());
}

void Pages::watch_agent(const snmp::Agent& agent) {
  self_.watch_agent([&agent] { return agent.figures(); });
}

std::vector<web::Route> Pages::routes() {
  return {
      {.path = telemetry_path_, .handler = [this](const web::Request& r) { return metrics(r); }},
      {.path = "/", .handler = [this](const web::Request&) { return start_page(); }},
      {.path = "/-/healthy",
       .handler =
           [](const web::Request&) { return web::sentence(200, "upslink_exporter is healthy."); }},
      {.path = "/-/ready", .handler = [this](const web::Request&) { return ready(); }},
  };
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
  response.body = packed.body;
  response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

web::Response Pages::start_page() const {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
      "charset=\"utf-8\"><title>upslink_exporter</title></head>\n"
      "<body><h1>upslink_exporter</h1>\n<p>Reads APC UPSes over the smart protocol. <a href=\"" +
      telemetry_path_ + "\">Metrics</a></p>\n<ul>\n";
  for (const PolledUps* ups : polled_) {  // names are plain characters: nothing to escape
    page +=
        "<li>" + ups->name() + (ups->slot().load()->link.up ? ": answers" : ": silent") + "</li>\n";
  }
  page += "</ul>\n<p>" + version_text() + "</p></body></html>\n";
  return {.content_type = "text/html; charset=utf-8",
          .body = std::make_shared<const std::string>(std::move(page)),
          .headers = {{"Content-Security-Policy", "default-src 'none'"}}};
}

/// Ready once every UPS was tried: then a scrape says what is so, even that a UPS is silent.
web::Response Pages::ready() const {
  const bool all = std::ranges::all_of(polled_, [](const PolledUps* ups) { return ups->tried(); });
  return all ? web::sentence(200, "upslink_exporter is ready.")
             : web::sentence(503, "upslink_exporter has not tried every UPS yet.");
}

}  // namespace upslink::app
