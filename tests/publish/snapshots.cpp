// SPDX-License-Identifier: Apache-2.0
#include "snapshots.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "catalogue/codec.hpp"
#include "catalogue/families.hpp"

namespace upslink::testing {
namespace {

using Replies = std::map<char, std::string_view>;

/// What a unit with every accessory would answer.
const Replies& all_replies() {
  static const Replies replies{{'Q', "58"},
                               {'L', "230.4"},
                               {'O', "231.0"},
                               {'P', "103.4"},
                               {'f', "079.0"},
                               {'B', "219.2"},
                               {'j', "0037:"},
                               {'F', "49.98"},
                               {'M', "231.7"},
                               {'N', "007.1"},
                               {'9', "00"},
                               {'G', "T"},
                               {'8', "80"},
                               {'\'', "01"},
                               {'~', "40"},
                               {'/', "17.10"},
                               {'\\', "105.55"},
                               {'C', "033.3"},
                               {'X', "BT"},
                               {'d', "010.7"},
                               {'<', "001"},
                               {'t', "21.08"},
                               {'T', "21.08,20.09"},
                               {'h', "037.2"},
                               {'H', "037.2,034.0"},
                               {'i', "A5"},
                               {'J', "0F,00"},
                               {'u', "253"},
                               {'l', "208"},
                               {'s', "M"},
                               {'o', "230"},
                               {'g', "192"},
                               {'q', "02"},
                               {'e', "15"},
                               {'x', "05/22/02"},
                               {'E', "ON "},
                               {'k', "T"},
                               {'p', "020"},
                               {'r', "300"},
                               {'7', "91"},
                               {'>', "003"},
                               {'\x16', "I"},
                               {'\x0c', "G"},
                               {'w', "05"},
                               {'I', "FF"},
                               {'[', "35.00,40.00"},
                               {']', "05.00,00.00"},
                               {'{', "080.0,085.0"},
                               {'}', "010.0,020.0"},
                               {'c', "A \"b\"\\c"},
                               {'\x01', "Smart-UPS RT 2000 XL  "},
                               {'b', "416.5.I"},
                               {'V', "5YI"},
                               {'n', "AS0614132629"},
                               {'m', "03/31/06"},
                               {'a', "4.!$%+?=*#|.\x01\x05+-/789<>@ABC"},
                               {'v', "4Kx"},
                               {'0', "82"},
                               {'4', "28"},
                               {'5', "F2"},
                               {'6', "FA"},
                               {'y', "(C) APCC"},
                               {'\x1a', "#uD43127130133136"}};
  return replies;
}

/// The transcript of a Smart-UPS 700 RM, without what it answered NA to.
const Replies& smart_ups_700_replies() {
  static const Replies replies{{'Q', "08"},
                               {'L', "126.7"},
                               {'O', "126.7"},
                               {'P', "023.4"},
                               {'f', "079.0"},
                               {'B', "27.74"},
                               {'j', "0037:"},
                               {'F', "60.00"},
                               {'M', "128.0"},
                               {'N', "126.1"},
                               {'9', "FF"},
                               {'G', "S"},
                               {'8', "00"},
                               {'\'', "00"},
                               {'~', "00"},
                               {'C', "033.3"},
                               {'X', "OK"},
                               {'u', "132"},
                               {'l', "103"},
                               {'s', "H"},
                               {'o', "115"},
                               {'g', "024"},
                               {'q', "02"},
                               {'e', "00"},
                               {'x', "02/18/95"},
                               {'E', "336"},
                               {'k', "0"},
                               {'p', "020"},
                               {'r', "000"},
                               {'7', "00"},
                               {'c', "UPS_IDEN"},
                               {'\x01', "SMART-UPS 700 RM"},
                               {'b', "52.9.D"},
                               {'V', "GWD"},
                               {'n', "S95025484481"},
                               {'m', "02/18/95"},
                               {'a', "3.!$%+?=#|.\x01+-789>@ABC"},
                               {'0', "82"},
                               {'4', "28"},
                               {'5', "F2"},
                               {'6', "FA"}};
  return replies;
}

void set_readings(Snapshot& snapshot, const Replies& replies) {
  for (std::size_t i = 0; i < quantity_count; ++i) {
    const auto reply = replies.find(quantities[i].command);
    if (reply != replies.end()) set_reading(snapshot, i, reply->second);
  }
  for (std::size_t i = 0; i < command_count; ++i) {
    snapshot.support[i] =
        replies.contains(commands[i].byte) ? Support::supported : Support::unsupported;
  }
}

void set_link(Snapshot& snapshot) {
  snapshot.link.up = true;
  snapshot.link.last_success = happened_at;
  snapshot.link.poll_duration_seconds = 0.7625;
  snapshot.link.requests = 123'456'789;
  snapshot.link.failures = {1, 2, 3, 4, 5};
  snapshot.link.bytes_sent = 123'456'790;
  snapshot.link.bytes_received = 987'654'321;
  snapshot.link.opens = 2;
}

}  // namespace

Snapshot unknown_ups() {
  Snapshot snapshot;
  snapshot.readings.resize(quantity_count);
  snapshot.alerts.resize(alerts.size());
  snapshot.support.resize(command_count, Support::unknown);
  snapshot.totals.transfers.resize(transfer_causes.size());
  snapshot.link.kind = "tty";
  return snapshot;
}

void set_reading(Snapshot& snapshot, std::size_t quantity, std::string_view reply,
                 TimePoint good_until) {
  auto value = decode(quantities[quantity], reply);
  if (!value) {
    throw std::invalid_argument(std::string(quantities[quantity].name) + ": " + std::string(reply));
  }
  if (*value) snapshot.readings[quantity] = Reading{**std::move(value), read_at, good_until};
}

Snapshot everything() {
  auto snapshot = unknown_ups();
  set_readings(snapshot, all_replies());
  // A reply to T is one or the other; here there are both.
  set_reading(snapshot, quantity_named("uptime"), "123.4");
  set_link(snapshot);
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    snapshot.alerts[i] = {i + 1, happened_at + std::chrono::seconds(i)};
  }
  snapshot.totals.transfers = {0, 1, 2, 3, 4, 5, 6};
  snapshot.totals.on_battery_seconds = 61.5;
  snapshot.totals.output_power_watts = 465.3;
  snapshot.totals.output_energy_joules = 1.5e16;
  return snapshot;
}

Snapshot smart_ups_700() {
  auto snapshot = unknown_ups();
  set_readings(snapshot, smart_ups_700_replies());
  set_link(snapshot);
  for (auto& alert : snapshot.alerts) alert = {1, happened_at};
  return snapshot;
}

std::shared_ptr<const Snapshot> share(Snapshot snapshot) {
  return std::make_shared<const Snapshot>(std::move(snapshot));
}

}  // namespace upslink::testing
