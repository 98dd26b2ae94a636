// SPDX-License-Identifier: Apache-2.0
// The body of /metrics. It is made again only when a slot has a newer snapshot or a reading has
// aged out, so that a scrape of what has not changed costs a pointer. A change in a slot shows in
// the next render(); what the exporter says of itself may be up to `self_validity` old. Any thread
// may call, one call runs at a time.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model/named_slot.hpp"
#include "model/value.hpp"
#include "publish/prometheus/format.hpp"
#include "publish/prometheus/self_report.hpp"

namespace upslink::prom {

struct Rendered {
  std::shared_ptr<const std::string> body;
  /// Another one for every other body, also of the other format: a key for what is made from it.
  std::uint64_t version = 0;
  bool is_kept = true;  ///< whether it may be given again
};

class Exposition {
 public:
  /// `self` has to outlive it.
  explicit Exposition(const SelfReport& self,
                      Duration self_validity = std::chrono::milliseconds(100));

  /// The UPSes that are published from now on. After it has returned, slots that are not among them
  /// may go.
  void publish(std::vector<NamedSlot> upses);

  Rendered render(Format format, TimePoint now = Clock::now());

 private:
  struct Followed {
    NamedSlot ups;
    std::uint64_t version = 0;  ///< of the slot when it was last looked at
  };

  struct Cached {
    Rendered rendered{};
    TimePoint good_until = TimePoint::min();
    std::size_t size = 0;  ///< of the last body, also if that is gone
  };

  bool has_news();
  void make(Cached& cached, Format format, TimePoint now);

  const SelfReport& self_;
  const Duration self_validity_;
  std::mutex mutex_;
  std::vector<Followed> upses_;
  std::array<Cached, content_types.size()> cached_;  ///< by format
  std::uint64_t version_ = 0;
};

}  // namespace upslink::prom
