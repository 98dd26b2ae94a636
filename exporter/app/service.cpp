// SPDX-License-Identifier: Apache-2.0
#include "app/service.hpp"

#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "app/build_info.hpp"
#include "app/logging.hpp"
#include "app/signals.hpp"
#include "app/web_config_file.hpp"
#include "web/credentials.hpp"
#include "web/listener.hpp"
#include "web/tls.hpp"

namespace upslink::app {
namespace {

/// Nothing if SNMP is off.
std::unique_ptr<snmp::Agent> make_agent(const SnmpConfig& config, std::vector<NamedSlot> upses,
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
      std::move(upses), log);
}

Guards guards_of(const web::Security& security) {
  return {.tls = security.tls.has_value(), .users = !security.users.empty()};
}

std::optional<WallTime> expiry_of(const web::Security& security) {
  return security.tls ? web::certificate_expiry(*security.tls) : std::nullopt;
}

}  // namespace

Service::Service(Config config, Log log)
    : config_(std::move(config)),
      log_(std::move(log)),
      fleet_(log_),
      pages_(config_.web.telemetry_path) {
  fleet_.configure(config_.ups);
  agent_ = make_agent(config_.snmp, fleet_.slots(), log_);
  if (agent_) pages_.self().watch_agent([this] { return agent_->figures(); });
  pages_.publish(fleet_.slots());
  pages_.on_reload([this](const web::Request&, web::Responder responder) {
    {
      const std::lock_guard lock(requests_mutex_);
      requests_.push_back(std::move(responder));
    }
    Signals::raise_hangup();
  });
}

Service::~Service() = default;

std::optional<Service::Refusal> Service::start() {
  auto security = load_web_security(config_.web.config_file);
  if (!security) return Refusal{2, security.error()};
  guards_ = guards_of(*security);
  const auto expiry = expiry_of(*security);
  auto setup = make_setup(std::move(*security));
  if (!setup) return Refusal{1, setup.error()};
  auto started = web::Server::start(std::move(*setup));
  if (auto* const why = std::get_if<std::string>(&started)) return Refusal{1, std::move(*why)};
  server_ = std::get<std::unique_ptr<web::Server>>(std::move(started));
  for (const auto& address : server_->addresses()) {
    log_(LogLevel::info, "listening", {{"address", address}, {"path", config_.web.telemetry_path}});
  }
  pages_.self().certificate_expires(expiry);
  pages_.self().config_accepted();
  fleet_.start();
  if (agent_) agent_->start();
  return std::nullopt;
}

Result<web::Server::Setup, std::string> Service::make_setup(web::Security security) {
  web::Server::Setup setup{.routes = pages_.routes(), .security = std::move(security)};
  setup.observer.answered = [this](int status) {
    pages_.self().count_request(static_cast<unsigned>(status));
  };
  setup.observer.log = [log = log_](std::string_view sentence) {
    log(LogLevel::warning, std::string(sentence), {});
  };
  if (config_.web.systemd_socket) {
    auto inherited = web::inherited_listeners();
    if (auto* const why = std::get_if<std::string>(&inherited)) return Error{std::move(*why)};
    setup.inherited = std::get<std::vector<web::Listener>>(std::move(inherited));
  } else {
    setup.addresses = config_.web.listen_addresses;
  }
  auto gate = web::PasswordGate::start({});  // the server tells it who the users are
  if (auto* const why = std::get_if<std::string>(&gate)) return Error{std::move(*why)};
  setup.gate = std::get<std::unique_ptr<web::PasswordGate>>(std::move(gate));
  return setup;
}

Complaint Service::secure(const std::string& path, bool is_asked_for) {
  auto security = load_web_security(path);
  if (!security) return security.error();
  const auto expiry = expiry_of(*security);
  const Guards guards = guards_of(*security);
  if ((guards_.tls && !guards.tls) || (guards_.users && !guards.users)) {
    if (!is_asked_for) {
      return on_one_line(path) + ": this would take " +
             (guards_.users && !guards.users ? "all users" : "TLS") +
             " away; if it is meant, reload the exporter (SIGHUP)";
    }
    log_(LogLevel::warning, "the web server has less protection from now on", {{"file", path}});
  }
  if (auto bad = server_->secure(std::move(*security))) return bad;
  guards_ = guards;
  pages_.self().certificate_expires(expiry);
  return std::nullopt;
}

Complaint Service::reconfigure(Config config) {
  if (auto bad = secure(config.web.config_file, true)) return bad;
  say_what_waits(config);
  set_log_level(config.log.level);
  config_.ups = std::move(config.ups);
  config_.web.config_file = std::move(config.web.config_file);
  config_.snmp.default_ups = std::move(config.snmp.default_ups);
  fleet_.configure(config_.ups);
  pages_.publish(fleet_.slots());
  if (agent_) agent_->publish(fleet_.slots(), config_.snmp.default_ups);
  pages_.self().config_accepted();
  is_refused_ = false;
  return std::nullopt;
}

void Service::keep_configuration() {
  is_refused_ = true;
  pages_.self().config_refused();
}

void Service::look_at_files() {
  if (!web_files_.changed()) return;
  if (const auto bad = secure(config_.web.config_file, false)) {
    log_(LogLevel::error, "the web configuration has changed and is refused, the old one stays",
         {{"reason", *bad}});
    pages_.self().config_refused();
    return;
  }
  log_(LogLevel::info, "the web configuration was read again", {});
  if (!is_refused_) pages_.self().config_accepted();
}

/// From now on its files are looked at, unless one of them is wrong: then those from before.
Result<web::Security, std::string> Service::load_web_security(const std::string& path) {
  if (path.empty()) {
    web_files_.watch({});
    return web::Security{};
  }
  const auto first = load_web_config(path);
  if (!first) return Error{first.error()};
  web_files_.watch(first->files);
  auto loaded = load_web_config(path);  // what changes from here on is seen to have changed
  if (!loaded) return Error{loaded.error()};
  for (const std::string& warning : loaded->warnings) log_(LogLevel::warning, warning, {});
  return std::move(loaded->security);
}

void Service::say_what_waits(const Config& config) const {
  WebConfig web = config.web;
  web.config_file = config_.web.config_file;
  SnmpConfig snmp = config.snmp;
  snmp.default_ups = config_.snmp.default_ups;
  for (const auto& [changed, where] : {std::pair{web != config_.web, "web"},
                                       {snmp != config_.snmp, "snmp"},
                                       {config.log.format != config_.log.format, "log.format"}}) {
    if (!changed) continue;
    log_(LogLevel::warning, "what has changed here takes effect at the next start",
         {{"setting", where}});
  }
}

std::vector<web::Responder> Service::take_reload_requests() {
  const std::lock_guard lock(requests_mutex_);
  return std::exchange(requests_, {});
}

bool Service::is_alive() {
  return server_->is_alive();
}

std::string Service::summary() const {
  const auto count = config_.ups.size();
  return std::to_string(count) + (count == 1 ? " UPS" : " UPSes");
}

bool Service::stop_by(TimePoint limit) {
  if (agent_) agent_->ask_to_stop();
  if (!fleet_.stop_by(limit)) return false;
  if (!agent_ || agent_->ends_by(limit)) return true;
  log_(LogLevel::warning, "the SNMP master agent does not answer", {});
  return false;
}

}  // namespace upslink::app
