// SPDX-License-Identifier: Apache-2.0
#include "poll/fold.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "catalogue/models.hpp"

namespace upslink::poll {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t status_row = quantity_named("status");
constexpr std::size_t load_row = quantity_named("load");
constexpr std::size_t cause_row = quantity_named("transfer_cause");
constexpr std::size_t firmware_row = quantity_named("firmware");
constexpr std::size_t test_result_row = quantity_named("self_test_result");

constexpr std::uint8_t on_battery = 0x10;
static_assert(status_flags[4].name == "on_battery");
constexpr std::uint8_t calibrating = 0x01;
static_assert(status_flags[0].name == "runtime_calibration");

constexpr std::size_t test_cause = 5;
static_assert(transfer_causes[test_cause].name == "test");
constexpr std::size_t no_result = 3;
static_assert(self_test_results[no_result].name == "none");

constexpr std::size_t line_fail = *alert_index('!');

/// For how long an alert, or a transfer, explains what is read after it.
constexpr auto explains_for = 5s;

/// Of a pause between readings at whose end the UPS is no longer on battery, so much may count as
/// time on battery; more only where a bad line makes pauses, and would be invented.
constexpr auto returns_within = 2s;

/// How long a UPS may take to name the cause of a transfer.
constexpr auto cause_within = 10s;

}  // namespace

Snapshot empty_snapshot(std::string_view link_kind) {
  Snapshot snapshot;
  snapshot.readings.resize(quantity_count);
  snapshot.alerts.resize(alerts.size());
  snapshot.support.resize(command_count, Support::unknown);
  snapshot.commands.resize(command_count);
  snapshot.totals.transfers.resize(transfer_causes.size());
  snapshot.link.kind = link_kind;
  return snapshot;
}

Fold::Fold(const Options& options, std::string_view link_kind, Slot& slot)
    : options_(options),
      slot_(slot),
      next_(std::make_shared<Snapshot>(empty_snapshot(link_kind))) {}

/// To be changed by nobody else, and read by nobody else before publish().
Snapshot& Fold::edit() {
  if (std::exchange(is_published_, false)) next_ = std::make_shared<Snapshot>(*next_);
  return *next_;
}

bool Fold::take(const Command& command, std::string_view reply, TimePoint now, Duration validity,
                TimePoint asked_at) {
  bool decoded = true;
  for (std::size_t i = command.first; i < command.first + command.count; ++i) {
    auto value = decode(quantities[i], reply, options_.battery_date_order);
    if (!value || !*value) {
      decoded &= static_cast<bool>(value);
      edit().readings[i].reset();
      continue;
    }
    if (i == status_row) before_status(std::get<Flags>(**value), now);
    if (i == load_row) before_load(std::get<double>(**value), now);
    if (i == cause_row) after_cause(std::get<Choice>(**value), now);
    if (i == test_result_row) before_test_result(std::get<Choice>(**value), now);
    const auto good_until = validity == Duration::max() ? TimePoint::max() : now + validity;
    edit().readings[i] = Reading{*std::move(*value), now, good_until, asked_at};
  }
  return decoded;
}

void Fold::keep(const Command& command, TimePoint now, Duration validity) {
  for (std::size_t i = command.first; i < command.first + command.count; ++i) {
    auto& reading = edit().readings[i];
    if (reading && reading->good_at(now)) reading->good_until = now + validity;
  }
}

void Fold::doubt(const Command& command, TimePoint until) {
  for (std::size_t i = command.first; i < command.first + command.count; ++i) {
    auto& reading = edit().readings[i];
    if (reading) reading->good_until = std::min(reading->good_until, until);
  }
}

void Fold::forget_readings() {
  for (auto& reading : edit().readings) reading.reset();
  for (auto& support : edit().support) support = Support::unknown;
  edit().totals.on_battery_since.reset();
  edit().totals.test.reset();
  edit().totals.test_result.reset();
  edit().totals.nominal_power_watts.reset();
  cause_awaited_since_.reset();
  transferred_at_.reset();
  for (auto& alert : edit().alerts) alert.heard_at = TimePoint{};
}

void Fold::asked(std::size_t command, bool answered, TimePoint now) {
  auto& record = edit().commands[command];
  ++(answered ? record.replies : record.failures);
  if (answered) record.answered_at = now;
}

/// Time on battery and transfers, from one reading of the status register to the next.
void Fold::before_status(Flags status, TimePoint now) {
  const auto& last = edit().readings[status_row];
  const bool is_on = (status.bits & on_battery) != 0;
  on_battery_changes(is_on, now);
  calibration_changes((status.bits & calibrating) != 0, now);
  if (!last) return;
  const bool was_on = (std::get<Flags>(last->value).bits & on_battery) != 0;
  if (was_on && last->good_at(now)) {
    // When it came back from battery is not known better than from reading to reading.
    const auto since = now - last->read_at;
    const auto counted = is_on ? since : std::min<Duration>(since, returns_within);
    edit().totals.on_battery_seconds += std::chrono::duration<double>(counted).count();
  }
  if (was_on != is_on) transferred_at_ = now;
  if (is_on && !was_on) cause_awaited_since_ = now;
}

void Fold::on_battery_changes(bool is_on, TimePoint now) {
  auto& totals = edit().totals;
  if (is_on && !totals.on_battery_since) {
    const auto heard = edit().alerts[line_fail].heard_at;
    totals.on_battery_since = heard != TimePoint{} && now - heard < explains_for ? heard : now;
  }
  if (is_on) return;
  totals.on_battery_since.reset();
  if (totals.test && !totals.test->calibration && !totals.test->ended) totals.test->ended = now;
}

void Fold::calibration_changes(bool is_on, TimePoint now) {
  auto& totals = edit().totals;
  const bool running = totals.test && totals.test->calibration && !totals.test->ended;
  if (is_on && !running) totals.test = TestRecord{.calibration = true, .began = now, .ended = {}};
  if (!is_on && running) {
    totals.test->ended = now;
    ++totals.tests_completed;
  }
}

/// A unit keeps the result of a self test for five minutes and then says that there is none. A new
/// one shows by what was there before it: none, or a test that ended after that was read.
void Fold::before_test_result(Choice result, TimePoint now) {
  auto& totals = edit().totals;
  const auto& last = edit().readings[test_result_row];
  if (result.index == no_result) return;
  totals.test_result = result.index;
  if (!last) return;
  const bool had_none = std::get<Choice>(last->value).index == no_result;
  const bool of_this_test = totals.test && !totals.test->calibration && totals.test->ended &&
                            *totals.test->ended > last->read_at;
  const bool another = std::get<Choice>(last->value) != result;
  if (!another && !had_none && !of_this_test) return;
  ++totals.tests_completed;
  if (!of_this_test) totals.test = TestRecord{.calibration = false, .began = now, .ended = now};
}

void Fold::before_load(double load, TimePoint now) {
  const auto nominal = nominal_power();
  auto& totals = edit().totals;
  totals.nominal_power_watts = nominal;
  if (!nominal) return;
  const auto& last = edit().readings[load_row];
  if (!totals.output_energy_joules) totals.output_energy_joules = 0;
  if (last && last->good_at(now)) {
    const double seconds = std::chrono::duration<double>(now - last->read_at).count();
    *totals.output_energy_joules += std::get<double>(last->value) * *nominal * seconds;
  }
  totals.output_power_watts = load * *nominal;
}

void Fold::after_cause(Choice cause, TimePoint now) {
  if (!cause_awaited_since_) return;
  cause_awaited_since_.reset();
  auto& totals = edit().totals;
  ++totals.transfers[cause.index];
  const bool in_calibration = totals.test && totals.test->calibration && !totals.test->ended;
  if (cause.index == test_cause && !in_calibration) {
    const auto began = totals.on_battery_since.value_or(now);
    totals.test = TestRecord{.calibration = false, .began = began, .ended = {}};
    if (!totals.on_battery_since) totals.test->ended = now;  // over before its cause was read
  }
}

/// A transfer whose cause the unit never names still happened; it counts under its last word.
void Fold::give_up_on_cause(TimePoint now) {
  if (!cause_awaited_since_ || now - *cause_awaited_since_ < cause_within) return;
  const Reading* cause = next_->reading(cause_row, now);
  after_cause(cause == nullptr ? Choice{} : std::get<Choice>(cause->value), now);
}

std::optional<double> Fold::nominal_power() const {
  if (options_.nominal_power_watts) return options_.nominal_power_watts;
  const auto& firmware = next_->readings[firmware_row];
  if (!firmware) return std::nullopt;
  return nominal_power_watts(std::get<std::string>(firmware->value));
}

void Fold::alert(std::size_t index, TimePoint now) {
  auto& record = edit().alerts[index];
  ++record.count;
  record.last = WallClock::now();
  record.heard_at = now;
}

void Fold::failure(Failure failure, unsigned times) {
  if (failure == Failure::not_available) return;
  edit().link.failures[static_cast<std::size_t>(failure)] += times;
}

void Fold::answered() {
  edit().link.up = true;
  edit().link.silent = false;
  edit().link.last_success = WallClock::now();
}

void Fold::silent() {
  edit().link.up = false;
  edit().link.silent = true;
}

void Fold::counts(const SourceCounts& counts) {
  edit().link.requests = counts.requests;
  edit().link.bytes_sent = counts.bytes_sent;
  edit().link.bytes_received = counts.bytes_received;
}

void Fold::fast_cycle(Duration length) {
  edit().link.poll_duration_seconds = std::chrono::duration<double>(length).count();
}

bool Fold::explained_by_alert(Flags status, TimePoint now) const {
  const auto& last = next_->readings[status_row];
  if (!last) return false;
  const auto before = std::get<Flags>(last->value).bits;
  const unsigned set = status.bits & ~static_cast<unsigned>(before);
  const unsigned cleared = before & ~static_cast<unsigned>(status.bits);
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const auto heard = next_->alerts[i].heard_at;
    const bool recent = heard != TimePoint{} && now - heard < explains_for;
    const unsigned sets = alerts[i].status_set;
    const unsigned clears = alerts[i].status_clear;
    const bool only_that = (cleared & ~clears) == 0 && (status.bits & clears) == 0;
    const bool announces = only_that && set == sets && (sets != 0 || cleared != 0);
    if (recent && announces) return true;
  }
  return false;
}

bool Fold::transferred_lately(TimePoint now) const {
  return transferred_at_ && now - *transferred_at_ < explains_for;
}

std::optional<double> Fold::number_of(char command, TimePoint now) const {
  for (std::size_t i = 0; i < quantity_count; ++i) {
    if (quantities[i].command != command) continue;
    const Reading* reading = next_->reading(i, now);
    if (reading == nullptr || !std::holds_alternative<double>(reading->value)) return std::nullopt;
    return std::get<double>(reading->value);
  }
  return std::nullopt;
}

void Fold::publish(TimePoint now) {
  give_up_on_cause(now);
  if (next_->reading(load_row, now) == nullptr) edit().totals.output_power_watts.reset();
  slot_.publish(next_);
  is_published_ = true;
}

}  // namespace upslink::poll
