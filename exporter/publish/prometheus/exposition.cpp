// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/exposition.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "publish/prometheus/collector.hpp"
#include "publish/prometheus/lines.hpp"
#include "publish/prometheus/serializers.hpp"

namespace upslink::prom {
namespace {

/// What stands above the samples of each of ups_families(), in one format.
std::vector<std::string> make_headers(Format format) {
  std::vector<std::string> headers;
  for (const auto& family : ups_families()) write_header(headers.emplace_back(), family, format);
  return headers;
}

const std::vector<std::string>& headers_in(Format format) {
  static const std::array headers{make_headers(Format::text), make_headers(Format::openmetrics)};
  return headers[static_cast<std::size_t>(format)];
}

}  // namespace

Exposition::Exposition(const SelfReport& self, Duration self_validity)
    : self_(self), self_validity_(self_validity) {}

void Exposition::publish(std::vector<NamedSlot> upses) {
  std::vector<UpsText> texts;
  texts.reserve(upses.size());
  for (NamedSlot& ups : upses) texts.push_back({.ups = std::move(ups)});
  const std::lock_guard lock(mutex_);
  upses_.swap(texts);
  cached_ = {};
}

Rendered Exposition::render(Format format, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (refresh(now)) cached_ = {};  // both formats: what nobody asks for any more is not kept
  auto& [rendered, good_until] = cached_[static_cast<std::size_t>(format)];
  if (now >= good_until) {
    rendered = {assemble(format), ++version_};
    good_until = now + self_validity_;
  }
  return rendered;
}

/// Makes the lines of each UPS again that need it; whether there were any.
bool Exposition::refresh(TimePoint now) {
  const auto& families = ups_families();
  bool changed = false;
  for (UpsText& text : upses_) {
    // Asked before the snapshot is loaded, so that one published in between counts as newer.
    const std::uint64_t version = text.ups.slot->version();
    if (version == text.version && now < text.good_until) continue;
    const auto samples = collect(text.ups.ups, *text.ups.slot->load(), now);
    text.lines.clear();
    text.ends.clear();
    for (std::size_t i = 0; i < families.size(); ++i) {
      write_samples(text.lines, families[i].name, families[i].type, samples.by_family[i]);
      text.ends.push_back(text.lines.size());
    }
    text.version = version;
    text.good_until = samples.good_until;
    changed = true;
  }
  return changed;
}

std::shared_ptr<const std::string> Exposition::assemble(Format format) const {
  const auto& headers = headers_in(format);
  const std::string own = FormatSerializer(format).Serialize(self_.collect());
  std::size_t size = own.size();
  for (const UpsText& text : upses_) size += text.lines.size();
  for (const std::string& header : headers) size += header.size();

  auto body = std::make_shared<std::string>();
  body->reserve(size);
  for (std::size_t i = 0; i < headers.size(); ++i) {
    bool has_samples = false;
    for (const UpsText& text : upses_) {
      const std::size_t begin = i == 0 ? 0 : text.ends[i - 1];
      if (begin == text.ends[i]) continue;
      if (!std::exchange(has_samples, true)) *body += headers[i];
      body->append(text.lines, begin, text.ends[i] - begin);
    }
  }
  *body += own;  // ends in the last line of the format
  return body;
}

}  // namespace upslink::prom
