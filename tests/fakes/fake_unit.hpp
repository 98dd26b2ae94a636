// SPDX-License-Identifier: Apache-2.0
// A UPS and its line in one object with a time of its own: a Link whose clock jumps to the next
// byte, so that an hour on the wire is tested in milliseconds. Bytes take their time (2400 baud,
// turnaround) and every fault of a serial line can be switched on, with a seed.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "model/log.hpp"
#include "source/interrupt.hpp"
#include "source/smart/link.hpp"

namespace upslink::testing {

using namespace std::chrono_literals;

/// What can go wrong on the line while it is on.
struct Faults {
  double lose_byte = 0;  ///< probabilities for each byte of a reply
  double flip_bit = 0;
  double change_byte = 0;
  double insert_alert = 0;   ///< a spurious alert character after a byte
  double insert_binary = 0;  ///< a NUL or 8-bit byte after a byte
  double no_reply = 0;       ///< probabilities for each reply
  double truncate = 0;
  double double_reply = 0;
  double not_available = 0;
  double other_reply = 0;  ///< the reply to another command
  double no_line_end = 0;
  double noise_before = 0;  ///< a burst of garbage before the reply
  double text_before = 0;   ///< a line of printable text before the reply
  bool silent = false;
  bool dumb = false;  ///< answers only Y, which ends it
  bool echo = false;
  bool endless = false;  ///< bytes without a line end
  Duration late{};       ///< replies come this much later, in order
};

class FakeUnit final : public smart::Link {
 public:
  explicit FakeUnit(
      std::map<char, std::string> replies, Log log = [](auto, auto&, auto&) {})
      : Link(std::move(log)), replies_(std::move(replies)) {}

  // What the unit is
  std::map<char, std::string>& replies() { return replies_; }
  Faults faults;
  Duration turnaround = 25ms;
  Duration byte_time = 4167us;
  bool silent_if_unknown = false;  ///< no answer instead of NA
  bool plugged_in = true;
  bool permitted = true;  ///< to be opened
  std::mt19937 random{1};

  /// Called in the reader's thread when the unit's time has come to that moment.
  void at(Duration since_start, std::function<void()> what);
  void send_alert(char alert) { put(now_, alert); }
  void send_text(std::string_view text);
  std::string received;           ///< every byte that reached the unit
  std::function<void()> on_wait;  ///< called before every wait, for checks
  unsigned waits = 0;             ///< how often the reader waited for bytes

  Duration elapsed() const { return now_ - start_; }

  // The link
  std::string_view kind() const override { return "tty"; }
  std::string_view address() const override { return "/dev/fake"; }
  std::optional<SourceProblem> open() override;
  void close() override { open_ = false; }
  smart::Received receive(std::span<char> buffer, TimePoint until) override;
  void rest(TimePoint until) override;
  bool replaced() const override { return false; }
  bool await_return(TimePoint until) override;
  TimePoint now() const override { return now_; }
  const Interrupt& interrupt() const { return interrupt_; }

 protected:
  bool transmit(char byte) override;

 private:
  struct Event {
    TimePoint when;
    std::function<void()> what;
  };

  bool chance(double probability);
  std::string answer(char command);
  std::string damaged(std::string reply);
  void reply_with(std::string text, TimePoint from);
  void put(TimePoint when, char byte);
  bool advance(TimePoint until);
  bool pass(TimePoint until);

  std::map<char, std::string> replies_;
  Interrupt interrupt_;
  TimePoint start_{Clock::time_point(1000s)};
  TimePoint now_ = start_;
  TimePoint line_free_ = start_;  // when the unit's last byte has left
  std::deque<std::pair<TimePoint, char>> bytes_;
  std::vector<Event> events_;  // by time, latest first
  bool open_ = false;
};

/// The replies of a Smart-UPS 700 on line.
std::map<char, std::string> smart_ups_700();

}  // namespace upslink::testing
