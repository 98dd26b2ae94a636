// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything that can go wrong on the way from the unit to its client: a table of faults, those
// that are active, and what they do to replies and bytes. Each active fault has random numbers of
// its own, so that the same seed gives the same bytes whatever else is switched on.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bytes.hpp"
#include "time.hpp"

namespace upslink::simulator {

enum class Fault : unsigned char {
  lost,
  flipped,
  changed,
  repeated,
  garbage,
  chatter,
  truncated,
  no_crlf,
  no_reply,
  doubled,
  late,
  na,
  foreign,
  alert_inside,
  nul,
  eight_bit,
  echo,
  endless,
  silence,
  dumb,
  unplug,
};

struct FaultRow {
  Fault id;
  std::string_view name;
  std::string_view per;  // what `rate` counts
  double rate;
  std::string_view arguments;  // beside rate, seconds and seed
  std::string_view help;
};

// clang-format off
inline constexpr std::array fault_rows{
    FaultRow{Fault::lost,         "lost",         "byte",  0.02, "direction",    "The byte is not delivered."},
    FaultRow{Fault::flipped,      "flipped",      "byte",  0.02, "direction",    "One bit of the byte is flipped."},
    FaultRow{Fault::changed,      "changed",      "byte",  0.02, "direction",    "Another byte comes instead."},
    FaultRow{Fault::repeated,     "repeated",     "byte",  0.02, "",             "The byte comes twice."},
    FaultRow{Fault::garbage,      "garbage",      "reply", 0.1,  "length every", "A burst of random bytes before, inside or after the reply."},
    FaultRow{Fault::chatter,      "chatter",      "reply", 0.1,  "length every", "A burst of printable text and line ends."},
    FaultRow{Fault::truncated,    "truncated",    "reply", 0.1,  "",             "Only the first part of the reply, without CR LF."},
    FaultRow{Fault::no_crlf,      "no_crlf",      "reply", 0.1,  "",             "The reply without CR LF."},
    FaultRow{Fault::no_reply,     "no_reply",     "reply", 0.1,  "",             "Nothing."},
    FaultRow{Fault::doubled,      "doubled",      "reply", 0.1,  "",             "The whole reply twice."},
    FaultRow{Fault::late,         "late",         "reply", 0.1,  "by",           "The reply comes `by` seconds late, those after it in order."},
    FaultRow{Fault::na,           "na",           "reply", 0.1,  "",             "NA instead of the reply."},
    FaultRow{Fault::foreign,      "foreign",      "reply", 0.1,  "",             "The reply of another command."},
    FaultRow{Fault::alert_inside, "alert_inside", "reply", 0.1,  "chars",        "A spurious alert byte inside the reply."},
    FaultRow{Fault::nul,          "nul",          "reply", 0.1,  "",             "A NUL inside the reply."},
    FaultRow{Fault::eight_bit,    "eight_bit",    "reply", 0.1,  "",             "A byte 0x80..0xff inside the reply."},
    FaultRow{Fault::echo,         "echo",         "byte",  1,    "mode",         "Received bytes come back; mode=sent: sent ones reach the unit."},
    FaultRow{Fault::endless,      "endless",      "",      1,    "",             "A stream of printable bytes without LF."},
    FaultRow{Fault::silence,      "silence",      "",      1,    "",             "Commands are read and ignored, nothing is sent."},
    FaultRow{Fault::dumb,         "dumb",         "",      1,    "",             "Falls back to simple signalling until Y."},
    FaultRow{Fault::unplug,       "unplug",       "",      1,    "",             "Unplugged until it ends."},
};
// clang-format on

constexpr std::size_t index(Fault fault) {
  return static_cast<std::size_t>(fault);
}

enum class Direction : unsigned char { sent, received };

// Random numbers that are the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  bool chance(double rate);
  std::size_t below(std::size_t bound);
  char printable();

 private:
  std::mt19937_64 engine_;
};

struct ActiveFault {
  double rate = 0;
  Time until = never;
  double by = 1.2;          // seconds
  std::size_t length = 16;  // of a burst
  double every = 0;         // seconds between bursts that nobody asked for
  Time next_burst = never;
  std::string chars = "!#|&";
  bool when_sent = true;
  bool when_received = false;
  bool loop_sent = false;
  Dice dice{0};
  std::uint64_t hits = 0;
};

// A reply as it will leave.
struct FaultyReply {
  std::string bytes;
  Duration late{};
};

class Faults {
 public:
  explicit Faults(std::uint64_t seed);

  // `arguments` are NAME=VALUE; the error is a sentence.
  std::optional<std::string> start(Fault fault, const std::vector<Word>& arguments, Time now);
  void stop(Fault fault) { active_[index(fault)].reset(); }
  const std::optional<ActiveFault>& active(Fault fault) const { return active_[index(fault)]; }

  // Faults that end at `now` or before; they are stopped.
  std::vector<Fault> expire(Time now);
  Time next_event() const;

  // nullopt: no reply at all. `foreign` gives the reply of another command.
  std::optional<FaultyReply> apply(std::string reply,
                                   const std::function<std::string(Dice&)>& foreign);
  // nullopt: lost.
  std::optional<char> apply(char byte, Direction direction);
  // The bursts due by `now` that nobody asked for.
  std::string bursts(Time now);
  bool echoes_received();
  bool echoes_sent();
  char endless_byte();

 private:
  // The fault if it is active and strikes now.
  ActiveFault* strikes(Fault fault);
  static std::string burst(Fault fault, ActiveFault& active);
  void insert(Fault fault, std::string& text, const std::function<char(ActiveFault&)>& byte);

  std::uint64_t seed_;
  std::array<std::optional<ActiveFault>, fault_rows.size()> active_;
};

std::optional<Fault> fault_by_name(std::string_view name);

}  // namespace upslink::simulator
