// SPDX-License-Identifier: Apache-2.0
// What the HTTP server serves: the metrics in the form that a client prefers, a page that leads to
// them, the two probes of orchestrators, and the request to read the configuration again. Handlers
// run on the server's thread, everything else is called by main's.
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
  web::Response start_page() const;
  web::Response ready();
  std::vector<NamedSlot> upses() const;

  std::string telemetry_path_;
  prom::SelfReport self_;
  prom::Exposition exposition_;
  std::array<Packed, prom::content_types.size()> packed_;  // gzip of the last rendering, by format
  web::LateHandler on_reload_;
  std::atomic<bool> ready_{false};
  mutable std::mutex mutex_;
  std::vector<NamedSlot> upses_;
};

}  // namespace upslink::app
