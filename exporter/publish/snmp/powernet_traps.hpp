// SPDX-License-Identifier: Apache-2.0
// PowerNet's traps (318.0.N by RFC 3584) of one UPS, for managers that know no others. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "catalogue/members.hpp"
#include "publish/snmp/subject.hpp"

namespace upslink::snmp {

class PowernetTraps {
 public:
  /// Appends a trap for each condition that has begun or ended since the last call. A condition
  /// that is active when it is first told begins then; one that cannot be told is held as it was.
  /// To be called for every snapshot, and now and then.
  void follow(const Subject& ups, std::vector<Notification>& out);

 private:
  struct State {
    bool active = false;                   ///< as it was last told
    std::optional<TimePoint> other_since;  ///< since when it is otherwise, but not for long enough
  };

  void follow_condition(const Subject& ups, std::size_t condition, bool tested,
                        std::vector<Notification>& out);
  void follow_numbers(const Subject& ups, std::vector<Notification>& out);
  bool has_come(std::size_t alert, const Facts& facts) const;
  bool test_completed(const Facts& facts);

  static constexpr std::size_t most_conditions = 40;
  static constexpr std::size_t most_numbers = 2;
  std::array<State, most_conditions> states_{};
  std::array<std::optional<double>, most_numbers> numbers_{};
  std::array<std::uint64_t, alerts.size()> alert_counts_{};
  std::uint64_t tests_completed_ = 0;
};

}  // namespace upslink::snmp
