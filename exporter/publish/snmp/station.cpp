// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/station.hpp"

#include <chrono>
#include <utility>

#include "publish/snmp/notifications.hpp"
#include "publish/snmp/views.hpp"

namespace upslink::snmp {
namespace {

using namespace std::chrono_literals;

/// Ages and times on battery go on without a new snapshot.
constexpr auto view_validity = 500ms;

/// By kind.
constexpr std::array<void (*)(const Subject&, Cells&), view_kinds> view_makers{
    add_upslink, add_entities, add_rfc1628, add_powernet, add_system};

}  // namespace

Station::Station(NamedSlot ups, const Options& options)
    : ups_(std::move(ups)), options_(options), snapshot_(ups_.slot->load()) {}

void Station::subscribe(std::function<void()> wake) {
  subscription_ = ups_.slot->subscribe(std::move(wake));
}

bool Station::load(TimePoint now, std::uint32_t uptime_ticks) {
  const bool restarted = uptime_ticks < uptime_ticks_;  // of the master: its times begin anew
  now_ = now;
  uptime_ticks_ = uptime_ticks;
  const auto version = ups_.slot->version();
  if (generation_ != 0 && version == version_ && now < generation_until_ && !restarted) {
    return false;
  }
  snapshot_ = ups_.slot->load();
  version_ = version;
  ++generation_;
  generation_until_ = now + view_validity;
  for (const auto& reading : snapshot_->readings) {
    if (reading && reading->good_until > now) {
      generation_until_ = std::min(generation_until_, reading->good_until);
    }
  }
  return true;
}

void Station::look(std::vector<Notification>& out) {
  const Facts facts(*snapshot_, now_);
  const auto shown = watch_.alarms().shown();
  const auto events = watch_.follow(facts);
  if (shown != watch_.alarms().shown()) ++generation_;  // one may end by time alone
  const Subject ups = subject(facts);
  for (const Event& event : events) add_notifications(ups, event, out);
  if (options_.powernet_traps) powernet_traps_.follow(ups, out);
}

const View& Station::view(ViewKind kind) {
  Made& made = views_[static_cast<std::size_t>(kind)];
  if (made.of == generation_) return made.view;
  const Facts facts(*snapshot_, now_);
  Cells cells;
  cells.reserve(made.view.cells().size() + 16);
  view_makers[static_cast<std::size_t>(kind)](subject(facts), cells);
  made.view = View(std::move(cells));
  made.of = generation_;
  return made.view;
}

Subject Station::subject(const Facts& facts) const {
  return {.facts = facts,
          .name = ups_.ups,
          .index = ups_.number,
          .alarms = watch_.alarms(),
          .uptime_ticks = uptime_ticks_,
          .base = options_.base,
          .version = options_.version};
}

}  // namespace upslink::snmp
