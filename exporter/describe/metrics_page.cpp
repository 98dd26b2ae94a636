// SPDX-License-Identifier: Apache-2.0
#include "describe/metrics_page.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "catalogue/families.hpp"
#include "catalogue/own_families.hpp"
#include "catalogue/reading_families.hpp"
#include "describe/groups.hpp"
#include "describe/markdown.hpp"

namespace upslink::describe {
namespace {

constexpr std::string_view introduction = R"(# Metrics

<!-- Made by `upslink_exporter describe metrics > docs/metrics.md`. Do not edit. -->

Everything that the exporter serves at `/metrics`. What belongs to what:

* [Readings](#readings): what a UPS says of itself, grouped by how often it is asked.
* [Flags, choices and labels](#flags-choices-and-labels): what the values of labels mean.
* [The line](#the-line): alerts, sums over time, and the connection to the UPS.
* [The exporter](#the-exporter): the program itself.
* [Commands](#commands) and [alerts](#alerts) of the smart protocol.

## How to read them

**Labels.** Everything about a UPS carries the label `ups`, the name that it has in the
configuration, and the labels shown here.

**Units** are base units and end the name of the metric: volts, seconds, joules, and ratios, of which
1 is 100 %. Times are seconds since 1970 in UTC.

**What is not known is absent.** A UPS without a temperature sensor has no temperature series; there
is never a 0 or -1 in place of a value. The same goes for a UPS that does not answer: a reading that
is older than three times its cadence disappears, and `upslink_up` is 0. The cadences `status`,
`fast`, `slow` and `settings` can be set; what is marked `identity` is read once and does not age. To
be told when a value goes missing, ask with `absent()` or watch `upslink_up`.

**Flags and choices.** A register, or one of several choices, has one series for each documented
value, 0 or 1, all of them always there while the register is known. A bit that is set though nobody
has documented it shows as `flag="bit<n>"`.

**Counters** start at 0 when the exporter starts.

**Formats.** Prometheus' text format (`text/plain; version=0.0.4`), or OpenMetrics
(`application/openmetrics-text; version=1.0.0`) for a client whose `Accept` header prefers it; both
carry the same series. In OpenMetrics, metadata name the unit, and counters without `_total`. Both
are packed with gzip for a client that accepts it.

Some expressions to begin with:

| Question | Expression |
| --- | --- |
| Which UPSes do not answer? | `upslink_up == 0` |
| Which run on battery? | `upslink_status{flag="on_battery"} == 1` |
| Which have less than ten minutes left? | `upslink_battery_runtime_seconds < 600` |
| Which had a power failure within a day? | `increase(upslink_transfers_total{cause!="test"}[1d]) > 0` |
| Which batteries are older than four years? | `time() - upslink_battery_replaced_timestamp_seconds > 4 * 365 * 86400` |
)";

std::string_view type_of(bool counter) {
  return counter ? "counter" : "gauge";
}

std::string metric(std::string_view name) {
  return std::string(metric_prefix) + std::string(name);
}

bool lists_members(const ReadingFamily& family) {
  return !family.row().members.empty();
}

std::string joined(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) append(list, ", ", code(value));
  return list;
}

std::string label(std::string_view name, const std::vector<std::string>& values) {
  return code(name) + " = " + joined(values);
}

/// The labels of a family beside `ups`, with their values or a link to where they stand.
std::string labels_of(const ReadingFamily& family) {
  const Quantity& row = family.row();
  if (family.is_info()) return link_to(metric(family.metric), "see below");
  std::string labels;
  if (!row.label.name.empty()) {
    std::vector<std::string> values;
    for (const Quantity& other : family.rows()) values.emplace_back(other.label.value);
    std::ranges::sort(values);
    append(labels, "; ", label(row.label.name, values));
  }
  if (lists_members(family)) {
    append(labels, "; ",
           code(row.member_label) + ": " + link_to(metric(family.metric), "see below"));
  } else if (!row.member_label.empty()) {
    append(labels, "; ", code(row.member_label));
  }
  return labels;
}

std::string commands_of(const ReadingFamily& family) {
  std::string list;
  for (const Quantity& row : family.rows()) {
    const auto name = code(command_name(row.command).view());
    if (list.find(name) == std::string::npos) append(list, " ", name);
  }
  return list;
}

std::string readings() {
  std::string page = "\n## Readings\n";
  for (const Group& group : groups) {
    page += "\n### " + std::string(group.title) + "\n\n" + std::string(group.sentence) +
            " Cadence: " + code(name_of(group.cadence)) + ".\n";
    Table table({"Metric", "Type", "Unit", "Labels", "Command", "Meaning"});
    for (const ReadingFamily& family : reading_families) {
      if (cadence_of(family) != group.cadence) continue;
      table.add({code(metric(family.metric)), std::string(type_of(false)),
                 std::string(name_of(family.row().unit)), labels_of(family), commands_of(family),
                 std::string(meaning_of(family))});
    }
    page += table.text();
  }
  return page;
}

/// The members of the rows of one family, with the row's fixed label where it has one.
std::string member_table(const ReadingFamily& family) {
  const Quantity& first = family.row();
  const bool flags = first.kind == Kind::flags;
  Row heads;
  if (!first.label.name.empty()) heads.push_back(code(first.label.name));
  heads.insert(heads.end(), {code(first.member_label), flags ? "Bit" : "Reply", "Meaning"});
  Table table(heads);
  for (const Quantity& row : family.rows()) {
    for (std::size_t i = 0; i < row.members.size(); ++i) {
      const Member& member = row.members[i];
      if (member.name.empty()) continue;
      Row cells;
      if (!row.label.name.empty()) cells.push_back(code(row.label.value));
      std::string reply;
      for (std::string_view rest = member.tokens; !rest.empty();) {
        const auto end = std::min(rest.find(' '), rest.size());
        append(reply, " ", code(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      cells.insert(cells.end(), {code(member.name), flags ? std::to_string(i) : reply,
                                 std::string(member.text)});
      table.add(cells);
    }
  }
  return table.text();
}

std::string info_table(const ReadingFamily& family) {
  Table table({"Label", "Command", "Meaning"});
  for (const Quantity& row : family.rows()) {
    table.add(
        {code(row.info_label), code(command_name(row.command).view()), std::string(row.help)});
  }
  table.add({code(link_label), "", "`tty` for any device path, `tcp`."});
  return table.text() +
         "\nThe model of a unit that does not name it is told from its firmware. The date of\n"
         "manufacture is written as `YYYY-MM-DD`, and of `protocol` only the level is shown. What "
         "the\n"
         "UPS does not say is an empty label.\n";
}

std::string label_values() {
  std::string page = "\n## Flags, choices and labels\n";
  for (const ReadingFamily& family : reading_families) {
    if (!family.is_info() && !lists_members(family)) continue;
    page += "\n### " + metric(family.metric) + "\n";
    page += family.is_info() ? info_table(family) : member_table(family);
  }
  return page;
}

std::string labels_of(const LineFamily& row) {
  if (row.member == nullptr) return {};
  if (row.members == command_count) {
    return code(row.member_label) + ": " + link_to("commands", "see below");
  }
  std::vector<std::string> values;
  for (std::size_t i = 0; i < row.members; ++i) values.emplace_back(row.member(i));
  return label(row.member_label, values);
}

std::string line() {
  Table table({"Metric", "Type", "Unit", "Labels", "Meaning"});
  for (const LineFamily& row : line_families) {
    table.add({code(metric(row.metric)), std::string(type_of(row.counter)),
               std::string(name_of(row.unit)), labels_of(row), std::string(row.help)});
  }
  return "\n## The line\n\nWhat the exporter counts and sums up while it talks with a UPS. "
         "`upslink_output_power_watts` and\n`upslink_output_energy_joules_total` are there only "
         "where "
         "the nominal power is known, from the\nconfiguration or from a public source.\n" +
         table.text();
}

std::string exporter() {
  Table table({"Metric", "Type", "Unit", "Labels", "Meaning"});
  for (const OwnFamily& row : own_families) {
    std::string labels;
    for (std::string_view rest = row.labels; !rest.empty();) {
      const auto end = std::min(rest.find(' '), rest.size());
      append(labels, ", ", code(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    table.add({code(row.metric), std::string(type_of(row.counter)), std::string(name_of(row.unit)),
               labels, std::string(row.help)});
  }
  return "\n## The exporter\n\nThese carry no label `ups`.\n" + table.text();
}

/// What a reply looks like, for people.
std::string_view reply_of(Form form) {
  switch (form) {
    case Form::number:
      return "a number";
    case Form::number_or_no:
      return "a number, or `NO`";
    case Form::minutes:
      return "a number and a colon, or `>>>>:`";
    case Form::hex_byte:
      return "two hex digits";
    case Form::hex_pair:
      return "one or two bytes of two hex digits";
    case Form::yes_no:
      return "`FF` or `00`";
    case Form::token:
      return "one of several words";
    case Form::uptime:
      return "hours";
    case Form::packed:
      return "two numbers with a comma; one may be missing";
    case Form::limits:
      return "a number or `NO`, for one or two probes";
    case Form::date:
      return "a date, such as `02/18/95`";
    case Form::text:
      return "text";
    case Form::code:
      return "letters, digits and points";
    case Form::level:
      return "level, alerts and commands, with points";
    case Form::raw:
      return "text that is kept as it is";
  }
  return {};
}

std::string notes_on(const Quantity& row) {
  std::string notes;
  switch (row.care) {
    case Care::none:
      break;
    case Care::resets:
      append(notes, "; ", "reading resets it; can be switched off");
      break;
    case Care::latched:
      append(notes, "; ", "read only when switched on");
      break;
    case Care::keeps:
      append(notes, "; ", "`NA` means not known yet: the last value stays");
      break;
  }
  if (row.cadence == Cadence::on_request) append(notes, "; ", "read by `probe` only");
  if (row.rare) append(notes, "; ", "many units lack it");
  return notes;
}

std::string command_table() {
  Table table({"Command", "Quantity", "Reply", "Cadence", "Notes"});
  for (const Command& command : commands) {
    std::string names;
    std::string replies;
    for (std::size_t i = command.first; i < std::size_t{command.first} + command.count; ++i) {
      append(names, ", ", code(quantities[i].name));
      if (const auto reply = reply_of(quantities[i].form);
          replies.find(reply) == std::string::npos) {
        append(replies, "; or ", reply);
      }
    }
    table.add({code(command_name(command.byte).view()), names, replies,
               std::string(name_of(command.row().cadence)), notes_on(command.row())});
  }
  return "\n## Commands\n\nEvery question that is ever put to a UPS, beside the `Y` that begins a "
         "session. None of them changes\na setting or switches anything. `^A` is Ctrl-A. `NA`, not "
         "available, is an answer to all of them.\n" +
         table.text();
}

std::string alert_table() {
  Table table({"Character", "`alert`", "Meaning"});
  for (const Alert& alert : alerts) {
    table.add({code({&alert.byte, 1}), code(alert.name), std::string(alert.text)});
  }
  return "\n## Alerts\n\nCharacters that a UPS sends unasked. They are counted the moment that "
         "they "
         "arrive, and the status is\nread at once.\n" +
         table.text();
}

}  // namespace

std::string metrics_page() {
  return std::string(introduction) + readings() + label_values() + line() + exporter() +
         command_table() + alert_table();
}

}  // namespace upslink::describe
