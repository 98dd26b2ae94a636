// SPDX-License-Identifier: Apache-2.0
// Decides whether a well-formed reply counts. A serial line flips, loses and invents characters,
// and there is no checksum; but two readings that agree are hardly both wrong in the same way. One
// Agreement per command; pure, no clock.
//
// A reply counts at once when it says what the last one said (numbers: within 2 %), when something
// else vouches for it, or when the replies right before it agree with it. Otherwise it is to
// be asked again immediately.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/codec.hpp"

namespace upslink::poll {

/// What is known from elsewhere about a reply.
struct Voucher {
  bool explained = false;        ///< an alert announced exactly this change
  std::optional<double> peer{};  ///< a fresh reading of the row's peer
  std::size_t needed = 2;  ///< how many replies in a row must agree; more on a line in trouble
  bool damage = false;     ///< replies came damaged lately
};

enum class Verdict : std::uint8_t {
  counts,  ///< counted() is the reply to publish (not always the last one)
  again,   ///< ask once more, now
  wait     ///< asked often enough for now; nothing to publish
};

class Agreement {
 public:
  Agreement(const Command& command, DateOrder order) : command_(&command), order_(order) {}

  Verdict judge(std::string_view reply, const Voucher& voucher);

  /// The last reply that counted; empty before the first.
  const std::string& counted() const { return counted_; }
  bool has_counted() const { return has_counted_; }

  /// Alert characters that stood in a text reply and turned out not to be part of it, as indexes
  /// into `alerts`; once.
  std::vector<std::size_t> take_stray_alerts();

  /// How many replies were discarded since the last call, because others agreed against them.
  unsigned take_discarded() { return std::exchange(discarded_, 0); }

  /// A question of this round got no reply: the next round starts afresh.
  void end_round() { asked_ = 0; }

  /// The unit said that it has no value: what it said before that was in a row is in none now.
  void break_row() {
    end_round();
    pending_.clear();
  }

 private:
  std::optional<Value> value(const Quantity& row, std::string_view reply) const;
  std::optional<double> number(std::string_view reply) const;
  std::string shape_of(std::string_view reply) const { return shape(command_->row(), reply); }
  bool close(std::string_view a, std::string_view b) const;
  bool peer_agrees(std::string_view reply, const Voucher& voucher) const;
  bool looks_damaged(std::string_view reply) const;
  std::size_t agreeing(std::string_view reply) const;
  std::optional<std::string> median_of_last() const;
  Verdict count(std::string reply);
  void collect_strays(std::string_view truth);

  const Command* command_;
  // Texts alone, of which the values are made when two differ, which is seldom.
  std::string counted_;
  std::vector<std::string> pending_;  // replies since the last that counted, oldest first
  std::vector<std::size_t> strays_;
  unsigned asked_ = 0;  // in this round
  unsigned discarded_ = 0;
  DateOrder order_;
  bool has_counted_ = false;
};

}  // namespace upslink::poll
