// SPDX-License-Identifier: Apache-2.0
// From the text of a reply to a typed value in base units, the only place where that happens. All
// functions are pure. The text is what stood before CR LF, with alert characters already taken out
// where the row cannot contain them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catalogue/quantities.hpp"
#include "model/failure.hpp"
#include "model/result.hpp"
#include "model/value.hpp"

namespace upslink {

/// The order of the fields in a date such as 02/03/04.
enum class DateOrder : std::uint8_t { mdy, dmy, ymd };

/// Decodes the row's field of a reply.
/// Returns the value in base units; nothing when the reply is good but says that there is no value
/// (`NO`, `>>>>:`, a probe that is missing); Failure::not_available for `NA`; Failure::malformed
/// for everything that is not in the row's form.
Result<std::optional<Value>, Failure> decode(const Quantity& row, std::string_view reply,
                                             DateOrder order = DateOrder::mdy);

/// Whether the reply is in the form of the command: every row of it decodes. A date is free text on
/// the wire; whether it is one is seen when it is decoded.
bool well_formed(const Command& command, std::string_view reply);

/// What stays the same from one good reply of a unit to the next: `ddd.d` for `118.3`. Empty for
/// forms in which the width says nothing (tokens, text).
std::string shape(const Quantity& row, std::string_view reply);

/// Whether an alert character in the reply may be part of it.
constexpr bool may_contain_alerts(Form form) {
  return form == Form::text || form == Form::date || form == Form::level || form == Form::raw;
}

/// Midnight UTC of a date text, as seconds since the epoch; nothing if it is not a date in that
/// order. Two-digit years from 90 are of the last century (the first of these units is of 1990).
std::optional<std::int64_t> date_to_epoch(std::string_view text, DateOrder order);

/// `YYYY-MM-DD` for a date of manufacture; empty when it cannot be told. Month first, as all known
/// units have it; day first where only that makes a date.
std::string iso_date(std::string_view text);

/// `YYYY-MM-DD` of a time in seconds since the epoch, in UTC.
std::string iso_date(std::int64_t epoch);

/// Free text for people: without blanks, NULs and other unprintable bytes at its end, and with
/// `\xNN` for those within, so that it is always valid UTF-8.
std::string printable(std::string_view text);

}  // namespace upslink
