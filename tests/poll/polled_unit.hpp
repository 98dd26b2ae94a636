// SPDX-License-Identifier: Apache-2.0
// A poller at work on a FakeUnit in the unit's own time, for tests: script what happens when, run,
// and look at the snapshots.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fakes/fake_unit.hpp"
#include "poll/poller.hpp"
#include "source/smart/smart_source.hpp"

namespace upslink::testing {

class PolledUnit {
 public:
  explicit PolledUnit(std::map<char, std::string> replies = smart_ups_700(),
                      poll::Options options = {})
      : slot(std::make_shared<const Snapshot>(poll::empty_snapshot("tty"))) {
    auto link = std::make_unique<FakeUnit>(std::move(replies));
    unit = link.get();
    poller_ = std::make_unique<poll::Poller>(
        std::make_unique<smart::SmartSource>(std::move(link)), options, slot, unit->interrupt(),
        [this](LogLevel, const std::string& message, const LogFields&) { log.push_back(message); });
  }

  /// Polls until the unit's clock shows that much.
  void run_until(Duration end) {
    unit->at(end, [this] { unit->interrupt().raise(); });
    poller_->run();
  }

  std::shared_ptr<const Snapshot> now() const { return slot.load(); }
  const Reading* reading(std::string_view name) const {
    kept_ = slot.load();
    for (std::size_t i = 0; i < quantity_count; ++i) {
      if (quantities[i].name == name) return kept_->reading(i, unit->now());
    }
    return nullptr;
  }
  std::optional<double> number(std::string_view name) const {
    const Reading* r = reading(name);
    return r ? std::optional(std::get<double>(r->value)) : std::nullopt;
  }
  std::optional<unsigned> bits(std::string_view name) const {
    const Reading* r = reading(name);
    return r ? std::optional<unsigned>(std::get<Flags>(r->value).bits) : std::nullopt;
  }
  std::optional<std::string> text(std::string_view name) const {
    const Reading* r = reading(name);
    return r ? std::optional(std::get<std::string>(r->value)) : std::nullopt;
  }

  Slot slot;
  FakeUnit* unit;
  std::vector<std::string> log;

 private:
  mutable std::shared_ptr<const Snapshot> kept_;
  std::unique_ptr<poll::Poller> poller_;
};

}  // namespace upslink::testing
