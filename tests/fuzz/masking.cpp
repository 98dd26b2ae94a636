// SPDX-License-Identifier: Apache-2.0
// A recording on its way into a file: questions and what was heard, whole, in pieces, late or in
// noise. Masking changes no length and no time, what a unit said of itself is gone from everywhere,
// and the text that is written is a recording with every byte in it.
#include "app/masking.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "app/transcript.hpp"
#include "choices.hpp"
#include "simulator/recording.hpp"
#include "target.hpp"

namespace upslink::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view serial = "GS9502544848";
constexpr std::string_view questions = "YncmxQLG";  // not the model, which stays

std::string something_heard(Choices& choices) {
  constexpr std::array<std::string_view, 12> texts{
      "SM",   "NA",      "08",       "230.0", "GS9502544848",  "02/18/95",
      "SAFE", "ROOM 12", "UPS_IDEN", "OK",    "GS9502!544848", ""};
  auto text = choices.yes() ? std::string(choices.one_of(texts)) : choices.text(16);
  if (choices.below(4) != 0) text += "\r\n";
  return text;
}

std::vector<app::Exchange> heard(Choices& choices) {
  std::vector<app::Exchange> exchanges;
  Duration at{};
  if (choices.yes()) exchanges.push_back({});  // what was heard before the first question
  while (choices.any_left() && exchanges.size() < 40) {
    at += choices.byte() * 1ms;
    exchanges.push_back({at, choices.one_of(questions), {}});
    for (auto more = choices.below(3); more > 0; --more) {
      for (const char byte : something_heard(choices)) {
        at += choices.below(8) == 7 ? 60ms : 4ms;
        exchanges.back().heard.push_back({at, byte});
      }
    }
  }
  return exchanges;
}

/// Whether the unit said its serial number when it was asked for, in one line, and was believed.
bool was_told(const std::vector<app::Exchange>& exchanges) {
  return std::ranges::any_of(exchanges, [](const app::Exchange& exchange) {
    return exchange.asked == 'n' && app::heard_text(exchange) == std::string(serial) + "\r\n";
  });
}

std::string all_heard(const std::vector<app::Exchange>& exchanges) {
  std::string text;
  for (const auto& exchange : exchanges) text += app::heard_text(exchange) + "\n";
  return text;
}

void check_masked(const std::vector<app::Exchange>& before,
                  const std::vector<app::Exchange>& after) {
  require(before.size() == after.size(), "no exchange is lost");
  for (std::size_t i = 0; i < before.size(); ++i) {
    require(before[i].asked == after[i].asked && before[i].at == after[i].at,
            "questions stay as they are");
    require(before[i].heard.size() == after[i].heard.size(), "no byte is lost");
    for (std::size_t j = 0; j < before[i].heard.size(); ++j) {
      require(before[i].heard[j].at == after[i].heard[j].at, "times stay as they are");
    }
  }
  if (was_told(before)) {
    require(all_heard(after).find(serial) == std::string::npos, "the serial number is gone",
            all_heard(after));
  }
}

/// What is written can be read, and nothing of it is missing.
void check_text(std::vector<app::Exchange> exchanges) {
  std::size_t bytes = 0;
  for (const auto& exchange : exchanges) bytes += exchange.heard.size();
  const auto text = app::transcript_text({.exporter = "1",
                                          .link = "tty",
                                          .begun = {},
                                          .masked = true,
                                          .exchanges = std::move(exchanges)});
  const auto recording = simulator::parse_recording(text, "r");
  std::size_t read = 0;
  for (const auto& [command, answers] : recording.answers) {
    for (const auto& answer : answers) read += answer.bytes.size();
  }
  for (const auto& unasked : recording.unasked) read += unasked.bytes.size();
  require(read == bytes, "every byte is written", text);
}

}  // namespace

void try_input(std::string_view input) {
  Choices choices(input);
  const auto before = heard(choices);
  auto after = before;
  app::mask(after);
  check_masked(before, after);
  check_text(after);
}

}  // namespace upslink::fuzz
