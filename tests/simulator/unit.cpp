// SPDX-License-Identifier: Apache-2.0
#include "unit.hpp"

#include <algorithm>
#include <utility>

namespace upslink::simulator {
namespace {

constexpr double bits_per_byte = 10;

}  // namespace

Unit::Unit(Profile profile, const UnitOptions& options, Time now)
    : profile_(std::move(profile)),
      settings_(profile_),
      model_(profile_, settings_, now, options.speed),
      interpreter_(profile_, settings_, model_),
      faults_(options.seed) {
  const double turnaround = options.baud > 0 ? profile_.turnaround_ms : 0;
  set_timing({options.baud, options.turnaround_ms.value_or(turnaround),
              options.byte_ms.value_or(profile_.byte_ms), false});
  interpreter_.set_smart(options.smart);
  if (profile_.recording) replay_.emplace(*profile_.recording);
}

void Unit::set_timing(const Timing& timing) {
  timing_ = timing;
  const bool paced = timing.baud > 0;
  const auto byte_time = paced ? from_seconds(bits_per_byte / timing.baud) : Duration{};
  receiver_.set_byte_time(byte_time);
  transmitter_.set_pace(byte_time, paced ? from_seconds(timing.byte_ms / 1000) : Duration{});
  transmitter_.set_alerts_inside(timing.alerts_inside);
}

void Unit::receive(std::string_view bytes, Time now) {
  if (replay_) replay_->begin(now);
  for (const char byte : bytes) {
    ledger_.note_received(byte, false);
    receiver_.push(byte, now, false);
  }
}

Time Unit::due() const {
  return std::min({receiver_.due(), transmitter_.due(), model_.next_event(), faults_.next_event(),
                   replay_ ? replay_->due() : never});
}

void Unit::run(Time now, const Sink& sink) {
  for (Time next = due(); next <= now; next = due()) step(next, sink);
  model_.advance(now);
  announce();
}

void Unit::step(Time now, const Sink& sink) {
  model_.advance(now);
  announce();
  for (const auto fault : faults_.expire(now)) fault_ended(fault, now);
  send_burst(faults_.bursts(now), now);
  if (const auto* unasked = replay_ ? replay_->take_unasked(now) : nullptr) {
    send_unasked(*unasked, now);
  }
  if (const auto departure = transmitter_.take(now)) take_departure(*departure, sink);
  if (const auto arrival = receiver_.take(now)) take_arrival(*arrival);
}

void Unit::take_arrival(const Arrival& arrival) {
  const auto byte = faults_.apply(arrival.byte, Direction::received);
  if (!byte) return;
  if (!arrival.looped && faults_.echoes_received()) {
    transmitter_.alert({std::string(1, *byte), arrival.at, {}});
  }
  if (dark_ || silenced() || !model_.alive()) return;
  const auto reply = interpreter_.take(*byte, arrival.at);
  announce();
  if (transmitter_.filling()) return;
  if (const auto recorded = recorded_answer(*byte, arrival.at))
    return send_recorded(*recorded, arrival.at);
  if (reply) send_reply(*reply, arrival.at);
}

std::optional<RecordedAnswer> Unit::recorded_answer(char byte, Time now) {
  const bool overridden = interpreter_.overrides().contains(std::string(1, byte));
  if (!replay_ || !interpreter_.smart() || overridden) return std::nullopt;
  return replay_->next(byte, now);
}

// At the time after its question at which it was recorded: the end of an answer is what a client
// waits for, so that is kept where an adapter gave the bytes in one piece.
void Unit::send_recorded(const RecordedAnswer& answer, Time arrived) {
  if (answer.bytes.empty()) return;
  ledger_.note_reply();
  const auto& bytes = answer.bytes;
  const bool whole = answer.alerts.empty() && bytes.ends_with("\r\n");
  auto faulty = whole ? faults_.apply(bytes.substr(0, bytes.size() - 2),
                                      [this](Dice& dice) { return foreign_reply(dice); })
                      : FaultyReply{bytes, {}};
  if (!faulty || faulty->bytes.empty()) return;
  Chunk chunk{std::move(faulty->bytes), arrived + faulty->late, {}, {}};
  if (timing_.baud > 0) {
    const auto byte_time = from_seconds(bits_per_byte / timing_.baud);
    const auto gaps = static_cast<Duration::rep>(bytes.size() - 1);
    const auto measured = gaps > 0 ? (answer.last - answer.first) / gaps : Duration{};
    chunk.byte_period = std::max(byte_time, measured);
    const auto before = byte_time + (gaps + 1) * chunk.byte_period;  // the question and the answer
    chunk.not_before += std::max(answer.last - before, Duration{});
  }
  for (const auto place : answer.alerts) {
    chunk.alerts.emplace_back(place, ledger_.note_alert(bytes[place], arrived));
  }
  transmitter_.reply(std::move(chunk));
}

void Unit::send_unasked(const Unasked& unasked, Time now) {
  if (!interpreter_.smart() || dark_ || silenced() || !plugged_) return;
  if (unasked.alert) return send_alert(unasked.bytes.front(), false, now);
  send_burst(unasked.bytes, now);
}

void Unit::send_reply(const std::string& reply, Time arrived) {
  ledger_.note_reply();
  auto faulty = faults_.apply(reply, [this](Dice& dice) { return foreign_reply(dice); });
  if (!faulty || faulty->bytes.empty()) return;
  Chunk chunk{std::move(faulty->bytes),
              arrived + from_seconds(timing_.turnaround_ms / 1000) + faulty->late,
              {}};
  const auto middle = std::max<std::size_t>(1, reply.size() / 2);
  for (const char alert : std::exchange(inside_next_, {})) {
    const auto place = std::min(middle + chunk.alerts.size(), chunk.bytes.size());
    chunk.bytes.insert(place, 1, alert);
    chunk.alerts.emplace_back(place, ledger_.note_alert(alert, arrived));
  }
  transmitter_.reply(std::move(chunk));
}

std::string Unit::foreign_reply(Dice& dice) const {
  const auto commands = interpreter_.reading_commands();
  if (commands.empty()) return "NA";
  return interpreter_.peek(commands[dice.below(commands.size())]).value_or("NA");
}

void Unit::send_burst(std::string bytes, Time now) {
  if (!bytes.empty()) transmitter_.alert({std::move(bytes), now, {}});
}

void Unit::take_departure(const Departure& departure, const Sink& sink) {
  if (silenced() || !plugged_) return;
  const auto byte = faults_.apply(departure.byte, Direction::sent);
  const auto delivered = byte ? sink(*byte, departure.at) : std::nullopt;
  ledger_.note_sent(delivered.has_value());
  if (departure.id && delivered) ledger_.note_alert_sent(*departure.id, *delivered);
  if (!byte || departure.filler || !faults_.echoes_sent()) return;
  ledger_.note_received(*byte, true);
  receiver_.push(*byte, departure.at, true);
}

// Alerts.

bool Unit::sends(char alert) const {
  if (!interpreter_.smart() || dark_ || silenced() || !plugged_) return false;
  if (accessory_ && accessory_->alerts.find(alert) != std::string::npos) return true;
  return profile_.alerts.find(alert) != std::string::npos;
}

void Unit::announce() {
  for (const auto& [alert, raised] : model_.take_alerts()) {
    if (!sends(alert)) continue;
    const auto id = ledger_.note_alert(alert, raised);
    transmitter_.alert({std::string(1, alert), raised, {{0, id}}});
  }
}

void Unit::send_alert(char alert, bool inside, Time now) {
  if (inside) {
    inside_next_ += alert;
    return;
  }
  const auto id = ledger_.note_alert(alert, now);
  transmitter_.alert({std::string(1, alert), now, {{0, id}}});
}

// Faults and power.

std::optional<std::string> Unit::start_fault(Fault fault, const std::vector<Word>& arguments,
                                             Time now) {
  if (auto error = faults_.start(fault, arguments, now)) return error;
  switch (fault) {
    case Fault::endless:
      transmitter_.clear();
      transmitter_.set_filler([this] { return faults_.endless_byte(); }, now);
      break;
    case Fault::dumb:
      interpreter_.set_smart(false);
      faults_.stop(fault);
      break;
    case Fault::unplug:
      set_plugged(false);
      break;
    default:
      break;
  }
  return std::nullopt;
}

void Unit::stop_fault(Fault fault, Time now) {
  if (!faults_.active(fault)) return;
  faults_.stop(fault);
  fault_ended(fault, now);
}

void Unit::fault_ended(Fault fault, Time now) {
  if (fault == Fault::endless) transmitter_.set_filler({}, now);
  if (fault == Fault::unplug) set_plugged(true);
}

void Unit::set_plugged(bool plugged) {
  if (plugged) faults_.stop(Fault::unplug);
  if (plugged == plugged_) return;
  plugged_ = plugged;
  receiver_.clear();
  transmitter_.clear();
  if (plug_listener_) plug_listener_(plugged);
}

void Unit::go_dark(Time now) {
  if (dark_) return;
  transmitter_.clear();
  send_alert('*', false, now);
  model_.turn_off();
  announce();
  dark_ = true;
}

void Unit::come_back() {
  if (!dark_ && model_.output_on()) return;
  dark_ = false;
  interpreter_.set_smart(false);
  model_.turn_on();
}

void Unit::set_accessory(std::optional<Profile> accessory) {
  interpreter_.set_accessory(nullptr);
  accessory_ = std::move(accessory);
  if (!accessory_) {
    model_.set_environment_alarm(false);
    return;
  }
  for (const auto& each : quantity_rows) {
    const double value = accessory_->quantities[index(each.id)];
    if (value == value) model_.set_quantity(each.id, value);
  }
  interpreter_.set_accessory(&*accessory_);
}

bool Unit::answering() const {
  return plugged_ && !dark_ && !silenced() && model_.alive() && interpreter_.smart();
}

}  // namespace upslink::simulator
