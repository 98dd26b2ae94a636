// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "catalogue/quantity.hpp"

namespace upslink::prom {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Appends `text` with a backslash before itself, before line feeds (as `n`) and, if told so,
/// before quotes.
void write_escaped(std::string& out, std::string_view text, bool quotes) {
  const auto is_special = [](char c) { return c == '\n' || c == '\\' || c == '"'; };
  if (std::ranges::none_of(text, is_special)) {  // as nearly all are
    out += text;
    return;
  }
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || (c == '"' && quotes)) out += '\\';
      out += c;
    }
  }
}

void write_metadata(std::string& out, std::string_view keyword, std::string_view family) {
  out.append("# ").append(keyword).append(" ").append(family).append(" ");
}

/// Empty unless the name ends in `_` and a base unit.
std::string_view unit_of(std::string_view family) {
  const auto underscore = family.rfind('_');
  if (underscore == std::string_view::npos) return {};
  const auto suffix = family.substr(underscore + 1);
  for (const auto unit : unit_names) {
    if (!unit.empty() && unit == suffix) return unit;
  }
  return {};
}

std::string_view type_name(MetricType type, bool unnamed_counter, Format format) {
  const bool openmetrics = format == Format::openmetrics;
  if (type == MetricType::Gauge) return "gauge";
  if (type == MetricType::Counter && !(openmetrics && unnamed_counter)) return "counter";
  return openmetrics ? "unknown" : "untyped";
}

double value_of(const ClientMetric& sample, MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return sample.counter.value;
    case MetricType::Gauge:
      return sample.gauge.value;
    case MetricType::Untyped:
      return sample.untyped.value;
    case MetricType::Summary:
    case MetricType::Histogram:
      break;
  }
  throw std::invalid_argument("summaries and histograms are not served");
}

/// `labels` are pairs of a name and a value, of any kind.
template <typename Labels>
void write_line(std::string& out, std::string_view family, const Labels& labels, double value) {
  out += family;
  char before = '{';
  for (const auto& [name, text] : labels) {
    out += before;
    out.append(name).append("=\"");
    write_escaped(out, text, true);
    out += '"';
    before = ',';
  }
  if (!labels.empty()) out += '}';
  out += ' ';
  write_number(out, value);
  out += '\n';
}

}  // namespace

void write_number(std::string& out, double value) {
  constexpr double exact_integers = 9007199254740992.0;  // 2^53
  constexpr double smallest_plain = 0.00001;
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  std::array<char, 64> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  char* const begin = text.data();
  char* const limit = begin + text.size();
  const double size = std::abs(value);
  std::to_chars_result written{};
  if (size < exact_integers && value == std::trunc(value)) {
    written = std::to_chars(begin, limit, static_cast<std::int64_t>(value));
  } else if (size < exact_integers && size >= smallest_plain) {
    written = std::to_chars(begin, limit, value, std::chars_format::fixed);
  } else {
    written = std::to_chars(begin, limit, value);
  }
  out.append(begin, written.ptr);
}

void write_header(std::string& out, const MetricFamily& family, Format format) {
  constexpr std::string_view total = "_total";
  std::string_view name = family.name;
  const bool counter = family.type == MetricType::Counter;
  const bool ends_in_total = name.ends_with(total);
  const auto type = type_name(family.type, !ends_in_total, format);
  if (format == Format::text) {
    write_metadata(out, "HELP", name);
    write_escaped(out, family.help, false);
    out += '\n';
    write_metadata(out, "TYPE", name);
    out.append(type).append("\n");
    return;
  }
  if (counter && ends_in_total) name.remove_suffix(total.size());
  write_metadata(out, "TYPE", name);
  out.append(type).append("\n");
  if (const auto unit = unit_of(name); !unit.empty()) {
    write_metadata(out, "UNIT", name);
    out.append(unit).append("\n");
  }
  write_metadata(out, "HELP", name);
  write_escaped(out, family.help, true);
  out += '\n';
}

void write_sample(std::string& out, std::string_view family, std::span<const Label> labels,
                  double value) {
  write_line(out, family, labels, value);
}

void write_samples(std::string& out, std::string_view family, MetricType type,
                   std::span<const ClientMetric> samples) {
  for (const ClientMetric& sample : samples) {
    write_line(out, family, sample.label, value_of(sample, type));
  }
}

std::string_view last_line(Format format) {
  return format == Format::openmetrics ? "# EOF\n" : "";
}

}  // namespace upslink::prom
