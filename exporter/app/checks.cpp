// SPDX-License-Identifier: Apache-2.0
#include "app/checks.hpp"

#include <cstdio>
#include <string>

#include "app/web_config_file.hpp"

namespace upslink::app {
namespace {

int complain(int status, const std::string& sentence) {
  std::fputs(("upslink_exporter: " + sentence + "\n").c_str(), stderr);
  return status;
}

}  // namespace

int check_configuration(const CheckCommand& command) {
  const Config& config = command.config;
  if (!config.web.config_file.empty()) {
    const auto web = load_web_config(config.web.config_file);
    if (!web) return complain(2, web.error());
    for (const std::string& warning : web->warnings) complain(0, warning);
  }
  const std::size_t count = config.ups.size();
  const std::string text =
      "The configuration is right: " + std::to_string(count) + (count == 1 ? " UPS" : " UPSes");
  return std::puts((text + ".").c_str()) >= 0 && std::fflush(stdout) == 0 ? 0 : 1;
}

int check_health(const HealthCommand&) {
  return complain(1, "not yet");
}

}  // namespace upslink::app
