// SPDX-License-Identifier: Apache-2.0
#include "app/masking.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>

#include "catalogue/allowed.hpp"
#include "catalogue/codec.hpp"
#include "catalogue/quantities.hpp"

namespace upslink::app {
namespace {

enum class Mask : std::uint8_t {
  letters,  ///< letters become X, digits 0
  date      ///< day and month become 01
};

struct Secret {
  std::size_t quantity;
  Mask mask;
};

constexpr std::array secrets{Secret{quantity_named("serial_number"), Mask::letters},
                             Secret{quantity_named("manufactured"), Mask::date},
                             Secret{quantity_named("battery_replaced"), Mask::date},
                             Secret{quantity_named("name"), Mask::letters}};

constexpr std::string_view factory_name = "UPS_IDEN";  // tells nothing
constexpr std::size_t shortest_secret = 4;             // shorter texts are found everywhere
constexpr std::size_t fragment = 6;  // so much of a secret gives it away, and is no accident

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

std::string masked_letters(std::string text) {
  for (char& c : text) {
    if (is_digit(c)) c = '0';
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) c = 'X';
  }
  return text;
}

/// The year stays, for what is old matters: the number of four digits, else the last one.
std::string masked_date(std::string text) {
  std::vector<std::pair<std::size_t, std::size_t>> numbers;  // place and length
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    if (i == 0 || !is_digit(text[i - 1])) numbers.emplace_back(i, 0);
    ++numbers.back().second;
  }
  const bool has_letters =
      std::ranges::any_of(text, [](unsigned char c) { return std::isalpha(c) != 0; });
  if (numbers.size() != 3 || has_letters) return masked_letters(std::move(text));
  auto year = std::ranges::find(numbers, 4U, &std::pair<std::size_t, std::size_t>::second);
  if (year == numbers.end()) year = numbers.end() - 1;
  for (auto number = numbers.begin(); number != numbers.end(); ++number) {
    if (number == year) continue;
    const auto& [place, length] = *number;
    text.replace(place, length, std::string(length - 1, '0') + '1');
  }
  return text;
}

std::string masked(Mask how, const std::string& text) {
  return how == Mask::date ? masked_date(text) : masked_letters(text);
}

const Secret* secret_asked_by(char byte) {
  const auto* const found = std::ranges::find(
      secrets, byte, [](const Secret& s) { return quantities[s.quantity].command; });
  return found == secrets.end() ? nullptr : found;
}

bool tells_nothing(std::string_view line) {
  return line.empty() || line == not_available_reply || line == handshake_reply ||
         line == factory_name;
}

void replace_heard(Exchange& exchange, std::size_t at, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) exchange.heard[at + i].byte = text[i];
}

struct Line {
  std::size_t begin;
  std::string text;
};

/// What was heard, cut at line ends; the last one has none, and may be empty.
std::vector<Line> lines_in(const Exchange& exchange) {
  const auto heard = heard_text(exchange);
  std::vector<Line> lines{{0, {}}};
  for (std::size_t i = 0; i < heard.size(); ++i) {
    if (heard[i] == '\r' || heard[i] == '\n') {
      lines.push_back({i + 1, {}});
    } else {
      lines.back().text += heard[i];
    }
  }
  return lines;
}

std::string without_alerts(std::string text) {
  std::erase_if(text, [](char c) { return alert_index(c).has_value(); });
  return text;
}

/// Whether a line has the form of an answer to a question that asks for no secret.
bool answers(char asked, const std::string& line) {
  const auto* const command = std::ranges::find(commands, asked, &Command::byte);
  if (command == commands.end() || secret_asked_by(asked) != nullptr) return false;
  return !tells_nothing(line) &&
         (well_formed(*command, line) || well_formed(*command, without_alerts(line)));
}

bool tells(char asked, const std::string& line) {
  return !tells_nothing(line) && !tells_nothing(without_alerts(line)) && !answers(asked, line);
}

/// The secret that may be heard in each exchange, or none: the one it asks for, or one that is
/// late. A handshake after a question says that its answer was not believed. From then on it may
/// come at any time, until another question is answered.
std::vector<const Secret*> secrets_due(const std::vector<Exchange>& exchanges) {
  std::vector<const Secret*> all;
  const Secret* due = nullptr;
  char before = 0;
  for (const Exchange& exchange : exchanges) {
    const bool handshake = exchange.asked == handshake_byte;
    if (!handshake && secret_asked_by(before) != nullptr) due = nullptr;  // that was believed
    if (const Secret* const own = secret_asked_by(exchange.asked)) due = own;
    all.push_back(due);
    const bool answered = std::ranges::any_of(
        lines_in(exchange), [&](const Line& line) { return answers(exchange.asked, line.text); });
    if (answered) due = nullptr;
    before = exchange.asked;
  }
  return all;
}

/// What was said where a secret is due, also what came out of order or in part.
void mask_answer(Exchange& exchange, Mask how) {
  for (const Line& line : lines_in(exchange)) {
    if (tells(exchange.asked, line.text))
      replace_heard(exchange, line.begin, masked(how, line.text));
  }
}

/// Adds a secret's whole text if it is a date, and otherwise each longer part of it.
void add_parts(std::set<std::string>& texts, Mask how, const std::string& line) {
  const auto length = how == Mask::date ? line.size() : std::min(fragment, line.size());
  if (length < shortest_secret) return;
  for (std::size_t at = 0; at + length <= line.size(); ++at) texts.insert(line.substr(at, length));
}

/// Texts that must not be heard anywhere: what was said where a secret was due, also when it was
/// cut in two by the next question.
std::set<std::string> telling_texts(const std::vector<Exchange>& exchanges,
                                    const std::vector<const Secret*>& due) {
  std::string model;
  std::set<std::string> texts;
  std::string begun;  // the part of a line that was heard before the question
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    const Exchange& exchange = exchanges[i];
    if (exchange.asked == quantities[quantity_named("model")].command)
      model += heard_text(exchange);
    if (due[i] == nullptr || secret_asked_by(exchange.asked) != nullptr) begun.clear();
    if (due[i] == nullptr) continue;
    const auto lines = lines_in(exchange);
    for (const Line& line : lines) {
      if (tells(exchange.asked, line.text)) {
        add_parts(texts, due[i]->mask, line.text);
        add_parts(texts, due[i]->mask, without_alerts(begun + line.text));
      }
      if (line.begin != lines.back().begin) begun.clear();
    }
    begun += lines.back().text;
  }
  std::erase_if(texts, [&](const auto& text) { return model.find(text) != std::string::npos; });
  return texts;
}

void mask_wherever(Exchange& exchange, const std::set<std::string>& texts) {
  const auto heard = heard_text(exchange);
  for (const std::string& text : texts) {
    for (auto at = heard.find(text); at != std::string::npos; at = heard.find(text, at + 1)) {
      replace_heard(exchange, at, masked_letters(text));
    }
  }
}

}  // namespace

void mask(std::vector<Exchange>& exchanges) {
  const auto due = secrets_due(exchanges);
  const auto texts = telling_texts(exchanges, due);
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    Exchange& exchange = exchanges[i];
    if (due[i] != nullptr) mask_answer(exchange, due[i]->mask);
    if (secret_asked_by(exchange.asked) == nullptr) mask_wherever(exchange, texts);
  }
}

std::string masked_names() {
  std::string names;
  for (const Secret& secret : secrets) {
    names += (names.empty() ? "" : " ") + std::string(quantities[secret.quantity].name);
  }
  return names;
}

}  // namespace upslink::app
