// SPDX-License-Identifier: Apache-2.0
#include "app/fleet.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace upslink::app {
namespace {

using namespace std::chrono_literals;

/// All waits of a UPS's thread end at once but the look-up of a host's name; it holds no line then.
constexpr auto patience = 700ms;

}  // namespace

Fleet::~Fleet() {
  stop_by(Clock::now());
}

void Fleet::configure(const std::vector<UpsConfig>& upses) {
  retire(upses);
  for (const UpsConfig& config : upses) add(config);
  std::erase_if(numbers_, [this](const auto& one) { return !members_.contains(one.second); });
  forget_ended();
}

/// Ends those that are not among `upses` exactly as they are.
void Fleet::retire(const std::vector<UpsConfig>& upses) {
  for (auto& [number, member] : members_) {
    if (std::ranges::find(upses, member.config) != upses.end()) continue;
    member.polled->ask_to_stop();
    ending_.push_back(std::move(member.polled));
  }
  std::erase_if(members_, [](const auto& one) { return one.second.polled == nullptr; });
  const auto limit = Clock::now() + patience;
  for (const auto& ups : ending_) {
    if (!ups->ends_by(limit)) {
      log_(LogLevel::warning, "a host's name is still being looked up; this ends later",
           {{"ups", ups->name()}});
    }
  }
}

void Fleet::add(const UpsConfig& config) {
  auto [known, is_new] = numbers_.try_emplace(config.name, last_number_ + 1);
  if (is_new) ++last_number_;
  if (members_.contains(known->second)) return;
  auto polled = std::make_unique<PolledUps>(config);
  if (started_) polled->start();
  members_.emplace(known->second, Member{config, std::move(polled)});
}

void Fleet::start() {
  started_ = true;
  for (const auto& [number, member] : members_) member.polled->start();
}

std::vector<NamedSlot> Fleet::slots() const {
  std::vector<NamedSlot> slots;
  slots.reserve(members_.size());
  for (const auto& [number, member] : members_) {
    slots.push_back({member.config.name, member.polled->slot(), number});
  }
  return slots;
}

void Fleet::forget_ended() {
  std::erase_if(ending_, [](const auto& ups) { return ups->ends_by(TimePoint::min()); });
}

bool Fleet::stop_by(TimePoint limit) {
  for (auto& [number, member] : members_) {
    member.polled->ask_to_stop();
    ending_.push_back(std::move(member.polled));
  }
  members_.clear();
  for (const auto& ups : ending_) {
    if (ups->ends_by(limit)) continue;
    log_(LogLevel::warning, "a host's name is still being looked up", {{"ups", ups->name()}});
    return false;
  }
  ending_.clear();
  return true;
}

}  // namespace upslink::app
