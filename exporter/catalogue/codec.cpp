// SPDX-License-Identifier: Apache-2.0
#include "catalogue/codec.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <span>

#include "catalogue/allowed.hpp"

namespace upslink {
namespace {

using Decoded = Result<std::optional<Value>, Failure>;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Decoded malformed() {
  return Error{Failure::malformed};
}
Decoded nothing() {
  return std::optional<Value>{};
}
Decoded value_of(Value value) {
  return std::optional<Value>{std::move(value)};
}

/// Digits with at most one point between them, as an exact decimal fraction.
struct Decimal {
  std::uint64_t digits = 0;
  double divisor = 1;
};

std::optional<Decimal> parse_decimal(std::string_view text) {
  constexpr std::size_t longest = 12;  // no unit shows more than 7 digits
  if (text.empty() || text.size() > longest || !is_digit(text.front()) || !is_digit(text.back())) {
    return std::nullopt;
  }
  Decimal number;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (is_digit(c)) {
      number.digits = number.digits * 10 + static_cast<std::uint64_t>(c - '0');
      if (point) number.divisor *= 10;
    } else {
      return std::nullopt;
    }
  }
  return number;
}

/// One division of two exact numbers, so that `023.4` percent is the double nearest to 0.234.
Decoded scaled(const Quantity& row, std::string_view text) {
  const auto number = parse_decimal(text);
  if (!number) return malformed();
  return value_of(static_cast<double>(number->digits) * row.scale /
                  (number->divisor * row.divisor));
}

std::optional<std::uint8_t> parse_hex_byte(std::string_view text) {
  if (text.size() != 2) return std::nullopt;
  unsigned byte = 0;
  for (const char c : text) {
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    byte = byte * 16 + static_cast<unsigned>(digit);
  }
  return static_cast<std::uint8_t>(byte);
}

Decoded hex_byte(const Quantity& row, std::string_view text) {
  const auto byte = parse_hex_byte(text);
  if (!byte) return malformed();
  if (row.kind == Kind::flags) return value_of(Flags{*byte});
  return value_of(static_cast<double>(*byte));
}

std::string_view without_trailing_blanks(std::string_view text) {
  const auto last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

bool is_one_of(std::string_view tokens, std::string_view text) {
  while (!tokens.empty()) {
    const auto end = std::min(tokens.find(' '), tokens.size());
    if (tokens.substr(0, end) == text) return true;
    tokens.remove_prefix(std::min(end + 1, tokens.size()));
  }
  return false;
}

Decoded token(const Quantity& row, std::string_view reply) {
  const auto text = without_trailing_blanks(reply);  // `ON ` has one
  for (std::size_t i = 0; i < row.members.size(); ++i) {
    if (is_one_of(row.members[i].tokens, text))
      return value_of(Choice{static_cast<std::uint8_t>(i)});
  }
  return malformed();
}

Decoded minutes(const Quantity& row, std::string_view reply) {
  if (reply == ">>>>:") return nothing();
  if (!reply.ends_with(':')) return malformed();
  return scaled(row, reply.substr(0, reply.size() - 1));
}

/// `21.08,20.09`, `,34.3` or `21.08,`: two numbers of which one may be missing. A reply to T is
/// either this or an uptime; two digits before the point and two after it are a temperature.
struct Packed {
  std::array<std::string_view, 2> fields;
};

std::optional<Packed> parse_packed(std::string_view reply) {
  const auto comma = reply.find(',');
  Packed packed;
  if (comma == std::string_view::npos) {
    if (reply.size() != 5 || reply[2] != '.') return std::nullopt;
    packed.fields[0] = reply;
  } else {
    packed.fields = {reply.substr(0, comma), reply.substr(comma + 1)};
    if (packed.fields[0].empty() && packed.fields[1].empty()) return std::nullopt;
  }
  for (const auto field : packed.fields) {
    if (!field.empty() && !parse_decimal(field)) return std::nullopt;
  }
  return packed;
}

Decoded packed(const Quantity& row, std::string_view reply) {
  if (const auto both = parse_packed(reply)) {
    const auto field = both->fields[row.field];
    return field.empty() ? nothing() : scaled(row, field);
  }
  return parse_decimal(reply) ? nothing() : malformed();
}

Decoded uptime(const Quantity& row, std::string_view reply) {
  return parse_packed(reply) ? nothing() : scaled(row, reply);
}

/// `35.00`, `NO`, `NO,NO` or `35.00,40.00`.
Decoded limits(const Quantity& row, std::string_view reply) {
  const auto comma = reply.find(',');
  const std::array fields{reply.substr(0, comma), comma == std::string_view::npos
                                                      ? std::string_view("NO")
                                                      : reply.substr(comma + 1)};
  for (const auto field : fields) {
    if (field != "NO" && !parse_decimal(field)) return malformed();
  }
  return fields[row.field] == "NO" ? nothing() : scaled(row, fields[row.field]);
}

Decoded hex_pair(const Quantity& row, std::string_view reply) {
  const auto comma = reply.find(',');
  const auto second =
      comma == std::string_view::npos ? std::string_view{} : reply.substr(comma + 1);
  const auto first = reply.substr(0, comma);
  if (!parse_hex_byte(first) || (comma != std::string_view::npos && !parse_hex_byte(second))) {
    return malformed();
  }
  if (row.field == 0) return hex_byte(row, first);
  return second.empty() ? nothing() : hex_byte(row, second);
}

Decoded yes_no(std::string_view reply) {
  if (reply == "FF" || reply == "ff") return value_of(1.0);
  if (reply == "00") return value_of(0.0);
  return malformed();
}

/// A digit, alert characters, commands, and perhaps groups of two-byte commands, separated by
/// points. Early Back-UPS Pro units leave out the commands.
bool is_level(std::string_view reply) {
  return reply.size() > 2 && is_digit(reply[0]) && reply[1] == '.';
}

Decoded date(std::string_view reply, DateOrder order) {
  const auto epoch = date_to_epoch(reply, order);
  return epoch ? value_of(static_cast<double>(*epoch)) : malformed();
}

/// No unit says more than some twenty characters; so many, all of them unprintable, can still be
/// shown in the 255 of a DisplayString.
constexpr std::size_t longest_text = 63;

Decoded code(std::string_view reply) {
  const auto is_plain = [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.';
  };
  const auto text = without_trailing_blanks(reply);
  if (text.size() < 2 || text.size() > longest_text || !std::ranges::all_of(text, is_plain)) {
    return malformed();
  }
  return value_of(std::string(text));
}

Decoded text(std::string_view reply) {
  if (reply == "N" || reply == "A") return malformed();  // what is left of a damaged NA
  if (reply.size() > longest_text) return malformed();
  auto shown = printable(reply);
  return shown.empty() ? nothing() : value_of(std::move(shown));
}

}  // namespace

Decoded decode(const Quantity& row, std::string_view reply, DateOrder order) {
  if (reply == not_available_reply) return Error{Failure::not_available};
  switch (row.form) {
    case Form::number:
      return scaled(row, reply);
    case Form::number_or_no:
      return reply == "NO" ? nothing() : scaled(row, reply);
    case Form::minutes:
      return minutes(row, reply);
    case Form::hex_byte:
      return hex_byte(row, reply);
    case Form::hex_pair:
      return hex_pair(row, reply);
    case Form::yes_no:
      return yes_no(reply);
    case Form::token:
      return token(row, reply);
    case Form::uptime:
      return uptime(row, reply);
    case Form::packed:
      return packed(row, reply);
    case Form::limits:
      return limits(row, reply);
    case Form::date:
      return date(reply, order);
    case Form::text:
      return text(reply);
    case Form::code:
      return code(reply);
    case Form::level:
      return is_level(reply) ? value_of(std::string(reply)) : malformed();
    case Form::raw:
      return reply.empty() ? malformed() : value_of(std::string(reply));
  }
  return malformed();
}

bool well_formed(const Command& command, std::string_view reply) {
  if (command.row().form == Form::date) return !reply.empty();
  const auto rows = std::span(quantities).subspan(command.first, command.count);
  return std::ranges::all_of(
      rows, [&](const Quantity& row) { return static_cast<bool>(decode(row, reply)); });
}

std::string shape(const Quantity& row, std::string_view reply) {
  if (row.form == Form::token || row.kind == Kind::text || row.form == Form::date ||
      row.form == Form::hex_byte || row.form == Form::yes_no || row.form == Form::hex_pair) {
    return {};
  }
  std::string pattern(reply);
  std::ranges::replace_if(pattern, is_digit, 'd');
  return pattern;
}

std::optional<std::int64_t> date_to_epoch(std::string_view text, DateOrder order) {
  std::array<unsigned, 3> fields{};
  std::size_t field = 0;
  std::size_t digits = 0;
  for (const char c : without_trailing_blanks(text)) {
    if (is_digit(c) && digits < (field == 2 || order == DateOrder::ymd ? 4 : 2)) {
      fields[field] = fields[field] * 10 + static_cast<unsigned>(c - '0');
      ++digits;
    } else if ((c == '/' || c == '-' || c == '.') && digits > 0 && field < 2) {
      ++field;
      digits = 0;
    } else {
      return std::nullopt;
    }
  }
  if (field != 2 || digits == 0) return std::nullopt;
  auto [year, month, day] = order == DateOrder::mdy   ? std::array{fields[2], fields[0], fields[1]}
                            : order == DateOrder::dmy ? std::array{fields[2], fields[1], fields[0]}
                                                      : std::array{fields[0], fields[1], fields[2]};
  if (year < 100) year += year >= 90 ? 1900 : 2000;
  if (year < 1990 || year > 2099) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::sys_days(date)).time_since_epoch().count();
}

std::string iso_date(std::string_view text) {
  auto epoch = date_to_epoch(text, DateOrder::mdy);
  if (!epoch) epoch = date_to_epoch(text, DateOrder::dmy);
  return epoch ? iso_date(*epoch) : std::string{};
}

std::string iso_date(std::int64_t epoch) {
  using std::chrono::floor, std::chrono::days, std::chrono::sys_seconds, std::chrono::seconds;
  const std::chrono::year_month_day date{floor<days>(sys_seconds(seconds(epoch)))};
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return buffer.data();
}

std::string printable(std::string_view text) {
  constexpr auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
  while (!text.empty() && (!is_plain(text.back()) || text.back() == ' ')) text.remove_suffix(1);
  std::string shown;
  for (const char c : text) {
    if (is_plain(c)) {
      shown += c;
    } else {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto code = static_cast<unsigned char>(c);
      shown += {'\\', 'x', digits[code >> 4], digits[code & 15]};
    }
  }
  return shown;
}

}  // namespace upslink
