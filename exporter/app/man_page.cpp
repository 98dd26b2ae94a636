// SPDX-License-Identifier: Apache-2.0
#include "app/man_page.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "app/help.hpp"
#include "app/settings.hpp"

namespace upslink::app {
namespace {

constexpr std::string_view description = R"(.SH DESCRIPTION
\fBupslink_exporter\fP reads APC UPSes over their serial "smart" protocol (UPS\-Link, 2400 baud) and
serves what they say as Prometheus metrics and, as a subagent of \fBsnmpd\fP(8), over SNMP.
One process reads any number of UPSes, on serial ports or behind terminal servers.
It only reads: no command that changes a UPS can leave it.
.PP
A UPS that is not there, or does not answer, is no reason to stop: the log and the metrics say so, and
it is tried again.
)";

constexpr std::string_view rest = R"(.SH SIGNALS
.TP
SIGTERM, SIGINT
End.
.TP
SIGHUP
Read the configuration again.
.SH EXIT STATUS
.TP
0
It went well.
.TP
1
It did not.
.TP
2
The arguments, the environment or the file are wrong, or nothing can be served at the address; one
sentence on standard error says what to do.
.SH FILES
.TP
/etc/upslink\-exporter/config.yaml
The UPSes and settings of the service, see \fBupslink_exporter.yaml\fP(5).
.TP
/etc/default/upslink\-exporter
Its further arguments.
.TP
/usr/share/snmp/mibs/UPSLINK\-MIB.txt
What is served over SNMP.
.SH SEE ALSO
\fBupslink_exporter.yaml\fP(5), \fBsnmpd.conf\fP(5), \fBups\-simulator\fP(1)
)";

constexpr std::string_view file_description = R"(.SH DESCRIPTION
The file names the UPSes that \fBupslink_exporter\fP(1) reads, and settings.
It is in YAML, at most 1 MiB long, and given with \fB\-\-config.file\fP; the service reads
/etc/upslink\-exporter/config.yaml.
All keys may be left out, apart from the name and the address of a UPS.
A key that is not known, or a value that cannot be, ends the program with exit status 2 and a sentence
that has the line and the column.
)";

constexpr std::string_view file_rest = R"(.SH FORMS OF VALUES
.TP
Address of a UPS
The path of a serial port, which may be plugged in later, or tcp://HOST:PORT of a terminal server that
passes bytes through unchanged.
Names in /dev/serial/by\-id stay when adapters are plugged in another order.
.TP
Length of time
A number, which may have a fraction, and one of ms, s, m, h: 500ms, 2.5s, 10m, 1h.
.SH SEE ALSO
\fBupslink_exporter\fP(1)
)";

/// A text as roff shows it. An apostrophe or a point at its beginning is no request.
std::string roff(std::string_view text) {
  std::string safe;
  if (text.starts_with('.') || text.starts_with('\'')) safe = "\\&";
  for (const char c : text) {
    switch (c) {
      case '\\':
        safe += "\\e";
        break;
      case '-':
        safe += "\\-";
        break;
      case '^':
        safe += "\\(ha";
        break;
      case '~':
        safe += "\\(ti";
        break;
      case '`':
        safe += "\\(ga";
        break;
      case '\'':
        safe += "\\(aq";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string bold(std::string_view text) {
  return "\\fB" + roff(text) + "\\fP";
}

std::string small_capitals(std::string_view text) {
  std::string capitals(text);
  std::ranges::transform(capitals, capitals.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return capitals;
}

/// A line for each sentence, as man pages are written, so that none gets too long.
std::string sentences(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(". "), text.size() - 1) + 1;
    lines += roff(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string item(const std::string& head, std::string_view words) {
  return ".TP\n" + head + "\n" + sentences(words);
}

std::string header(std::string_view name, char section, std::string_view about) {
  return ".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made by `upslink_exporter describe man" +
         std::string(section == '5' ? "-config" : "") + "`. Do not edit.\n.TH " +
         small_capitals(name) + " " + section + " \"\" upslink_exporter\n.SH NAME\n" + roff(name) +
         " \\- " + std::string(about) + "\n";
}

/// A block of --help: lines that stand together, under a heading if it has one.
struct Block {
  std::string_view heading;
  std::vector<std::string_view> lines;
};

bool is_indented(std::string_view line, std::size_t blanks) {
  return line.find_first_not_of(' ') >= blanks;
}

std::vector<Block> blocks(std::string_view text) {
  std::vector<Block> all;
  bool inside = false;
  for (; !text.empty(); text.remove_prefix(std::min(text.find('\n') + 1, text.size()))) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.empty()) {
      inside = false;
      continue;
    }
    if (!inside) all.emplace_back();
    if (!inside && line.ends_with(':') && !is_indented(line, 1)) {
      all.back().heading = line.substr(0, line.size() - 1);
    } else {
      all.back().lines.push_back(line);
    }
    inside = true;
  }
  return all;
}

/// Whether a block is a list: each head has two blanks before it, and what it means has six.
bool is_list(const Block& block) {
  return block.lines.size() > 1 && is_indented(block.lines[0], 2) && is_indented(block.lines[1], 6);
}

std::string joined(const std::vector<std::string_view>& lines) {
  std::string words;
  for (const std::string_view line : lines) {
    words += (words.empty() ? "" : " ") + std::string(line.substr(line.find_first_not_of(' ')));
  }
  return words;
}

std::string list(const Block& block) {
  std::string text;
  std::vector<std::string_view> meaning;
  std::string head;
  for (const std::string_view line : block.lines) {
    if (is_indented(line, 6)) {
      meaning.push_back(line);
      continue;
    }
    if (!head.empty()) text += item(head, joined(meaning));
    head = bold(line.substr(2));
    meaning.clear();
  }
  return text + item(head, joined(meaning));
}

std::string verbatim(const Block& block) {
  std::string text = ".RS 4\n.nf\n";
  for (const std::string_view line : block.lines) text += roff(line.substr(2)) + "\n";
  return text + ".fi\n.RE\n";
}

/// The blocks of --help before and after the settings, under the names that manual pages give them.
std::string section(std::string_view text, std::string_view heading, std::string_view title) {
  for (const Block& block : blocks(text)) {
    if (block.heading != heading) continue;
    return ".SH " + std::string(title) + "\n" + (is_list(block) ? list(block) : verbatim(block));
  }
  return {};
}

std::string option(const Setting<Config>& row) {
  const std::string value = row.placeholder.empty() ? "" : " \\fI" + roff(row.placeholder) + "\\fP";
  std::string origin = "Environment: " + environment_name(row.flag) + ".";
  if (!row.key.empty()) origin += " File: " + std::string(row.key) + ".";
  if (!row.standard.empty()) origin += " Default: " + std::string(row.standard);
  return item(bold(dashed(row.flag)) + value, row.help) + ".br\n" + sentences(origin);
}

std::string options() {
  std::string text = ".SH OPTIONS\n";
  std::string_view group;
  for (const Setting<Config>& row : settings()) {
    if (row.group != group) text += ".SS " + std::string(row.group) + "\n";
    group = row.group;
    text += option(row);
  }
  for (const Block& block : blocks(help_ending())) {
    if (is_list(block)) text += ".SS " + std::string(block.heading) + "\n" + list(block);
  }
  return text;
}

/// What goes before what: the paragraph that follows the options in --help.
std::string precedence() {
  std::string text = ".SH ENVIRONMENT\n";
  for (const Block& block : blocks(help_ending())) {
    if (block.heading.empty() && !is_indented(block.lines.front(), 1)) {
      const std::string words = joined(block.lines);
      text += sentences(words.substr(0, words.rfind(" In the file:")));
    }
  }
  return text;
}

template <typename Row>
std::string key(const Row& row) {
  if (row.values == Values::entries) {
    return item(bold(row.key), "A list of blocks; what each may have comes last.");
  }
  const std::string_view value = row.values == Values::flag ? "BOOL" : row.placeholder;
  std::string words(row.help);
  if (row.values == Values::list) words += " In the file it is a list.";
  if (!row.standard.empty()) words += " Default: " + std::string(row.standard);
  return item(bold(row.key) + ": \\fI" + roff(value) + "\\fP", words);
}

std::string keys() {
  std::string text = ".SH KEYS\nA point separates a block from a key inside of it.\n";
  std::string_view group;
  for (const Setting<Config>& row : settings()) {
    if (row.key.empty()) continue;
    if (row.group != group) text += ".SS " + std::string(row.group) + "\n";
    group = row.group;
    text += key(row);
  }
  text += ".SS Keys of each entry of ups\n";
  for (const Setting<UpsConfig>& row : ups_settings()) text += key(row);
  return text;
}

std::string file_example() {
  for (const Block& block : blocks(help_ending())) {
    if (block.heading.empty() && is_indented(block.lines.front(), 2) && !is_list(block)) {
      return ".SH EXAMPLE\n" + verbatim(block);
    }
  }
  return {};
}

}  // namespace

std::string man_page() {
  return header("upslink_exporter", '1', "exporter for APC UPSes (Prometheus and SNMP)") +
         section(help_opening(), "Usage", "SYNOPSIS") + std::string(description) + options() +
         precedence() + section(help_opening(), "Example", "EXAMPLES") + std::string(rest);
}

std::string man_page_of_file() {
  return header("upslink_exporter.yaml", '5', "configuration of upslink_exporter") +
         std::string(file_description) + keys() + file_example() + std::string(file_rest);
}

}  // namespace upslink::app
