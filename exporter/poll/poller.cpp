// SPDX-License-Identifier: Apache-2.0
#include "poll/poller.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "catalogue/models.hpp"

namespace upslink::poll {

namespace {

using namespace std::chrono_literals;

/// After this long without a good reply a UPS is not up. The longest exchange that can be under way
/// at that moment ends within the 5 s in which silence is to show.
constexpr auto silent_after = 3500ms;

constexpr Duration shortest_pause = 500ms;
constexpr Duration longest_pause = 30s;

Duration pause_after(unsigned attempts) {
  return std::min(shortest_pause * (1U << std::min(attempts, 6U)), longest_pause);
}

constexpr std::size_t eeprom_alert = *alert_index('|');

std::string text_of(const Snapshot& snapshot, std::size_t row) {
  const auto& reading = snapshot.readings[row];
  return reading ? std::get<std::string>(reading->value) : std::string{};
}

}  // namespace

Poller::Poller(std::unique_ptr<Source> source, const Options& options, Slot& slot,
               const Interrupt& interrupt, Log log)
    : source_(std::move(source)),
      interrupt_(interrupt),
      log_(std::move(log)),
      schedule_(options, [this](const Command& c) { return source_->expects(c); }),
      fold_(options, source_->kind(), slot),
      date_order_(options.battery_date_order) {
  source_->on_alert([this](std::size_t alert) { alert_came(alert); });
}

void Poller::run() {
  publish();
  while (!stopped()) {
    if (!connect()) continue;
    serve();
    if (!stopped()) link_lost();
  }
  source_->close();
}

// --- the link

/// Opens the link, or waits until it may be worth another try: with growing pauses, but at once
/// when the device appears. A problem is said once, and again only when it is another one. A device
/// that has just appeared gets its group a moment later from udev, so that a lack of permission is
/// said only when it lasts.
bool Poller::connect() {
  const bool just_appeared = std::exchange(appeared_, false);
  const auto problem = source_->open();
  if (!problem) {
    fold_.link_opened();
    answered_since_open_ = false;
    answered_at_ = source_->now();
    schedule_.start(answered_at_);
    publish();
    return true;
  }
  fold_.failure(Failure::link);
  fold_.silent();
  publish();
  const bool may_pass = just_appeared && problem->kind == SourceProblem::Kind::denied;
  if (problem->sentence != said_problem_ && !may_pass) {
    said_problem_ = problem->sentence;
    log_(LogLevel::warning, problem->sentence, {});
  }
  const bool only_absent = problem->kind == SourceProblem::Kind::absent;
  const auto pause = only_absent ? longest_pause : pause_after(attempts_);
  if (source_->await_return(source_->now() + pause)) {
    attempts_ = 0;
    appeared_ = true;
  } else if (!only_absent) {
    ++attempts_;
  }
  return false;
}

void Poller::link_lost() {
  source_->close();
  fold_.silent();
  publish();
  if (answered_since_open_) {
    attempts_ = 0;
    said_problem_.clear();
    log_(LogLevel::warning, "the connection to the UPS is lost; trying to get it back", {});
    return;
  }
  source_->await_return(source_->now() + pause_after(attempts_));
  ++attempts_;
}

// --- the loop

void Poller::serve() {
  while (!stopped()) {
    check_silence(source_->now());
    if (!source_->in_step()) {
      if (!get_into_step()) return;
      continue;
    }
    const auto now = source_->now();
    if (const auto command = schedule_.next(now)) {
      read(*command);
      continue;
    }
    schedule_.rest(now);
    const auto until = std::min(schedule_.next_due(), std::max(silence_begins(), now + 100ms));
    if (source_->listen(until) == Heard::link_lost) {
      fold_.failure(Failure::link);
      return;
    }
  }
}

/// False when the link is gone. A unit that does not answer is tried for as long as the link is
/// open, without growing pauses: it may talk again at any moment.
bool Poller::get_into_step() {
  const auto failure = source_->synchronise();
  if (!failure) {
    answered();
    return true;
  }
  fold_.failure(*failure);
  check_silence(source_->now());
  publish();
  return *failure != Failure::link;
}

void Poller::read(std::size_t command) {
  for (;;) {
    const auto asked_at = source_->now();
    const auto reply = source_->ask(commands[command]);
    follow_fast_cycle(command, asked_at);
    fold_.asked(command, reply || reply.error() == Failure::not_available, source_->now());
    if (!reply) {
      no_reply(command, reply.error());
      return;
    }
    answered();
    const auto now = source_->now();
    auto& judge = agreement(command);
    const auto verdict = judge.judge(*reply, voucher_for(commands[command], *reply, now));
    for (const auto alert : judge.take_stray_alerts()) alert_came(alert);
    const auto discarded = judge.take_discarded();
    fold_.failure(Failure::implausible, discarded);
    trouble_.note(discarded > 0 ? Trouble::Kind::doubt : Trouble::Kind::none);
    if (verdict == Verdict::counts) {
      published(command, now, asked_at);
      return;
    }
    schedule_.uncounted(command, now);
    if (const auto until = schedule_.doubted_until(command, now)) {
      fold_.doubt(commands[command], *until);
    }
    if (verdict == Verdict::wait) {
      fold_.failure(Failure::implausible);
      publish();
      return;
    }
    // An alert that came meanwhile goes first; this command is asked again right after it.
    if (command != Schedule::status && schedule_.status_due(now)) {
      judge.end_round();  // others may be asked before it
      schedule_.make_due(command, now);
      publish();
      return;
    }
  }
}

void Poller::published(std::size_t command, TimePoint now, TimePoint asked_at) {
  if (is_another_unit(command)) forget_unit(now);
  schedule_.counted(command, now);
  const auto status_before = fold_.state().readings[quantity_named("status")];
  if (!fold_.take(commands[command], agreement(command).counted(), now, schedule_.validity(command),
                  asked_at)) {
    fold_.failure(Failure::malformed);
  }
  fold_.support(command, Support::supported);
  if (command == Schedule::status) {
    const auto& status_now = fold_.state().readings[quantity_named("status")];
    const bool changed = !status_before || status_before->value != status_now->value;
    if (changed) schedule_.make_due(Cadence::fast, now);  // the rest has changed with it
    // The UPS may have made this reply before it sent an alert that came after the question.
    if (last_alert_ >= asked_at) schedule_.make_status_due(now);
  }
  publish();
  if (commands[command].row().cadence == Cadence::identity) note_identity();
}

void Poller::no_reply(std::size_t command, Failure failure) {
  const auto now = source_->now();
  if (agreements_[command]) agreements_[command]->end_round();
  if (failure == Failure::not_available) {
    answered();
    if (agreements_[command]) agreements_[command]->break_row();
    schedule_.not_available(command, now);
    if (commands[command].row().care == Care::keeps) {
      fold_.keep(commands[command], now, schedule_.validity(command));
    }
  } else {
    fold_.failure(failure);
    trouble_.note(failure == Failure::timeout ? Trouble::Kind::doubt : Trouble::Kind::damage);
    if (failure != Failure::link && failure != Failure::desync)
      schedule_.failed(command, failure, now);
  }
  fold_.support(command, schedule_.support(command));
  publish();
}

void Poller::alert_came(std::size_t alert) {
  const auto now = source_->now();
  last_alert_ = now;
  fold_.alert(alert, now);
  schedule_.make_status_due(now);
  if (alert == eeprom_alert) schedule_.make_due(Cadence::settings, now);
  publish();
}

// --- what is believed

void Trouble::note(Kind kind) {
  level_ = level_ * 0.9 + (kind == Kind::none ? 0.0 : 0.1);
  if (kind == Kind::damage) {
    since_damage_ = 0;
  } else if (since_damage_ < std::numeric_limits<unsigned>::max()) {
    ++since_damage_;
  }
}

bool Trouble::damaged_lately() const {
  constexpr unsigned remembered = 100;  // exchanges, some eight seconds
  return since_damage_ < remembered;
}

std::size_t Trouble::readings_needed() const {
  if (level_ < 0.15 && damaged_lately()) return 4;
  if (level_ < 0.03) return 2;
  if (level_ < 0.15) return 3;
  return level_ < 0.5 ? 5 : 8;
}

Voucher Poller::voucher_for(const Command& command, const std::string& reply, TimePoint now) const {
  Voucher voucher;
  const Quantity& row = command.row();
  if (command.first == quantity_named("status")) {
    const auto value = decode(row, reply);
    voucher.explained = fold_.explained_by_alert(std::get<Flags>(**value), now);
  } else if (row.care == Care::resets) {
    voucher.explained = fold_.transferred_lately(now);
  }
  voucher.needed = trouble_.readings_needed();
  voucher.damage = trouble_.damaged_lately();
  // On a bad line the alert, too, may be made of noise.
  voucher.explained = voucher.explained && voucher.needed == 2;
  if (row.peer != 0 && voucher.needed == 2) voucher.peer = fold_.number_of(row.peer, now);
  return voucher;
}

// --- up, silent, known

void Poller::answered() {
  answered_at_ = source_->now();
  attempts_ = 0;
  if (!fold_.up()) {
    log_(LogLevel::info, silence_said_ ? "the UPS answers again" : "the UPS answers",
         {{"address", std::string(source_->address())}});
    if (silence_said_) schedule_.start(answered_at_);  // perhaps it is another unit by now
    silence_said_ = false;
    said_problem_.clear();
  }
  answered_since_open_ = true;
  fold_.answered();
}

TimePoint Poller::silence_begins() const {
  return answered_at_ + silent_after;
}

void Poller::check_silence(TimePoint now) {
  if (now < silence_begins() || silence_said_) return;
  fold_.silent();
  publish();
  silence_said_ = true;
  log_(LogLevel::warning,
       "the UPS does not answer; check the cable, that the port is the right one, and that the UPS "
       "is "
       "on (upslink_exporter probe ADDRESS says more)",
       {{"address", std::string(source_->address())}});
}

/// Whether the reply that just counted names another model, firmware or serial number than before.
bool Poller::is_another_unit(std::size_t command) const {
  const Quantity& row = commands[command].row();
  const auto& before = fold_.state().readings[commands[command].first];
  if (!tells_units_apart(row) || !before) return false;
  const auto value = decode(row, agreements_[command]->counted());
  return value && *value && **value != before->value;
}

/// Nothing that was read of the former unit holds for the one that is there now, not even which
/// commands it has.
void Poller::forget_unit(TimePoint now) {
  log_(LogLevel::info, "this is another UPS than before", {});
  said_identity_.clear();
  fold_.forget_readings();
  for (std::size_t i = 0; i < command_count; ++i) {
    if (!tells_units_apart(commands[i].row())) agreements_[i].reset();
  }
  schedule_.forget_support();
  schedule_.start(now);
}

/// Says who the UPS is once that is settled.
void Poller::note_identity() {
  for (std::size_t i = 0; i < command_count; ++i) {
    if (tells_units_apart(commands[i].row()) && schedule_.support(i) == Support::unknown) return;
  }
  const auto& state = fold_.state();
  const auto firmware = text_of(state, quantity_named("firmware"));
  const auto serial = text_of(state, quantity_named("serial_number"));
  const auto model = model_name(text_of(state, quantity_named("model")), firmware,
                                text_of(state, quantity_named("firmware_code")));
  auto identity = model + '\n' + firmware + '\n' + serial;
  if (identity == said_identity_) return;
  log_(LogLevel::info, "this is the UPS",
       {{"model", model}, {"firmware", firmware}, {"serial_number", serial}});
  said_identity_ = std::move(identity);
}

/// A fast cycle begins with the first of the fast commands that the unit has and is complete when
/// every other one was asked.
void Poller::follow_fast_cycle(std::size_t command, TimePoint asked_at) {
  constexpr auto second_reading_within = 500ms;
  const auto in_cycle = [&](std::size_t c) {
    return commands[c].row().cadence == Cadence::fast && schedule_.support(c) == Support::supported;
  };
  if (!in_cycle(command)) return;
  std::size_t first = 0;
  while (!in_cycle(first)) ++first;  // ends at `command` at the latest
  if (command == first && asked_at - cycle_began_ > second_reading_within) {
    cycle_began_ = asked_at;
    for (std::size_t i = 0; i < command_count; ++i) cycle_left_[i] = in_cycle(i);
  }
  if (!cycle_left_[command]) return;
  cycle_left_.reset(command);
  if (cycle_left_.none()) fold_.fast_cycle(source_->now() - cycle_began_);
}

Agreement& Poller::agreement(std::size_t command) {
  auto& known = agreements_[command];
  if (!known) known = std::make_unique<Agreement>(commands[command], date_order_);
  return *known;
}

void Poller::publish() {
  fold_.counts(source_->counts());
  fold_.publish(source_->now());
}

}  // namespace upslink::poll
