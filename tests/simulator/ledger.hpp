// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a unit has counted: bytes by value, replies, and every alert with the time that it left. The
// read-only set is here: a byte outside it that a client sends is a violation that tests look for.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "time.hpp"

namespace upslink::simulator {

bool is_read_only(char byte);

struct AlertRecord {
  std::uint64_t id = 0;
  char alert = 0;
  Time raised;
  std::optional<Time> sent;
};

class Ledger {
 public:
  void note_received(char byte, bool looped);
  void note_sent(bool delivered) { ++(delivered ? sent_ : dropped_); }
  void note_reply() { ++replies_; }
  std::uint64_t note_alert(char alert, Time raised);
  void note_alert_sent(std::uint64_t id, Time sent);
  void reset();

  std::uint64_t count(char byte) const { return bytes_[static_cast<unsigned char>(byte)]; }
  std::uint64_t alerts(char alert) const {
    const auto found = alerts_.find(alert);
    return found == alerts_.end() ? 0 : found->second;
  }
  std::string stats_json(Time line_changed) const;
  std::string bytes_json() const;

 private:
  static constexpr std::size_t log_length = 256;

  std::array<std::uint64_t, 256> bytes_{};
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t looped_ = 0;
  std::uint64_t replies_ = 0;
  std::map<char, std::uint64_t> alerts_;
  std::deque<AlertRecord> log_;
  std::uint64_t next_id_ = 1;
  std::optional<Time> line_fail_sent_;
};

}  // namespace upslink::simulator
