// SPDX-License-Identifier: Apache-2.0
// The columns of the catalogue: what one row says about one quantity of a UPS. The rows themselves
// stand in quantities.hpp; everything that is published or documented is made by walking them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "catalogue/members.hpp"
#include "catalogue/mib_tables.hpp"

namespace upslink {

enum class Kind : std::uint8_t { number, flags, choice, text };

/// Base units; the names are OpenMetrics' and end a metric's name.
enum class Unit : std::uint8_t {
  none,
  volts,
  amperes,
  hertz,
  ratio,
  seconds,
  celsius,
  watts,
  joules,
  bytes
};

inline constexpr std::array<std::string_view, 10> unit_names{
    "", "volts", "amperes", "hertz", "ratio", "seconds", "celsius", "watts", "joules", "bytes"};

constexpr std::string_view name_of(Unit unit) {
  return unit_names[static_cast<std::size_t>(unit)];
}

/// How often a row is read; the lengths are configurable. on_request rows are read by probe only.
enum class Cadence : std::uint8_t { status, fast, slow, settings, identity, on_request };

inline constexpr std::array<std::string_view, 6> cadence_names{
    "status", "fast", "slow", "settings", "identity", "on_request"};

constexpr std::string_view name_of(Cadence cadence) {
  return cadence_names[static_cast<std::size_t>(cadence)];
}

/// The format of a reply: strict in kind, generous in width. d is a digit.
enum class Form : std::uint8_t {
  number,        ///< d+ or d+.d+
  number_or_no,  ///< as number, or NO: the setting is off
  minutes,       ///< number and a colon; `>>>>:` means that it cannot be told
  hex_byte,      ///< two hex digits of either case
  hex_pair,      ///< one hex byte, or two separated by a comma
  yes_no,        ///< FF or 00
  token,         ///< one of the row's members
  uptime,        ///< hours; a reply in the form `packed` means something else
  packed,        ///< `d+.d+,d+.d+`, either of them may be missing: probes 1 and 2
  limits,        ///< number or NO for probe 1, or both probes separated by a comma
  date,          ///< month, day, year (order configurable) as two digits each, about
  text,          ///< free text, an alert character may be part of it
  code,          ///< letters, digits and points, such as GWD or 52.9.D
  level,         ///< the reply to `a`: level.alerts.commands[.groups]
  raw,           ///< kept as it is (capability string)
};

/// What is special about reading a row.
enum class Care : std::uint8_t {
  none,
  resets,   ///< reading it resets it on the UPS: can be switched off, cannot simply be read again
  latched,  ///< reading it may clear something: only when switched on
  keeps     ///< NA means "not known yet": the last value stays
};

/// A label that every sample of a row carries beside the UPS's name.
struct FixedLabel {
  std::string_view name;
  std::string_view value;
};

struct Quantity {
  std::string_view name;  ///< unique, snake_case
  std::string_view
      metric;             ///< family without its prefix `upslink_`; rows of one family are adjacent
  std::string_view help;  ///< one sentence; the command is appended where it is rendered
  Kind kind = Kind::number;
  Unit unit = Unit::none;
  Cadence cadence = Cadence::fast;
  char command = 0;  ///< the byte that asks for it
  Form form = Form::number;
  std::uint8_t field = 0;  ///< which of a packed reply's values
  int scale = 1;           ///< reply x scale / divisor = base units
  int divisor = 1;
  Members members = {};
  std::string_view member_label = {};  ///< the label that tells members apart
  FixedLabel label = {};
  std::string_view info_label = {};  ///< texts: the label of upslink_info that it fills
  Care care = Care::none;
  bool rare = false;   ///< many units lack it: asked late, unless the unit lists it
  char peer = 0;       ///< a command whose reading confirms this one when both agree
  MibColumn mib = {};  ///< where it is served over SNMP; rows of probes share their columns
};

/// The printable form of a command: `Q`, `^A`, `0x7f`.
struct CommandName {
  std::array<char, 4> text{};
  std::uint8_t length = 0;
  constexpr std::string_view view() const { return {text.data(), length}; }
};

constexpr CommandName command_name(char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(byte);
  if (code < 0x20) return {{'^', static_cast<char>(code + 0x40)}, 2};
  if (code < 0x7f) return {{byte}, 1};
  return {{'0', 'x', digits[code >> 4], digits[code & 15]}, 4};
}

}  // namespace upslink
