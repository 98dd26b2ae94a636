// SPDX-License-Identifier: Apache-2.0
#include "app/help.hpp"

#include <algorithm>
#include <string_view>

#include "app/settings.hpp"

namespace upslink::app {
namespace {

constexpr std::size_t columns = 80;

constexpr std::string_view opening_text = R"(Usage:
  upslink_exporter --ups NAME=ADDRESS... [OPTION...]
      Read APC UPSes over the serial smart protocol, serve Prometheus metrics,
      and answer SNMP through the agent of the machine.
  upslink_exporter --config.file FILE [OPTION...]
      The same for the UPSes that a file lists.
  upslink_exporter --config.check [OPTION...]
      Tell whether the configuration is right and exit; nothing is opened.
  upslink_exporter --healthcheck [OPTION...]
      Ask the exporter that runs with these options whether it is well and exit.
  upslink_exporter probe ADDRESS [--format text|json] [LOGGING OPTION...]
      Read one UPS once, print what it says and exit.
  upslink_exporter probe --list [--format text|json]
      List the serial ports of this machine, without opening any, and exit.
  upslink_exporter record ADDRESS FILE [--duration 10s] [--force] [--unmasked]
      Read one UPS once, watch it for a while, and write every byte to a file,
      for a report. FILE - is standard output; --force replaces a file. Serial
      number, dates and name are masked unless --unmasked is given.
  upslink_exporter describe metrics
      Print the page that lists every metric and exit.
  upslink_exporter describe mib [--base-oid OID]
      Print UPSLINK-MIB and exit.
  upslink_exporter describe dashboard
      Print a Grafana dashboard that shows every metric and exit.
  upslink_exporter describe man|man-config
      Print a manual page, of the program or of its file, and exit.

Example:
  upslink_exporter --ups rack1=/dev/ttyS0 --ups rack2=tcp://10.0.0.7:4001
  curl http://localhost:12400/metrics
)";

constexpr std::string_view ending_text = R"(
Other:
  -h, --help
      Print this text and exit.
  --version
      Print the version and exit.

A flag goes before the environment variable, that before the file, and that
before the default. UPSes from flags, or else from UPSLINK_UPS (with blanks
between them), are added to those of the file. In the file:

  ups:
    - name: rack1
      address: /dev/ttyS0
      cadence: {status: 500ms}
  web: {listen_addresses: [":12400"], telemetry_path: /metrics}
  snmp: {agentx_address: "unix:/var/agentx/master", default_ups: rack1}
  log: {level: info, format: logfmt}
)";

/// The words of `text` as lines that begin with `margin` blanks.
std::string wrapped(std::string_view text, std::size_t margin) {
  std::string lines;
  std::size_t column = columns;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (column + 1 + word.size() > columns) {
      lines += (lines.empty() ? "" : "\n") + std::string(margin, ' ');
      column = margin;
    } else {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return lines + "\n";
}

std::string entry(const Setting<Config>& row) {
  std::string origin = "Environment: " + environment_name(row.flag) + ".";
  if (!row.key.empty()) origin += " File: " + std::string(row.key) + ".";
  if (!row.standard.empty()) origin += " Default: " + std::string(row.standard);
  const std::string value = row.placeholder.empty() ? "" : " " + std::string(row.placeholder);
  return "  " + dashed(row.flag) + value + "\n" + wrapped(row.help, 6) + wrapped(origin, 6);
}

std::string ups_entry(const Setting<UpsConfig>& row) {
  std::string words(row.help);
  if (!row.standard.empty()) words += " Default: " + std::string(row.standard);
  return "  " + std::string(row.key) + "\n" + wrapped(words, 6);
}

}  // namespace

std::string_view help_opening() {
  return opening_text;
}

std::string_view help_ending() {
  return ending_text;
}

std::string help_text() {
  std::string text(help_opening());
  std::string_view group;
  for (const Setting<Config>& row : settings()) {
    if (row.group != group) text += "\n" + std::string(row.group) + ":\n";
    group = row.group;
    text += entry(row);
  }
  text += help_ending();
  text += "\nKeys of each entry of ups in the file:\n";
  for (const Setting<UpsConfig>& row : ups_settings()) text += ups_entry(row);
  return text;
}

}  // namespace upslink::app
