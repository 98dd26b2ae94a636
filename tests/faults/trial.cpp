// SPDX-License-Identifier: Apache-2.0
#include "faults/trial.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "faults/simulated_line.hpp"
#include "poll/poller.hpp"
#include "source/smart/smart_source.hpp"

namespace upslink::faults {

namespace {

using namespace std::chrono_literals;

/// For how long what was true may still be read: two cadences, in which the reply of another
/// command, or the middle one of three in a row, may look as if nothing had changed; and a second.
Duration still_read(Cadence cadence) {
  switch (cadence) {
    case Cadence::status:
      return 3s;
    case Cadence::fast:
      return 5s;
    case Cadence::slow:
      return 21s;
    default:
      return 3s;  // settings are not changed
  }
}

/// What a unit would have answered to one command, and when.
struct Answers {
  struct Answer {
    std::optional<std::string> text;
    TimePoint last{};
  };
  std::vector<Answer> given;

  void note(std::optional<std::string> text, TimePoint now) {
    if (given.empty() || given.back().text != text) given.push_back({std::move(text), now});
    given.back().last = now;
  }
};

std::string said(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return std::to_string(*number);
  if (const auto* flags = std::get_if<Flags>(&value)) return "bits " + std::to_string(flags->bits);
  if (const auto* choice = std::get_if<Choice>(&value)) {
    return "choice " + std::to_string(choice->index);
  }
  return '"' + std::get<std::string>(value) + '"';
}

bool same(const Quantity& row, const Value& published, const Value& true_value) {
  if (row.form == Form::level) {  // of which the first character is shown
    return std::get<std::string>(published).front() == std::get<std::string>(true_value).front();
  }
  if (!std::holds_alternative<double>(published)) return published == true_value;
  const double a = std::get<double>(published);
  const double b = std::get<double>(true_value);
  return std::abs(a - b) <= 0.02 * std::max(std::abs(a), std::abs(b));
}

class Trial {
 public:
  Trial(const RandomSchedule& schedule, double watched, const Trace& trace)
      : schedule_(schedule),
        trace_(trace),
        slot_(std::make_shared<const Snapshot>(poll::empty_snapshot("tty"))) {
    auto link = std::make_unique<SimulatedLine>(schedule, schedule.ends + watched);
    line_ = link.get();
    line_->on_wait = [this] { look(); };
    line_->on_question = [this](char byte) {
      tell("asked", std::string_view(&byte, 1));
      note(byte);
    };
    if (trace_) line_->on_byte = [this](char byte) { tell("heard", std::string_view(&byte, 1)); };
    poller_ = std::make_unique<poll::Poller>(
        std::make_unique<smart::SmartSource>(std::move(link)), poll::Options{}, slot_,
        line_->interrupt(),
        [this](LogLevel, const std::string& sentence, const LogFields&) { note_log(sentence); });
  }

  Outcome run() {
    poller_->run();
    check_totals();
    outcome_.missing = missing();
    if (outcome_.missing.empty()) outcome_.recovered = std::max(0.0, last_incomplete_);
    outcome_.simulated = line_->elapsed();
    return std::move(outcome_);
  }

 private:
  void tell(std::string_view what, std::string_view text) const {
    if (trace_) trace_(line_->elapsed(), what, text);
  }

  void note_log(const std::string& sentence) {
    tell("log", sentence);
    if (sentence == "this is another UPS than before") outcome_.wrong.push_back(sentence);
  }

  static std::size_t index_of(char byte) {
    const auto found = std::ranges::find(commands, byte, &Command::byte);
    return static_cast<std::size_t>(found - commands.begin());
  }

  std::optional<std::string> truth(std::size_t command) const {
    return line_->unit().interpreter().peek(std::string(1, commands[command].byte));
  }

  void note(char byte) {
    const auto command = index_of(byte);
    if (command < command_count) answers_[command].note(truth(command), line_->now());
  }

  void look() {
    if (slot_.version() != seen_) {
      seen_ = slot_.version();
      snapshot_ = slot_.load();
      for (std::size_t c = 0; c < command_count; ++c) check(c);
    }
    const double after = line_->elapsed() - schedule_.ends;
    if (after > 0 && after >= looked_ + 0.05) {
      looked_ = after;
      if (snapshot_->link.up && missing().empty()) return;
      last_incomplete_ = after;
      tell("missing", missing());
    }
  }

  /// Each reading once, when it is new.
  void check(std::size_t command) {
    const Command& asked = commands[command];
    for (std::size_t i = asked.first; i < std::size_t{asked.first} + asked.count; ++i) {
      const auto& reading = snapshot_->readings[i];
      if (!reading || reading->read_at == checked_[i]) continue;
      checked_[i] = reading->read_at;
      answers_[command].note(truth(command), line_->now());
      if (!was_true(command, i, *reading)) blame(i, *reading, command);
    }
  }

  bool was_true(std::size_t command, std::size_t quantity, const Reading& reading) const {
    const auto allowed = still_read(quantities[quantity].cadence);
    return std::ranges::any_of(answers_[command].given, [&](const auto& answer) {
      if (!answer.text || answer.last < reading.true_at() - allowed) return false;
      const auto value = decode(quantities[quantity], *answer.text);
      return value && *value && same(quantities[quantity], reading.value, **value);
    });
  }

  void blame(std::size_t quantity, const Reading& reading, std::size_t command) {
    const auto& last = answers_[command].given.back().text;
    outcome_.wrong.push_back(std::to_string(line_->elapsed()) +
                             " s: " + std::string(quantities[quantity].name) + " is " +
                             said(reading.value) + ", the unit says " + last.value_or("nothing"));
    tell("WRONG", outcome_.wrong.back());
  }

  /// The quantities that the unit has and that are not published.
  std::string missing() const {
    std::string names;
    for (std::size_t c = 0; c < command_count; ++c) {
      const Quantity& row = commands[c].row();
      if (row.cadence == Cadence::on_request || row.care == Care::latched) continue;
      const auto answer = truth(c);
      if (!answer) continue;
      for (std::size_t i = commands[c].first;
           i < std::size_t{commands[c].first} + commands[c].count; ++i) {
        const auto value = decode(quantities[i], *answer);
        if (!value || !*value || snapshot_->reading(i, line_->now()) != nullptr) continue;
        names += (names.empty() ? "" : " ") + std::string(quantities[i].name);
      }
    }
    return names;
  }

  /// What adds up may miss something on a bad line, and may not invent any of it.
  void check_totals() {
    const auto& totals = snapshot_->totals;
    std::uint64_t transfers = 0;
    for (const auto count : totals.transfers) transfers += count;
    if (transfers > line_->transfers()) {
      outcome_.wrong.push_back(std::to_string(transfers) + " transfers are counted, there were " +
                               std::to_string(line_->transfers()));
    }
    // From the last reading on battery to the first that is not, and no further than it is valid.
    const double most = line_->seconds_on_battery() + 3.5 * line_->transfers();
    if (totals.on_battery_seconds > most) {
      outcome_.wrong.push_back(std::to_string(totals.on_battery_seconds) +
                               " s on battery are counted, there were " +
                               std::to_string(line_->seconds_on_battery()));
    }
    if (schedule_.invents) return;
    for (std::size_t a = 0; a < alerts.size(); ++a) {
      const auto sent = line_->unit().ledger().alerts(alerts[a].byte);
      if (snapshot_->alerts[a].count <= sent) continue;
      outcome_.wrong.push_back("alert " + std::string(alerts[a].name) + " is counted " +
                               std::to_string(snapshot_->alerts[a].count) + " times, it was sent " +
                               std::to_string(sent) + " times");
    }
  }

  const RandomSchedule& schedule_;
  const Trace& trace_;
  Slot slot_;
  SimulatedLine* line_ = nullptr;
  std::unique_ptr<poll::Poller> poller_;
  std::shared_ptr<const Snapshot> snapshot_ = slot_.load();
  std::uint64_t seen_ = 0;
  double looked_ = 0;
  double last_incomplete_ = 0;
  std::array<Answers, command_count> answers_;
  std::array<TimePoint, quantity_count> checked_{};
  Outcome outcome_;
};

}  // namespace

Outcome run_trial(const RandomSchedule& schedule, double watched, const Trace& trace) {
  return Trial(schedule, watched, trace).run();
}

}  // namespace upslink::faults
