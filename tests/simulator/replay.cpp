// SPDX-License-Identifier: Apache-2.0
#include "replay.hpp"

namespace upslink::simulator {
namespace {

// A second recording of a replay runs a little ahead of the first, or behind.
constexpr Duration early_at_most = std::chrono::milliseconds(750);
constexpr Duration late_at_most = std::chrono::seconds(2);

}  // namespace

void Replay::begin(Time now) {
  if (!began_) began_ = now;
}

std::optional<RecordedAnswer> Replay::next(char command, Time now) {
  const auto found = recording_.answers.find(command);
  if (found == recording_.answers.end()) return std::nullopt;
  const auto& answers = found->second;
  const auto passed = began_ ? now - *began_ : Duration{};
  auto& given = given_[command];
  const auto overdue = [&](std::size_t at) {
    return at < answers.size() && answers[at].asked + late_at_most < passed;
  };
  while (overdue(given + 1)) ++given;
  const bool due = given < answers.size() && answers[given].asked <= passed + early_at_most;
  if (due || given == 0) return answers[given++];
  return recording_.held(command, given);
}

Time Replay::due() const {
  if (!began_ || unasked_ == recording_.unasked.size()) return never;
  return *began_ + recording_.unasked[unasked_].at;
}

const Unasked* Replay::take_unasked(Time now) {
  return due() > now ? nullptr : &recording_.unasked[unasked_++];
}

}  // namespace upslink::simulator
