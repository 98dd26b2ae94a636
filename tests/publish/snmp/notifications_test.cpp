// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/notifications.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "catalogue/mib_notifications.hpp"
#include "stage.hpp"

namespace upslink::snmp {
namespace {

using namespace upslink::testing;
using ::testing::ElementsAre;
using Kind = Event::Kind;

std::vector<Notification> made(const Stage& ups, const Event& event) {
  return ups.see([&](const Subject& subject) {
    std::vector<Notification> out;
    add_notifications(subject, event, out);
    return out;
  });
}

/// The name, the trap below the base of its MIB, and the varbinds, one a line.
std::vector<std::string> lines(const Notification& one, const Oid& base) {
  std::string trap = to_string(one.trap);
  for (const auto& [root, text] : {std::pair{base, "upslink"}, {rfc1628_root, "upsMIB"}}) {
    if (one.trap.starts_with(root)) trap = text + trap.substr(to_string(root).size());
  }
  std::vector<std::string> texts{std::string(one.name) + " " + trap};
  for (const Cell& cell : one.varbinds) {
    texts.push_back(named(cell.oid, base) + " = " + shown(cell.value));
  }
  return texts;
}

std::vector<std::string> lines(const Stage& ups, const Event& event) {
  std::vector<std::string> all;
  for (const Notification& one : made(ups, event)) {
    for (auto& line : lines(one, ups.base)) all.push_back(std::move(line));
  }
  return all;
}

Event added(std::string_view name, std::uint32_t id) {
  const auto* row = std::ranges::find(alarms, name, &Alarm::name);
  return {Kind::alarm_added, static_cast<std::size_t>(row - alarms.begin()), id};
}
Event removed(std::string_view name, std::uint32_t id) {
  auto event = added(name, id);
  event.kind = Kind::alarm_removed;
  return event;
}

/// On battery for 90 s.
Stage ups_on_battery() {
  Stage ups;
  ups.read('Q', "10");
  ups.read('f', "079.0");
  ups.read('j', "0037:");
  ups.read('q', "02");
  ups.snapshot.totals.on_battery_since = ups.now - 90500ms;
  ups.look();
  return ups;
}

TEST(Notifications, of_a_transfer) {
  EXPECT_THAT(lines(ups_on_battery(), added("on_battery", 7)),
              ElementsAre("upslinkOnBattery upslink.0.3",           //
                          "upslinkUpsName.2 = octets rack 1",       //
                          "upslinkBatteryCharge.2 = integer 7900",  //
                          "upslinkBatteryRuntime.2 = gauge 2220",   //
                          "upsTrapOnBattery upsMIB.2.1",            //
                          "1.3.6.1.2.1.33.1.2.3.0 = integer 37",    // MinutesRemaining
                          "1.3.6.1.2.1.33.1.2.2.0 = integer 90",    // SecondsOnBattery
                          "1.3.6.1.2.1.33.1.9.7.0 = integer 2",     // LowBattTime
                          "upslinkUpsName.2 = octets rack 1"));
}

TEST(Notifications, that_repeat_a_transfer) {
  EXPECT_THAT(lines(ups_on_battery(), {Kind::still_on_battery, alarm_named("on_battery"), 0}),
              ElementsAre("upsTrapOnBattery upsMIB.2.1",          //
                          "1.3.6.1.2.1.33.1.2.3.0 = integer 37",  //
                          "1.3.6.1.2.1.33.1.2.2.0 = integer 90",  //
                          "1.3.6.1.2.1.33.1.9.7.0 = integer 2",   //
                          "upslinkUpsName.2 = octets rack 1"));
}

TEST(Notifications, leave_out_what_is_not_known) {
  Stage ups;
  ups.read('f', "079.0");
  EXPECT_THAT(lines(ups, added("on_battery", 7)),
              ElementsAre("upslinkOnBattery upslink.0.3", "upslinkUpsName.2 = octets rack 1",
                          "upslinkBatteryCharge.2 = integer 7900", "upsTrapOnBattery upsMIB.2.1",
                          "upslinkUpsName.2 = octets rack 1"));
}

TEST(Notifications, of_the_return_of_the_line) {
  EXPECT_THAT(lines(Stage(), removed("on_battery", 7)),
              ElementsAre("upslinkLineRestored upslink.0.4",                          //
                          "upslinkUpsName.2 = octets rack 1",                         //
                          "upsTrapAlarmEntryRemoved upsMIB.2.4",                      //
                          "1.3.6.1.2.1.33.1.6.2.1.1.7 = integer 7",                   //
                          "1.3.6.1.2.1.33.1.6.2.1.2.7 = oid 1.3.6.1.2.1.33.1.6.3.2",  //
                          "upslinkUpsName.2 = octets rack 1"));
}

TEST(Notifications, of_a_low_battery) {
  EXPECT_THAT(lines(ups_on_battery(), added("low_battery", 8)),
              ElementsAre("upslinkBatteryLow upslink.0.5",                            //
                          "upslinkUpsName.2 = octets rack 1",                         //
                          "upslinkBatteryCharge.2 = integer 7900",                    //
                          "upslinkBatteryRuntime.2 = gauge 2220",                     //
                          "upsTrapAlarmEntryAdded upsMIB.2.3",                        //
                          "1.3.6.1.2.1.33.1.6.2.1.1.8 = integer 8",                   //
                          "1.3.6.1.2.1.33.1.6.2.1.2.8 = oid 1.3.6.1.2.1.33.1.6.3.3",  //
                          "upslinkUpsName.2 = octets rack 1"));
  EXPECT_EQ(lines(Stage(), removed("low_battery", 8)).front(), "upslinkAlarmRemoved upslink.0.7");
}

TEST(Notifications, of_silence) {
  EXPECT_THAT(lines(Stage(), added("communications_lost", 9)),
              ElementsAre("upslinkCommunicationLost upslink.0.1",                      //
                          "upslinkUpsName.2 = octets rack 1",                          //
                          "upsTrapAlarmEntryAdded upsMIB.2.3",                         //
                          "1.3.6.1.2.1.33.1.6.2.1.1.9 = integer 9",                    //
                          "1.3.6.1.2.1.33.1.6.2.1.2.9 = oid 1.3.6.1.2.1.33.1.6.3.20",  //
                          "upslinkUpsName.2 = octets rack 1"));
  EXPECT_THAT(lines(Stage(), removed("communications_lost", 9)),
              ElementsAre("upslinkCommunicationRestored upslink.0.2",                  //
                          "upslinkUpsName.2 = octets rack 1",                          //
                          "upsTrapAlarmEntryRemoved upsMIB.2.4",                       //
                          "1.3.6.1.2.1.33.1.6.2.1.1.9 = integer 9",                    //
                          "1.3.6.1.2.1.33.1.6.2.1.2.9 = oid 1.3.6.1.2.1.33.1.6.3.20",  //
                          "upslinkUpsName.2 = octets rack 1"));
}

TEST(Notifications, of_other_alarms) {
  EXPECT_THAT(lines(Stage(), added("fan_failure", 3)),
              ElementsAre("upslinkAlarmAdded upslink.0.6",                             //
                          "upslinkUpsName.2 = octets rack 1",                          //
                          "upslinkAlarmDescr.2.3 = oid 1.3.6.1.2.1.33.1.6.3.16",       //
                          "upslinkAlarmText.2.3 = octets A fan has failed.",           //
                          "upsTrapAlarmEntryAdded upsMIB.2.3",                         //
                          "1.3.6.1.2.1.33.1.6.2.1.1.3 = integer 3",                    //
                          "1.3.6.1.2.1.33.1.6.2.1.2.3 = oid 1.3.6.1.2.1.33.1.6.3.16",  //
                          "upslinkUpsName.2 = octets rack 1"));
  EXPECT_EQ(lines(Stage(), removed("fan_failure", 3)).front(), "upslinkAlarmRemoved upslink.0.7");
}

TEST(Notifications, of_an_alarm_that_the_rfc_does_not_know) {
  Stage ups;
  ups.base = Oid{1, 3, 6, 1, 4, 1, 99};
  EXPECT_THAT(lines(ups, added("humidity_bad", 4)),
              ElementsAre("upslinkAlarmAdded upslink.0.6",                   //
                          "upslinkUpsName.2 = octets rack 1",                //
                          "upslinkAlarmDescr.2.4 = oid 1.3.6.1.4.1.99.3.1",  //
                          "upslinkAlarmText.2.4 = octets The humidity at a probe is out of the "
                          "range that is set in the UPS.",                        //
                          "upsTrapAlarmEntryAdded upsMIB.2.3",                    //
                          "1.3.6.1.2.1.33.1.6.2.1.1.4 = integer 4",               //
                          "1.3.6.1.2.1.33.1.6.2.1.2.4 = oid 1.3.6.1.4.1.99.3.1",  //
                          "upslinkUpsName.2 = octets rack 1"));
}

TEST(Notifications, of_a_running_test_are_none_of_the_rfc) {
  for (const Event& event : {added("test_in_progress", 5), removed("test_in_progress", 5)}) {
    const auto all = made(Stage(), event);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].name,
              event.kind == Kind::alarm_added ? "upslinkAlarmAdded" : "upslinkAlarmRemoved");
  }
}

TEST(Notifications, of_an_alert) {
  Stage ups;
  ups.hear("eeprom_changed");
  ups.hear("eeprom_changed");
  EXPECT_THAT(lines(ups, {Kind::alert, alert_named("eeprom_changed"), 0}),
              ElementsAre("upslinkAlertReceived upslink.0.8",     //
                          "upslinkUpsName.2 = octets rack 1",     //
                          "upslinkAlertCount.2.124 = counter 2",  //
                          "upslinkAlertLast.2.124 = octets 0x07ea0102030405022b0000"));
}

TEST(Notifications, of_a_completed_test) {
  Stage ups(everything_over_snmp());
  EXPECT_THAT(lines(ups, {Kind::test_completed, 0, 0}),
              ElementsAre("upsTrapTestCompleted upsMIB.2.2",                      //
                          "1.3.6.1.2.1.33.1.7.1.0 = oid 1.3.6.1.2.1.33.1.7.7.3",  //
                          "1.3.6.1.2.1.33.1.7.2.0 = integer 1",                   //
                          "1.3.6.1.2.1.33.1.7.3.0 = integer 3",                   //
                          "1.3.6.1.2.1.33.1.7.4.0 = octets failed: insufficient capacity",
                          "1.3.6.1.2.1.33.1.7.5.0 = ticks 998000",  //
                          "1.3.6.1.2.1.33.1.7.6.0 = integer 800",   //
                          "upslinkUpsName.2 = octets rack 1"));
}

/// With everything known, each of ours carries the objects that the MIB lists, in that order, and
/// its number; what is made is of the moment at which it was seen.
TEST(Notifications, carry_the_objects_of_the_mib) {
  Stage ups(everything_over_snmp());
  ups.look();
  std::vector<Event> events{{Kind::alert, 0, 0}, {Kind::test_completed, 0, 0}};
  for (std::size_t i = 0; i < alarm_count; ++i) {
    events.push_back({Kind::alarm_added, i, 3});
    events.push_back({Kind::alarm_removed, i, 3});
  }
  std::vector<std::string_view> seen;
  for (const Event& event : events) {
    for (const Notification& one : made(ups, event)) {
      EXPECT_EQ(one.made, ups.now);
      const auto* row = std::ranges::find(mib_notifications, one.name, &MibNotification::name);
      if (row == mib_notifications.end()) {
        EXPECT_TRUE(one.trap.starts_with(rfc1628_root)) << one.name;
        EXPECT_EQ(named(one.varbinds.back().oid, ups.base), "upslinkUpsName.2") << one.name;
        continue;
      }
      seen.push_back(one.name);
      EXPECT_EQ(one.trap, (ups.base + Oid{0, row->number})) << one.name;
      std::vector<std::string> objects;
      for (const Cell& cell : one.varbinds) {
        const auto name = named(cell.oid, ups.base);
        objects.push_back(name.substr(0, name.find('.')));
      }
      EXPECT_EQ(objects, std::vector<std::string>(row->objects.begin(), row->objects.end()))
          << one.name;
    }
  }
  for (const MibNotification& row : mib_notifications) {
    EXPECT_THAT(seen, ::testing::Contains(row.name));
  }
}

/// What a notification carries is what the view serves at the same OID.
TEST(Notifications, say_what_the_views_say) {
  Stage ups(everything_over_snmp());
  ups.look();
  auto served = ups.view(add_upslink);
  for (const Cell& cell : ups.view(add_rfc1628)) served.push_back(cell);
  for (const Event& event : {added("on_battery", 7), Event{Kind::alert, 3, 0},
                             Event{Kind::test_completed, 0, 0}, Event{Kind::still_on_battery, 0, 0},
                             added("fan_failure", ups.alarms[alarm_named("fan_failure")].id)}) {
    for (const Notification& one : made(ups, event)) {
      for (const Cell& cell : one.varbinds) {
        if (cell.oid.starts_with(rfc1628_root + Oid{1, 6, 2, 1, 1})) continue;  // not accessible
        EXPECT_EQ(at(served, cell.oid), shown(cell.value))
            << one.name << ": " << named(cell.oid, ups.base);
      }
    }
  }
}

}  // namespace
}  // namespace upslink::snmp
