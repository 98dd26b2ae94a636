// SPDX-License-Identifier: Apache-2.0
// What the HTTP server serves: the metrics in the form that a client prefers, the status page with
// its JSON, the two probes of orchestrators, and the request to read the configuration again.
// Handlers run on the server's thread, everything else is called by main's.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model/named_slot.hpp"
#include "publish/prometheus/exposition.hpp"
#include "publish/prometheus/self_report.hpp"
#include "publish/status/board.hpp"
#include "web/message.hpp"

namespace upslink::app {

class Pages {
 public:
  explicit Pages(std::string telemetry_path);

  /// The UPSes that are served from now on.
  void publish(const std::vector<NamedSlot>& upses);

  /// What the exporter says of itself.
  prom::SelfReport& self() { return self_; }

  /// Where requests to read the configuration again go; each is to be answered. Before routes().
  void on_reload(web::LateHandler handler) { on_reload_ = std::move(handler); }

  std::vector<web::Route> routes();

 private:
  struct Packed {
    std::shared_ptr<const std::string> body;
    std::uint64_t of_version = 0;
  };

  web::Response metrics(const web::Request& request);
  std::vector<web::Route> status_routes();
  web::Response status_page(const web::Request& request);
  web::Response status_json(const web::Request& request);
  web::Response history_json(const web::Request& request);
  web::Response ready();
  std::vector<NamedSlot> upses() const;

  std::string telemetry_path_;
  prom::SelfReport self_;
  prom::Exposition exposition_;
  status::Board board_;
  std::array<Packed, prom::content_types.size()> packed_;  // gzip of the last rendering, by format
  web::LateHandler on_reload_;
  std::atomic<bool> ready_{false};
  mutable std::mutex mutex_;
  std::vector<NamedSlot> upses_;
};

}  // namespace upslink::app
