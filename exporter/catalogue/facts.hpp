// SPDX-License-Identifier: Apache-2.0
// What a snapshot says at one moment, as questions that may have no answer. What is not known, has
// aged out, or was read of a UPS that has since fallen silent, is nothing: only who the UPS is
// stays known. A Facts looks at a snapshot and keeps nothing; it must not outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "catalogue/quantities.hpp"
#include "model/snapshot.hpp"

namespace upslink {

/// One flag of a register.
struct FlagRef {
  std::size_t quantity = 0;
  std::uint8_t mask = 0;
};

/// The flag of a quantity by its member's name; does not compile for one that is not there.
consteval FlagRef flag_named(std::string_view quantity, std::string_view member) {
  const std::size_t row = quantity_named(quantity);
  for (std::size_t i = 0; i < quantities[row].members.size(); ++i) {
    if (quantities[row].members[i].name == member) {
      return {row, static_cast<std::uint8_t>(1U << i)};
    }
  }
  throw "no such flag";
}

/// The value of a choice by its member's name; does not compile for one that is not there.
consteval std::uint8_t choice_named(std::string_view quantity, std::string_view member) {
  const std::size_t row = quantity_named(quantity);
  for (std::size_t i = 0; i < quantities[row].members.size(); ++i) {
    if (quantities[row].members[i].name == member) return static_cast<std::uint8_t>(i);
  }
  throw "no such choice";
}

/// The index of an alert by its name; does not compile for one that is not there.
consteval std::size_t alert_named(std::string_view name) {
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    if (alerts[i].name == name) return i;
  }
  throw "no such alert";
}

class Facts {
 public:
  Facts(const Snapshot& snapshot, TimePoint now) : snapshot_(snapshot), now_(now) {}

  const Snapshot& snapshot() const { return snapshot_; }
  TimePoint now() const { return now_; }

  /// Whether the UPS answers; nothing before it was tried.
  std::optional<bool> up() const;

  /// The reading if it is known; nullptr otherwise.
  const Reading* reading(std::size_t quantity) const;

  std::optional<double> number(std::size_t quantity) const;
  std::optional<std::uint8_t> choice(std::size_t quantity) const;

  /// Whether a reading is above one quantity or below another; one that is not known is no limit.
  std::optional<bool> outside(std::size_t reading, std::size_t high, std::size_t low) const;

  /// A flag. Of the status register: what the UPS said last, be it by the register or by an alert
  /// character that is newer than what was read of it.
  std::optional<bool> flag(FlagRef flag) const;

  /// True if one of them is set, nothing if none of them is known.
  std::optional<bool> any(std::initializer_list<FlagRef> flags) const;

  /// Whether the condition that one alert begins and another ends lasts; false before either came.
  bool between(std::size_t begins, std::size_t ends) const;

  /// Whether an alert came within that time.
  bool heard_within(std::size_t alert, Duration time) const;

  /// A text as it is published: the model's name also when only other replies tell it, the date of
  /// manufacture as YYYY-MM-DD, the protocol without its lists. Empty when it is not known.
  std::string text(std::size_t quantity) const;

  /// The cause of the transfer that the UPS is on battery for, once it was read since.
  std::optional<std::uint8_t> present_cause() const;

 private:
  std::string_view raw_text(std::size_t quantity) const;

  const Snapshot& snapshot_;
  TimePoint now_;
};

}  // namespace upslink
