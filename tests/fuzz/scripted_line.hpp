// SPDX-License-Identifier: Apache-2.0
// A line and a unit on it that do what an input says, in a time of their own: answers that are
// late, lost, doubled, cut or another command's, alert characters anywhere, garbage, floods. Every
// byte remembers which question it answers, so that a session can be asked whose answer it took.
// On an honest line answers are late or lost, and alerts come, but nothing else goes wrong.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "catalogue/quantities.hpp"
#include "choices.hpp"
#include "source/smart/link.hpp"

namespace upslink::fuzz {

class ScriptedLine final : public smart::Link {
 public:
  ScriptedLine(Choices& choices, std::map<char, std::string> replies, bool honest)
      : Link([](auto, auto&, auto&) {}),
        choices_(choices),
        replies_(std::move(replies)),
        honest_(honest) {}

  const std::map<char, std::string>& replies() const { return replies_; }
  const std::string& sent() const { return sent_; }
  /// How many bytes were sent, and which of them the line that was read last answers; 0: none.
  std::size_t questions() const { return sent_.size(); }
  std::size_t answered() const { return answered_; }
  /// What has come since the last byte was sent.
  const std::string& delivered() const { return delivered_; }
  /// By index: how many of each alert character have come.
  const std::array<std::size_t, alerts.size()>& alerts_delivered() const { return alerts_; }

  /// From now on it counts how long a call takes.
  void begin_call();
  Duration call_length() const { return now_ - call_began_; }

  /// Something comes unasked.
  void speak();

  std::string_view kind() const override { return "tty"; }
  std::string_view address() const override { return "/dev/scripted"; }
  std::optional<SourceProblem> open() override { return std::nullopt; }
  void close() override {}
  smart::Received receive(std::span<char> buffer, TimePoint until) override;
  void rest(TimePoint until) override { now_ = std::max(now_, until); }
  bool replaced() const override { return false; }
  bool await_return(TimePoint) override { return true; }
  TimePoint now() const override { return now_; }

 protected:
  bool transmit(char byte) override;

 private:
  struct Coming {
    TimePoint at;
    char byte;
    std::size_t of;  ///< the question that it answers; 0: none
  };

  void put(std::string_view text, TimePoint from, std::size_t of);
  void put_alert();
  void answer_honestly(const std::string& reply, std::size_t question);
  void answer_badly(const std::string& reply, std::size_t question);

  Choices& choices_;
  std::map<char, std::string> replies_;
  bool honest_;
  TimePoint now_{std::chrono::seconds(1000)};
  TimePoint line_free_ = now_;
  TimePoint call_began_ = now_;
  std::deque<Coming> coming_;  // by time
  std::string sent_;
  std::string delivered_;
  std::size_t answered_ = 0;
  std::array<std::size_t, alerts.size()> alerts_{};
  std::size_t calls_ = 0;  // of receive(), since begin_call()
  char flood_ = 0;         // comes without end
  bool gone_ = false;
};

}  // namespace upslink::fuzz
