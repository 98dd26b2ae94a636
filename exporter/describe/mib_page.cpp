// SPDX-License-Identifier: Apache-2.0
#include "describe/mib_page.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/alarms.hpp"
#include "catalogue/families.hpp"
#include "catalogue/mib_notifications.hpp"
#include "catalogue/quantities.hpp"
#include "describe/markdown.hpp"
#include "describe/mib_frame.hpp"
#include "describe/plain_help.hpp"

namespace upslink::describe {
namespace {

constexpr std::size_t line_width = 72;

// --- Text

/// A text as lines of at most line_width columns: the first begins where the page is, others at
/// `indent`. A line feed in it ends a line.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t at = indent;
  bool first = true;  // of its line
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" \n"), text.size());
    const bool full = !first && at + 1 + end > line_width;
    if (full) out += "\n";
    if (full || (at == 0 && end > 0)) {
      out += std::string(indent, ' ');
      at = indent;
    } else if (!first) {
      out += ' ';
      ++at;
    }
    out += text.substr(0, end);
    at += end;
    first = end < text.size() && text[end] == '\n';
    if (first) {
      out += '\n';
      at = 0;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string description(std::string_view text) {
  return "    DESCRIPTION\n        \"" + wrapped(std::string(text) + "\"", 9) + "\n";
}

/// `{ a, b }` after a keyword that ends in column `indent`, broken where the line is full.
std::string list_of(const std::vector<std::string>& names, std::size_t indent) {
  std::string list = "{";
  std::size_t at = indent + 1;
  for (const std::string& name : names) {
    const std::string item = name + (&name == &names.back() ? " }" : ",");
    if (at + 1 + item.size() > line_width) {
      list += "\n" + std::string(indent + 1, ' ');
      at = indent + 1;
    }
    list += " " + item;
    at += 1 + item.size();
  }
  return list;
}

/// ` { first(1), second(2) }`, one in each line.
std::string enumeration(const std::vector<IndexValue>& values, std::size_t indent) {
  std::string text = " {";
  for (const IndexValue& value : values) {
    text += (&value == &values.front() ? "\n" : ",\n") + std::string(indent, ' ') + value.name +
            "(" + std::to_string(value.number) + ")";
  }
  return text + "\n" + std::string(indent - 4, ' ') + "}";
}

/// An identifier as one that begins a type.
std::string type_name(std::string_view name) {
  std::string type(name);
  type.front() = 'U';
  return type;
}

// --- The root

constexpr std::span<const std::uint32_t> default_base(default_base_oid);
constexpr auto playpen = default_base.first(9);
constexpr auto enterprises = default_base.first(6);

bool is_in_playpen(std::span<const std::uint32_t> base) {
  return base.size() > playpen.size() && std::ranges::equal(base.first(playpen.size()), playpen);
}

std::string imports(std::span<const std::uint32_t> base) {
  std::string text(mib_frame::head);
  text += is_in_playpen(base) ? mib_frame::root_in_playpen : mib_frame::root_in_enterprises;
  return text + std::string(mib_frame::other_imports);
}

/// `::= { netSnmpPlaypen 2400 }`. Arcs on the way to the last get a name, as in
/// `{ enterprises upslinkArc7(99999) 1 }`: smilint finds fault with nodes that have none.
std::string root(std::span<const std::uint32_t> base) {
  const bool in_playpen = is_in_playpen(base);
  std::string path = in_playpen ? "netSnmpPlaypen" : "enterprises";
  for (std::size_t i = in_playpen ? playpen.size() : enterprises.size(); i < base.size(); ++i) {
    const auto arc = std::to_string(base[i]);
    const bool last = i + 1 == base.size();
    append(path, " ", last ? arc : "upslinkArc" + std::to_string(i + 1) + "(" + arc + ")");
  }
  return "\n    ::= { " + path + " }\n";
}

// --- Columns

struct Column {
  std::uint32_t number = 0;
  std::string name;
  std::string type;  ///< as in the row's SEQUENCE
  std::string rest;  ///< of its syntax
  std::string units;
  std::string help;
  bool accessible = true;
};

std::string_view units_of(Unit unit) {
  constexpr std::array<std::string_view, unit_names.size()> units{
      "",        "volts",           "amperes", "hertz",  "percent",
      "seconds", "degrees Celsius", "watts",   "joules", "bytes"};
  return units[static_cast<std::size_t>(unit)];
}

std::string_view type_of(Syntax syntax) {
  switch (syntax) {
    case Syntax::text:
      return "SnmpAdminString";
    case Syntax::truth:
      return "TruthValue";
    case Syntax::bits:
      return "BITS";
    case Syntax::choice:
      return "INTEGER";
    case Syntax::hundredths:
      return "UpslinkHundredths";
    case Syntax::whole:
      return "Gauge32";
    case Syntax::date:
      return "DateAndTime";
    case Syntax::counter:
      return "Counter32";
    case Syntax::counter64:
      return "Counter64";
  }
  return {};
}

Column column(MibColumn at, std::string name, Syntax syntax, Unit unit) {
  const bool measured = syntax != Syntax::date && syntax != Syntax::truth;
  return {.number = at.column,
          .name = std::move(name),
          .type = std::string(type_of(syntax)),
          .rest = {},
          .units = std::string(measured ? units_of(unit) : ""),
          .help = {}};
}

/// The values of a choice, or the bits of a register, ascending.
std::vector<IndexValue> member_values(const Quantity& row) {
  std::vector<IndexValue> values;
  for (std::size_t i = 0; i < row.members.size(); ++i) {
    const auto bit = static_cast<std::uint32_t>(i);
    values.push_back({row.kind == Kind::flags ? bit : row.members[i].number, member_name(row, i)});
  }
  std::ranges::sort(values, {}, &IndexValue::number);
  return values;
}

/// `(command J, register 1)`; of a column of several rows `(command t for probe 1, T for probe 2)`,
/// unless one command asks for all of them.
std::string origin_of(const Quantity& row) {
  std::string each;
  std::size_t rows = 0;
  bool one_command = true;
  for (const Quantity& other : quantities) {
    if (!(other.mib == row.mib)) continue;
    ++rows;
    one_command = one_command && other.command == row.command;
    append(each, ", ", command_name(other.command).view());
    each += " for " + std::string(other.label.name) + " " + std::string(other.label.value);
  }
  if (!one_command) return "(command " + each + ")";
  std::string origin = "(command " + std::string(command_name(row.command).view());
  if (rows == 1 && !row.label.name.empty()) {
    origin += ", " + std::string(row.label.name) + " " + std::string(row.label.value);
  }
  return origin + ")";
}

/// Adds what a value means to the texts below a description.
void add_text(std::string& texts, const std::string& name, std::string_view text) {
  texts += (texts.empty() ? "\n\n" : "\n") + name + ": " + std::string(text);
}

std::string texts_of(const Quantity& row) {
  std::string texts;
  for (std::size_t i = 0; i < row.members.size(); ++i) {
    if (row.members[i].name.empty()) continue;
    add_text(texts, member_name(row, i), row.members[i].text);
  }
  return texts;
}

/// What the values of an index mean, where a table tells.
std::string texts_of(MibIndex index) {
  std::string texts;
  for (const auto& [number, name] : index_values(index)) {
    if (index == MibIndex::alert) {
      const auto byte = static_cast<char>(number);
      add_text(texts, name + " (" + byte + ")", alerts[*alert_index(byte)].text);
    } else if (index == MibIndex::cause) {
      const auto* const cause = std::ranges::find(transfer_causes, number, &Member::number);
      add_text(texts, name, cause->text);
    }
  }
  return texts;
}

Column column_of(const Quantity& row) {
  Column made = column(row.mib, object_name(row), syntax_of(row), row.unit);
  if (!row.members.empty()) made.rest = enumeration(member_values(row), 20);
  made.help = std::string(plain_help(row.help)) + " " + origin_of(row) + "." + texts_of(row);
  return made;
}

Column column_of(const LineFamily& row) {
  Column made = column(row.mib, object_name(row), syntax_of(row), row.unit);
  made.help = row.help;
  return made;
}

const mib_frame::Index* frame_of(MibIndex index) {
  const auto* const found = std::ranges::find(mib_frame::indexes, index, &mib_frame::Index::index);
  return found == mib_frame::indexes.end() ? nullptr : found;
}

std::string prefixed(const MibTableRow& table, std::string_view suffix) {
  return "upslink" + std::string(table.name) + std::string(suffix);
}

/// All columns of a table, ascending. Rows of probes share theirs.
std::vector<Column> columns_of(const MibTableRow& table) {
  std::vector<Column> columns;
  if (const auto* index = frame_of(table.index); index != nullptr) {
    columns.push_back({.number = mib_index_column,
                       .name = prefixed(table, "Index"),
                       .type = std::string(index->type),
                       .rest = std::string(index->range),
                       .units = {},
                       .help = std::string(index->column),
                       .accessible = false});
  }
  for (const mib_frame::HandWritten& row : mib_frame::columns) {
    if (row.at.table != table.table) continue;
    columns.push_back({.number = row.at.column,
                       .name = std::string(row.name),
                       .type = std::string(row.type),
                       .rest = std::string(row.rest),
                       .units = {},
                       .help = std::string(row.help),
                       .accessible = row.at.column != mib_index_column});
  }
  for (const Quantity& row : quantities) {
    if (row.mib.table != table.table) continue;
    const bool again = std::ranges::find(columns, row.mib.column, &Column::number) != columns.end();
    if (!again) columns.push_back(column_of(row));
  }
  for (const LineFamily& row : line_families) {
    if (row.mib.table == table.table) columns.push_back(column_of(row));
  }
  for (const LineFamily& row : mib_only_families) {
    if (row.mib.table == table.table) columns.push_back(column_of(row));
  }
  std::ranges::sort(columns, {}, &Column::number);
  return columns;
}

// --- The parts of the page

std::string conventions() {
  std::string text(mib_frame::hundredths);
  for (const mib_frame::Index& index : mib_frame::indexes) {
    if (index.convention.empty()) continue;
    text += "\n" + std::string(index.type) + " ::= TEXTUAL-CONVENTION\n    STATUS       current\n" +
            description(std::string(index.convention) + texts_of(index.index)) +
            "    SYNTAX       INTEGER" + enumeration(index_values(index.index), 21) + "\n";
  }
  return text;
}

std::string object(const Column& column, std::string_view parent) {
  std::string text =
      "\n" + column.name + " OBJECT-TYPE\n    SYNTAX      " + column.type + column.rest + "\n";
  if (!column.units.empty()) text += "    UNITS       \"" + column.units + "\"\n";
  text += std::string("    MAX-ACCESS  ") + (column.accessible ? "read-only" : "not-accessible") +
          "\n    STATUS      current\n" + description(column.help);
  return text + "    ::= { " + std::string(parent) + " " + std::to_string(column.number) + " }\n";
}

std::string index_clause(const MibTableRow& table) {
  if (table.table == MibTable::ups) return "    INDEX       { upslinkUpsIndex }\n";
  if (table.index == MibIndex::none) return "    AUGMENTS    { upslinkUpsEntry }\n";
  return "    INDEX       { upslinkUpsIndex, " + prefixed(table, "Index") + " }\n";
}

std::string sequence(const std::string& entry, const std::vector<Column>& columns) {
  std::string text = "\n" + type_name(entry) + " ::= SEQUENCE {";
  for (const Column& column : columns) {
    const std::string gap(34 - std::min<std::size_t>(column.name.size(), 33), ' ');
    text += (&column == &columns.front() ? "\n    " : ",\n    ") + column.name + gap + column.type;
  }
  return text + "\n}\n";
}

std::string table_text(const MibTableRow& row) {
  const auto table = prefixed(row, "Table");
  const auto entry = prefixed(row, "Entry");
  const std::string head = "    MAX-ACCESS  not-accessible\n    STATUS      current\n";
  const auto columns = columns_of(row);
  std::string text = "\n" + table + " OBJECT-TYPE\n    SYNTAX      SEQUENCE OF " +
                     type_name(entry) + "\n" + head + description(row.help) +
                     "    ::= { upslinkObjects " +
                     std::to_string(static_cast<unsigned>(row.table)) + " }\n";
  text += "\n" + entry + " OBJECT-TYPE\n    SYNTAX      " + type_name(entry) + "\n" + head +
          description("A row of " + table + ".") + index_clause(row) + "    ::= { " + table +
          " 1 }\n" + sequence(entry, columns);
  for (const Column& column : columns) text += object(column, entry);
  return text;
}

std::string own_alarms() {
  std::string text;
  for (const Alarm& alarm : alarms) {
    if (alarm.own == 0) continue;
    text += "\nupslinkAlarm" + camel_case(alarm.name) +
            " OBJECT-IDENTITY\n    STATUS      current\n" + description(alarm.text) +
            "    ::= { upslinkAlarms " + std::to_string(alarm.own) + " }\n";
  }
  return text;
}

std::string notifications() {
  std::string text;
  for (const MibNotification& row : mib_notifications) {
    const std::vector<std::string> objects(row.objects.begin(), row.objects.end());
    text += "\n" + std::string(row.name) + " NOTIFICATION-TYPE\n    OBJECTS     " +
            list_of(objects, 18) + "\n    STATUS      current\n" + description(row.help) +
            "    ::= { upslinkNotifications " + std::to_string(row.number) + " }\n";
  }
  return text;
}

std::string group(std::string_view name, std::string_view macro, std::string_view clause,
                  const std::vector<std::string>& members, std::string_view help,
                  const std::string& place) {
  return "\n" + std::string(name) + " " + std::string(macro) + "\n    " + std::string(clause) +
         list_of(members, 18) + "\n    STATUS      current\n" + description(help) + "    ::= { " +
         place + " }\n";
}

std::string conformance() {
  std::string groups;
  std::vector<std::string> names{"upslinkAgentGroup"};
  for (const MibTableRow& table : mib_tables) {
    std::vector<std::string> members;
    for (const Column& column : columns_of(table)) {
      if (column.accessible) members.push_back(column.name);
    }
    names.push_back(prefixed(table, "Group"));
    groups += group(names.back(), "OBJECT-GROUP", "OBJECTS     ", members, table.help,
                    "upslinkGroups " + std::to_string(static_cast<unsigned>(table.table)));
  }
  std::vector<std::string> sent;
  sent.reserve(mib_notifications.size());
  for (const MibNotification& row : mib_notifications) sent.emplace_back(row.name);
  names.emplace_back("upslinkNotificationGroup");
  groups += group(names.back(), "NOTIFICATION-GROUP", "NOTIFICATIONS ", sent,
                  "What is sent when something happens.", "upslinkNotificationGroups 1");
  return std::string(mib_frame::compliances) +
         "\nupslinkCompliance MODULE-COMPLIANCE\n    STATUS      current\n" +
         description("What an agent has to serve of what it knows.") +
         "    MODULE  -- this one\n        MANDATORY-GROUPS " + list_of(names, 27) +
         "\n    ::= { upslinkCompliances 1 }\n" + std::string(mib_frame::agent_group) + groups;
}

}  // namespace

std::string mib_page(std::span<const std::uint32_t> base_oid) {
  std::string page = imports(base_oid) + std::string(mib_frame::identity) + root(base_oid) +
                     std::string(mib_frame::arcs) + conventions() + std::string(mib_frame::agent);
  for (const MibTableRow& table : mib_tables) page += table_text(table);
  return page + own_alarms() + notifications() + conformance() + "\nEND\n";
}

}  // namespace upslink::describe
