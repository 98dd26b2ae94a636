// SPDX-License-Identifier: Apache-2.0
// Speaks UPS-Link over a link: one letter out, one line back, alert characters at any time. Answers
// carry no tag, so all trust comes from order: a session knows which questions are still owed an
// answer and believes a line only when nothing older can claim it. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/quantities.hpp"
#include "model/failure.hpp"
#include "model/result.hpp"
#include "source/smart/link.hpp"
#include "source/source.hpp"

namespace upslink::smart {

/// How long to wait. Real units turn around in 20 to 65 ms, with outliers up to 0.7 s, and emit a
/// byte every 4 to 10 ms; adapters and terminal servers add some.
struct Patience {
  Duration first_byte = std::chrono::milliseconds(1000);
  Duration between_bytes = std::chrono::milliseconds(400);
  Duration handshake = std::chrono::milliseconds(750);
  Duration owed = std::chrono::seconds(10);  ///< after this an answer is lost, not late
};

class Session {
 public:
  Session(Link& link, Patience patience = {}) : link_(link), patience_(patience) {}

  void on_alert(Source::AlertSink sink) { alert_ = std::move(sink); }

  /// Forgets everything about the line but what is owed: to be called when the link was opened.
  void start_over();

  /// See Source. After a failure the session is out of step; synchronise() proves the line again.
  Result<std::string, Failure> ask(const Command& command);
  std::optional<Failure> synchronise();
  Heard listen(TimePoint until);
  bool in_step() const { return in_step_; }

  std::uint64_t requests() const { return requests_; }
  std::uint64_t bytes_received() const { return bytes_received_; }

 private:
  /// A question whose answer has not come. No command: the handshake.
  struct Owed {
    const Command* command = nullptr;
    TimePoint asked_at{};
    bool accepts(std::string_view line) const;
  };

  using Lasting = std::chrono::duration<std::int32_t, std::micro>;

  enum class LineEnd : std::uint8_t { complete, silence, overlong, gone, interrupted };

  bool ask_byte(const Command* command);
  LineEnd read_line(bool keep_alerts, TimePoint first_byte_until, Duration lasts = {});
  void rest(Duration lasts);
  void note_arrival();
  void count_alert(std::size_t alert);
  void count_alerts_inside();
  bool take(char byte, bool keep_alerts);
  void end_line();
  std::optional<char> next_byte(TimePoint until, Arrival& arrival);
  Result<std::string, Failure> judge(const Command& command);
  Result<std::string, Failure> fail(Failure failure);
  bool knows_pace() const;
  Duration soonest_answer() const;
  bool too_early(TimePoint first_byte) const;
  bool proves_pace(const Command& command) const;
  void learn_latency();
  Lasting& lasts(const Command& command);
  void learn_length(const Command& command);
  void learn_from(const Result<std::string, Failure>& reply, const Command& command);
  void settle();
  void note_handshake();
  bool owes_alert_like_text() const;
  bool owes(const Command* command) const;
  void hear(char byte);
  void hear_what_is_here();
  bool drain_before_asking();
  void await_quiet();

  Link& link_;
  Patience patience_;
  Source::AlertSink alert_;
  std::vector<Owed> owed_;  // oldest first
  bool in_step_ = false;

  std::array<char, 256> buffer_{};  // received and not yet looked at
  std::size_t at_ = 0;
  std::size_t end_ = 0;

  std::string line_;                       // the line being received, without CR LF
  std::string last_reply_;                 // to the last question that was answered
  TimePoint asked_at_ = TimePoint::min();  // of the question whose answer is awaited
  TimePoint first_byte_at_{};
  std::vector<std::size_t> inside_;  // the alerts inside the line
  Duration fastest_{};               // from a question to the first byte of its answer
  unsigned latencies_seen_ = 0;
  Duration handshake_{};                        // the same, from the last handshake to its answer
  std::array<Lasting, command_count> lasts_{};  // from a question to its answer's last byte

  TimePoint last_heard_{};
  bool noisy_ = false;  // the present burst of bytes holds more than alerts
  bool heard_alert_ = false;

  std::uint64_t requests_ = 0;
  std::uint64_t bytes_received_ = 0;
};

/// Has a session that is out of step synchronise, at most so many times. Nothing if it is in step
/// then, or why it is not.
std::optional<Failure> get_into_step(Session& session, int tries);

}  // namespace upslink::smart
