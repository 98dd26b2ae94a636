// SPDX-License-Identifier: Apache-2.0
#include "faults.hpp"

#include <algorithm>

namespace upslink::simulator {
namespace {

using Setter = bool (*)(ActiveFault&, const std::string&);

bool set_number(double& member, const std::string& text) {
  const auto number = parse_number<double>(text);
  if (!number || *number < 0) return false;
  member = *number;
  return true;
}

bool set_direction(ActiveFault& active, const std::string& text) {
  active.when_sent = text == "sent" || text == "both";
  active.when_received = text == "received" || text == "both";
  return active.when_sent || active.when_received;
}

struct ArgumentRow {
  std::string_view name;
  Setter set;
};

constexpr std::array argument_rows{
    ArgumentRow{"rate", [](ActiveFault& active,
                           const std::string& text) { return set_number(active.rate, text); }},
    ArgumentRow{"by", [](ActiveFault& active,
                         const std::string& text) { return set_number(active.by, text); }},
    ArgumentRow{"every", [](ActiveFault& active,
                            const std::string& text) { return set_number(active.every, text); }},
    ArgumentRow{"length",
                [](ActiveFault& active, const std::string& text) {
                  const auto number = parse_number<std::size_t>(text);
                  active.length = number.value_or(0);
                  return active.length > 0;
                }},
    ArgumentRow{"chars",
                [](ActiveFault& active, const std::string& text) {
                  active.chars = text;
                  return !text.empty();
                }},
    ArgumentRow{"direction", set_direction},
    ArgumentRow{"mode",
                [](ActiveFault& active, const std::string& text) {
                  active.loop_sent = text == "sent";
                  return text == "sent" || text == "received";
                }},
};

bool knows(const FaultRow& row, std::string_view argument) {
  if (argument == "rate") return row.rate != 0;
  const auto words = split_words(row.arguments).value_or(std::vector<Word>{});
  return std::ranges::any_of(words, [&](const Word& word) { return word.text == argument; });
}

}  // namespace

bool Dice::chance(double rate) {
  return static_cast<double>(engine_() >> 11) * 0x1.0p-53 < rate;
}

std::size_t Dice::below(std::size_t bound) {
  return bound == 0 ? 0 : static_cast<std::size_t>(engine_() % bound);
}

char Dice::printable() {
  return static_cast<char>(0x20 + below(0x5f));
}

std::optional<Fault> fault_by_name(std::string_view name) {
  for (const auto& row : fault_rows) {
    if (row.name == name) return row.id;
  }
  return std::nullopt;
}

Faults::Faults(std::uint64_t seed) : seed_(seed) {}

std::optional<std::string> Faults::start(Fault fault, const std::vector<Word>& arguments,
                                         Time now) {
  const auto& row = fault_rows[index(fault)];
  ActiveFault active;
  active.rate = row.rate;
  auto seed = seed_;
  for (const auto& word : arguments) {
    const auto equals = word.text.find('=');
    const auto name = word.text.substr(0, equals);
    const auto value = equals == std::string::npos ? "" : word.text.substr(equals + 1);
    bool good = false;
    if (name == "seconds") {
      double seconds = 0;
      good = set_number(seconds, value);
      active.until = now + from_seconds(seconds);
    } else if (name == "seed") {
      const auto number = parse_number<std::uint64_t>(value);
      good = number.has_value();
      seed = number.value_or(seed);
    } else if (knows(row, name)) {
      const auto found = std::ranges::find(argument_rows, name, &ArgumentRow::name);
      good = found->set(active, value);
    }
    if (!good) {
      return "Fault " + std::string(row.name) + " does not take '" + word.text + "'.";
    }
  }
  // Each fault its own sequence, also under one common seed.
  active.dice = Dice(seed * 1000003 + index(fault));
  if (active.every > 0) active.next_burst = now + from_seconds(active.every);
  active_[index(fault)] = std::move(active);
  return std::nullopt;
}

std::vector<Fault> Faults::expire(Time now) {
  std::vector<Fault> ended;
  for (const auto& row : fault_rows) {
    auto& active = active_[index(row.id)];
    if (!active || active->until > now) continue;
    active.reset();
    ended.push_back(row.id);
  }
  return ended;
}

Time Faults::next_event() const {
  Time next = never;
  for (const auto& active : active_) {
    if (active) next = std::min({next, active->until, active->next_burst});
  }
  return next;
}

ActiveFault* Faults::strikes(Fault fault) {
  auto& active = active_[index(fault)];
  if (!active || !active->dice.chance(active->rate)) return nullptr;
  ++active->hits;
  return &*active;
}

void Faults::insert(Fault fault, std::string& text, const std::function<char(ActiveFault&)>& byte) {
  auto* active = strikes(fault);
  if (active == nullptr) return;
  const auto place = text.size() < 2 ? 0 : 1 + active->dice.below(text.size() - 1);
  text.insert(place, 1, byte(*active));
}

std::string Faults::burst(Fault fault, ActiveFault& active) {
  std::string bytes;
  while (bytes.size() < active.length) {
    if (fault == Fault::garbage) {
      bytes += static_cast<char>(active.dice.below(256));
    } else {
      bytes += active.dice.printable();
      if (active.dice.chance(0.1)) bytes += "\r\n";
    }
  }
  return bytes;
}

std::optional<FaultyReply> Faults::apply(std::string reply,
                                         const std::function<std::string(Dice&)>& foreign) {
  if (strikes(Fault::no_reply) != nullptr) return std::nullopt;
  if (strikes(Fault::na) != nullptr) reply = "NA";
  if (auto* active = strikes(Fault::foreign)) reply = foreign(active->dice);
  insert(Fault::alert_inside, reply,
         [](ActiveFault& active) { return active.chars[active.dice.below(active.chars.size())]; });
  insert(Fault::nul, reply, [](ActiveFault&) { return '\0'; });
  insert(Fault::eight_bit, reply,
         [](ActiveFault& active) { return static_cast<char>(0x80 + active.dice.below(0x80)); });
  std::string bytes = reply + "\r\n";
  if (auto* active = strikes(Fault::truncated)) {
    bytes = reply.substr(0, reply.size() < 2 ? 0 : 1 + active->dice.below(reply.size() - 1));
  } else if (strikes(Fault::no_crlf) != nullptr) {
    bytes = reply;
  }
  if (strikes(Fault::doubled) != nullptr) bytes += bytes;
  for (const auto fault : {Fault::garbage, Fault::chatter}) {
    if (auto* active = strikes(fault)) {
      bytes.insert(active->dice.below(bytes.size() + 1), burst(fault, *active));
    }
  }
  if (active_[index(Fault::repeated)]) {
    std::string repeated;
    for (const char byte : bytes) {
      repeated.append(strikes(Fault::repeated) != nullptr ? 2 : 1, byte);
    }
    bytes = std::move(repeated);
  }
  const auto* late = strikes(Fault::late);
  return FaultyReply{std::move(bytes), late == nullptr ? Duration{} : from_seconds(late->by)};
}

std::optional<char> Faults::apply(char byte, Direction direction) {
  const auto hits = [&](Fault fault) -> ActiveFault* {
    const auto& active = active_[index(fault)];
    if (!active) return nullptr;
    const bool concerned = direction == Direction::sent ? active->when_sent : active->when_received;
    return concerned ? strikes(fault) : nullptr;
  };
  if (hits(Fault::lost) != nullptr) return std::nullopt;
  if (auto* active = hits(Fault::flipped)) {
    byte = static_cast<char>(byte ^ (1 << active->dice.below(8)));
  }
  if (auto* active = hits(Fault::changed)) {
    byte = static_cast<char>(byte + 1 + static_cast<int>(active->dice.below(255)));
  }
  return byte;
}

std::string Faults::bursts(Time now) {
  std::string bytes;
  for (const auto fault : {Fault::garbage, Fault::chatter}) {
    auto& active = active_[index(fault)];
    if (!active || active->next_burst > now) continue;
    active->next_burst = now + from_seconds(active->every);
    ++active->hits;
    bytes += burst(fault, *active);
  }
  return bytes;
}

bool Faults::echoes_received() {
  const auto& active = active_[index(Fault::echo)];
  return active && !active->loop_sent && strikes(Fault::echo) != nullptr;
}

bool Faults::echoes_sent() {
  const auto& active = active_[index(Fault::echo)];
  return active && active->loop_sent && strikes(Fault::echo) != nullptr;
}

char Faults::endless_byte() {
  auto& active = active_[index(Fault::endless)];
  if (!active) return ' ';
  ++active->hits;
  return active->dice.printable();
}

}  // namespace upslink::simulator
