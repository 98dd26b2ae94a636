// SPDX-License-Identifier: Apache-2.0
// What the HTTP server serves: the metrics in the form that a client prefers, a page that leads to
// them, and the two probes of orchestrators. Handlers run on the server's thread.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "app/polled_ups.hpp"
#include "publish/prometheus/exposition.hpp"
#include "publish/prometheus/self_report.hpp"
#include "publish/snmp/agent.hpp"
#include "web/message.hpp"

namespace upslink::app {

class Pages {
 public:
  /// The UPSes must outlive the pages.
  Pages(const std::vector<std::unique_ptr<PolledUps>>& polled, std::string telemetry_path);

  /// The metrics tell of the agent, too, which has to outlive this. Before the first request.
  void watch_agent(const snmp::Agent& agent);

  std::vector<web::Route> routes();
  void count_request(int status) {
    self_.count_request(static_cast<unsigned>(status));
  }  ///< any thread

 private:
  struct Packed {
    std::shared_ptr<const std::string> body;
    std::uint64_t of_version = 0;
  };

  web::Response metrics(const web::Request& request);
  web::Response start_page() const;
  web::Response ready() const;

  std::string telemetry_path_;
  std::vector<const PolledUps*> polled_;
  prom::SelfReport self_;
  prom::Exposition exposition_;
  std::array<Packed, prom::content_types.size()> packed_;  // gzip of the last rendering, by format
};

}  // namespace upslink::app
