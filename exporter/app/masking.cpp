// SPDX-License-Identifier: Apache-2.0
#include "app/masking.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>

#include "catalogue/allowed.hpp"
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
  if (numbers.size() != 3) return masked_letters(std::move(text));
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

/// What the answers to one question said, also those that came out of order or in part.
void mask_answer(Exchange& exchange, Mask how) {
  const auto heard = heard_text(exchange);
  std::size_t begin = 0;
  while (begin < heard.size()) {
    const auto end = std::min(heard.find_first_of("\r\n", begin), heard.size());
    const auto line = heard.substr(begin, end - begin);
    if (!tells_nothing(line)) replace_heard(exchange, begin, masked(how, line));
    begin = end + 1;
  }
}

/// Texts that must not be heard anywhere: each whole secret, and each longer part of one.
std::set<std::string> telling_texts(const std::vector<Exchange>& exchanges) {
  std::string model;
  for (const Exchange& exchange : exchanges) {
    if (exchange.asked == quantities[quantity_named("model")].command)
      model += heard_text(exchange);
  }
  std::set<std::string> texts;
  for (const Exchange& exchange : exchanges) {
    const Secret* const secret = secret_asked_by(exchange.asked);
    const auto line = first_line(exchange);
    if (secret == nullptr || tells_nothing(line)) continue;
    const auto length = secret->mask == Mask::date ? line.size() : std::min(fragment, line.size());
    if (length < shortest_secret) continue;
    for (std::size_t at = 0; at + length <= line.size(); ++at) {
      auto part = line.substr(at, length);
      if (model.find(part) == std::string::npos) texts.insert(std::move(part));
    }
  }
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
  const auto texts = telling_texts(exchanges);
  for (Exchange& exchange : exchanges) {
    if (const Secret* const secret = secret_asked_by(exchange.asked)) {
      mask_answer(exchange, secret->mask);
    } else {
      mask_wherever(exchange, texts);
    }
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
