// SPDX-License-Identifier: Apache-2.0
// What a unit tells of itself in one long line: the list of its commands (`a`) and the capability
// string (^Z), any bytes, with alert characters between them. What is expected of a unit is what it
// lists, and what counts was said.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "fakes/fake_unit.hpp"
#include "poll/agreement.hpp"
#include "scripted_line.hpp"
#include "source/smart/smart_source.hpp"
#include "target.hpp"

namespace upslink::fuzz {
namespace {

constexpr std::array<const Command*, 2> asked{&commands[command_of('a')],
                                              &commands[command_of('\x1a')]};

/// The third part of a text in which points stand between the parts.
std::string third_part(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts.size() < 3 ? std::string() : parts[2];
}

std::map<char, std::string> replies(Choices& choices) {
  auto all = testing::smart_ups_700();
  for (const Command* command : asked) {
    if (choices.yes()) continue;
    auto text = choices.text(400);
    std::erase(text, '\n');
    all[command->byte] = text;
  }
  return all;
}

void check_expectations(const smart::SmartSource& source, const std::string& level) {
  const auto listed = third_part(level);
  require(smart::listed_commands(level) == listed, "the list is the third part", level);
  for (const Command& command : commands) {
    const auto expected = listed.empty()                                   ? Expectation::unknown
                          : listed.find(command.byte) != std::string::npos ? Expectation::listed
                                                                           : Expectation::unlisted;
    require(source.expects(command) == expected, "what is listed is expected", level);
  }
}

/// Feeds replies to what decides which of them count.
class Judged {
 public:
  explicit Judged(const Command& command) : agreement_(command, DateOrder::mdy) {}

  void hear(const std::string& reply) {
    said_.push_back(reply);
    agreement_.judge(reply, {});
    if (agreement_.has_counted()) {
      require(std::ranges::find(said_, agreement_.counted()) != said_.end(), "what counts was said",
              agreement_.counted());
    }
    for (const auto alert : agreement_.take_stray_alerts()) {
      require(alert < alerts.size(), "a stray alert is an alert");
    }
  }

 private:
  poll::Agreement agreement_;
  std::vector<std::string> said_;
};

}  // namespace

void try_input(std::string_view input) {
  require(smart::listed_commands(input) == third_part(input), "the list is the third part", input);
  Choices choices(input);
  auto line = std::make_unique<ScriptedLine>(choices, replies(choices), true);
  smart::SmartSource source(std::move(line));
  std::array judged{Judged(*asked[0]), Judged(*asked[1])};
  std::string level;
  for (int i = 0; i < 20 && choices.any_left(); ++i) {
    if (!source.in_step() && source.synchronise()) continue;
    const std::size_t which = choices.below(2);
    const auto reply = source.ask(*asked[which]);
    if (!reply) continue;
    if (which == 0) level = *reply;
    if (!level.empty()) check_expectations(source, level);
    judged[which].hear(*reply);
  }
}

}  // namespace upslink::fuzz
