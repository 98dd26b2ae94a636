// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/agent.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "catalogue/mib_notifications.hpp"
#include "publish/snmp/agentx.hpp"
#include "publish/snmp/outbox.hpp"
#include "publish/snmp/station.hpp"
#include "publish/snmp/tree.hpp"
#include "publish/snmp/wake.hpp"

namespace upslink::snmp {
namespace {

using namespace std::chrono_literals;

/// What has happened without a new snapshot, such as a reading that has aged out, is seen this
/// soon.
constexpr auto look_again_after = 500ms;

}  // namespace

/// What the thread works on.
class Agent::Work {
 public:
  Work(Options options, std::vector<NamedSlot> upses, Log log)
      : options_(std::move(options)), log_(std::move(log)), tree_(options_, stations_) {
    for (const MibNotification& row : mib_notifications)
      figures_.notifications.emplace_back(row.name, 0);
    adopt(std::move(upses));
  }

  void publish(std::vector<NamedSlot> upses, std::string default_ups) {
    const std::lock_guard lock(next_mutex_);
    next_ = Next{std::move(upses), std::move(default_ups)};
    wake_.raise();
  }

  void stop() {
    stopped_ = true;
    wake_.raise();
  }

  AgentFigures figures() const {
    const std::lock_guard lock(figures_mutex_);
    return figures_;
  }

  void run() {
    AgentX agentx(
        options_.address, tree_, [this] { refresh(); }, log_);
    std::uint64_t connections = 0;
    while (!stopped_) {
      agentx.wait(wake_.descriptor(), look_again_after);
      if (take_next()) agentx.follow_tree();
      if (std::exchange(connections, agentx.connections()) != connections) look_again_at_ = {};
      refresh();
      send(agentx);
      report(agentx);
    }
  }

 private:
  struct Next {
    std::vector<NamedSlot> upses;
    std::string default_ups;
  };

  /// The stations of slots that stay are kept, with all that they know.
  void adopt(std::vector<NamedSlot> upses) {
    Stations before;
    before.swap(stations_);
    for (NamedSlot& ups : upses) {
      const auto known = std::ranges::find_if(before, [&ups](const auto& station) {
        return station != nullptr && station->slot() == ups.slot;
      });
      if (known != before.end()) {
        stations_.push_back(std::move(*known));
        continue;
      }
      stations_.push_back(std::make_unique<Station>(std::move(ups), options_));
      stations_.back()->subscribe([this] { wake_.raise(); });
    }
    tree_.plant();
  }

  bool take_next() {
    std::optional<Next> next;
    {
      const std::lock_guard lock(next_mutex_);
      next = std::exchange(next_, std::nullopt);
    }
    if (!next) return false;
    options_.default_ups = std::move(next->default_ups);
    adopt(std::move(next->upses));
    look_again_at_ = {};
    return true;
  }

  /// Takes what is new, if anything may be: until the next call, requests are answered from that.
  void refresh() {
    const auto now = Clock::now();
    if (!wake_.raised() && now < look_again_at_) return;
    wake_.clear();  // what is published from here on raises it again
    look_again_at_ = now + look_again_after;
    std::vector<Notification> made;
    for (const auto& station : stations_) {
      if (station->load(now, AgentX::uptime_ticks())) station->look(made);
    }
    for (Notification& notification : made) outbox_.add(std::move(notification), now);
  }

  void send(AgentX& agentx) {
    if (outbox_.waiting() == 0) return;
    outbox_.flush(agentx.connected() ? agentx.connections() : 0, Clock::now(),
                  [&agentx](const Notification& notification, std::function<void()> delivered) {
                    return agentx.send(notification, std::move(delivered));
                  });
  }

  void report(const AgentX& agentx) {
    const std::lock_guard lock(figures_mutex_);
    figures_.connected = agentx.connected();
    figures_.requests = agentx.requests();
    figures_.refused = agentx.refused();
    figures_.dropped = outbox_.dropped();
    for (const auto& [name, count] : outbox_.delivered()) {
      const auto found = std::ranges::find(figures_.notifications, name,
                                           [](const auto& one) { return one.first; });
      if (found == figures_.notifications.end()) {
        figures_.notifications.emplace_back(name, count);
      } else {
        found->second = count;
      }
    }
  }

  Options options_;
  const Log log_;
  Wake wake_;
  std::atomic<bool> stopped_{false};
  Stations stations_;
  Tree tree_;
  Outbox outbox_;
  TimePoint look_again_at_{};
  mutable std::mutex figures_mutex_;
  AgentFigures figures_;
  std::mutex next_mutex_;
  std::optional<Next> next_;  ///< asked for by publish(), not yet taken
};

Agent::Agent(Options options, std::vector<NamedSlot> upses, Log log)
    : work_(std::make_unique<Work>(std::move(options), std::move(upses), std::move(log))) {
  AgentX::look_for_no_mibs();
}

Agent::~Agent() {
  work_->stop();
  if (thread_.joinable()) thread_.join();
}

void Agent::start() {
  std::packaged_task<void()> task([this]() noexcept { work_->run(); });
  ended_ = task.get_future();
  thread_ = std::thread(std::move(task));
}

void Agent::publish(std::vector<NamedSlot> upses, std::string default_ups) {
  work_->publish(std::move(upses), std::move(default_ups));
}

void Agent::ask_to_stop() const {
  work_->stop();
}

bool Agent::ends_by(TimePoint limit) const {
  return !ended_.valid() || ended_.wait_until(limit) == std::future_status::ready;
}

AgentFigures Agent::figures() const {
  return work_->figures();
}

}  // namespace upslink::snmp
