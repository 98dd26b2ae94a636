// SPDX-License-Identifier: Apache-2.0
// One UPS in the agent: its newest snapshot, the views made from it when somebody asks, and what
// has to be told of it. Belongs to the agent's thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/named_slot.hpp"
#include "publish/snmp/agent.hpp"
#include "publish/snmp/powernet_traps.hpp"
#include "publish/snmp/subject.hpp"
#include "publish/snmp/view.hpp"
#include "publish/snmp/watch.hpp"

namespace upslink::snmp {

enum class ViewKind : std::uint8_t { upslink, entities, rfc1628, powernet, system };
inline constexpr std::size_t view_kinds = 5;

class Station {
 public:
  /// `options` has to outlive it.
  Station(NamedSlot ups, const Options& options);

  const std::string& name() const { return ups_.ups; }
  const std::shared_ptr<const Slot>& slot() const { return ups_.slot; }
  std::uint32_t index() const { return ups_.number; }  ///< upslinkUpsIndex

  /// `wake` is called at each new snapshot, by the thread that publishes it.
  void subscribe(std::function<void()> wake);

  /// Takes the newest snapshot and notes the time. Whether there is anything new: then views that
  /// were made before are outdated.
  bool load(TimePoint now, std::uint32_t uptime_ticks);

  /// Appends what is to be told of what has happened since the last call.
  void look(std::vector<Notification>& out);

  /// Made when it is asked for, and kept until it is outdated.
  const View& view(ViewKind kind);

 private:
  struct Made {
    View view;
    std::uint64_t of = 0;  ///< generation_ when it was made
  };

  Subject subject(const Facts& facts) const;

  NamedSlot ups_;
  Subscription subscription_;
  const Options& options_;
  Watch watch_;
  PowernetTraps powernet_traps_;

  std::shared_ptr<const Snapshot> snapshot_;
  std::uint64_t version_ = 0;  ///< of the slot when it was loaded
  TimePoint now_{};
  std::uint32_t uptime_ticks_ = 0;

  std::uint64_t generation_ = 0;  ///< another one when views have to be made anew
  TimePoint generation_until_{};
  std::array<Made, view_kinds> views_;  ///< by kind
};

/// In the order of their indexes.
using Stations = std::vector<std::unique_ptr<Station>>;

}  // namespace upslink::snmp
