// SPDX-License-Identifier: Apache-2.0
// What has happened to one UPS since the exporter started: states that began and ended, transfers
// with their causes, alerts. The last few dozen of them, in memory only. Not synchronised.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "catalogue/states.hpp"

namespace upslink::status {

struct Occurrence {
  enum class Kind : std::uint8_t { state, alert };
  Kind kind = Kind::state;
  std::uint8_t which = 0;             ///< of states, or of alerts
  bool from_start = false;            ///< it held already when it was first looked at
  std::optional<std::uint8_t> cause;  ///< of a transfer to battery, once the UPS has told
  std::uint32_t times = 1;            ///< of an alert that was repeated
  TimePoint began{};
  std::optional<TimePoint> ended;  ///< of a state; of an alert that was repeated: its last time
};

class Timeline {
 public:
  static constexpr std::size_t capacity = 64;

  void follow(const Facts& facts);

  /// Oldest first.
  const std::vector<Occurrence>& occurrences() const { return occurrences_; }

  /// The newest time on battery, also when `occurrences` no longer has it.
  const std::optional<Occurrence>& last_transfer() const { return last_transfer_; }

  /// Since when a state holds; nothing if it does not, or is not one that is kept.
  std::optional<TimePoint> since(std::size_t state) const { return since_[state]; }

 private:
  void follow_state(std::size_t state, const Facts& facts);
  void follow_alerts(const Facts& facts);
  void follow_causes(const Facts& facts);
  void add(const Occurrence& occurrence);
  Occurrence* newest(Occurrence::Kind kind, std::optional<std::size_t> which);

  std::vector<Occurrence> occurrences_;
  std::optional<Occurrence> last_transfer_;
  std::array<std::optional<bool>, state_count> held_{};
  std::array<std::optional<TimePoint>, state_count> since_{};
  std::array<std::uint64_t, alerts.size()> alert_counts_{};
  std::vector<std::uint64_t> transfers_;
  bool started_ = false;
};

}  // namespace upslink::status
