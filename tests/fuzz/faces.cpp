// SPDX-License-Identifier: Apache-2.0
// What a unit says, in all faces at once: replies to any commands are folded into a snapshot as a
// poller does it, and that is rendered as Prometheus text, as OpenMetrics, as JSON, in all SNMP
// views, and by probe. Each of them is well formed whatever the texts and numbers are. An input has
// a line for each reply, which begins with the command's byte.
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "app/probe_report.hpp"
#include "catalogue/codec.hpp"
#include "catalogue/mib.hpp"
#include "poll/fold.hpp"
#include "publish/prometheus/exposition.hpp"
#include "publish/snmp/subject.hpp"
#include "publish/snmp/views.hpp"
#include "publish/status/board.hpp"
#include "target.hpp"

namespace upslink::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint now{1h};

/// The snapshot of a unit that has said this, and what probe makes of it.
struct Unit {
  std::shared_ptr<Slot> slot =
      std::make_shared<Slot>(std::make_shared<const Snapshot>(poll::empty_snapshot("tty")));
  app::ProbeReport report{"/dev/ttyS0", {}};

  explicit Unit(std::string_view said) {
    poll::Fold fold({}, "tty", *slot);
    while (!said.empty()) {
      const auto end = std::min(said.find('\n'), said.size());
      take(fold, said.substr(0, end));
      said.remove_prefix(std::min(end + 1, said.size()));
    }
    fold.answered();
    fold.publish(now);
  }

 private:
  void take(poll::Fold& fold, std::string_view line) {
    if (line.empty()) return;
    const auto reply = line.substr(1);
    if (alert_index(line[0])) fold.alert(*alert_index(line[0]), now);
    for (std::size_t i = 0; i < command_count; ++i) {
      if (commands[i].byte != line[0]) continue;
      report.commands.push_back({&commands[i], std::string(reply), std::nullopt});
      if (reply == "NA" || !well_formed(commands[i], reply)) continue;
      fold.take(commands[i], reply, now, 30s, now - 50ms);
      fold.support(i, Support::supported);
      fold.asked(i, true, now);
    }
  }
};

// --- Prometheus

/// Takes `{name="value",...}` from the front of a line.
void take_labels(std::string_view& line, std::string_view whole) {
  if (!line.starts_with('{')) return;
  do {
    line.remove_prefix(1);
    const auto equals = line.find("=\"");
    require(equals != std::string_view::npos && equals > 0, "a label has a name", whole);
    line.remove_prefix(equals + 2);
    while (!line.empty() && line[0] != '"') {
      const bool escape = line[0] == '\\';
      if (escape) {
        require(line.size() > 1 && std::string_view("\\\"n").find(line[1]) != std::string::npos,
                "an escape is one of three", whole);
      }
      line.remove_prefix(escape ? 2 : 1);
    }
    require(line.size() > 1, "a label's value ends", whole);
    line.remove_prefix(1);
  } while (line[0] == ',');
  require(line[0] == '}', "labels end with a brace", whole);
  line.remove_prefix(1);
}

void check_sample(std::string_view whole) {
  std::string_view line = whole;
  const auto is_of_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  while (!line.empty() && is_of_name(line[0])) line.remove_prefix(1);
  require(line.size() < whole.size() && !line.empty(), "a sample has a name", whole);
  take_labels(line, whole);
  require(line.starts_with(' '), "a blank stands before the value", whole);
  line.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  require(error == std::errc{} && end == line.data() + line.size() && std::isfinite(value),
          "a sample has a number", whole);
}

void check_exposition(std::string_view body) {
  require(body.ends_with('\n'), "the last line ends");
  for (const char c : body) require(c == '\n' || (c >= 0x20 && c < 0x7f), "it is plain text", body);
  while (!body.empty()) {
    const auto line = body.substr(0, body.find('\n'));
    if (!line.starts_with('#')) check_sample(line);
    body.remove_prefix(line.size() + 1);
  }
}

void check_prometheus(const Unit& unit) {
  static prom::SelfReport self("1", "r", "c", [] { return prom::Usage{}; });
  prom::Exposition exposition(self, 1h);
  exposition.publish({{"rack1", unit.slot, 1}});
  for (std::size_t i = 0; i < prom::content_types.size(); ++i) {
    check_exposition(*exposition.render(static_cast<prom::Format>(i), now).body);
  }
}

// --- SNMP

void check_number(const snmp::SnmpValue& value, const std::string& where) {
  const auto number = std::get<std::int64_t>(value.content);
  constexpr std::int64_t highest = 4294967295;
  switch (value.type) {
    case snmp::Type::integer:
      return require(number >= -2147483648 && number <= 2147483647, "an INTEGER is one", where);
    case snmp::Type::counter64:
      return require(number >= 0, "a Counter64 is one", where);
    default:
      return require(number >= 0 && number <= highest, "32 bits are enough", where);
  }
}

void check_cells(const snmp::Cells& cells) {
  constexpr std::size_t longest_text = 255;  // DisplayString, SnmpAdminString
  std::set<snmp::Oid> oids;
  for (const auto& cell : cells) {
    const auto where = snmp::to_string(cell.oid);
    require(oids.insert(cell.oid).second, "an instance is there once", where);
    require(cell.oid.size() < snmp::Oid::capacity, "an OID was not cut off", where);
    if (const auto* text = std::get_if<std::string>(&cell.value.content)) {
      require(text->size() <= longest_text, "a text is as long as it may be", where);
    } else if (std::holds_alternative<std::int64_t>(cell.value.content)) {
      check_number(cell.value, where);
    }
  }
}

void check_snmp(const Unit& unit) {
  const auto snapshot = unit.slot->load();
  const Facts facts(*snapshot, now);
  snmp::AlarmLog alarms;
  alarms.follow(facts);
  const snmp::Subject ups{.facts = facts,
                          .name = "rack1",
                          .index = 1,
                          .alarms = alarms,
                          .uptime_ticks = 1'000'000,
                          .base = snmp::Oid(std::span(default_base_oid)),
                          .version = "upslink_exporter 1"};
  constexpr std::array views{&snmp::add_upslink, &snmp::add_rfc1628, &snmp::add_powernet,
                             &snmp::add_entities, &snmp::add_system};
  for (const auto& add : views) {
    snmp::Cells cells;
    add(ups, cells);
    check_cells(cells);
  }
}

// --- JSON

void check_json(const Unit& unit) {
  const status::Moment moment{now, WallTime(std::chrono::hours(500'000))};
  status::Board board("1", moment);
  board.publish({{"rack1", unit.slot, 1}});
  board.look(moment);
  const auto document = board.upses({}, moment);
  const auto parsed = nlohmann::json::parse(*document->body);
  require(parsed.at("upses").size() == 1, "the UPS is there");
  const auto probe = nlohmann::json::parse(app::probe_json(unit.report));
  std::size_t rows = 0;
  for (const auto& probed : unit.report.commands) rows += probed.command->count;
  require(probe.at("quantities").size() == rows, "probe has every row");
  for (const char c : app::probe_text(unit.report)) {
    require(c == '\n' || (c >= 0x20 && c < 0x7f), "what probe prints is plain text");
  }
}

}  // namespace

void try_input(std::string_view input) {
  const Unit unit(input);
  check_prometheus(unit);
  check_snmp(unit);
  check_json(unit);
}

}  // namespace upslink::fuzz
