// SPDX-License-Identifier: Apache-2.0
#include "faults/simulated_line.hpp"

#include <algorithm>
#include <stdexcept>

namespace upslink::faults {

namespace {

simulator::UnitOptions options_of(const RandomSchedule& schedule) {
  simulator::UnitOptions options;
  options.seed = schedule.seed;
  return options;
}

}  // namespace

SimulatedLine::SimulatedLine(const RandomSchedule& schedule, double seconds)
    : Link([](auto, auto&, auto&) {}),
      end_(start_ + simulator::from_seconds(seconds)),
      script_(schedule.steps.begin(), schedule.steps.end()),
      scene_{units_, UPS_SIMULATOR_PROFILES, [] {}} {
  units_.push_back(std::make_unique<simulator::Unit>(
      simulator::find_profile(schedule.profile, UPS_SIMULATOR_PROFILES), options_of(schedule),
      now_));
  sink_ = [this](char byte, simulator::Time at) -> std::optional<simulator::Time> {
    if (!open_) return std::nullopt;
    if (on_byte) on_byte(byte);
    bytes_.push_back(byte);
    return at;
  };
}

std::optional<SourceProblem> SimulatedLine::open() {
  if (!unit().plugged()) {
    return SourceProblem{SourceProblem::Kind::absent, "/dev/simulated is not there"};
  }
  bytes_.clear();
  open_ = true;
  return std::nullopt;
}

bool SimulatedLine::transmit(char byte) {
  if (!open_) return false;
  if (on_question) on_question(byte);
  units_.front()->receive(std::string_view(&byte, 1), now_);
  return true;
}

void SimulatedLine::follow_script() {
  while (!script_.empty() && start_ + simulator::from_seconds(script_.front().at) <= now_) {
    const auto reply = simulator::run_control(scene_, script_.front().command, now_);
    // What the unit itself refuses, a self test on battery for one, is no mistake of the script.
    const bool wrong = reply.starts_with("error") && !reply.starts_with("error: The unit");
    if (wrong) throw std::logic_error(script_.front().command + ": " + reply);
    script_.pop_front();
  }
}

void SimulatedLine::follow_battery(TimePoint before) {
  const bool is_on = unit().model().on_battery();
  if (is_on && !was_on_battery_) ++transfers_;
  if (was_on_battery_) on_battery_ += now_ - before;
  was_on_battery_ = is_on;
}

/// Lets time pass, with what happens in it, until there are bytes, the link is gone, or then. True
/// if there are bytes.
bool SimulatedLine::pass(TimePoint until) {
  for (;;) {
    const auto scripted =
        script_.empty() ? TimePoint::max() : start_ + simulator::from_seconds(script_.front().at);
    const auto next = std::min({until, end_, scripted, units_.front()->due()});
    const auto before = std::exchange(now_, std::max(now_, next));
    units_.front()->run(now_, sink_);
    follow_battery(before);
    follow_script();
    if (!unit().plugged()) open_ = false;
    if (now_ >= end_) interrupt_.raise();
    if (interrupt_.raised()) return false;
    if (!bytes_.empty()) return true;
    if (!open_ || now_ >= until) return false;
  }
}

void SimulatedLine::rest(TimePoint until) {
  while (open_ && !interrupt_.raised() && now_ < until) pass(until);
}

smart::Received SimulatedLine::receive(std::span<char> buffer, TimePoint until) {
  using smart::Arrival;
  if (on_wait) on_wait();
  if (interrupt_.raised()) return {Arrival::interrupted};
  if (!open_) return {Arrival::gone};
  if (bytes_.empty() && !pass(until)) {
    if (interrupt_.raised()) return {Arrival::interrupted};
    return {open_ ? Arrival::nothing : Arrival::gone};
  }
  const auto count = std::min(bytes_.size(), buffer.size());
  std::copy_n(bytes_.begin(), count, buffer.begin());
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(count));
  return {Arrival::bytes, count};
}

bool SimulatedLine::await_return(TimePoint until) {
  using namespace std::chrono_literals;
  const bool was_there = unit().plugged();
  while (now_ < until && !interrupt_.raised()) {
    if (on_wait) on_wait();
    pass(std::min(until, now_ + 10ms));
    if (!was_there && unit().plugged()) return true;
  }
  return false;
}

}  // namespace upslink::faults
