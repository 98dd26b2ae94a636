// SPDX-License-Identifier: Apache-2.0
#include "app/serve.hpp"

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "app/logging.hpp"
#include "app/pages.hpp"
#include "app/polled_ups.hpp"
#include "app/signals.hpp"
#include "web/limits.hpp"
#include "web/server.hpp"

namespace upslink::app {

namespace {

/// One arena for all threads: the memory of a hundred mostly idle threads is not worth their speed.
void keep_memory_small() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TRIM_THRESHOLD, 256 * 1024);
}

web::Observer observer_for(Pages& pages) {
  return {
      .answered = [&pages](int status) { pages.count_request(status); },
      .log = [log = make_log()](
                 std::string_view sentence) { log(LogLevel::warning, std::string(sentence), {}); }};
}

}  // namespace

int serve(const Config& config) {
  keep_memory_small();
  web::raise_descriptor_limit();
  const Signals signals;
  const Log log = make_log();

  std::vector<std::unique_ptr<PolledUps>> polled;
  for (const UpsConfig& ups : config.ups) polled.push_back(std::make_unique<PolledUps>(ups));
  Pages pages(polled, config.web.telemetry_path);
  auto started =
      web::Server::start(config.web.listen_addresses, pages.routes(), {}, observer_for(pages));
  if (const auto* why = std::get_if<std::string>(&started)) {
    std::fputs(("upslink_exporter: " + *why + "\n").c_str(), stderr);
    return 2;
  }
  const auto server = std::get<std::unique_ptr<web::Server>>(std::move(started));
  for (const auto& address : server->addresses()) {
    log(LogLevel::info, "listening", {{"address", address}, {"path", config.web.telemetry_path}});
  }
  for (const auto& ups : polled) ups->start();
  signals.wait();
  log(LogLevel::info, "stopping", {});
  for (const auto& ups : polled) ups->ask_to_stop();  // all at once, then each is waited for
  return 0;
}

}  // namespace upslink::app
