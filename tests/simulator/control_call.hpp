// SPDX-License-Identifier: Apache-2.0
#pragma once

// One command of the control socket on its way: where it acts, and its words, which are taken from
// the front. Whatever is wrong with them is thrown as a Refusal, whose text is the sentence to
// answer.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bytes.hpp"
#include "control.hpp"

namespace upslink::simulator {

// What ends a command with `error: ...`.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One command on its way: its words are taken from the front.
class Call {
 public:
  Call(ControlScene& scene_, Unit& unit_, std::size_t number_, Time now_, std::vector<Word> words)
      : scene(scene_), unit(unit_), number(number_), now(now_), words_(std::move(words)) {}

  bool more() const { return at_ < words_.size(); }

  const Word& next(std::string_view what) {
    if (!more()) throw Refusal("It needs " + std::string(what) + ".");
    return words_[at_++];
  }

  double number_next(std::string_view what) {
    const auto& text = next(what).text;
    if (const auto value = parse_number<double>(text)) return *value;
    throw Refusal("'" + text + "' is not a number.");
  }

  std::string command_next() {
    const auto& text = next("a command byte").text;
    if (auto command = parse_command(text)) return *command;
    throw Refusal("'" + text + "' is not a command; write Q, ^A or 0x7f.");
  }

  bool skip(std::string_view word) {
    if (!more() || words_[at_].text != word) return false;
    ++at_;
    return true;
  }

  // The value of the remaining word NAME=..., which is taken away.
  std::optional<std::string> option(std::string_view name) {
    const auto prefix = std::string(name) + "=";
    for (auto word = words_.begin() + static_cast<std::ptrdiff_t>(at_); word != words_.end();
         ++word) {
      if (!word->text.starts_with(prefix)) continue;
      auto value = word->text.substr(prefix.size());
      words_.erase(word);
      return value;
    }
    return std::nullopt;
  }

  double number_option(std::string_view name, double fallback) {
    const auto text = option(name);
    if (!text) return fallback;
    if (const auto value = parse_number<double>(*text)) return *value;
    throw Refusal("'" + *text + "' is not a number.");
  }

  std::vector<Word> rest() {
    const auto from = words_.begin() + static_cast<std::ptrdiff_t>(at_);
    std::vector<Word> rest(from, words_.end());
    at_ = words_.size();
    return rest;
  }

  ControlScene& scene;
  Unit& unit;
  std::size_t number;
  Time now;

 private:
  std::vector<Word> words_;
  std::size_t at_ = 0;
};

}  // namespace upslink::simulator
