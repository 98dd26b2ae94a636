// SPDX-License-Identifier: Apache-2.0
#include "app/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace upslink::app {
namespace {

struct Unit {
  std::string_view name;
  double seconds;
};

constexpr std::array<Unit, 4> units{{{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}}};

constexpr double longest_seconds = 366.0 * 24 * 3600;  // far inside what Duration can hold

Error<std::string> complain(std::string_view text, std::string_view what) {
  return Error{in_quotes(text) + " " + std::string(what) +
               "; write a number and one of ms, s, m, h, such as 500ms or 2.5s"};
}

}  // namespace

Result<Duration, std::string> parse_duration(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    return complain(text, "is no length of time");
  }
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (failed != std::errc() && failed != std::errc::result_out_of_range) {
    return complain(text, "is no length of time");
  }
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  if (name.empty()) return complain(text, "has no unit");
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (failed != std::errc() || number * unit.seconds > longest_seconds) {
      return complain(text, "is longer than a year");
    }
    return std::chrono::round<Duration>(std::chrono::duration<double>(number * unit.seconds));
  }
  return complain(text, "is no length of time");
}

Result<Duration, std::string> parse_durations(std::string_view text) {
  constexpr std::string_view digits = ".0123456789";
  if (text == "0") return Duration::zero();
  Duration all{};
  std::size_t begin = 0;
  do {
    const std::size_t unit = std::min(text.find_first_not_of(digits, begin), text.size());
    const std::size_t end = std::min(text.find_first_of(digits, unit), text.size());
    auto part = parse_duration(text.substr(begin, end - begin));
    if (!part && begin == 0 && end == text.size()) return part;
    if (!part) return complain(text, "is no length of time");
    all += *part;
    if (all > std::chrono::duration<double>(longest_seconds)) {
      return complain(text, "is longer than a year");
    }
    begin = end;
  } while (begin < text.size());
  return all;
}

Complaint set_duration(Duration& target, std::string_view text, std::string_view shortest,
                       std::string_view longest) {
  const auto length = parse_duration(text);
  if (!length) return length.error();
  if (*length < *parse_duration(shortest) || *length > *parse_duration(longest)) {
    return in_quotes(text) + " is outside what works; choose from " + std::string(shortest) +
           " to " + std::string(longest);
  }
  target = *length;
  return std::nullopt;
}

}  // namespace upslink::app
