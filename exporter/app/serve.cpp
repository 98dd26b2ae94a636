// SPDX-License-Identifier: Apache-2.0
#include "app/serve.hpp"

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/build_info.hpp"
#include "app/logging.hpp"
#include "app/pages.hpp"
#include "app/polled_ups.hpp"
#include "app/signals.hpp"
#include "publish/snmp/agent.hpp"
#include "web/limits.hpp"
#include "web/server.hpp"

namespace upslink::app {

namespace {

/// One arena for all threads: the memory of a hundred mostly idle threads is not worth their speed.
void keep_memory_small() {
  ::mallopt(M_ARENA_MAX, 1);                // NOLINT(concurrency-mt-unsafe): no threads yet
  ::mallopt(M_TRIM_THRESHOLD, 256 * 1024);  // NOLINT(concurrency-mt-unsafe): no threads yet
}

/// Asks all at once, then waits for each. A thread that is stuck in the look-up of a host's name is
/// not waited for: it holds no device, and the program ends here and now.
void stop_all(const std::vector<std::unique_ptr<PolledUps>>& polled, const snmp::Agent* agent,
              const Log& log) {
  for (const auto& ups : polled) ups->ask_to_stop();
  if (agent != nullptr) agent->ask_to_stop();
  const auto limit = Clock::now() + std::chrono::milliseconds(700);
  for (const auto& ups : polled) {
    if (ups->ends_by(limit)) continue;
    log(LogLevel::warning, "stopping without waiting for a name to be looked up",
        {{"ups", ups->name()}});
    std::_Exit(0);
  }
  if (agent != nullptr && !agent->ends_by(limit)) {
    log(LogLevel::warning, "stopping without waiting for the SNMP master agent", {});
    std::_Exit(0);
  }
}

/// Nothing if SNMP is off.
std::unique_ptr<snmp::Agent> make_agent(const SnmpConfig& config,
                                        const std::vector<std::unique_ptr<PolledUps>>& polled,
                                        const Log& log) {
  if (config.agentx_address.empty()) return nullptr;
  return std::make_unique<snmp::Agent>(
      snmp::Options{.address = config.agentx_address,
                    .powernet = config.powernet,
                    .powernet_traps = config.powernet_traps,
                    .entity_sensor = config.entity_sensor,
                    .default_ups = config.default_ups,
                    .base = snmp::Oid(std::span(config.base_oid)),
                    .version = "upslink_exporter " + std::string(build_info().version)},
      slots_of(polled), log);
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
  const auto agent = make_agent(config.snmp, polled, log);
  Pages pages(polled, config.web.telemetry_path);
  if (agent != nullptr) pages.watch_agent(*agent);
  auto started = web::Server::start({.addresses = config.web.listen_addresses,
                                     .routes = pages.routes(),
                                     .observer = observer_for(pages)});
  if (const auto* why = std::get_if<std::string>(&started)) {
    std::fputs(("upslink_exporter: " + *why + "\n").c_str(), stderr);
    return 2;
  }
  const auto server = std::get<std::unique_ptr<web::Server>>(std::move(started));
  for (const auto& address : server->addresses()) {
    log(LogLevel::info, "listening", {{"address", address}, {"path", config.web.telemetry_path}});
  }
  for (const auto& ups : polled) ups->start();
  if (agent != nullptr) agent->start();
  signals.wait();
  log(LogLevel::info, "stopping", {});
  stop_all(polled, agent.get(), log);
  return 0;
}

}  // namespace upslink::app
