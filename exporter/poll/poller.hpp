// SPDX-License-Identifier: Apache-2.0
// Reads one UPS for as long as the program runs: connects, asks what is due, listens in between,
// and publishes a snapshot after every exchange and every alert. run() is the body of the UPS's
// thread.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/log.hpp"
#include "model/slot.hpp"
#include "poll/agreement.hpp"
#include "poll/fold.hpp"
#include "poll/options.hpp"
#include "poll/schedule.hpp"
#include "source/interrupt.hpp"
#include "source/source.hpp"

namespace upslink::poll {

/// How much of what came over the line lately was damaged, and so how many readings in a row have
/// to agree on something new: on a quiet line two, on a bad one up to eight.
class Trouble {
 public:
  /// What became of an exchange: a good reply; one that is in doubt, or none; a damaged one.
  enum class Kind : std::uint8_t { none, doubt, damage };

  void note(Kind kind);
  std::size_t readings_needed() const;
  bool damaged_lately() const;

 private:
  double level_ = 0;  // part of the last ten or so exchanges
  unsigned since_damage_ = std::numeric_limits<unsigned>::max();  // exchanges
};

class Poller {
 public:
  /// Slot and interrupt must outlive the poller.
  Poller(std::unique_ptr<Source> source, const Options& options, Slot& slot,
         const Interrupt& interrupt, Log log);

  /// Returns when the interrupt is raised; takes at most a moment to notice.
  void run();

 private:
  bool connect();
  void serve();
  bool get_into_step();
  void read(std::size_t command);
  void no_reply(std::size_t command, Failure failure);
  void published(std::size_t command, TimePoint now, TimePoint asked_at);
  void alert_came(std::size_t alert);
  void answered();
  void check_silence(TimePoint now);
  void link_lost();
  void follow_fast_cycle(std::size_t command, TimePoint asked_at);
  bool is_another_unit(std::size_t command) const;
  void forget_unit(TimePoint now);
  void note_identity();
  Voucher voucher_for(const Command& command, const std::string& reply, TimePoint now) const;
  Agreement& agreement(std::size_t command);
  void publish();
  TimePoint silence_begins() const;
  bool stopped() const { return interrupt_.raised(); }

  std::unique_ptr<Source> source_;
  const Interrupt& interrupt_;
  Log log_;
  Schedule schedule_;
  Fold fold_;
  DateOrder date_order_;
  std::array<std::unique_ptr<Agreement>, command_count> agreements_;  // from the first reply on

  Trouble trouble_;

  TimePoint answered_at_{};
  bool answered_since_open_ = false;
  bool silence_said_ = false;
  unsigned attempts_ = 0;  // to open, since the UPS last answered
  bool appeared_ = false;  // the device, just now
  TimePoint last_alert_ = TimePoint::min();
  std::string said_problem_;
  std::string said_identity_;

  std::bitset<command_count> cycle_left_;  // fast commands not yet asked in this cycle
  TimePoint cycle_began_{};
};

}  // namespace upslink::poll
