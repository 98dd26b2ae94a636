// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/station.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

/// A station, and the stage whose snapshots it is given.
struct Stand {
  Stage ups;
  std::shared_ptr<Slot> slot = std::make_shared<Slot>(share(ups.snapshot));
  Options options;
  Station station;

  Stand()
      : options{.address = "",
                .default_ups = "",
                .base = ups.base,
                .version = "upslink_exporter 1.2.3"},
        station({"rack 1", slot, 2}, options) {}

  void publish() { slot->publish(share(ups.snapshot)); }
  void load() { station.load(ups.now, ups.uptime_ticks); }

  std::vector<std::string> look() {
    std::vector<Notification> made;
    station.look(made);
    std::vector<std::string> names;
    for (const auto& one : made) names.emplace_back(one.name);
    return names;
  }

  std::string rfc1628(const Oid& below) {
    return at(station.view(ViewKind::rfc1628).cells(), rfc1628_root + Oid{1} + below);
  }
  /// sysUpTime, by which one sees when a view was made.
  std::string made_at() {
    return at(station.view(ViewKind::system).cells(), system_root + Oid{3, 0});
  }
};

TEST(Station, makes_each_view_of_its_ups) {
  Stand stand;
  stand.ups.snapshot = everything_over_snmp();
  stand.publish();
  stand.load();
  stand.look();
  const auto begins = [&](ViewKind kind) {
    const auto& cells = stand.station.view(kind).cells();
    return cells.empty() ? Oid{} : cells.front().oid;
  };
  EXPECT_TRUE(begins(ViewKind::upslink).starts_with(stand.options.base));
  EXPECT_TRUE(begins(ViewKind::rfc1628).starts_with(rfc1628_root));
  EXPECT_TRUE(begins(ViewKind::powernet).starts_with(powernet_ups_root));
  EXPECT_TRUE(begins(ViewKind::entities).starts_with(entity_root));
  EXPECT_TRUE(begins(ViewKind::system).starts_with(system_root));
}

TEST(Station, serves_the_newest_snapshot_as_of_its_last_load) {
  Stand stand;
  stand.load();
  EXPECT_EQ(stand.rfc1628({3, 3, 1, 3, 1}), "absent");
  stand.ups.read('L', "230.0");
  stand.publish();
  EXPECT_EQ(stand.rfc1628({3, 3, 1, 3, 1}), "absent") << "not loaded";
  stand.load();
  EXPECT_EQ(stand.rfc1628({3, 3, 1, 3, 1}), "integer 230");
  stand.ups.now += 1ms;
  stand.ups.read('L', "231.0");
  stand.publish();
  stand.load();
  EXPECT_EQ(stand.rfc1628({3, 3, 1, 3, 1}), "integer 231");
}

TEST(Station, keeps_a_view_for_half_a_second) {
  Stand stand;
  stand.load();
  EXPECT_EQ(stand.made_at(), "ticks 1000000");
  const Cell* kept = stand.station.view(ViewKind::rfc1628).cells().data();
  stand.ups.now += 499ms;
  stand.ups.uptime_ticks += 49;
  stand.load();
  EXPECT_EQ(stand.made_at(), "ticks 1000000");
  EXPECT_EQ(stand.station.view(ViewKind::rfc1628).cells().data(), kept);
  stand.ups.now += 1ms;
  stand.ups.uptime_ticks += 1;
  stand.load();
  EXPECT_EQ(stand.made_at(), "ticks 1000050");
}

TEST(Station, makes_a_view_anew_when_a_reading_ages_out) {
  Stand stand;
  stand.ups.read('L', "230.0");
  stand.ups.snapshot.readings[quantity_named("input_voltage")]->good_until = stand.ups.now + 200ms;
  stand.publish();
  stand.load();
  EXPECT_EQ(stand.rfc1628({3, 3, 1, 3, 1}), "integer 230");
  stand.ups.now += 199ms;
  stand.load();
  EXPECT_EQ(stand.rfc1628({3, 3, 1, 3, 1}), "integer 230");
  stand.ups.now += 1ms;
  stand.load();
  EXPECT_EQ(stand.rfc1628({3, 3, 1, 3, 1}), "absent");
}

TEST(Station, makes_times_anew_when_the_master_agent_has_restarted) {
  Stand stand;
  stand.load();
  stand.look();
  stand.ups.now += 10s;
  stand.ups.uptime_ticks += 1000;
  stand.ups.read('Q', "08");
  stand.publish();
  stand.load();
  stand.look();
  stand.ups.now += 1s;
  stand.ups.uptime_ticks += 100;
  stand.ups.read('Q', "28");
  stand.publish();
  stand.load();
  stand.look();
  EXPECT_EQ(stand.rfc1628({6, 2, 1, 3, 1}), "ticks 1001100");
  stand.ups.now += 10ms;
  stand.ups.uptime_ticks = 3;
  stand.load();
  stand.look();
  EXPECT_EQ(stand.rfc1628({6, 2, 1, 3, 1}), "ticks 2");
  stand.ups.now += 10ms;
  stand.ups.uptime_ticks = 0;
  stand.load();
  stand.look();
  EXPECT_EQ(stand.rfc1628({6, 2, 1, 3, 1}), "ticks 0");
}

TEST(Station, tells_what_happens) {
  Stand stand;
  stand.load();
  EXPECT_THAT(stand.look(), IsEmpty());
  stand.ups.now += 1s;
  stand.ups.read('Q', "10");
  stand.publish();
  EXPECT_THAT(stand.look(), IsEmpty()) << "not loaded";
  stand.load();
  EXPECT_THAT(stand.look(), ::testing::ElementsAre("upslinkOnBattery", "upsTrapOnBattery"));
  EXPECT_THAT(stand.look(), IsEmpty());
  stand.ups.now += 60s;
  stand.load();
  EXPECT_THAT(stand.look(), ::testing::ElementsAre("upsTrapOnBattery")) << "without a new snapshot";
}

/// What it tells of and what it serves are of one snapshot.
TEST(Station, serves_an_alarm_as_soon_as_it_is_told) {
  Stand stand;
  stand.load();
  stand.look();
  EXPECT_EQ(stand.rfc1628({6, 1, 0}), "gauge 0");
  stand.ups.now += 10ms;
  stand.ups.read('Q', "10");
  stand.publish();
  stand.load();
  EXPECT_THAT(stand.look(), Contains("upslinkOnBattery"));
  EXPECT_EQ(stand.rfc1628({6, 1, 0}), "gauge 1");
}

/// An alarm can end by time alone: turning_off lasts ten seconds.
TEST(Station, serves_no_alarm_that_it_has_told_the_end_of) {
  Stand stand;
  stand.load();
  stand.look();
  stand.ups.now += 10ms;
  stand.ups.hear("turning_off");
  stand.publish();
  stand.load();
  EXPECT_THAT(stand.look(), Contains("upslinkAlarmAdded"));
  stand.ups.now += 9800ms;
  stand.load();
  EXPECT_THAT(stand.look(), IsEmpty());
  EXPECT_EQ(stand.rfc1628({6, 1, 0}), "gauge 1");
  stand.ups.now += 200ms;
  stand.load();
  EXPECT_THAT(stand.look(), Contains("upslinkAlarmRemoved"));
  EXPECT_EQ(stand.rfc1628({6, 1, 0}), "gauge 0");
}

TEST(Station, sends_traps_of_powernet_only_when_it_is_asked_to) {
  for (const bool wanted : {false, true}) {
    Stand stand;
    stand.options.powernet_traps = wanted;
    stand.ups.read('Q', "08");
    stand.publish();
    stand.load();
    stand.look();
    stand.ups.now += 1s;
    stand.ups.read('Q', "10");
    stand.publish();
    stand.load();
    std::vector<Notification> made;
    stand.station.look(made);
    const auto powernet = std::ranges::count_if(made, [](const Notification& one) {
      return one.trap.starts_with(Oid{1, 3, 6, 1, 4, 1, 318});
    });
    EXPECT_EQ(powernet > 0, wanted);
  }
}

}  // namespace
}  // namespace upslink::snmp
