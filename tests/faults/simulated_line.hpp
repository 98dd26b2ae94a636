// SPDX-License-Identifier: Apache-2.0
// The simulator's unit as a link of the exporter, with a clock that jumps to what happens next: an
// hour of the wire passes in a moment. What happens to the unit is a script in the language of the
// simulator's control socket. One thread; on_wait is called before every wait, to look.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control.hpp"
#include "faults/random_schedule.hpp"
#include "source/interrupt.hpp"
#include "source/smart/link.hpp"
#include "unit.hpp"

namespace upslink::faults {

class SimulatedLine final : public smart::Link {
 public:
  /// Raises the interrupt after so many seconds.
  SimulatedLine(const RandomSchedule& schedule, double seconds);

  std::function<void()> on_wait;
  std::function<void(char)> on_question;  ///< before the byte is on its way
  std::function<void(char)> on_byte;      ///< that has come

  const simulator::Unit& unit() const { return *units_.front(); }
  double elapsed() const { return simulator::to_seconds(now_ - start_); }
  const Interrupt& interrupt() const { return interrupt_; }

  /// How often the unit went to battery, and for how long it was there.
  unsigned transfers() const { return transfers_; }
  double seconds_on_battery() const { return simulator::to_seconds(on_battery_); }

  std::string_view kind() const override { return "tty"; }
  std::string_view address() const override { return "/dev/simulated"; }
  std::optional<SourceProblem> open() override;
  void close() override { open_ = false; }
  smart::Received receive(std::span<char> buffer, TimePoint until) override;
  void rest(TimePoint until) override;
  bool replaced() const override { return false; }
  bool await_return(TimePoint until) override;
  TimePoint now() const override { return now_; }

 protected:
  bool transmit(char byte) override;

 private:
  bool pass(TimePoint until);
  void follow_script();
  void follow_battery(TimePoint before);

  Interrupt interrupt_;
  TimePoint start_{std::chrono::hours(1000)};
  TimePoint now_ = start_;
  TimePoint end_;
  std::deque<Step> script_;
  std::vector<std::unique_ptr<simulator::Unit>> units_;
  simulator::ControlScene scene_;
  simulator::Unit::Sink sink_;
  std::deque<char> bytes_;  // received and not yet read
  bool open_ = false;
  bool was_on_battery_ = false;
  unsigned transfers_ = 0;
  Duration on_battery_{};
};

}  // namespace upslink::faults
