// SPDX-License-Identifier: Apache-2.0
#include "describe/panels.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "describe/markdown.hpp"
#include "describe/plain_help.hpp"

namespace upslink::describe {
namespace {

constexpr std::string_view of_exporters = R"(job=~"$job",instance=~"$instance")";
constexpr std::string_view of_upses = R"(job=~"$job",instance=~"$instance",ups=~"$ups")";

constexpr std::string_view yes_or_no = "bool_yes_no";
constexpr std::string_view on_or_off = "bool_on_off";
constexpr std::string_view time_ago = "dateTimeFromNow";
constexpr std::string_view plain = "none";
constexpr std::string_view text = "string";

/// Grafana's names of our units, and of what a counter in them is when it is shown as a rate:
/// joules a second are watts, seconds a second are a share of the time. Other units are never
/// counted.
struct GrafanaUnit {
  std::string_view value;
  std::string_view rate;
};

constexpr std::array<GrafanaUnit, unit_names.size()> grafana_units{{
    {plain, "cpm"},
    {"volt", {}},
    {"amp", {}},
    {"hertz", {}},
    {"percentunit", {}},
    {"s", "percentunit"},
    {"celsius", {}},
    {"watt", {}},
    {"joule", "watt"},
    {"bytes", "Bps"},
}};

const GrafanaUnit& grafana_unit(Unit unit) {
  return grafana_units[static_cast<std::size_t>(unit)];
}

bool is_time(std::string_view metric) {
  return metric.ends_with("timestamp_seconds") || metric == "process_start_time_seconds";
}

std::string metric(std::string_view name) {
  return std::string(metric_prefix) + std::string(name);
}

// --- Words

/// The word of a title for a word of a name.
std::string title_word(std::string_view word) {
  constexpr auto spelled = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"cpu", "CPU"},
      {"dip", "DIP"},
      {"fds", "file descriptors"},
      {"http", "HTTP"},
      {"max", "maximum"},
      {"snmp", "SNMP"},
  });
  const auto* const found =
      std::ranges::find(spelled, word, &std::pair<std::string_view, std::string_view>::first);
  return std::string(found == spelled.end() ? word : found->second);
}

/// `Input voltage` for `input_voltage_volts`: the name without what is said elsewhere.
std::string title_of(std::string_view name, Unit unit) {
  const auto drop = [&name](std::string_view suffix) {
    const auto rest = name.size() - std::min(suffix.size() + 1, name.size());
    if (!suffix.empty() && name.ends_with(suffix) && rest > 0 && name[rest] == '_') {
      name = name.substr(0, rest);
    }
  };
  if (name.starts_with(metric_prefix)) name.remove_prefix(metric_prefix.size());
  drop("total");
  drop(name_of(unit));
  drop("timestamp");
  std::string title;
  while (!name.empty()) {
    const auto end = std::min(name.find('_'), name.size());
    append(title, " ", title_word(name.substr(0, end)));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  if (title.front() >= 'a' && title.front() <= 'z') {
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
  }
  return title;
}

/// `Input voltage (command L).`
std::string help_for_people(const ReadingFamily& family) {
  const auto meaning = meaning_of(family);
  return std::string(plain_help(meaning)) + help_of(family).substr(meaning.size() - 1);
}

std::string help_for_people(std::string_view help) {
  return std::string(plain_help(help)) + ".";
}

std::string description(std::string help, std::string_view shown, const std::string& name) {
  if (!shown.empty()) append(help, " ", shown);
  return help + "\n\n" + code(name);
}

/// What a legend says of a label that tells the series of one UPS apart.
std::string legend_of(std::string_view label) {
  return label.empty() ? std::string()
                       : ", " + std::string(label) + " {{" + std::string(label) + "}}";
}

constexpr std::string_view legend_of_ups = "{{ups}} {{instance}}";
constexpr std::string_view legend_of_exporter = "{{instance}}";

// --- Queries

std::string selector(std::string_view name, std::string_view matchers) {
  return std::string(name) + "{" + std::string(matchers) + "}";
}

/// A choice has a series for each of its values, of which one is 1. This makes one series of them,
/// whose value is the number of the choice.
std::string number_of_choice(const std::string& name, const Quantity& row) {
  const std::string label(row.member_label);
  std::string list;
  for (std::size_t i = 0; i < row.members.size(); ++i) {
    const auto of_member =
        std::string(of_upses) + "," + label + "=\"" + std::string(row.members[i].name) + "\"";
    append(list, "\n or ", std::to_string(i) + " * (" + selector(name, of_member) + " == 1)");
  }
  return "max without (" + label + ") (\n    " + list + "\n)";
}

/// Makes a plot of a counter: how fast it grows. What only counts is slow, so that it is shown by
/// the minute.
void show_rate(Panel& panel, Unit unit) {
  panel.look = Look::lines;
  panel.unit = grafana_unit(unit).rate;
  panel.expression = "rate(" + panel.expression + "[$__rate_interval])";
  if (unit == Unit::none) panel.expression = "60 * " + panel.expression;
}

/// Of a counter: how what is shown differs from what is counted.
std::string_view shown_of(Unit unit) {
  switch (unit) {
    case Unit::none:
      return "Shown for each minute.";
    case Unit::seconds:
      return "Shown as a share of the time.";
    case Unit::joules:
      return "Shown as power.";
    default:
      return "Shown for each second.";
  }
}

/// Grafana counts milliseconds.
void show_time(Panel& panel) {
  panel.look = Look::values;
  panel.unit = time_ago;
  panel.expression = "1000 * " + panel.expression;
}

}  // namespace

Panel panel_of(const ReadingFamily& family) {
  const Quantity& row = family.row();
  const auto name = metric(family.metric);
  Panel panel{
      .title = title_of(name, row.unit),
      .description = description(help_for_people(family), "", name),
      .unit = std::string(grafana_unit(row.unit).value),
      .expression = selector(name, of_upses),
      .legend =
          std::string(legend_of_ups) + legend_of(row.label.name) + legend_of(row.member_label),
      .no_value = row.rare ? "No UPS reports this; many units lack it" : "No UPS reports this now"};
  if (family.is_info() || row.kind == Kind::text) {
    panel.look = Look::labels;
    panel.unit = text;
  } else if (row.kind == Kind::flags) {
    panel.look = Look::flags;
    panel.unit = on_or_off;
    panel.expression += " == 1";
    panel.description =
        description(help_for_people(family), "Flags that were never set have no line.", name);
    panel.no_value = "None is set, or no UPS reports this";
  } else if (row.kind == Kind::choice) {
    panel.look = Look::choices;
    panel.unit = plain;
    panel.expression = number_of_choice(name, row);
    panel.legend = legend_of_ups;
    for (const Member& member : row.members) panel.words.emplace_back(member.text);
  } else if (row.form == Form::yes_no) {
    panel.look = Look::truths;
    panel.unit = yes_or_no;
  } else if (is_time(family.metric)) {
    show_time(panel);
  }
  return panel;
}

Panel panel_of(const LineFamily& row) {
  const auto name = metric(row.metric);
  Panel panel{.title = title_of(name, row.unit),
              .description = description(help_for_people(row.help),
                                         row.counter ? shown_of(row.unit) : "", name),
              .unit = std::string(grafana_unit(row.unit).value),
              .expression = selector(name, of_upses),
              .legend = std::string(legend_of_ups) + legend_of(row.member_label),
              .no_value = "Known of no UPS"};
  if (row.counter) {
    show_rate(panel, row.unit);
  } else if (is_time(row.metric)) {
    show_time(panel);
  } else if (row.unit == Unit::none) {
    // As bands for one value of a UPS; one for each of its commands would be too many.
    panel.look = row.member == nullptr ? Look::truths : Look::values;
    panel.unit = yes_or_no;
  }
  return panel;
}

Panel panel_of(const OwnFamily& row) {
  Panel panel{
      .title = title_of(row.metric, row.unit),
      .description = description(help_for_people(row.help), row.counter ? shown_of(row.unit) : "",
                                 std::string(row.metric)),
      .unit = std::string(grafana_unit(row.unit).value),
      .expression = selector(row.metric, of_exporters),
      .legend = std::string(legend_of_exporter),
      .no_value = "No exporter reports this"};
  if (row.metric.ends_with("_info")) {
    panel.look = Look::labels;
    panel.unit = text;
    return panel;
  }
  panel.legend += legend_of(row.labels);
  if (row.counter) {
    show_rate(panel, row.unit);
  } else if (is_time(row.metric)) {
    show_time(panel);
  } else if (row.truth) {
    panel.look = Look::truths;
    panel.unit = yes_or_no;
  }
  if (!row.metric.starts_with(metric_prefix)) {
    // Every program has these.
    const auto& build_info = own_families[own_family_named("upslink_exporter_build_info")];
    panel.expression += " and on (job, instance) " + selector(build_info.metric, of_exporters);
  }
  return panel;
}

}  // namespace upslink::describe
