// SPDX-License-Identifier: Apache-2.0
#include "publish/status/board.hpp"

#include <algorithm>
#include <utility>

#include "publish/status/document.hpp"

namespace upslink::status {

Board::Board(std::string version, Moment now) : version_(std::move(version)), started_(now.wall) {}

Board::~Board() {
  thread_.request_stop();
}

void Board::publish(std::vector<NamedSlot> upses) {
  const std::lock_guard lock(mutex_);
  std::vector<std::unique_ptr<Remembered>> next;
  next.reserve(upses.size());
  for (NamedSlot& ups : upses) {
    const auto same = [&](const auto& known) {
      return known && known->ups.slot == ups.slot && known->ups.ups == ups.ups;
    };
    const auto known = std::ranges::find_if(upses_, same);
    if (known != upses_.end()) {
      next.push_back(std::move(*known));
    } else {
      next.push_back(std::make_unique<Remembered>());
      next.back()->ups = std::move(ups);
    }
  }
  upses_.swap(next);
  ++content_;
  refreshed_until_ = TimePoint::min();
}

void Board::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Board::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    look_locked(Moment::now());
    ends_.wait_for(lock, stop, looks_every, [] { return false; });
  }
}

void Board::look(Moment now) {
  const std::lock_guard lock(mutex_);
  look_locked(now);
}

void Board::look_locked(const Moment& now) {
  wall_.follow(now);
  for (const auto& ups : upses_) look_at(*ups, now);
}

void Board::look_at(Remembered& ups, const Moment& now) {
  const auto snapshot = ups.ups.slot->load();
  const Facts facts(*snapshot, now.steady);
  ups.history.follow(facts);
  ups.timeline.follow(facts);
}

/// Forgets the texts that may be wrong by now, unless that was done a moment ago.
void Board::refresh(const Moment& now) {
  if (now.steady < refreshed_until_) return;
  refreshed_until_ = now.steady + writes_every;
  for (const auto& ups : upses_) {
    // Asked before the snapshot is loaded, so that one published in between counts as newer.
    const std::uint64_t version = ups->ups.slot->version();
    if (version == ups->version && now.steady < ups->good_until) continue;
    ups->snapshot = ups->ups.slot->load();
    ups->version = version;
    ups->good_until = good_until(*ups->snapshot, now.steady);
    ups->in_short.clear();
    ups->in_full.clear();
    // A state and the event of its beginning show together.
    ups->timeline.follow(Facts(*ups->snapshot, now.steady));
    ++content_;
  }
}

/// What is told of a UPS, written now if it is not yet.
const std::string& Board::text(Remembered& ups, bool full, const Moment& now) {
  std::string& text = full ? ups.in_full : ups.in_short;
  if (text.empty()) {
    const Facts facts(*ups.snapshot, now.steady);
    const Subject subject{ups.ups.ups, facts, ups.timeline, wall_};
    text = full ? in_full(subject) : in_short(subject);
  }
  return text;
}

Board::Remembered* Board::find(std::string_view ups) {
  const auto named = [&](const auto& known) { return known->ups.ups == ups; };
  const auto found = std::ranges::find_if(upses_, named);
  return found == upses_.end() ? nullptr : found->get();
}

/// The start of the exporter is part of it: after a restart, numbers begin again.
std::string Board::etag() const {
  return "W/\"" + std::to_string(started_.time_since_epoch().count()) + "-" +
         std::to_string(content_) + "\"";
}

std::optional<Rendered> Board::upses(const Detail& detail, Moment now) {
  const std::lock_guard lock(mutex_);
  const bool one = !detail.all && !detail.ups.empty();
  if (one && find(detail.ups) == nullptr) return std::nullopt;
  wall_.follow(now);
  refresh(now);
  std::vector<const std::string*> texts;
  texts.reserve(upses_.size());
  for (const auto& ups : upses_) {
    texts.push_back(&text(*ups, detail.all || (one && ups->ups.ups == detail.ups), now));
  }
  auto body = ups_document(version_, now.wall, started_, texts);
  return Rendered{std::make_shared<const std::string>(std::move(body)), etag()};
}

std::optional<Rendered> Board::history(std::string_view ups, Moment now) {
  const std::lock_guard lock(mutex_);
  Remembered* const known = find(ups);
  if (known == nullptr) return std::nullopt;
  wall_.follow(now);
  look_at(*known, now);  // as new as the readings beside it
  auto body = history_document(ups, known->history, wall_, now.steady);
  return Rendered{std::make_shared<const std::string>(std::move(body)), {}};
}

std::string Board::plain_list(Moment now) {
  const std::lock_guard lock(mutex_);
  std::string list;
  for (const auto& ups : upses_) {  // names are plain characters, states constants of ours
    const auto snapshot = ups->ups.slot->load();
    const auto set = states_of(Facts(*snapshot, now.steady));
    list += "<li><b>" + ups->ups.ups + "</b>";
    for (std::size_t i = 0; i < state_count; ++i) {
      if (set[i]) list += (i == worst_of(set) ? ": " : ", ") + std::string(states[i].text);
    }
    list += "</li>\n";
  }
  return list;
}

}  // namespace upslink::status
