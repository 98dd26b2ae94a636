// SPDX-License-Identifier: Apache-2.0
#include "app/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "app/address.hpp"
#include "app/choice.hpp"
#include "app/duration.hpp"

namespace upslink::app {
namespace {

constexpr Words<LogLevel, 4> level_words{{{"debug", LogLevel::debug},
                                          {"info", LogLevel::info},
                                          {"warn", LogLevel::warning},
                                          {"error", LogLevel::error}}};
constexpr Words<LogFormat, 2> format_words{
    {{"logfmt", LogFormat::logfmt}, {"json", LogFormat::json}}};
constexpr Words<DateOrder, 3> order_words{
    {{"mdy", DateOrder::mdy}, {"dmy", DateOrder::dmy}, {"ymd", DateOrder::ymd}}};
constexpr Words<bool, 2> bool_words{{{"true", true}, {"false", false}}};
constexpr Words<bool, 2> switch_words{{{"on", true}, {"off", false}}};

Complaint set_name(UpsConfig& ups, const std::string& text) {
  constexpr std::size_t longest = 32;
  const bool good = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (!good || text.empty() || text.size() > longest) {
    return in_quotes(text) + " cannot name a UPS; use 1 to 32 of A-Z a-z 0-9 . _ -";
  }
  ups.name = text;
  return std::nullopt;
}

Complaint set_address(UpsConfig& ups, const std::string& text) {
  if (auto bad = check_ups_address(text)) return bad;
  ups.address = text;
  return std::nullopt;
}

Complaint set_nominal_power(UpsConfig& ups, const std::string& text) {
  constexpr double most = 100'000;
  double watts = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, watts, std::chars_format::fixed);
  if (failed != std::errc() || rest != end || !(watts >= 1 && watts <= most)) {
    return in_quotes(text) + " is no number of watts from 1 to 100000; write one, such as 450";
  }
  ups.options.nominal_power_watts = watts;
  return std::nullopt;
}

Complaint add_ups(Config& config, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    const bool address = text.find('/') != std::string::npos;
    return in_quotes(text) + (address ? " has no name" : " has no address") +
           "; write NAME=ADDRESS, such as rack1=/dev/ttyS0";
  }
  UpsConfig ups;
  if (auto bad = set_name(ups, text.substr(0, equals))) return bad;
  if (auto bad = set_address(ups, text.substr(equals + 1))) return bad;
  if (std::ranges::find(config.ups, ups.name, &UpsConfig::name) != config.ups.end()) {
    return "two UPSes are named " + ups.name + "; give each a name of its own";
  }
  config.ups.push_back(std::move(ups));
  return std::nullopt;
}

void clear_upses(Config& config) {
  config.ups.clear();
}

Complaint set_file(Config& config, const std::string& text) {
  if (text.empty() || text.find('\0') != std::string::npos) {
    return in_quotes(text) + " is no path; name a YAML file";
  }
  config.file = text;
  return std::nullopt;
}

Complaint add_listen_address(Config& config, const std::string& text) {
  if (auto bad = check_listen_address(text)) return bad;
  auto& addresses = config.web.listen_addresses;
  const bool again = std::ranges::find(addresses, text) != addresses.end();
  if (again && !text.ends_with(":0")) return in_quotes(text) + " is given twice; leave one out";
  addresses.push_back(text);
  return std::nullopt;
}

void clear_listen_addresses(Config& config) {
  config.web.listen_addresses.clear();
}

Complaint set_telemetry_path(Config& config, const std::string& text) {
  if (auto bad = check_telemetry_path(text)) return bad;
  config.web.telemetry_path = text;
  return std::nullopt;
}

Complaint set_web_config_file(Config& config, const std::string& text) {
  if (text.empty() || text.find('\0') != std::string::npos) {
    return in_quotes(text) + " is no path; name a web configuration file";
  }
  config.web.config_file = text;
  return std::nullopt;
}

Complaint set_systemd_socket(Config& config, const std::string& text) {
  return choose(config.web.systemd_socket, text, bool_words);
}

Complaint set_agentx_address(Config& config, const std::string& text) {
  if (text == "off") {
    config.snmp.agentx_address.clear();
    return std::nullopt;
  }
  if (auto bad = check_agentx_address(text)) return bad;
  config.snmp.agentx_address = text;
  return std::nullopt;
}

Complaint set_powernet(Config& config, const std::string& text) {
  return choose(config.snmp.powernet, text, switch_words);
}

Complaint set_powernet_traps(Config& config, const std::string& text) {
  return choose(config.snmp.powernet_traps, text, switch_words);
}

Complaint set_entity_sensor(Config& config, const std::string& text) {
  return choose(config.snmp.entity_sensor, text, switch_words);
}

Complaint set_default_ups(Config& config, const std::string& text) {
  config.snmp.default_ups = text;  // whether there is such a UPS is seen when all are known
  return std::nullopt;
}

Complaint set_base_oid(Config& config, const std::string& text) {
  auto base = read_base_oid(text);
  if (!base) return base.error();
  config.snmp.base_oid = std::move(*base);
  return std::nullopt;
}

Complaint set_level(Config& config, const std::string& text) {
  return choose(config.log.level, text, level_words);
}

Complaint set_format(Config& config, const std::string& text) {
  return choose(config.log.format, text, format_words);
}

Complaint set_date_order(UpsConfig& ups, const std::string& text) {
  return choose(ups.options.battery_date_order, text, order_words);
}

Complaint set_read_extremes(UpsConfig& ups, const std::string& text) {
  return choose(ups.options.read_extremes, text, bool_words);
}

Complaint set_read_latched(UpsConfig& ups, const std::string& text) {
  return choose(ups.options.read_latched, text, bool_words);
}

Complaint set_status(UpsConfig& ups, const std::string& text) {
  return set_duration(ups.options.cadences.status, text, "200ms", "1m");
}

Complaint set_fast(UpsConfig& ups, const std::string& text) {
  return set_duration(ups.options.cadences.fast, text, "200ms", "10m");
}

Complaint set_slow(UpsConfig& ups, const std::string& text) {
  return set_duration(ups.options.cadences.slow, text, "500ms", "1h");
}

Complaint set_settings(UpsConfig& ups, const std::string& text) {
  return set_duration(ups.options.cadences.settings, text, "1s", "24h");
}

// clang-format off
constexpr std::array<Setting<Config>, 14> rows{{
    {"UPSes", "ups", "ups", "NAME=ADDRESS", "",
     "A UPS to read, and the name that it has in the metrics (1 to 32 of A-Z a-z 0-9 . _ -). "
     "ADDRESS is the path of a serial port, or tcp://HOST:PORT of a serial server. Repeat it for "
     "more UPSes. One that the file names as well gets this address and keeps its other settings.",
     Values::entries, true, add_ups, clear_upses},
    {"UPSes", "", "config.file", "FILE", "",
     "A YAML file with UPSes and other settings. Flags and environment variables go before it.",
     Values::one, true, set_file},
    {"Web", "web.listen_addresses", "web.listen-address", "ADDRESS", ":12400",
     "Where to serve: HOST:PORT, [IPV6]:PORT, or :PORT for every address of the machine; port 0 "
     "lets the kernel choose one. Repeat it for more.",
     Values::list, true, add_listen_address, clear_listen_addresses},
    {"Web", "web.telemetry_path", "web.telemetry-path", "PATH", "/metrics",
     "The path of the metrics.",
     Values::one, true, set_telemetry_path},
    {"Web", "web.config_file", "web.config.file", "FILE", "",
     "A web configuration file, as other exporters take it: TLS, users with passwords, headers, "
     "rate limit.",
     Values::one, true, set_web_config_file},
    {"Web", "web.systemd_socket", "web.systemd-socket", "", "false",
     "Serve on the sockets that systemd hands over, in place of listening on addresses.",
     Values::flag, true, set_systemd_socket},
    {"SNMP", "snmp.agentx_address", "snmp.agentx-address", "ADDRESS", "unix:/var/agentx/master",
     "Where the SNMP master agent (snmpd) listens for AgentX: unix:PATH or tcp:HOST:PORT; off for "
     "no SNMP. It need not run yet.",
     Values::one, true, set_agentx_address},
    {"SNMP", "snmp.powernet", "snmp.powernet", "SWITCH", "on",
     "Whether to serve what managers read of APC's PowerNet-MIB: on or off.",
     Values::one, true, set_powernet},
    {"SNMP", "snmp.powernet_traps", "snmp.powernet-traps", "SWITCH", "off",
     "Whether to send PowerNet's traps beside the others: on or off.",
     Values::one, true, set_powernet_traps},
    {"SNMP", "snmp.entity_sensor", "snmp.entity-sensor", "SWITCH", "on",
     "Whether to serve ENTITY-MIB and ENTITY-SENSOR-MIB: on or off.",
     Values::one, true, set_entity_sensor},
    {"SNMP", "snmp.default_ups", "snmp.default-ups", "NAME", "",
     "The UPS that UPS-MIB and PowerNet-MIB show in the empty context; the first one where left "
     "out. Each is also shown in a context with its name.",
     Values::one, true, set_default_ups},
    {"SNMP", "snmp.base_oid", "snmp.base-oid", "OID", "1.3.6.1.4.1.8072.9999.9999.2400",
     "The root of UPSLINK-MIB, for those who have an enterprise number.",
     Values::one, true, set_base_oid},
    {"Logging", "log.level", "log.level", "LEVEL", "info",
     "The least important lines to log: debug, info, warn or error.",
     Values::one, false, set_level},
    {"Logging", "log.format", "log.format", "FORMAT", "logfmt",
     "The form of a line: logfmt or json.",
     Values::one, false, set_format},
}};

constexpr std::array<Setting<UpsConfig>, 10> ups_rows{{
    {"", "name", "", "NAME", "", "Its name in the metrics; required.",
     Values::one, true, set_name},
    {"", "address", "", "ADDRESS", "",
     "The path of its serial port, or tcp://HOST:PORT; required.",
     Values::one, true, set_address},
    {"", "nominal_power_watts", "", "WATTS", "",
     "Its rated power, from 1 to 100000; where left out, that of its model if that is known.",
     Values::one, true, set_nominal_power},
    {"", "battery_date_order", "", "ORDER", "mdy",
     "The order of month, day and year in its battery date: mdy, dmy or ymd.",
     Values::one, true, set_date_order},
    {"", "read_extremes", "", "BOOL", "true",
     "Whether to read the highest and lowest line voltage, which reading resets on the UPS.",
     Values::one, true, set_read_extremes},
    {"", "read_latched", "", "BOOL", "false",
     "Whether to read the latched register, which reading may clear on the UPS.",
     Values::one, true, set_read_latched},
    {"", "cadence.status", "", "TIME", "1s",
     "How often to read the status, from 200ms to 1m.",
     Values::one, true, set_status},
    {"", "cadence.fast", "", "TIME", "2s",
     "How often to read what changes fast (voltages, load), from 200ms to 10m.",
     Values::one, true, set_fast},
    {"", "cadence.slow", "", "TIME", "10s",
     "How often to read what changes slowly (temperature), from 500ms to 1h.",
     Values::one, true, set_slow},
    {"", "cadence.settings", "", "TIME", "1h",
     "How often to read the settings of the UPS, from 1s to 24h.",
     Values::one, true, set_settings},
}};
// clang-format on

}  // namespace

std::span<const Setting<Config>> settings() {
  return rows;
}

std::span<const Setting<UpsConfig>> ups_settings() {
  return ups_rows;
}

std::string dashed(std::string_view flag) {
  return "--" + std::string(flag);
}

std::string environment_name(std::string_view flag) {
  std::string name = "UPSLINK_";
  for (const char c : flag) {
    const bool small = c >= 'a' && c <= 'z';
    name += small ? static_cast<char>(c - 'a' + 'A') : '_';
  }
  return name;
}

std::string_view word_for(LogLevel level) {
  return std::ranges::find(level_words, level, &std::pair<std::string_view, LogLevel>::second)
      ->first;
}

}  // namespace upslink::app
