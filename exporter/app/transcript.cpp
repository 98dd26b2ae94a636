// SPDX-License-Identifier: Apache-2.0
#include "app/transcript.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <span>

#include "app/masking.hpp"
#include "catalogue/allowed.hpp"
#include "catalogue/codec.hpp"
#include "catalogue/quantities.hpp"
#include "source/smart/smart_source.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;
using Bytes = std::span<const HeardByte>;

constexpr auto pause = 50ms;  // what comes later than this does not belong to what came before
constexpr auto alone_after = 15ms;  // an RT unit sends a byte every 10 ms

constexpr std::array<std::string_view, 4> ending_names{"complete", "interrupted", "connection_lost",
                                                       "no_answer"};

std::string milliseconds(Duration length) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f",
                std::chrono::duration<double, std::milli>(length).count());
  return text.data();
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

std::string left(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

std::string escaped(char byte) {
  if (byte == '\r') return "\\r";
  if (byte == '\n') return "\\n";
  if (byte == '"' || byte == '\\') return {'\\', byte};
  if (byte >= 0x20 && byte < 0x7f) return {byte};
  std::array<char, 5> text{};
  std::snprintf(text.data(), text.size(), "\\x%02x",
                static_cast<unsigned>(static_cast<unsigned char>(byte)));
  return text.data();
}

/// How the answer to a question looks; `number` for the handshake and what is unknown.
Form form_of(char asked) {
  const auto* const command = std::ranges::find(commands, asked, &Command::byte);
  return command != commands.end() ? command->row().form : Form::number;
}

/// Whether an alert character in the answer to a question may be a part of it.
bool keeps_alerts(char asked) {
  return may_contain_alerts(form_of(asked));
}

/// Text in quotes, and alert characters outside of them: `"22" ! "9.5\r\n"`.
std::string pieces(Bytes bytes, bool with_alerts) {
  std::string text;
  bool open = false;
  for (const HeardByte& heard : bytes) {
    const bool alert = with_alerts && alert_index(heard.byte).has_value();
    if (open && alert) text += '"';
    if ((!open || alert) && !text.empty()) text += ' ';
    if (!open && !alert) text += '"';
    open = !alert;
    text += alert ? std::string(1, heard.byte) : escaped(heard.byte);
  }
  return open ? text + '"' : text;
}

/// How many bytes at the front are alerts that came on their own, before the answer. A pause behind
/// it tells an alert from the beginning of a text; a capability string begins with one (`#`).
std::size_t alerts_before(Bytes heard, char asked) {
  const bool keep = keeps_alerts(asked);
  std::size_t count = 0;
  for (; count < heard.size() && alert_index(heard[count].byte); ++count) {
    if (count + 1 == heard.size()) continue;
    const HeardByte& next = heard[count + 1];
    if (form_of(asked) == Form::raw && heard[count].byte == '#' && next.byte != '#') break;
    if (keep && next.at - heard[count].at < alone_after) break;
  }
  return count;
}

/// How many bytes at the front are the answer: a line, and what follows it at once but alerts.
std::size_t answer_length(Bytes heard) {
  std::size_t length = 0;
  bool whole = false;
  for (; length < heard.size(); ++length) {
    const HeardByte& next = heard[length];
    if (whole && (alert_index(next.byte) || next.at - heard[length - 1].at > pause)) break;
    whole = whole || next.byte == '\n';
  }
  return length;
}

std::string hear_line(Bytes bytes) {
  return right(milliseconds(bytes.front().at), 10) + " hear " + pieces(bytes, true) + "\n";
}

/// What nobody asked for, a line for each alert and for each burst of something else.
std::string hear_lines(Bytes heard) {
  std::string lines;
  while (!heard.empty()) {
    std::size_t length = 1;
    while (!alert_index(heard.front().byte) && length < heard.size() &&
           !alert_index(heard[length].byte) && heard[length].at - heard[length - 1].at <= pause) {
      ++length;
    }
    lines += hear_line(heard.first(length));
    heard = heard.subspan(length);
  }
  return lines;
}

std::string ask_line(const Exchange& exchange, Bytes answer) {
  std::string line = right(milliseconds(exchange.at), 10) + " ask  " +
                     left(std::string(command_name(exchange.asked).view()), 4);
  const auto since = [&](const HeardByte& heard) {
    return right(milliseconds(heard.at - exchange.at), 8);
  };
  if (answer.empty()) return line + right("-", 8) + right("-", 8) + " silence\n";
  return line + since(answer.front()) + since(answer.back()) + " " +
         pieces(answer, !keeps_alerts(exchange.asked)) + "\n";
}

std::string exchange_lines(const Exchange& exchange) {
  const Bytes heard(exchange.heard);
  if (exchange.asked == 0) return hear_lines(heard);
  const std::size_t before = alerts_before(heard, exchange.asked);
  const Bytes rest = heard.subspan(before);
  const std::size_t length = answer_length(rest);
  return ask_line(exchange, rest.first(length)) + hear_lines(heard.first(before)) +
         hear_lines(rest.subspan(length));
}

/// A comment with the names of commands, or nothing if there are none.
std::string summary_line(std::string_view title, std::string_view bytes) {
  if (bytes.empty()) return {};
  std::string line = "# " + std::string(title) + ":";
  for (const char byte : bytes) line += " " + std::string(command_name(byte).view());
  return line + "\n";
}

/// What the unit answers, in comments: the first thing that one looks for.
std::string summary(const std::vector<Exchange>& exchanges) {
  enum class Said : std::uint8_t { nothing, not_available, something };
  std::string order;
  std::map<char, Said> said;
  std::string listed;
  for (const Exchange& exchange : exchanges) {
    if (exchange.asked == 0 || exchange.asked == handshake_byte) continue;
    const auto line = first_line(exchange);
    if (said.emplace(exchange.asked, Said::nothing).second) order += exchange.asked;
    if (line.empty()) continue;
    if (exchange.asked == 'a' && line != not_available_reply) listed = smart::listed_commands(line);
    said[exchange.asked] = std::max(
        said[exchange.asked], line == not_available_reply ? Said::not_available : Said::something);
  }
  const auto those = [&](Said wanted) {
    std::string bytes;
    std::ranges::copy_if(order, std::back_inserter(bytes),
                         [&](char byte) { return said[byte] == wanted; });
    return bytes;
  };
  return summary_line("answered", those(Said::something)) +
         summary_line("not available", those(Said::not_available)) +
         summary_line("silent", those(Said::nothing)) + summary_line("listed by the unit", listed);
}

std::string iso_time(WallTime time) {
  const std::time_t seconds = WallClock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace

std::string heard_text(const Exchange& exchange) {
  std::string text;
  for (const HeardByte& heard : exchange.heard) text += heard.byte;
  return text;
}

std::string first_line(const Exchange& exchange) {
  std::string text = heard_text(exchange);
  const auto end = text.find('\n');
  if (end == std::string::npos) return {};
  text.resize(end > 0 && text[end - 1] == '\r' ? end - 1 : end);
  return text;
}

std::string transcript_text(const Transcript& transcript) {
  std::string text = "upslink transcript 1\n";
  text += "recorded " + iso_time(transcript.begun) + "\n";
  text += "exporter " + transcript.exporter + "\n";
  text += "link " + transcript.link + "\n";
  text += "masked " + (transcript.masked ? masked_names() : std::string("nothing")) + "\n";
  text += summary(transcript.exchanges);
  text += "#     at ms  what        first    last reply (ms after the question)\n";
  for (const Exchange& exchange : transcript.exchanges) text += exchange_lines(exchange);
  text += "end " + std::string(ending_names[static_cast<std::size_t>(transcript.ending)]) + "\n";
  return text;
}

}  // namespace upslink::app
