// SPDX-License-Identifier: Apache-2.0
#include "describe/dashboard.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/families.hpp"
#include "catalogue/own_families.hpp"
#include "catalogue/reading_families.hpp"
#include "describe/groups.hpp"
#include "describe/panels.hpp"

namespace upslink::describe {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view about =
    "Every metric of upslink_exporter, grouped as in docs/metrics.md. Made by `upslink_exporter "
    "describe dashboard`; do not edit.";

// --- The grid: 24 columns, two panels side by side

constexpr int full_width = 24;
constexpr int panel_width = full_width / 2;
constexpr int panel_height = 9;

Json position(int x, int y, int width, int height) {
  return {{"h", height}, {"w", width}, {"x", x}, {"y", y}};
}

Json data_source() {
  return {{"type", "prometheus"}, {"uid", "${datasource}"}};
}

// --- Panels

Json no_legend() {
  return {{"calcs", Json::array()},
          {"displayMode", "list"},
          {"placement", "bottom"},
          {"showLegend", false}};
}

/// Colours that tell choices apart and judge none.
constexpr auto colours = std::to_array<std::string_view>(
    {"blue", "purple", "orange", "green", "yellow", "semi-dark-blue", "semi-dark-purple"});

Json mappings(const std::vector<std::string>& words) {
  Json options = Json::object();
  for (std::size_t i = 0; i < words.size(); ++i) {
    options[std::to_string(i)] = {
        {"color", colours[i % colours.size()]}, {"index", i}, {"text", words[i]}};
  }
  return Json::array({{{"options", std::move(options)}, {"type", "value"}}});
}

Json no_and_yes() {
  return {
      {"mode", "absolute"},
      {"steps", {{{"color", "orange"}, {"value", nullptr}}, {{"color", "green"}, {"value", 1}}}}};
}

/// Everything that is said of all fields of a panel.
Json defaults(const Panel& panel) {
  Json made = {{"noValue", panel.no_value}, {"unit", panel.unit}};
  const Json band = {{"fillOpacity", 70}, {"lineWidth", 0}};
  switch (panel.look) {
    case Look::lines:
      made["color"] = {{"mode", "palette-classic"}};
      made["custom"] = {{"lineWidth", 1}, {"showPoints", "auto"}, {"spanNulls", false}};
      break;
    case Look::flags:
      made["color"] = {{"fixedColor", "blue"}, {"mode", "fixed"}};
      made["custom"] = band;
      break;
    case Look::truths:
      made["color"] = {{"mode", "thresholds"}};
      made["custom"] = band;
      made["thresholds"] = no_and_yes();
      break;
    case Look::choices:
      made["color"] = {{"mode", "palette-classic"}};
      made["custom"] = band;
      made["mappings"] = mappings(panel.words);
      break;
    case Look::values:
    case Look::labels:
      // A unit for times would be taken to labels, too; it goes to the value alone.
      made["unit"] = "string";
      made["custom"] = {{"filterable", true}};
      break;
  }
  return made;
}

Json overrides(const Panel& panel) {
  if (panel.look != Look::values) return Json::array();
  return Json::array({{{"matcher", {{"id", "byType"}, {"options", "number"}}},
                       {"properties", {{{"id", "unit"}, {"value", panel.unit}}}}}});
}

Json options(const Panel& panel) {
  switch (panel.look) {
    case Look::lines:
      return {{"legend",
               {{"calcs", {"lastNotNull", "min", "max"}},
                {"displayMode", "table"},
                {"placement", "bottom"},
                {"showLegend", true}}},
              {"tooltip", {{"mode", "multi"}, {"sort", "desc"}}}};
    case Look::flags:
    case Look::truths:
    case Look::choices:
      return {{"alignValue", "left"},
              {"legend", no_legend()},
              {"mergeValues", true},
              {"perPage", 20},
              {"rowHeight", 0.8},
              {"showValue", "auto"},
              {"tooltip", {{"mode", "single"}, {"sort", "none"}}}};
    case Look::values:
    case Look::labels:
      break;
  }
  return {{"cellHeight", "sm"},
          {"showHeader", true},
          {"sortBy", {{{"desc", false}, {"displayName", "UPS"}}}}};
}

bool is_table(const Panel& panel) {
  return panel.look == Look::values || panel.look == Look::labels;
}

/// A table has a column for each label; those that say nothing are hidden.
Json transformations(const Panel& panel) {
  if (!is_table(panel)) return Json::array();
  Json hidden = {{"Time", true}, {"__name__", true}};
  if (panel.look == Look::labels) hidden["Value"] = true;
  return Json::array(
      {{{"id", "organize"},
        {"options",
         {{"excludeByName", std::move(hidden)},
          {"indexByName", {{"ups", 0}}},
          {"renameByName",
           {{"Value", panel.title}, {"instance", "Instance"}, {"job", "Job"}, {"ups", "UPS"}}}}}}});
}

Json target(const Panel& panel) {
  const bool now = is_table(panel);
  return {{"datasource", data_source()},
          {"editorMode", "code"},
          {"expr", panel.expression},
          {"format", now ? "table" : "time_series"},
          {"instant", now},
          {"legendFormat", panel.legend},
          {"range", !now},
          {"refId", "A"}};
}

constexpr std::string_view type_of(Look look) {
  switch (look) {
    case Look::lines:
      return "timeseries";
    case Look::flags:
    case Look::truths:
    case Look::choices:
      return "state-timeline";
    case Look::values:
    case Look::labels:
      break;
  }
  return "table";
}

Json panel_json(const Panel& panel) {
  return {{"datasource", data_source()},
          {"description", panel.description},
          {"fieldConfig", {{"defaults", defaults(panel)}, {"overrides", overrides(panel)}}},
          {"options", options(panel)},
          {"targets", Json::array({target(panel)})},
          {"title", panel.title},
          {"transformations", transformations(panel)},
          {"type", type_of(panel.look)}};
}

/// Puts panels below each other in rows that can be opened. Panels of a row that is closed are not
/// asked for, so that only the first rows are open.
class Wall {
 public:
  void add_row(std::string_view title, bool open, const std::vector<Panel>& panels) {
    Json row = {{"collapsed", !open}, {"gridPos", position(0, y_++, full_width, 1)},
                {"id", ++last_id_},   {"panels", Json::array()},
                {"title", title},     {"type", "row"}};
    Json placed = place(panels);
    if (open) {
      y_ += height_of(panels);
      panels_.push_back(std::move(row));
      for (Json& panel : placed) panels_.push_back(std::move(panel));
    } else {
      row["panels"] = std::move(placed);
      panels_.push_back(std::move(row));
    }
  }

  const Json& panels() const { return panels_; }

 private:
  static int height_of(const std::vector<Panel>& panels) {
    return (static_cast<int>(panels.size()) + 1) / 2 * panel_height;
  }

  Json place(const std::vector<Panel>& panels) {
    Json placed = Json::array();
    for (std::size_t i = 0; i < panels.size(); ++i) {
      const bool alone = i % 2 == 0 && i + 1 == panels.size();
      Json panel = panel_json(panels[i]);
      panel["gridPos"] =
          position(i % 2 == 0 ? 0 : panel_width, y_ + static_cast<int>(i / 2) * panel_height,
                   alone ? full_width : panel_width, panel_height);
      panel["id"] = ++last_id_;
      placed.push_back(std::move(panel));
    }
    return placed;
  }

  Json panels_ = Json::array();
  int y_ = 0;
  int last_id_ = 0;
};

template <typename Families>
std::vector<Panel> panels_of(const Families& families) {
  std::vector<Panel> panels;
  panels.reserve(families.size());
  for (const auto& family : families) panels.push_back(panel_of(family));
  return panels;
}

Json all_panels() {
  Wall wall;
  for (const Group& group : groups) {
    std::vector<Panel> panels;
    for (const ReadingFamily& family : reading_families) {
      if (cadence_of(family) == group.cadence) panels.push_back(panel_of(family));
    }
    const bool open = group.cadence == Cadence::status || group.cadence == Cadence::fast;
    wall.add_row(group.title, open, panels);
  }
  wall.add_row("The line", false, panels_of(line_families));
  wall.add_row("The exporter", false, panels_of(own_families));
  return wall.panels();
}

// --- The frame

Json query_variable(std::string_view name, std::string_view title, std::string_view query) {
  return {
      {"allValue", ".+"},
      {"current",
       {{"selected", true}, {"text", Json::array({"All"})}, {"value", Json::array({"$__all"})}}},
      {"datasource", data_source()},
      {"definition", query},
      {"hide", 0},
      {"includeAll", true},
      {"label", title},
      {"multi", true},
      {"name", name},
      {"options", Json::array()},
      {"query", {{"qryType", 1}, {"query", query}, {"refId", name}}},
      {"refresh", 2},  // when the time range changes
      {"regex", ""},
      {"sort", 1},
      {"type", "query"}};
}

Json variables() {
  return Json::array({
      {{"current", Json::object()},
       {"hide", 0},
       {"includeAll", false},
       {"label", "Data source"},
       {"multi", false},
       {"name", "datasource"},
       {"options", Json::array()},
       {"query", "prometheus"},
       {"refresh", 1},
       {"regex", ""},
       {"type", "datasource"}},
      query_variable("job", "Job", "label_values(upslink_up, job)"),
      query_variable("instance", "Instance", R"(label_values(upslink_up{job=~"$job"}, instance))"),
      query_variable("ups", "UPS",
                     R"(label_values(upslink_up{job=~"$job",instance=~"$instance"}, ups))"),
  });
}

/// To the other dashboards about UPSes, for the same time and the same units.
Json links() {
  return Json::array({{{"asDropdown", false},
                       {"icon", "external link"},
                       {"includeVars", true},
                       {"keepTime", true},
                       {"tags", Json::array({"upslink"})},
                       {"targetBlank", false},
                       {"title", "UPS dashboards"},
                       {"tooltip", ""},
                       {"type", "dashboards"},
                       {"url", ""}}});
}

}  // namespace

std::string dashboard() {
  const Json made = {{"annotations", {{"list", Json::array()}}},
                     {"description", about},
                     {"editable", false},
                     {"fiscalYearStartMonth", 0},
                     {"graphTooltip", 1},  // the cross-hair is shown in all panels
                     {"links", links()},
                     {"panels", all_panels()},
                     {"refresh", "1m"},
                     {"schemaVersion", 39},
                     {"tags", Json::array({"upslink"})},
                     {"templating", {{"list", variables()}}},
                     {"time", {{"from", "now-6h"}, {"to", "now"}}},
                     {"timepicker", Json::object()},
                     {"timezone", "browser"},
                     {"title", "Every quantity"},
                     {"uid", "upslink-quantities"},
                     {"version", 1},
                     {"weekStart", ""}};
  return made.dump(2) + "\n";
}

}  // namespace upslink::describe
