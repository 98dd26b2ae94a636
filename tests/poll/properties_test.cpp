// SPDX-License-Identifier: Apache-2.0
// What holds whatever happens, tried with random sequences that a seed repeats: a snapshot shows
// nothing that was not said, what counts was confirmed, no counter falls, and no byte outside of
// the read-only set reaches a unit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "catalogue/allowed.hpp"
#include "fakes/fake_unit.hpp"
#include "poll/agreement.hpp"
#include "poll/fold.hpp"
#include "poll/poller.hpp"
#include "source/smart/smart_source.hpp"

namespace upslink::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned seeds = 5;
#else
constexpr unsigned seeds = 40;
#endif

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  double probability(double highest) {
    return std::uniform_real_distribution<double>(0, highest)(random_);
  }
  std::mt19937& engine() { return random_; }

 private:
  std::mt19937 random_;
};

/// A reply that this command may get: mostly well formed, often the same, sometimes another one.
std::string some_reply(const Command& command, Chance& chance) {
  static const auto usual = smart_ups_700();
  const Quantity& row = command.row();
  if (row.kind == Kind::flags) return std::vector{"08", "10", "50", "09", "18"}[chance.below(5)];
  if (row.kind == Kind::choice) {
    const auto tokens = row.members[chance.below(row.members.size())].tokens;
    return std::string(tokens.substr(0, tokens.find(' ')));
  }
  if (row.form == Form::number && chance.one_in(2)) {
    return std::to_string(100 + chance.below(3) * 50) + "." + std::to_string(chance.below(10));
  }
  const auto known = usual.find(command.byte);
  return known == usual.end() ? "NO" : known->second;
}

/// Everything in a snapshot that only counts up.
std::vector<double> counters(const Snapshot& snapshot) {
  std::vector<double> all;
  const auto add = [&all](auto number) { all.push_back(static_cast<double>(number)); };
  for (const auto& alert : snapshot.alerts) add(alert.count);
  for (const auto& command : snapshot.commands) {
    add(command.replies);
    add(command.failures);
  }
  for (const auto transfers : snapshot.totals.transfers) add(transfers);
  add(snapshot.totals.on_battery_seconds);
  add(snapshot.totals.tests_completed);
  add(snapshot.totals.output_energy_joules.value_or(0));
  for (const auto failures : snapshot.link.failures) add(failures);
  add(snapshot.link.requests);
  add(snapshot.link.bytes_sent);
  add(snapshot.link.bytes_received);
  add(snapshot.link.opens);
  return all;
}

/// Looks at each snapshot of a slot and compares it with the one before.
class NeverFalls {
 public:
  void look(const Snapshot& snapshot) {
    auto now = counters(snapshot);
    for (std::size_t i = 0; i < before_.size(); ++i)
      EXPECT_GE(now[i], before_[i]) << "counter " << i;
    before_ = std::move(now);
  }

 private:
  std::vector<double> before_;
};

// --- the fold

/// What was last said of each command, and until when it may be believed.
struct Said {
  std::string reply;
  TimePoint at;
  TimePoint good_until;
};

class FoldProperty {
 public:
  explicit FoldProperty(unsigned seed)
      : chance_(seed),
        slot_(std::make_shared<const Snapshot>(poll::empty_snapshot("tty"))),
        fold_(options(), "tty", slot_) {}

  void run() {
    for (int i = 0; i < 600 && !::testing::Test::HasFailure(); ++i) {
      now_ += chance_.below(3000) * 1ms;
      step();
      fold_.publish(now_);
      const auto snapshot = slot_.load();
      never_falls_.look(*snapshot);
      check(*snapshot);
    }
  }

 private:
  static poll::Options options() {
    poll::Options with_rating;
    with_rating.nominal_power_watts = 450;
    return with_rating;
  }

  void step() {
    const std::size_t index = chance_.below(command_count);
    const Command& command = commands[index];
    switch (chance_.below(12)) {
      case 0:
        return fold_.alert(chance_.below(alerts.size()), now_);
      case 1:
        return fold_.failure(static_cast<Failure>(chance_.below(counted_failures + 1)));
      case 2:
        return fold_.asked(index, chance_.one_in(2), now_);
      case 3:
        return keep(command);
      case 4:
        if (chance_.one_in(10)) forget();
        return;
      case 5:
        return take(commands[poll::Schedule::status]);  // the totals hang on these
      case 6:
        return take(commands[chance_.one_in(2) ? command_of('P') : command_of('G')]);
      default:
        return take(command);
    }
  }

  void take(const Command& command) {
    const auto reply = some_reply(command, chance_);
    const Duration validity = 1s + chance_.below(20) * 1s;
    fold_.take(command, reply, now_, validity);
    said_[command.byte] = {reply, now_, now_ + validity};
  }

  void keep(const Command& command) {
    const Duration validity = 1s + chance_.below(20) * 1s;
    fold_.keep(command, now_, validity);
    const auto said = said_.find(command.byte);
    if (said != said_.end() && now_ < said->second.good_until) {
      said->second.good_until = now_ + validity;
    }
  }

  void forget() {
    fold_.forget_readings();
    said_.clear();
  }

  /// Every row shows what was said last, as long as it holds, and nothing else.
  void check(const Snapshot& snapshot) const {
    for (std::size_t i = 0; i < quantity_count; ++i) {
      const Reading* shown = snapshot.reading(i, now_);
      const auto said = said_.find(quantities[i].command);
      const bool holds = said != said_.end() && now_ < said->second.good_until;
      const auto value = holds ? decode(quantities[i], said->second.reply)
                               : Result<std::optional<Value>, Failure>(std::optional<Value>{});
      const bool is_known = value && *value;
      ASSERT_EQ(shown != nullptr, is_known) << quantities[i].name;
      if (shown == nullptr) continue;
      ASSERT_TRUE(shown->value == **value) << quantities[i].name;
      ASSERT_EQ(shown->read_at, said->second.at) << quantities[i].name;
    }
  }

  Chance chance_;
  Slot slot_;
  poll::Fold fold_;
  TimePoint now_{1000s};
  std::map<char, Said> said_;
  NeverFalls never_falls_;
};

TEST(FoldPropertyTest, ShowsWhatWasSaidLastAndNothingElse) {
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FoldProperty(seed).run();
  }
}

// --- the agreement

/// Replies to one command, and what is known of each that counted.
class AgreementProperty {
 public:
  AgreementProperty(const Command& command, unsigned seed)
      : command_(command), chance_(seed), agreement_(command, DateOrder::mdy) {}

  void run() {
    for (int i = 0; i < 200 && !::testing::Test::HasFailure(); ++i) {
      if (chance_.one_in(20)) agreement_.end_round();
      const poll::Voucher voucher{
          .explained = chance_.one_in(30), .peer = {}, .needed = 2 + chance_.below(4)};
      hear(some_reply(command_, chance_), voucher);
    }
  }

 private:
  std::optional<double> number(const std::string& reply) const {
    const auto value = decode(command_.row(), reply);
    if (!value || !*value || !std::holds_alternative<double>(**value)) return std::nullopt;
    return std::get<double>(**value);
  }

  /// Readings that drift agree within 2 %, everything else only if it is the same.
  bool agree(const std::string& a, const std::string& b) const {
    if (a == b) return true;
    const auto cadence = command_.row().cadence;
    if (cadence == Cadence::settings || cadence == Cadence::identity) return false;
    const auto x = number(a);
    const auto y = number(b);
    return x && y && std::abs(*x - *y) <= 0.02 * std::max(*x, *y);
  }

  bool is_middle_of_last_three(const std::string& counted) const {
    if (since_.size() < 3 || !number(counted)) return false;
    std::vector<double> last;
    for (auto said = since_.end() - 3; said != since_.end(); ++said) {
      if (const auto value = number(*said)) last.push_back(*value);
    }
    std::ranges::sort(last);
    return last.size() == 3 && last[1] == number(counted);
  }

  void hear(const std::string& reply, const poll::Voucher& voucher) {
    const auto before = agreement_.counted();
    const bool had_counted = agreement_.has_counted();
    since_.push_back(reply);
    if (agreement_.judge(reply, voucher) != poll::Verdict::counts) return;
    const auto& counted = agreement_.counted();
    ASSERT_TRUE(std::ranges::find(since_, counted) != since_.end()) << counted;
    const auto agreeing = std::ranges::count_if(
        since_, [&](const std::string& said) { return agree(said, counted); });
    const bool lists_commands = command_.row().form == Form::level && !had_counted;
    ASSERT_TRUE(voucher.explained || lists_commands || (had_counted && agree(before, counted)) ||
                agreeing >= 2 || is_middle_of_last_three(counted))
        << command_.row().name << ": " << counted << " after " << before;
    since_.clear();
  }

  const Command& command_;
  Chance chance_;
  poll::Agreement agreement_;
  std::vector<std::string> since_;  // the replies since the last that counted
};

TEST(AgreementPropertyTest, CountsOnlyWhatWasSaidAndConfirmed) {
  for (const Command& command : commands) {
    for (unsigned seed = 1; seed <= seeds / 4; ++seed) {
      SCOPED_TRACE(std::string(command.row().name) + ", seed " + std::to_string(seed));
      AgreementProperty(command, seed).run();
    }
  }
}

// --- a poller, its source and the line

struct Observation {
  std::string reply;
  TimePoint at;
};

/// A source that remembers what each command was answered.
class ObservedSource final : public Source {
 public:
  using Observations = std::map<char, std::vector<Observation>>;

  ObservedSource(std::unique_ptr<Source> source, Observations& observations)
      : source_(std::move(source)), observations_(observations) {}

  std::string_view kind() const override { return source_->kind(); }
  std::string_view address() const override { return source_->address(); }
  void on_alert(AlertSink sink) override { source_->on_alert(std::move(sink)); }
  std::optional<SourceProblem> open() override { return source_->open(); }
  void close() override { source_->close(); }
  std::optional<Failure> synchronise() override { return source_->synchronise(); }
  bool in_step() const override { return source_->in_step(); }
  Result<std::string, Failure> ask(const Command& command) override {
    auto reply = source_->ask(command);
    if (reply) observations_[command.byte].push_back({*reply, now()});
    return reply;
  }
  Heard listen(TimePoint until) override { return source_->listen(until); }
  Expectation expects(const Command& command) const override { return source_->expects(command); }
  bool await_return(TimePoint until) override { return source_->await_return(until); }
  SourceCounts counts() const override { return source_->counts(); }
  TimePoint now() const override { return source_->now(); }

 private:
  std::unique_ptr<Source> source_;
  Observations& observations_;
};

class PollerProperty {
 public:
  explicit PollerProperty(unsigned seed)
      : chance_(seed), slot_(std::make_shared<const Snapshot>(poll::empty_snapshot("tty"))) {
    auto link = std::make_unique<FakeUnit>(smart_ups_700());
    unit_ = link.get();
    unit_->random.seed(seed);
    auto source = std::make_unique<ObservedSource>(
        std::make_unique<smart::SmartSource>(std::move(link)), observations_);
    poller_ = std::make_unique<poll::Poller>(std::move(source), poll::Options{}, slot_,
                                             unit_->interrupt(), [](auto, auto&, auto&) {});
  }

  void run() {
    constexpr auto end = 120s;
    for (auto at = 2s; at < end; at += 2s) unit_->at(at, [this] { change_something(); });
    unit_->at(end, [this] { unit_->interrupt().raise(); });
    const auto looks = slot_.subscribe([this] { look(); });
    poller_->run();
    for (const char c : unit_->received) ASSERT_TRUE(may_be_sent(c)) << static_cast<int>(c);
    EXPECT_GT(shown_, 1000U) << "there was something to look at";
  }

 private:
  /// Another fault, another answer, or another state of the plug.
  void change_something() {
    auto& faults = unit_->faults;
    faults = {};
    unit_->plugged_in = !chance_.one_in(15);
    if (chance_.one_in(3)) return;
    if (chance_.one_in(3)) faults.flip_bit = chance_.probability(0.05);
    if (chance_.one_in(3)) faults.lose_byte = chance_.probability(0.05);
    if (chance_.one_in(4)) faults.insert_alert = chance_.probability(0.1);
    if (chance_.one_in(4)) faults.other_reply = chance_.probability(0.3);
    if (chance_.one_in(4)) faults.double_reply = chance_.probability(0.3);
    if (chance_.one_in(4)) faults.truncate = chance_.probability(0.3);
    if (chance_.one_in(4)) faults.noise_before = chance_.probability(0.3);
    if (chance_.one_in(8)) faults.late = chance_.below(3000) * 1ms;
    if (chance_.one_in(8)) faults.silent = true;
    const Command& command = commands[chance_.below(command_count)];
    const auto reply = unit_->replies().find(command.byte);
    if (reply != unit_->replies().end()) reply->second = some_reply(command, chance_);
  }

  /// Runs at each publication.
  void look() {
    const auto snapshot = slot_.load();
    never_falls_.look(*snapshot);
    for (std::size_t i = 0; i < quantity_count; ++i) {
      const Reading* reading = snapshot->reading(i, unit_->now());
      if (reading == nullptr) continue;
      ++shown_;
      ASSERT_LE(reading->read_at, unit_->now());
      ASSERT_TRUE(was_observed(quantities[i], *reading)) << quantities[i].name;
    }
  }

  /// Whether it was said so, not longer before it was published than it may be believed after.
  bool was_observed(const Quantity& row, const Reading& reading) const {
    const auto heard = observations_.find(row.command);
    if (heard == observations_.end()) return false;
    const bool ages = reading.good_until != TimePoint::max();
    const auto since =
        ages ? reading.read_at - (reading.good_until - reading.read_at) : TimePoint::min();
    return std::any_of(heard->second.rbegin(), heard->second.rend(), [&](const Observation& one) {
      if (one.at < since || one.at > reading.read_at) return false;
      const auto value = decode(row, one.reply);
      return value && *value && **value == reading.value;
    });
  }

  Chance chance_;
  Slot slot_;
  FakeUnit* unit_;
  std::unique_ptr<poll::Poller> poller_;
  ObservedSource::Observations observations_;
  NeverFalls never_falls_;
  std::size_t shown_ = 0;
};

TEST(PollerPropertyTest, PublishesOnlyWhatWasHeardLately) {
  for (unsigned seed = 1; seed <= seeds / 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PollerProperty(seed).run();
  }
}

}  // namespace
}  // namespace upslink::testing
