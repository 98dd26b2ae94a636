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

Agreement::Candidate Agreement::read(std::string_view reply) const {
  Candidate candidate{std::string(reply), shape(command_->row(), reply), {}};
  for (const Quantity& row : rows_of(*command_)) {
    auto value = decode(row, reply, order_);
    candidate.values.push_back(value ? std::move(*value) : std::nullopt);
  }
  return candidate;
}

bool Agreement::close(const Candidate& a, const Candidate& b) const {
  if (a.text == b.text) return true;
  if (a.shape != b.shape || !may_drift(*command_)) return false;
  return std::ranges::equal(a.values, b.values, [](const auto& x, const auto& y) {
    if (!x || !y) return x.has_value() == y.has_value();
    return within_two_percent(std::get<double>(*x), std::get<double>(*y));
  });
}

bool Agreement::peer_agrees(const Candidate& candidate, const Voucher& voucher) const {
  if (!voucher.peer || !candidate.values.front()) return false;
  if (has_counted() && candidate.shape != counted_.shape) return false;
  // Closer than two readings of one quantity have to be: the peer itself may be a little off.
  return within(0.005, std::get<double>(*candidate.values.front()), *voucher.peer);
}

bool Agreement::looks_damaged(const Candidate& candidate) const {
  if (!has_counted()) return false;
  const bool lost_its_meaning = !candidate.values.front() && counted_.values.front();
  if (command_->row().form == Form::date && lost_its_meaning) return true;
  const bool number = is_number(*command_);
  const auto& now_says = number ? candidate.shape : candidate.text;
  const auto& said = number ? counted_.shape : counted_.text;
  if (now_says.size() == said.size()) return false;
  const bool shorter = now_says.size() < said.size();
  if (!(shorter ? is_subsequence(now_says, said) : is_subsequence(said, now_says))) return false;
  const auto& now = candidate.values.front();
  const auto& before = counted_.values.front();
  const bool continues = may_drift(*command_) && now && before &&
                         within_two_percent(std::get<double>(*now), std::get<double>(*before));
  return !continues;
}

/// How many of the last replies, without a break, agree with this one.
std::size_t Agreement::agreeing(const Candidate& candidate) const {
  const auto other = std::find_if(pending_.rbegin(), pending_.rend(),
                                  [&](const Candidate& p) { return !close(p, candidate); });
  return static_cast<std::size_t>(other - pending_.rbegin());
}

/// A number that really changes from reading to reading never agrees with itself. Of three that all
/// differ, at most one being damaged, the middle one is true or between two that are. Where
/// replies come damaged, two may be.
std::optional<Agreement::Candidate> Agreement::median_of_last() const {
  if (!may_drift(*command_) || command_->count != 1 || !has_counted() || pending_.size() < 3) {
    return std::nullopt;
  }
  std::vector<const Candidate*> last;
  for (auto p = pending_.end() - 3; p != pending_.end(); ++p) {
    if (p->shape != counted_.shape || !p->values.front()) return std::nullopt;
    last.push_back(&*p);
  }
  std::ranges::sort(last, {},
                    [](const Candidate* c) { return std::get<double>(*c->values.front()); });
  return *last[1];
}

void Agreement::collect_strays(const Candidate& truth) {
  if (!may_contain_alerts(command_->row().form)) return;
  for (const Candidate& other : pending_) {
    if (other.text.size() <= truth.text.size() || !is_subsequence(truth.text, other.text)) continue;
    std::vector<std::size_t> surplus;
    std::size_t matched = 0;
    std::size_t repeated = 0;
    for (const char c : other.text) {
      if (matched < truth.text.size() && truth.text[matched] == c) {
        ++matched;
      } else if (matched > 0 && truth.text[matched - 1] == c) {
        ++repeated;  // of the text, not an alert
      } else if (const auto alert = alert_index(c)) {
        surplus.push_back(*alert);
      }
    }
    if (surplus.size() + repeated == other.text.size() - truth.text.size()) {
      strays_.insert(strays_.end(), surplus.begin(), surplus.end());
    }
  }
}

Verdict Agreement::count(Candidate candidate) {
  collect_strays(candidate);
  discarded_ += static_cast<unsigned>(pending_.size() - agreeing(candidate));
  counted_ = std::move(candidate);
  pending_.clear();
  asked_ = 0;
  return Verdict::counts;
}

Verdict Agreement::judge(std::string_view reply, const Voucher& voucher) {
  auto candidate = read(reply);
  const bool continues = has_counted() && close(candidate, counted_);
  const bool quiet = voucher.needed <= quiet_line_needs;
  if (continues && (quiet || candidate.text == counted_.text)) return count(std::move(candidate));
  const bool explained = voucher.explained && (!has_counted() || candidate.shape == counted_.shape);
  if (explained || peer_agrees(candidate, voucher)) return count(std::move(candidate));
  if (!has_counted() && quiet && proves_itself(*command_, reply)) {
    return count(std::move(candidate));
  }
  // Free text takes any form, even that of another command's reply.
  const std::size_t more = has_counted() && may_contain_alerts(command_->row().form) ? 1 : 0;
  const auto needed = continues                  ? quiet_line_needs
                      : looks_damaged(candidate) ? needed_if_damaged
                                                 : voucher.needed + more;
  const auto in_a_row = agreeing(candidate) + 1;
  if (in_a_row >= needed) return count(std::move(candidate));
  pending_.push_back(std::move(candidate));
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
