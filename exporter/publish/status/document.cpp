// SPDX-License-Identifier: Apache-2.0
#include "publish/status/document.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "catalogue/alarms.hpp"
#include "catalogue/families.hpp"

namespace upslink::status {
namespace {

using Json = nlohmann::ordered_json;

/// ASCII only; what a unit sent that is no UTF-8 becomes U+FFFD.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

/// Whole numbers as such: 230, not 230.0.
Json number(double value) {
  constexpr double exact = 9e15;
  const auto whole = static_cast<std::int64_t>(std::clamp(value, -exact, exact));
  if (static_cast<double>(whole) == value) return whole;
  return value;
}

Json time(TimePoint time, const WallOffset& wall) {
  return number(wall.seconds(time));
}

constexpr std::array overview{
    quantity_named("status"),         quantity_named("input_voltage"),   quantity_named("load"),
    quantity_named("battery_charge"), quantity_named("battery_runtime"),
};

bool in_overview(std::size_t quantity) {
  return std::ranges::find(overview, quantity) != overview.end();
}

std::string member_name(const Quantity& row, std::size_t i) {
  const auto name = row.members[i].name;
  return name.empty() ? "bit" + std::to_string(i) : std::string(name);
}

Json value_of(const Subject& subject, std::size_t quantity, const Value& value) {
  const Quantity& row = quantities[quantity];
  if (const auto* known = std::get_if<double>(&value)) return number(*known);
  if (const auto* choice = std::get_if<Choice>(&value)) return member_name(row, choice->index);
  if (const auto* flags = std::get_if<Flags>(&value)) {
    auto names = Json::array();
    for (std::size_t bit = 0; bit < 8; ++bit) {
      if ((unsigned{flags->bits} >> bit & 1U) != 0) names.push_back(member_name(row, bit));
    }
    return names;
  }
  return subject.facts.text(quantity);
}

Json reading_of(const Subject& subject, std::size_t quantity, const Reading& reading) {
  Json json{{"value", value_of(subject, quantity, reading.value)}};
  if (quantities[quantity].unit != Unit::none) json["unit"] = name_of(quantities[quantity].unit);
  json["command"] = command_name(quantities[quantity].command).view();
  json["read_at"] = time(reading.read_at, subject.wall);
  if (reading.good_until != TimePoint::max()) {
    json["good_until"] = time(reading.good_until, subject.wall);
  }
  return json;
}

/// Also while the UPS is silent, until they age out: their age is in them.
Json readings_of(const Subject& subject, bool all) {
  auto json = Json::object();
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (!all && !in_overview(i)) continue;
    const Reading* reading = subject.facts.snapshot().reading(i, subject.facts.now());
    if (reading != nullptr) json[quantities[i].name] = reading_of(subject, i, *reading);
  }
  return json;
}

Json states_of(const Subject& subject) {
  const auto set = upslink::states_of(subject.facts);
  auto json = Json::array();
  for (std::size_t i = 0; i < state_count; ++i) {
    if (!set[i]) continue;
    Json state{{"state", states[i].name},
               {"text", states[i].text},
               {"severity", name_of(states[i].severity)}};
    if (const auto since = subject.timeline.since(i)) state["since"] = time(*since, subject.wall);
    json.push_back(std::move(state));
  }
  return json;
}

Json alarms_of(const Facts& facts) {
  auto json = Json::array();
  for (const Alarm& alarm : alarms) {
    if (!alarm.active(facts).value_or(false)) continue;
    json.push_back({{"alarm", alarm.name}, {"text", alarm.text}});
  }
  return json;
}

void add_cause(Json& json, const Occurrence& occurrence) {
  if (!occurrence.cause) return;
  json["cause"] = transfer_causes[*occurrence.cause].name;
  json["cause_text"] = transfer_causes[*occurrence.cause].text;
}

Json occurrence_of(const Occurrence& occurrence, const WallOffset& wall) {
  Json json;
  if (occurrence.kind == Occurrence::Kind::state) {
    const State& state = states[occurrence.which];
    json = {{"state", state.name}, {"text", state.text}, {"severity", name_of(state.severity)}};
  } else {
    json = {{"alert", alerts[occurrence.which].name}, {"text", alerts[occurrence.which].text}};
    json["times"] = occurrence.times;
  }
  json["began"] = time(occurrence.began, wall);
  if (occurrence.ended) json["ended"] = time(*occurrence.ended, wall);
  if (occurrence.from_start) json["from_start"] = true;
  add_cause(json, occurrence);
  return json;
}

Json last_transfer_of(const Subject& subject) {
  const auto& transfer = subject.timeline.last_transfer();
  if (!transfer) return nullptr;
  Json json{{"began", time(transfer->began, subject.wall)}};
  if (transfer->ended) json["ended"] = time(*transfer->ended, subject.wall);
  add_cause(json, *transfer);
  return json;
}

/// What has no command of its own, under the names of its metrics. Not what is counted by command.
Json metrics_of(const Facts& facts) {
  auto json = Json::object();
  for (const LineFamily& family : line_families) {
    if (family.metric.empty() || family.members == command_count) continue;
    for (std::size_t i = 0; i < family.members; ++i) {
      const auto value = family.sample(facts.snapshot(), i, facts.now());
      if (!value) continue;
      if (family.member == nullptr) {
        json[family.metric] = number(*value);
      } else {
        json[family.metric][std::string(family.member(i))] = number(*value);
      }
    }
  }
  return json;
}

Json head_of(const Subject& subject) {
  const Snapshot& snapshot = subject.facts.snapshot();
  const auto set = upslink::states_of(subject.facts);
  const State& worst = states[worst_of(set)];
  Json json{{"ups", subject.ups},           {"state", worst.name},
            {"text", worst.text},           {"severity", name_of(worst.severity)},
            {"states", states_of(subject)}, {"alarms", alarms_of(subject.facts)}};
  if (const auto up = subject.facts.up()) json["up"] = *up;
  if (snapshot.link.last_success) {
    json["last_success"] = number(WallOffset::seconds(*snapshot.link.last_success));
  }
  const auto model = subject.facts.text(quantity_named("model"));
  if (!model.empty()) json["model"] = model;
  return json;
}

/// The rest is added by whoever puts a document together.
std::string without_brace(const Json& json) {
  auto text = text_of(json);
  text.pop_back();
  return text;
}

Json members_of(const Quantity& row) {
  auto json = Json::array();
  for (const Member& member : row.members) {
    if (member.name.empty()) continue;
    json.push_back({{"name", member.name}, {"text", member.text}});
  }
  return json;
}

constexpr std::array<std::string_view, 4> kind_names{"number", "flags", "choice", "text"};

/// A number that is a date or an answer says so.
std::string_view kind_of(const Quantity& row) {
  if (row.form == Form::date) return "date";
  if (row.form == Form::yes_no) return "yes_no";
  return kind_names[static_cast<std::size_t>(row.kind)];
}

Json quantities_of_catalogue() {
  auto json = Json::object();
  for (const Quantity& row : quantities) {
    Json entry{{"text", row.help},
               {"kind", kind_of(row)},
               {"cadence", name_of(row.cadence)},
               {"command", command_name(row.command).view()}};
    if (row.unit != Unit::none) entry["unit"] = name_of(row.unit);
    if (!row.label.name.empty()) entry[std::string(row.label.name)] = row.label.value;
    if (!row.members.empty()) entry["members"] = members_of(row);
    json[row.name] = std::move(entry);
  }
  return json;
}

/// One series of a history: null where nothing was known.
Json series(const History& history, std::size_t which, double History::Range::*bound) {
  auto json = Json::array();
  const auto [begin, end] = history.numbers();
  for (auto i = begin; i < end; ++i) {
    const auto range = history.range(which, i);
    json.push_back(range ? number((*range).*bound) : Json());
  }
  return json;
}

Json marks(const History& history, bool (History::*was)(std::int64_t) const) {
  auto json = Json::array();
  const auto [begin, end] = history.numbers();
  for (auto i = begin; i < end; ++i) json.push_back((history.*was)(i) ? 1 : 0);
  return json;
}

}  // namespace

std::string in_short(const Subject& subject) {
  Json json = head_of(subject);
  json["readings"] = readings_of(subject, false);
  return without_brace(json);
}

std::string in_full(const Subject& subject) {
  Json json = head_of(subject);
  if (auto transfer = last_transfer_of(subject); !transfer.is_null()) {
    json["last_transfer"] = std::move(transfer);
  }
  json["readings"] = readings_of(subject, true);
  json["events"] = Json::array();
  for (const Occurrence& occurrence : subject.timeline.occurrences()) {
    json["events"].push_back(occurrence_of(occurrence, subject.wall));
  }
  json["metrics"] = metrics_of(subject.facts);
  json["link"] = subject.facts.snapshot().link.kind;
  return without_brace(json);
}

TimePoint good_until(const Snapshot& snapshot, TimePoint now) {
  auto until = TimePoint::max();
  for (std::size_t i = 0; i < quantity_count; ++i) {
    const Reading* reading = snapshot.reading(i, now);
    if (reading != nullptr) until = std::min(until, reading->good_until);
  }
  return until;
}

std::string ups_document(std::string_view version, WallTime now, WallTime started,
                         std::span<const std::string* const> upses) {
  const Json head{{"api", api_version},
                  {"version", version},
                  {"time", number(WallOffset::seconds(now))},
                  {"started", number(WallOffset::seconds(started))}};
  std::string document = without_brace(head) + R"(,"upses":[)";
  std::size_t size = document.size() + 8;
  for (const std::string* ups : upses) size += ups->size() + 2;
  document.reserve(size);
  for (const std::string* ups : upses) {
    document += *ups;
    document += ups == upses.back() ? "}" : "},\n";
  }
  return document + "]}\n";
}

std::string history_document(std::string_view ups, const History& history, const WallOffset& wall,
                             TimePoint now) {
  Json json{{"api", api_version},
            {"ups", ups},
            {"time", time(now, wall)},
            {"step", History::step.count()}};
  json["begin"] = time(History::begin_of(history.numbers().begin), wall);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const Quantity& row = quantities[kept[i].quantity];
    json["readings"][std::string(row.name)] = {{"unit", name_of(row.unit)},
                                               {"low", series(history, i, &History::Range::low)},
                                               {"high", series(history, i, &History::Range::high)}};
  }
  json["on_battery"] = marks(history, &History::was_on_battery);
  json["silent"] = marks(history, &History::was_silent);
  return text_of(json) + '\n';
}

std::string catalogue_document() {
  Json json{{"api", api_version}, {"quantities", quantities_of_catalogue()}};
  for (const State& state : states) {
    json["states"].push_back({{"state", state.name},
                              {"text", state.text},
                              {"sentence", state.sentence},
                              {"severity", name_of(state.severity)}});
  }
  for (const Alarm& alarm : alarms) {
    json["alarms"].push_back({{"alarm", alarm.name}, {"text", alarm.text}});
  }
  for (const Alert& alert : alerts) {
    json["alerts"].push_back({{"alert", alert.name},
                              {"character", std::string_view(&alert.byte, 1)},
                              {"text", alert.text}});
  }
  return text_of(json) + '\n';
}

}  // namespace upslink::status
