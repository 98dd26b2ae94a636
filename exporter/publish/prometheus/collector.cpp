// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/collector.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "catalogue/facts.hpp"
#include "catalogue/families.hpp"
#include "catalogue/reading_families.hpp"

namespace upslink::prom {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Samples = std::vector<ClientMetric>;

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

/// Collects the samples of one UPS and notes when the first of its readings ages out.
class UpsCollector {
 public:
  UpsCollector(std::string_view ups, const Snapshot& snapshot, TimePoint now)
      : ups_(ups), snapshot_(snapshot), now_(now) {}

  UpsSamples collect() {
    result_.by_family.resize(reading_families.size() + line_families.size());
    auto family = result_.by_family.begin();
    for (const ReadingFamily& table : reading_families) {
      out_ = &*family++;
      table.is_info() ? add_info(table) : add_readings(table);
    }
    for (const LineFamily& row : line_families) {
      out_ = &*family++;
      add_line(row);
    }
    return std::move(result_);
  }

 private:
  const Reading* reading(std::size_t quantity) {
    const Reading* known = snapshot_.reading(quantity, now_);
    if (known != nullptr) result_.good_until = std::min(result_.good_until, known->good_until);
    return known;
  }

  ClientMetric& add_sample(std::size_t labels) {
    auto& sample = out_->emplace_back();
    sample.label.reserve(1 + labels);
    sample.label.push_back({std::string(ups_label), std::string(ups_)});
    return sample;
  }

  static void add_label(ClientMetric& sample, std::string_view name, std::string_view value) {
    sample.label.push_back({std::string(name), std::string(value)});
  }

  /// One sample of a row: with its fixed label, if it has one, and its member label, if told so.
  void add_row(const Quantity& row, double value, std::string_view member = {}) {
    auto& sample = add_sample(2);
    if (!row.label.name.empty()) add_label(sample, row.label.name, row.label.value);
    if (!row.member_label.empty()) add_label(sample, row.member_label, member);
    sample.gauge.value = value;
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
    auto& sample = add_sample(family.count + 1U);
    for (std::size_t i = family.first; i < std::size_t{family.first} + family.count; ++i) {
      reading(i);  // for when it ages out
      add_label(sample, quantities[i].info_label, facts.text(i));
    }
    add_label(sample, link_label, snapshot_.link.kind);
    sample.gauge.value = 1;
  }

  void add_line(const LineFamily& row) {
    for (std::size_t i = 0; i < row.members; ++i) {
      const auto value = row.sample(snapshot_, i, now_);
      if (!value) continue;
      auto& sample = add_sample(1);
      if (row.member != nullptr) add_label(sample, row.member_label, row.member(i));
      (row.counter ? sample.counter.value : sample.gauge.value) = *value;
    }
  }

  std::string_view ups_;
  const Snapshot& snapshot_;
  TimePoint now_;
  Samples* out_ = nullptr;  ///< the family that is being filled
  UpsSamples result_;
};

}  // namespace

const std::vector<MetricFamily>& ups_families() {
  static const std::vector<MetricFamily> families = make_families();
  return families;
}

UpsSamples collect(std::string_view ups, const Snapshot& snapshot, TimePoint now) {
  return UpsCollector(ups, snapshot, now).collect();
}

std::vector<MetricFamily> collect(std::span<const NamedSlot> upses, TimePoint now) {
  auto families = ups_families();
  for (const NamedSlot& ups : upses) {
    auto samples = collect(ups.ups, *ups.slot->load(), now).by_family;
    for (std::size_t i = 0; i < families.size(); ++i) {
      std::ranges::move(samples[i], std::back_inserter(families[i].metric));
    }
  }
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  return families;
}

}  // namespace upslink::prom
