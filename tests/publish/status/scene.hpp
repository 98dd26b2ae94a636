// SPDX-License-Identifier: Apache-2.0
// One UPS as the status page sees it, made by hand: change its snapshot and its time, then look.
#pragma once

#include <chrono>
#include <string_view>

#include "catalogue/states.hpp"
#include "publish/status/moment.hpp"
#include "snapshots.hpp"

namespace upslink::status {

using namespace std::chrono_literals;
using namespace upslink::testing;

struct Scene {
  Snapshot snapshot = unknown_ups();
  TimePoint now = read_at;

  Scene() { answers(); }

  void answers() {
    snapshot.link.up = true;
    snapshot.link.silent = false;
  }
  void falls_silent() {
    snapshot.link.up = false;
    snapshot.link.silent = true;
  }
  /// A reply that is read now and good for a while.
  void read(std::string_view quantity, std::string_view reply, Duration good_for = validity) {
    for (std::size_t i = 0; i < quantity_count; ++i) {
      if (quantities[i].name != quantity) continue;
      set_reading(snapshot, i, reply, now + good_for);
      snapshot.readings[i]->read_at = now;
    }
  }
  void hear(char byte) {
    AlertRecord& record = snapshot.alerts[*alert_index(byte)];
    ++record.count;
    record.heard_at = now;
  }
  Facts facts() const { return {snapshot, now}; }
  Moment moment() const { return {now, happened_at + (now - read_at)}; }
};

}  // namespace upslink::status
