// SPDX-License-Identifier: Apache-2.0
#include "app/polled_ups.hpp"

#include <memory>
#include <utility>

#include "app/logging.hpp"
#include "source/smart/address.hpp"
#include "source/smart/smart_source.hpp"

namespace upslink::app {

namespace {

std::unique_ptr<Source> make_source(const UpsConfig& config, const Interrupt& interrupt) {
  auto link = smart::make_link(config.address, interrupt, make_log(config.name));
  return std::make_unique<smart::SmartSource>(std::move(link));
}

/// One for all: it is in use only until a thread has begun.
std::shared_ptr<const Snapshot> nothing_known() {
  static const auto snapshot = std::make_shared<const Snapshot>(poll::empty_snapshot({}));
  return snapshot;
}

}  // namespace

PolledUps::PolledUps(const UpsConfig& config)
    : name_(config.name),
      slot_(std::make_shared<Slot>(nothing_known())),
      poller_(make_source(config, interrupt_), config.options, *slot_, interrupt_,
              make_log(config.name)) {}

PolledUps::~PolledUps() {
  interrupt_.raise();
  if (thread_.joinable()) thread_.join();
}

void PolledUps::start() {
  // An exception ends the program: a UPS that nobody polls any more would look like one that is
  // silent.
  std::packaged_task<void()> task([this]() noexcept { poller_.run(); });
  ended_ = task.get_future();
  thread_ = std::thread(std::move(task));
}

bool PolledUps::ends_by(TimePoint limit) const {
  return !ended_.valid() || ended_.wait_until(limit) == std::future_status::ready;
}

}  // namespace upslink::app
