// SPDX-License-Identifier: Apache-2.0
// What the operator chose, complete and checked: a Config that reaches the program can be served.
// Plain values; the defaults here are those that settings.cpp states, a test compares the two.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalogue/mib.hpp"
#include "model/log.hpp"
#include "poll/options.hpp"

namespace upslink::app {

struct UpsConfig {
  std::string name{};
  std::string address{};  ///< a device path or tcp://HOST:PORT
  poll::Options options{};

  bool operator==(const UpsConfig&) const = default;
};

struct WebConfig {
  std::vector<std::string> listen_addresses{":12400"};  ///< forms: web/listener.hpp
  std::string telemetry_path = "/metrics";
  std::string config_file{};    ///< TLS, passwords, headers and limits; empty: none of them
  bool systemd_socket = false;  ///< listen on what systemd hands over, not on listen_addresses

  bool operator==(const WebConfig&) const = default;
};

struct SnmpConfig {
  std::string agentx_address = "unix:/var/agentx/master";  ///< empty: off
  bool powernet = true;
  bool powernet_traps = false;
  bool entity_sensor = true;
  std::string default_ups{};  ///< empty: the first one
  std::vector<std::uint32_t> base_oid{default_base_oid.begin(), default_base_oid.end()};

  bool operator==(const SnmpConfig&) const = default;
};

enum class LogFormat : std::uint8_t { logfmt, json };

struct LogConfig {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::logfmt;

  bool operator==(const LogConfig&) const = default;
};

struct Config {
  std::vector<UpsConfig> ups{};  ///< at least one; names and addresses are unique
  WebConfig web{};
  SnmpConfig snmp{};
  LogConfig log{};
  std::string file{};  ///< the configuration file that was read; empty if there was none
};

}  // namespace upslink::app
