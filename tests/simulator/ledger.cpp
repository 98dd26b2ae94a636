// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "bytes.hpp"
#include "json.hpp"

namespace upslink::simulator {
namespace {

constexpr std::string_view read_only =
    "YQ~'879GXdTLMNOFBP\\/fjCg><Ecxuleosqkpr\x16\x0cwVb\x01nmya\x1athviIJ[]{}H0456";

std::string counts_json(const std::array<std::uint64_t, 256>& counts, bool only_violations) {
  JsonObject object;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    const auto byte = static_cast<char>(code);
    if (counts[code] == 0 || (only_violations && is_read_only(byte))) continue;
    object.integer(printable(byte), static_cast<std::int64_t>(counts[code]));
  }
  return object.str();
}

void time_member(JsonObject& object, std::string_view name, const std::optional<Time>& time) {
  if (time) {
    object.integer(name, nanoseconds(*time));
  } else {
    object.null(name);
  }
}

}  // namespace

bool is_read_only(char byte) {
  return byte != '\0' && read_only.find(byte) != read_only.npos;
}

void Ledger::note_received(char byte, bool looped) {
  if (looped) {
    ++looped_;
    return;
  }
  ++received_;
  ++bytes_[static_cast<unsigned char>(byte)];
}

std::uint64_t Ledger::note_alert(char alert, Time raised) {
  ++alerts_[alert];
  log_.push_back({next_id_, alert, raised, std::nullopt});
  if (log_.size() > log_length) log_.pop_front();
  return next_id_++;
}

void Ledger::note_alert_sent(std::uint64_t id, Time sent) {
  const auto found = std::ranges::find(log_, id, &AlertRecord::id);
  if (found == log_.end()) return;
  found->sent = sent;
  if (found->alert == '!') line_fail_sent_ = sent;
}

void Ledger::reset() {
  bytes_.fill(0);
  received_ = sent_ = dropped_ = looped_ = replies_ = 0;
  alerts_.clear();
  log_.clear();
}

std::string Ledger::stats_json(Time line_changed) const {
  JsonObject alerts;
  for (const auto& [alert, count] : alerts_) {
    alerts.integer(printable(alert), static_cast<std::int64_t>(count));
  }
  std::vector<std::string> log;
  for (const auto& record : log_) {
    JsonObject entry;
    entry.text("alert", printable(record.alert)).integer("raised_ns", nanoseconds(record.raised));
    time_member(entry, "sent_ns", record.sent);
    log.push_back(entry.str());
  }
  JsonObject stats;
  stats.integer("received", static_cast<std::int64_t>(received_))
      .integer("sent", static_cast<std::int64_t>(sent_))
      .integer("replies", static_cast<std::int64_t>(replies_))
      .integer("looped", static_cast<std::int64_t>(looped_))
      .integer("dropped", static_cast<std::int64_t>(dropped_))
      .member("commands", counts_json(bytes_, false))
      .member("alerts", alerts.str())
      .member("alert_log", json_array(log));
  time_member(stats, "last_line_fail_sent_ns", line_fail_sent_);
  stats.integer("line_changed_ns", nanoseconds(line_changed));
  return stats.str();
}

std::string Ledger::bytes_json() const {
  return JsonObject()
      .member("received", counts_json(bytes_, false))
      .member("not_read_only", counts_json(bytes_, true))
      .str();
}

}  // namespace upslink::simulator
