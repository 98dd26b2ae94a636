// SPDX-License-Identifier: Apache-2.0
// The web configuration file: TLS, passwords, headers and the rate limit of the web server, in the
// words of exporter-toolkit (docs/web-configuration.md). Nothing that it says is believed before
// all of it was read. Any thread.
#pragma once

#include <string>
#include <vector>

#include "model/result.hpp"
#include "web/security.hpp"

namespace upslink::app {

struct WebConfigFile {
  web::Security security{};
  std::vector<std::string> files{};     ///< that were read: itself, certificates, key, authorities
  std::vector<std::string> warnings{};  ///< sentences, in the form of the complaint
};

/// Reads the file at `path` and the files that it names, each of at most 1 MiB. The complaint is
/// `FILE:LINE:COLUMN: KEY: what is wrong and what to do`. Neither it nor a warning repeats a hash,
/// a key or a password.
Result<WebConfigFile, std::string> load_web_config(const std::string& path);

}  // namespace upslink::app
