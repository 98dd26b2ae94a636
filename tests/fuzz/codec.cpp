// SPDX-License-Identifier: Apache-2.0
// The reply codecs: any bytes as the reply to every row of the catalogue. What decodes is in the
// range of its form, and says what the reply says: written again, it is the reply.
#include "catalogue/codec.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <span>

#include "catalogue/allowed.hpp"
#include "catalogue/models.hpp"
#include "target.hpp"

namespace upslink::fuzz {
namespace {

std::string trimmed(std::string_view text) {
  return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// The number that the reply shows, written without leading zeros.
std::string as_shown(std::string_view digits) {
  while (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') digits.remove_prefix(1);
  return std::string(digits);
}

/// The text that a number was decoded from, made from the number.
std::string written(const Quantity& row, double value, std::size_t decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", static_cast<int>(decimals),
                value * row.divisor / row.scale);
  return text.data();
}

std::string_view field_of(const Quantity& row, std::string_view reply) {
  const auto comma = reply.find(',');
  if (comma == std::string_view::npos) return reply;
  return row.field == 0 ? reply.substr(0, comma) : reply.substr(comma + 1);
}

void check_number(const Quantity& row, std::string_view reply, double value) {
  require(std::isfinite(value) && value >= 0, "a number is finite and not negative", row.name);
  if (row.form == Form::yes_no) return require(value <= 1, "yes or no is 1 or 0", row.name);
  if (row.form == Form::hex_byte || row.form == Form::hex_pair) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%02x", static_cast<unsigned>(value));
    std::string shown(field_of(row, reply));
    std::ranges::transform(shown, shown.begin(), [](unsigned char c) { return std::tolower(c); });
    return require(text.data() == shown, "a hex byte is the one that was said", row.name);
  }
  auto shown = std::string(field_of(row, reply));
  if (shown.ends_with(':')) shown.pop_back();
  const auto point = shown.find('.');
  const auto decimals = point == std::string::npos ? 0 : shown.size() - point - 1;
  require(written(row, value, decimals) == as_shown(shown), "a number is the one that was said",
          row.name);
}

void check_date(double value, std::string_view reply, DateOrder order) {
  const auto epoch = static_cast<std::int64_t>(value);
  require(iso_date(epoch) >= "1990-01-01" && iso_date(epoch) <= "2099-12-31",
          "a date is of the time of these units", reply);
  require(date_to_epoch(iso_date(epoch), DateOrder::ymd) == epoch, "a date is that of its text",
          reply);
  require(date_to_epoch(reply, order) == epoch, "a date is decoded in one place", reply);
}

void check_choice(const Quantity& row, std::string_view reply, Choice choice) {
  require(choice.index < row.members.size(), "a choice is one of the row's", row.name);
  const std::string tokens = " " + std::string(row.members[choice.index].tokens) + " ";
  require(tokens.find(" " + trimmed(reply) + " ") != std::string::npos,
          "a choice is the one that was said", row.name);
}

void check_text(const Quantity& row, std::string_view reply, const std::string& text) {
  require(!text.empty(), "an empty text is no value", row.name);
  if (row.form == Form::raw || row.form == Form::level) {
    return require(text == reply, "a list is kept as it is", row.name);
  }
  require(is_plain(text), "a text can be shown", row.name);
  if (is_plain(reply)) require(text == trimmed(reply), "a text is what was said", row.name);
}

void check_value(const Quantity& row, std::string_view reply, const Value& value, DateOrder order) {
  switch (row.kind) {
    case Kind::number:
      if (row.form == Form::date) return check_date(std::get<double>(value), reply, order);
      return check_number(row, reply, std::get<double>(value));
    case Kind::flags: {
      auto number = row;
      number.kind = Kind::number;
      return check_number(number, reply, std::get<Flags>(value).bits);
    }
    case Kind::choice:
      return check_choice(row, reply, std::get<Choice>(value));
    case Kind::text:
      return check_text(row, reply, std::get<std::string>(value));
  }
}

void check_row(const Quantity& row, std::string_view reply, DateOrder order) {
  const auto decoded = decode(row, reply, order);
  const bool not_available = !decoded && decoded.error() == Failure::not_available;
  require(not_available == (reply == not_available_reply), "NA, and only NA, is not available",
          row.name);
  if (!decoded && !not_available) {
    require(decoded.error() == Failure::malformed, "what is not in the form is malformed",
            row.name);
  }
  if (decoded && *decoded) check_value(row, reply, **decoded, order);
}

void check_command(const Command& command, std::string_view reply) {
  const auto rows = std::span(quantities).subspan(command.first, command.count);
  const bool all = std::ranges::all_of(
      rows, [&](const Quantity& row) { return static_cast<bool>(decode(row, reply)); });
  const bool is_date = command.row().form == Form::date;
  require(well_formed(command, reply) == (is_date ? !reply.empty() : all),
          "well formed is what decodes", command.row().name);
  const auto pattern = shape(command.row(), reply);
  require(pattern.empty() || pattern.size() == reply.size(), "a shape is as long as its reply",
          command.row().name);
}

}  // namespace

void try_input(std::string_view input) {
  for (const Command& command : commands) check_command(command, input);
  for (const Quantity& row : quantities) {
    check_row(row, input, DateOrder::mdy);
    if (row.form != Form::date) continue;
    for (const auto order : {DateOrder::dmy, DateOrder::ymd}) check_row(row, input, order);
  }
  const auto shown = printable(input);
  require(is_plain(shown), "printable text is printable", shown);
  require(printable(shown) == shown, "printable text stays as it is", shown);
  const auto date = iso_date(input);
  require(date.empty() || iso_date(date).empty() || iso_date(date) == date, "a date stays", date);
  if (const auto watts = nominal_power_watts(input)) {
    require(*watts > 0 && *watts < 100'000, "a rating is one of a UPS", input);
  }
  require(is_plain(model_name(shown, shown, shown)), "a model's name can be shown", shown);
}

}  // namespace upslink::fuzz
