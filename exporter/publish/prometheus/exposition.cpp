// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/exposition.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "publish/prometheus/collector.hpp"
#include "publish/prometheus/lines.hpp"
#include "publish/prometheus/serializers.hpp"

namespace upslink::prom {
namespace {

/// Above it there are a hundred UPSes or more, one of which always has news by the next scrape.
constexpr std::size_t worth_keeping = 1 << 20;

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

/// Writes the samples of one family as lines.
class LineSink final : public SampleSink {
 public:
  LineSink(std::string& out, std::string_view family) : out_(out), family_(family) {}
  void take(std::span<const Label> labels, double value) override {
    write_sample(out_, family_, labels, value);
  }

 private:
  std::string& out_;
  std::string_view family_;
};

}  // namespace

Exposition::Exposition(const SelfReport& self, Duration self_validity)
    : self_(self), self_validity_(self_validity) {}

void Exposition::publish(std::vector<NamedSlot> upses) {
  std::vector<Followed> followed;
  followed.reserve(upses.size());
  for (NamedSlot& ups : upses) followed.push_back({.ups = std::move(ups)});
  const std::lock_guard lock(mutex_);
  upses_.swap(followed);
  cached_ = {};
}

Rendered Exposition::render(Format format, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (has_news()) {  // both formats: what nobody asks for any more is not kept
    for (Cached& cached : cached_) cached = {.size = cached.size};
  }
  Cached& cached = cached_[static_cast<std::size_t>(format)];
  if (now >= cached.good_until) make(cached, format, now);
  if (cached.rendered.is_kept) return cached.rendered;
  cached.good_until = TimePoint::min();
  return std::exchange(cached.rendered, {});
}

/// Whether a slot has another snapshot than when this was last asked.
bool Exposition::has_news() {
  bool found = false;
  for (Followed& followed : upses_) {
    const std::uint64_t version = followed.ups.slot->version();
    found |= version != std::exchange(followed.version, version);
  }
  return found;
}

/// Line by line into one text: of a thousand UPSes it is 10 MB, and a second copy of it, or of each
/// UPS's part, is worth more than the time to write them again. Nearly all have changed since the
/// last scrape.
void Exposition::make(Cached& cached, Format format, TimePoint now) {
  cached.rendered.body.reset();
  cached.good_until = now + self_validity_;
  std::vector<std::shared_ptr<const Snapshot>> snapshots;
  snapshots.reserve(upses_.size());
  for (const Followed& followed : upses_) snapshots.push_back(followed.ups.slot->load());

  auto body = std::make_shared<std::string>();
  body->reserve(cached.size + cached.size / 16);
  const auto& families = ups_families();
  for (std::size_t i = 0; i < families.size(); ++i) {
    const std::size_t before = body->size();
    *body += headers_in(format)[i];
    const std::size_t after_header = body->size();
    LineSink sink(*body, families[i].name);
    for (std::size_t u = 0; u < upses_.size(); ++u) {
      const auto good_until = collect(i, upses_[u].ups.ups, *snapshots[u], now, sink);
      cached.good_until = std::min(cached.good_until, good_until);
    }
    if (body->size() == after_header) body->resize(before);
  }
  *body += FormatSerializer(format).Serialize(self_.collect());  // ends in the format's last line
  cached.size = body->size();
  cached.rendered = {std::move(body), ++version_, cached.size <= worth_keeping};
}

}  // namespace upslink::prom
