// SPDX-License-Identifier: Apache-2.0
#include "app/checks.hpp"

#include <cstdio>
#include <string>

#include "app/web_config_file.hpp"
#include "web/health_client.hpp"

namespace upslink::app {
namespace {

int complain(int status, const std::string& sentence) {
  std::fputs(("upslink_exporter: " + sentence + "\n").c_str(), stderr);
  return status;
}

/// Empty if there is no such file.
Result<WebConfigFile, std::string> load(const WebConfig& config) {
  if (config.config_file.empty()) return WebConfigFile();
  return load_web_config(config.config_file);
}

}  // namespace

int check_configuration(const CheckCommand& command) {
  const Config& config = command.config;
  const auto web = load(config.web);
  if (!web) return complain(2, web.error());
  for (const std::string& warning : web->warnings) complain(0, warning);
  const std::size_t count = config.ups.size();
  const std::string text =
      "The configuration is right: " + std::to_string(count) + (count == 1 ? " UPS" : " UPSes");
  return std::puts((text + ".").c_str()) >= 0 && std::fflush(stdout) == 0 ? 0 : 1;
}

int check_health(const HealthCommand& command) {
  const WebConfig& config = command.config.web;
  const auto web = load(config);
  if (!web) return complain(1, web.error());
  const auto trouble = web::check_health(config.listen_addresses.front(), web->security);
  return trouble ? complain(1, *trouble) : 0;
}

}  // namespace upslink::app
