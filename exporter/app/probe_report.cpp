// SPDX-License-Identifier: Apache-2.0
#include "app/probe_report.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "app/wording.hpp"
#include "catalogue/codec.hpp"

namespace upslink::app {

namespace {

std::string number_text(double number) {
  std::array<char, 32> text{};
  char* const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string flag_name(const Quantity& quantity, std::size_t bit) {
  const auto name = quantity.members[bit].name;
  return name.empty() ? "bit" + std::to_string(bit) : std::string(name);
}

std::vector<std::string> set_flags(const Quantity& quantity, Flags flags) {
  std::vector<std::string> names;
  for (std::size_t bit = 0; bit < 8; ++bit) {
    if ((static_cast<unsigned>(flags.bits) >> bit & 1U) != 0)
      names.push_back(flag_name(quantity, bit));
  }
  return names;
}

std::string json_value(const Quantity& quantity, const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
  if (const auto* choice = std::get_if<Choice>(&value))
    return json_text(quantity.members[choice->index].name);
  if (const auto* text = std::get_if<std::string>(&value)) return json_text(*text);
  std::string list;
  for (const auto& name : set_flags(quantity, std::get<Flags>(value))) {
    list += (list.empty() ? "" : ", ") + json_text(name);
  }
  return "[" + list + "]";
}

/// Why there is no value although nothing failed.
std::string_view why_nothing(const Quantity& quantity) {
  switch (quantity.form) {
    case Form::minutes:
      return "cannot be told";
    case Form::number_or_no:
    case Form::limits:
      return "switched off";
    case Form::text:
    case Form::code:
      return "empty";
    default:
      return "not in this reply";
  }
}

std::string_view why_failed(Failure failure) {
  switch (failure) {
    case Failure::not_available:
      return "not available on this unit";
    case Failure::timeout:
      return "no reply";
    case Failure::malformed:
      return "a reply in another form";
    case Failure::desync:
      return "a reply to something else";
    case Failure::implausible:
      return "replies that do not agree";
    case Failure::link:
      return "the connection was lost";
  }
  return "";
}

/// What one row of a command came to: a value, or the reason in words.
struct Outcome {
  std::optional<Value> value{};
  std::string_view status;  ///< for programs
  std::string_view reason;  ///< for people
};

Outcome outcome(const Probed& probed, const Quantity& quantity) {
  if (probed.failure) return {{}, name_of(*probed.failure), why_failed(*probed.failure)};
  if (!probed.reply) return {{}, "not_asked", "not asked: reading it may clear it"};
  const auto value = decode(quantity, *probed.reply);
  if (!value) return {{}, name_of(value.error()), why_failed(value.error())};
  if (!*value) return {{}, "no_value", why_nothing(quantity)};
  return {**value, "ok", {}};
}

template <typename Visit>
void for_each_quantity(const ProbeReport& report, Visit visit) {
  for (const Probed& probed : report.commands) {
    for (std::size_t i = probed.command->first; i < probed.command->first + probed.command->count;
         ++i) {
      visit(probed, quantities[i], outcome(probed, quantities[i]));
    }
  }
}

void pad(std::string& line, std::size_t column) {
  line.append(line.size() < column ? column - line.size() : 1, ' ');
}

std::string reply_column(const Probed& probed) {
  if (!probed.reply) return probed.failure == Failure::not_available ? "NA" : "-";
  constexpr std::size_t widest = 20;
  auto shown = printable(*probed.reply);
  if (shown.size() > widest) shown = shown.substr(0, widest - 2) + "..";
  return shown;
}

}  // namespace

std::string in_words(const Quantity& quantity, const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    if (quantity.form == Form::yes_no) return *number != 0 ? "yes" : "no";
    if (quantity.form == Form::date) return iso_date(static_cast<std::int64_t>(*number));
    const auto unit = name_of(quantity.unit);
    return number_text(*number) + (unit.empty() ? "" : " " + std::string(unit));
  }
  if (const auto* choice = std::get_if<Choice>(&value)) {
    const Member& member = quantity.members[choice->index];
    return std::string(member.name) + " (" + std::string(member.text) + ")";
  }
  if (const auto* text = std::get_if<std::string>(&value)) return in_quotes(printable(*text));
  std::string words;
  for (const auto& name : set_flags(quantity, std::get<Flags>(value)))
    words += (words.empty() ? "" : " ") + name;
  return words.empty() ? "none set" : words;
}

std::string probe_text(const ProbeReport& report) {
  constexpr std::size_t command_at = 28;
  constexpr std::size_t reply_at = 37;
  constexpr std::size_t value_at = 59;
  std::string text = "QUANTITY";
  pad(text, command_at);
  text += "COMMAND  REPLY";
  pad(text, value_at);
  text += "VALUE\n";
  for_each_quantity(report, [&](const Probed& probed, const Quantity& quantity,
                                const Outcome& result) {
    std::string line(quantity.name);
    pad(line, command_at);
    line += command_name(quantity.command).view();
    pad(line, reply_at);
    line += reply_column(probed);
    pad(line, value_at);
    line += result.value ? in_words(quantity, *result.value) : "- " + std::string(result.reason);
    text += line + '\n';
  });
  return text;
}

std::string probe_json(const ProbeReport& report) {
  std::string rows;
  for_each_quantity(
      report, [&](const Probed& probed, const Quantity& quantity, const Outcome& result) {
        rows += rows.empty() ? "\n" : ",\n";
        rows += "  {\"quantity\": " + json_text(quantity.name);
        rows += ", \"command\": " + json_text(command_name(quantity.command).view());
        rows += ", \"status\": " + json_text(result.status);
        rows += ", \"reply\": " + (probed.reply ? json_text(printable(*probed.reply)) : "null");
        rows += ", \"value\": " + (result.value ? json_value(quantity, *result.value) : "null");
        rows += ", \"unit\": " +
                (quantity.unit == Unit::none ? "null" : json_text(name_of(quantity.unit))) + "}";
      });
  return "{\"version\": " + std::to_string(probe_json_version) +
         ", \"address\": " + json_text(report.address) + ", \"quantities\": [" + rows + "\n]}\n";
}

}  // namespace upslink::app
