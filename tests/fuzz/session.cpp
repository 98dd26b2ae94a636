// SPDX-License-Identifier: Apache-2.0
// A session over a byte stream: questions, handshakes and listening in any order, on a line that
// does anything (scripted_line.hpp). No call lasts without end, nothing but what was asked is sent,
// a reply is in the form of its command and came after the question, no alert counts twice, and on
// an honest line the answer that is taken is that to the question that was put.
#include "source/smart/session.hpp"

#include <algorithm>
#include <chrono>

#include "catalogue/allowed.hpp"
#include "catalogue/codec.hpp"
#include "fakes/fake_unit.hpp"
#include "scripted_line.hpp"
#include "target.hpp"

namespace upslink::fuzz {
namespace {

using namespace std::chrono_literals;

/// A line of 400 bytes, each 0.4 s after the one before, and what is waited for before it.
constexpr auto longest_call = 400 * 400ms + 20s;

constexpr int steps_at_most = 100;

bool is_subsequence(std::string_view part, std::string_view whole) {
  std::size_t found = 0;
  for (const char c : whole) {
    if (found < part.size() && part[found] == c) ++found;
  }
  return found == part.size();
}

std::string without_alerts(std::string_view text) {
  std::string rest;
  std::ranges::copy_if(text, std::back_inserter(rest), [](char c) { return !alert_index(c); });
  return rest;
}

class Trial {
 public:
  explicit Trial(std::string_view input)
      : choices_(input),
        honest_(choices_.yes()),
        line_(choices_, replies(), honest_),
        session_(line_) {
    session_.on_alert([this](std::size_t alert) { ++counted_[alert]; });
  }

  void run() {
    for (int steps = 0; steps < steps_at_most && choices_.any_left(); ++steps) {
      line_.begin_call();
      step();
      require(line_.call_length() < longest_call, "a call ends in time");
      for (std::size_t i = 0; i < alerts.size(); ++i) {
        require(counted_[i] <= line_.alerts_delivered()[i], "an alert counts once", alerts[i].name);
      }
    }
  }

 private:
  /// What the unit says: as a real one, or with texts and numbers that look like other answers.
  std::map<char, std::string> replies() {
    auto all = testing::smart_ups_700();
    if (choices_.yes()) return all;
    constexpr std::array<std::string_view, 8> alike{"230.0", "SM",  "08", "OK",
                                                    "S",     "!#%", "NO", "0037:"};
    for (auto& [command, reply] : all) {
      const auto other = choices_.one_of(alike);
      const auto* const row = std::ranges::find(commands, command, &Command::byte);
      if (row != commands.end() && well_formed(*row, other)) reply = other;
    }
    return all;
  }

  void step() {
    switch (choices_.below(8)) {
      case 0:
        return synchronise();
      case 1:
        return listen();
      case 2:
        return line_.speak();
      case 3:
        return session_.start_over();
      default:
        return ask(choices_.one_of(commands));
    }
  }

  void synchronise() {
    const auto before = line_.questions();
    const auto failure = session_.synchronise();
    require(session_.in_step() == !failure, "in step is what was proved");
    const std::string_view sent = std::string_view(line_.sent()).substr(before);
    require(sent.empty() || sent[0] == handshake_byte, "a handshake begins with Y", sent);
    require(sent.size() <= 2 && (sent.size() < 2 ||
                                 std::string_view("QXG").find(sent[1]) != std::string_view::npos),
            "a handshake is Y and a proof", sent);
  }

  void listen() {
    const auto before = line_.questions();
    const auto until = line_.now() + choices_.byte() * 10ms;
    session_.listen(until);
    require(line_.questions() == before, "listening sends nothing");
    require(line_.now() < until + 1s, "listening ends when it should");
  }

  void ask(const Command& command) {
    const auto before = line_.questions();
    const bool in_step = session_.in_step();
    const auto reply = session_.ask(command);
    const std::string_view sent = std::string_view(line_.sent()).substr(before);
    require(sent.empty() || (sent.size() == 1 && sent[0] == command.byte),
            "the question that is sent is the one that was put", sent);
    require(in_step || sent.empty(), "nothing is asked out of step", sent);
    const bool answered = reply || reply.error() == Failure::not_available;
    require(session_.in_step() == answered, "a failure leaves the session out of step");
    if (!answered) return;
    const std::string text = reply ? *reply : std::string(not_available_reply);
    if (reply) check(command, text);
    require(is_subsequence(text, line_.delivered()), "a reply came after its question", text);
    if (!honest_) return;
    require(line_.answered() == line_.questions(), "an answer is that to the question", text);
    check_truth(command, text);
  }

  static void check(const Command& command, const std::string& text) {
    require(well_formed(command, text), "a reply is in its command's form", text);
    require(text != handshake_reply, "a handshake answers no question", text);
    require(text.size() <= 400, "a reply is no longer than a line", text);
  }

  void check_truth(const Command& command, const std::string& text) const {
    const auto known = line_.replies().find(command.byte);
    const std::string truth =
        known == line_.replies().end() ? std::string(not_available_reply) : known->second;
    if (!may_contain_alerts(command.row().form)) return require(text == truth, "the truth", text);
    require(without_alerts(text) == without_alerts(truth) && is_subsequence(truth, text),
            "the truth, with alerts in it", text);
  }

  Choices choices_;
  bool honest_;
  ScriptedLine line_;
  smart::Session session_;
  std::array<std::size_t, alerts.size()> counted_{};
};

}  // namespace

void try_input(std::string_view input) {
  Trial(input).run();
}

}  // namespace upslink::fuzz
