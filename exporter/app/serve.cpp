// SPDX-License-Identifier: Apache-2.0
#include "app/serve.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "app/logging.hpp"
#include "app/service.hpp"
#include "app/signals.hpp"
#include "app/supervisor.hpp"
#include "web/limits.hpp"
#include "web/token_bucket.hpp"

namespace upslink::app {

namespace {

using namespace std::chrono_literals;

/// Anybody may ask for a reload who may ask for anything: so many at once, then one in a second.
constexpr web::RateLimit reloads{.interval = 1s, .burst = 10};

/// How soon a change of a watched file is seen.
constexpr Duration look_every = 1s;

/// One arena for all threads: the memory of a hundred mostly idle threads is not worth their speed.
void keep_memory_small() {
  ::mallopt(M_ARENA_MAX, 1);                // NOLINT(concurrency-mt-unsafe): no threads yet
  ::mallopt(M_TRIM_THRESHOLD, 256 * 1024);  // NOLINT(concurrency-mt-unsafe): no threads yet
}

/// Reads the configuration again and tells everybody who wants to know how that went.
void reload(Service& service, const Supervisor& supervisor, const ReadConfig& read_again,
            const Log& log) {
  supervisor.reloading();
  auto requests = service.take_reload_requests();
  auto config = read_again();
  const Complaint bad = config ? service.reconfigure(std::move(*config)) : config.error();
  if (bad) {
    service.keep_configuration();
    log(LogLevel::error, "the configuration is refused, the old one stays", {{"reason", *bad}});
  } else {
    log(LogLevel::info, "the configuration was read again", {{"reads", service.summary()}});
  }
  const auto answer = bad ? web::sentence(500, "Refused, the old configuration stays: " + *bad)
                          : web::sentence(200, "Reading " + service.summary() + ".");
  for (web::Responder& responder : requests) responder(answer);
  supervisor.ready("Reading " + service.summary() +
                   (bad ? "; the new configuration is refused" : ""));
}

/// Until SIGTERM or SIGINT comes.
void work(Service& service, const Signals& signals, const Supervisor& supervisor,
          const ReadConfig& read_again, const Log& log) {
  web::TokenBucket grants;
  grants.limit(reloads, Clock::now());
  bool is_asked = false;
  for (;;) {
    Duration patience = service.has_files() ? look_every : Duration::max();
    if (const auto watchdog = supervisor.watchdog()) patience = std::min(patience, *watchdog / 3);
    if (is_asked) patience = std::min<Duration>(patience, 100ms);
    const auto signal = signals.wait_for(patience);
    if (signal && signal != SIGHUP) return;
    is_asked = is_asked || signal == SIGHUP;
    if (is_asked && grants.take(Clock::now())) {
      is_asked = false;
      reload(service, supervisor, read_again, log);
    }
    service.look_at_files();
    if (supervisor.watchdog() && service.is_alive()) supervisor.alive();
  }
}

}  // namespace

int serve(const Config& config, const ReadConfig& read_again) {
  keep_memory_small();
  web::raise_descriptor_limit();
  const Supervisor supervisor;
  const Signals signals;
  const Log log = make_log();
  Service service(config, log);
  if (const auto why = service.start()) {
    std::fputs(("upslink_exporter: " + why->sentence + "\n").c_str(), stderr);
    return why->status;
  }
  supervisor.ready("Reading " + service.summary());
  work(service, signals, supervisor, read_again, log);
  supervisor.stopping();
  log(LogLevel::info, "stopping", {});
  // What does not end is stuck in the look-up of a host's name, or with a master agent that hangs;
  // it holds no device, and the program ends here and now.
  if (!service.stop_by(Clock::now() + 700ms)) std::_Exit(0);
  return 0;
}

}  // namespace upslink::app
