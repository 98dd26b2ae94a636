// SPDX-License-Identifier: Apache-2.0
#include "poll/agreement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

namespace upslink::poll {

namespace {

/// Questions in a round: the due one, and immediate second and third readings.
constexpr unsigned questions_in_a_round = 3;

/// How many replies have to agree where nothing speaks against them.
constexpr std::size_t quiet_line_needs = 2;

/// A reply that could be the counted one with characters missing or repeated needs many that agree,
/// since a line that does this does so again and again.
constexpr std::size_t needed_if_damaged = 8;

bool within(double part, double a, double b) {
  return std::abs(a - b) <= part * std::max(std::abs(a), std::abs(b));
}

bool within_two_percent(double a, double b) {
  return within(0.02, a, b);
}

bool is_subsequence(std::string_view part, std::string_view whole) {
  std::size_t found = 0;
  for (const char c : whole) {
    if (found < part.size() && part[found] == c) ++found;
  }
  return found == part.size();
}

std::span<const Quantity> rows_of(const Command& command) {
  return std::span(quantities).subspan(command.first, command.count);
}

bool is_number(const Command& command) {
  return command.row().kind == Kind::number && command.row().form != Form::date &&
         command.row().form != Form::hex_byte && command.row().form != Form::hex_pair;
}

/// The known protocol levels, 3 and 4, differ in three bits, and no other reply looks like a list
/// of commands: one reading of what is published of it, the level, cannot be another level in
/// disguise.
bool proves_itself(const Command& command, std::string_view reply) {
  return command.row().form == Form::level && (reply.front() == '3' || reply.front() == '4');
}

/// Readings drift; settings and identity do not, and count only when they are equal.
bool may_drift(const Command& command) {
  const auto cadence = command.row().cadence;
  return is_number(command) && cadence != Cadence::settings && cadence != Cadence::identity;
}

}  // namespace

std::optional<Value> Agreement::value(const Quantity& row, std::string_view reply) const {
  auto decoded = decode(row, reply, order_);
  return decoded ? std::move(*decoded) : std::nullopt;
}

/// Of a command whose value is one; nothing for a reply that says that there is none.
std::optional<double> Agreement::number(std::string_view reply) const {
  const auto decoded = value(command_->row(), reply);
  return decoded ? std::optional(std::get<double>(*decoded)) : std::nullopt;
}

bool Agreement::close(std::string_view a, std::string_view b) const {
  if (a == b) return true;
  if (!may_drift(*command_) || shape_of(a) != shape_of(b)) return false;
  return std::ranges::all_of(rows_of(*command_), [&](const Quantity& row) {
    const auto x = value(row, a);
    const auto y = value(row, b);
    if (!x || !y) return x.has_value() == y.has_value();
    return within_two_percent(std::get<double>(*x), std::get<double>(*y));
  });
}

bool Agreement::peer_agrees(std::string_view reply, const Voucher& voucher) const {
  if (!voucher.peer) return false;
  const auto seen = number(reply);
  if (!seen) return false;
  if (has_counted() && shape_of(reply) != shape_of(counted_)) return false;
  // Closer than two readings of one quantity have to be: the peer itself may be a little off.
  return within(0.005, *seen, *voucher.peer);
}

bool Agreement::looks_damaged(std::string_view reply) const {
  if (!has_counted()) return false;
  const Quantity& row = command_->row();
  if (row.form == Form::date && !value(row, reply) && value(row, counted_)) return true;
  const bool by_shape = is_number(*command_);
  const std::string now_says = by_shape ? shape_of(reply) : std::string(reply);
  const std::string said = by_shape ? shape_of(counted_) : counted_;
  if (now_says.size() == said.size()) return false;
  const bool shorter = now_says.size() < said.size();
  if (!(shorter ? is_subsequence(now_says, said) : is_subsequence(said, now_says))) return false;
  if (!may_drift(*command_)) return true;
  const auto now = number(reply);
  const auto before = number(counted_);
  return !now || !before || !within_two_percent(*now, *before);
}

/// How many of the last replies, without a break, agree with this one.
std::size_t Agreement::agreeing(std::string_view reply) const {
  const auto other = std::find_if(pending_.rbegin(), pending_.rend(),
                                  [&](const std::string& p) { return !close(p, reply); });
  return static_cast<std::size_t>(other - pending_.rbegin());
}

/// A number that really changes from reading to reading never agrees with itself. Of three that all
/// differ, at most one being damaged, the middle one is true or between two that are. Where
/// replies come damaged, two may be.
std::optional<std::string> Agreement::median_of_last() const {
  if (!may_drift(*command_) || command_->count != 1 || !has_counted() || pending_.size() < 3) {
    return std::nullopt;
  }
  std::vector<std::pair<double, const std::string*>> last;
  for (auto p = pending_.end() - 3; p != pending_.end(); ++p) {
    const auto seen = number(*p);
    if (!seen || shape_of(*p) != shape_of(counted_)) return std::nullopt;
    last.emplace_back(*seen, &*p);
  }
  std::ranges::sort(last, {}, [](const auto& one) { return one.first; });
  return *last[1].second;
}

void Agreement::collect_strays(std::string_view truth) {
  if (!may_contain_alerts(command_->row().form)) return;
  for (const std::string& other : pending_) {
    if (other.size() <= truth.size() || !is_subsequence(truth, other)) continue;
    std::vector<std::size_t> surplus;
    std::size_t matched = 0;
    std::size_t repeated = 0;
    for (const char c : other) {
      if (matched < truth.size() && truth[matched] == c) {
        ++matched;
      } else if (matched > 0 && truth[matched - 1] == c) {
        ++repeated;  // of the text, not an alert
      } else if (const auto alert = alert_index(c)) {
        surplus.push_back(*alert);
      }
    }
    if (surplus.size() + repeated == other.size() - truth.size()) {
      strays_.insert(strays_.end(), surplus.begin(), surplus.end());
    }
  }
}

Verdict Agreement::count(std::string reply) {
  collect_strays(reply);
  discarded_ += static_cast<unsigned>(pending_.size() - agreeing(reply));
  counted_ = std::move(reply);
  has_counted_ = true;
  std::vector<std::string>().swap(pending_);  // seldom needed, so no memory is kept for it
  asked_ = 0;
  return Verdict::counts;
}

Verdict Agreement::judge(std::string_view reply, const Voucher& voucher) {
  const bool continues = has_counted() && close(reply, counted_);
  const bool quiet = voucher.needed <= quiet_line_needs;
  if (continues && (quiet || reply == counted_)) return count(std::string(reply));
  const bool explained =
      voucher.explained && (!has_counted() || shape_of(reply) == shape_of(counted_));
  if (explained || peer_agrees(reply, voucher)) return count(std::string(reply));
  if (!has_counted() && quiet && proves_itself(*command_, reply)) return count(std::string(reply));
  // Free text takes any form, even that of another command's reply.
  const std::size_t more = has_counted() && may_contain_alerts(command_->row().form) ? 1 : 0;
  const auto needed = continues              ? quiet_line_needs
                      : looks_damaged(reply) ? needed_if_damaged
                                             : voucher.needed + more;
  const auto in_a_row = agreeing(reply) + 1;
  if (in_a_row >= needed) return count(std::string(reply));
  pending_.emplace_back(reply);
  if (pending_.size() > needed_if_damaged) pending_.erase(pending_.begin());
  const bool promising = in_a_row > 1 && asked_ + 1 < needed;
  if (++asked_ < questions_in_a_round || (promising && voucher.damage)) return Verdict::again;
  asked_ = 0;
  if (voucher.damage) return Verdict::wait;
  if (auto middle = median_of_last()) return count(*std::move(middle));
  return Verdict::wait;
}

std::vector<std::size_t> Agreement::take_stray_alerts() {
  return std::exchange(strays_, {});
}

}  // namespace upslink::poll
