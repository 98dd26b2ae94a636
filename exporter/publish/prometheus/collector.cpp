// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/collector.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <prometheus/client_metric.h>

#include "catalogue/facts.hpp"
#include "catalogue/families.hpp"
#include "catalogue/reading_families.hpp"

namespace upslink::prom {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> make_families() {
  std::vector<MetricFamily> families;
  const auto add = [&families](std::string_view metric, std::string help, bool counter) {
    families.push_back({std::string(metric_prefix) + std::string(metric),
                        std::move(help),
                        counter ? MetricType::Counter : MetricType::Gauge,
                        {}});
  };
  for (const ReadingFamily& family : reading_families) add(family.metric, help_of(family), false);
  for (const LineFamily& row : line_families) add(row.metric, std::string(row.help), row.counter);
  return families;
}

/// Finds the samples of one UPS and notes when the first of its readings ages out.
class UpsCollector {
 public:
  UpsCollector(std::string_view ups, const Snapshot& snapshot, TimePoint now, SampleSink& sink)
      : snapshot_(snapshot), now_(now), sink_(sink), labels_{{{ups_label, ups}}} {}

  TimePoint collect(std::size_t family) {
    if (family >= reading_families.size()) {
      add_line(line_families[family - reading_families.size()]);
    } else if (const ReadingFamily& table = reading_families[family]; table.is_info()) {
      add_info(table);
    } else {
      add_readings(table);
    }
    return good_until_;
  }

 private:
  /// Those of a sample beside the UPS's name: upslink_info has most.
  static constexpr std::size_t most_labels = 16;

  const Reading* reading(std::size_t quantity) {
    const Reading* known = snapshot_.reading(quantity, now_);
    if (known != nullptr) good_until_ = std::min(good_until_, known->good_until);
    return known;
  }

  void add_label(std::string_view name, std::string_view value) {
    labels_.at(label_count_++) = {name, value};
  }

  /// With the labels that were added since the last one.
  void add_sample(double value) {
    sink_.take(std::span(labels_).first(label_count_), value);
    label_count_ = 1;
  }

  /// One sample of a row: with its fixed label, if it has one, and its member label, if told so.
  void add_row(const Quantity& row, double value, std::string_view member = {}) {
    if (!row.label.name.empty()) add_label(row.label.name, row.label.value);
    if (!row.member_label.empty()) add_label(row.member_label, member);
    add_sample(value);
  }

  void add_readings(const ReadingFamily& family) {
    for (std::size_t i = family.first; i < std::size_t{family.first} + family.count; ++i) {
      const Reading* known = reading(i);
      if (known == nullptr) continue;
      const Quantity& row = quantities[i];
      switch (row.kind) {
        case Kind::number:
          add_row(row, std::get<double>(known->value));
          break;
        case Kind::flags:
          add_flags(row, std::get<Flags>(known->value));
          break;
        case Kind::choice:
          add_choice(row, std::get<Choice>(known->value));
          break;
        case Kind::text:
          add_row(row, 1, std::get<std::string>(known->value));
          break;
      }
    }
  }

  void add_flags(const Quantity& row, Flags flags) {
    for (std::size_t bit = 0; bit < row.members.size(); ++bit) {
      const bool is_set = (unsigned{flags.bits} >> bit & 1U) != 0;
      if (!row.members[bit].name.empty()) {
        add_row(row, is_set ? 1 : 0, row.members[bit].name);
      } else if (is_set && shows_undocumented_bits(row)) {
        add_row(row, 1, "bit" + std::to_string(bit));
      }
    }
  }

  void add_choice(const Quantity& row, Choice choice) {
    for (std::size_t i = 0; i < row.members.size(); ++i) {
      add_row(row, i == choice.index ? 1 : 0, row.members[i].name);
    }
  }

  /// upslink_info: there once the UPS has answered, with an empty label for what it did not say.
  void add_info(const ReadingFamily& family) {
    if (!snapshot_.link.last_success) return;
    const Facts facts(snapshot_, now_);
    std::array<std::string, most_labels> texts;
    for (std::size_t i = 0; i < family.count; ++i) {
      const std::size_t row = family.first + i;
      reading(row);  // for when it ages out
      texts.at(i) = facts.text(row);
      add_label(quantities[row].info_label, texts.at(i));
    }
    add_label(link_label, snapshot_.link.kind);
    add_sample(1);
  }

  void add_line(const LineFamily& row) {
    for (std::size_t i = 0; i < row.members; ++i) {
      const auto value = row.sample(snapshot_, i, now_);
      if (!value) continue;
      if (row.member != nullptr) add_label(row.member_label, row.member(i));
      add_sample(*value);
    }
  }

  const Snapshot& snapshot_;
  TimePoint now_;
  SampleSink& sink_;
  std::array<Label, 1 + most_labels> labels_;  ///< of the next sample; the first stays
  std::size_t label_count_ = 1;
  TimePoint good_until_ = TimePoint::max();
};

/// Adds samples to a family as prometheus-cpp has them.
class MetricSink final : public SampleSink {
 public:
  explicit MetricSink(MetricFamily& family) : family_(family) {}

  void take(std::span<const Label> labels, double value) override {
    ClientMetric& sample = family_.metric.emplace_back();
    for (const auto& [name, text] : labels) {
      sample.label.push_back({std::string(name), std::string(text)});
    }
    (family_.type == MetricType::Counter ? sample.counter.value : sample.gauge.value) = value;
  }

 private:
  MetricFamily& family_;
};

}  // namespace

const std::vector<MetricFamily>& ups_families() {
  static const std::vector<MetricFamily> families = make_families();
  return families;
}

TimePoint collect(std::size_t family, std::string_view ups, const Snapshot& snapshot, TimePoint now,
                  SampleSink& sink) {
  return UpsCollector(ups, snapshot, now, sink).collect(family);
}

std::vector<MetricFamily> collect(std::span<const NamedSlot> upses, TimePoint now) {
  auto families = ups_families();
  for (const NamedSlot& ups : upses) {
    const auto snapshot = ups.slot->load();
    for (std::size_t i = 0; i < families.size(); ++i) {
      MetricSink sink(families[i]);
      collect(i, ups.ups, *snapshot, now, sink);
    }
  }
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  return families;
}

}  // namespace upslink::prom
