// SPDX-License-Identifier: Apache-2.0
// The configuration file: any text. It is taken or there is a complaint, the same each time; what
// is taken is complete.
#include <set>
#include <string>

#include "app/config_file.hpp"
#include "target.hpp"
#include "yaml_complaint.hpp"

namespace upslink::fuzz {

void try_input(std::string_view input) {
  const std::string text(input);
  app::Config config;
  const auto complaint = app::load_text(text, "f.yaml", config);
  if (complaint) {
    check_complaint(*complaint, "f.yaml");
  } else {
    std::set<std::string> names;
    for (const auto& ups : config.ups) {
      require(!ups.name.empty() && !ups.address.empty(), "a UPS is complete", ups.name);
      require(names.insert(ups.name).second, "a name is there once", ups.name);
      require(ups.options.cadences.status > Duration::zero(), "a cadence is a time", ups.name);
    }
    require(!config.web.telemetry_path.empty(), "there is a path");
  }
  app::Config again;
  require(app::load_text(text, "f.yaml", again) == complaint, "the same text is read alike");
  require(again.ups == config.ups && again.web == config.web && again.snmp == config.snmp &&
              again.log == config.log,
          "the same text says the same");
}

}  // namespace upslink::fuzz
