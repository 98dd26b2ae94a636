// SPDX-License-Identifier: Apache-2.0
// Whether it is valid SMI is what tests/mib asks of smilint.
#include "describe/mib_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "catalogue/alarms.hpp"
#include "catalogue/families.hpp"
#include "catalogue/mib_notifications.hpp"
#include "catalogue/quantities.hpp"

namespace upslink::describe {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

/// What the page defines by a macro, in the order of the page: macro, lines and place of each name.
struct Definition {
  std::string macro;
  std::vector<std::string> lines;
  std::string place;  ///< `upslinkUpsEntry 2`

  std::string text() const {
    std::string all;
    for (const auto& line : lines) all += line.substr(line.find_first_not_of(' ')) + "\n";
    return all;
  }
};

std::multimap<std::string, Definition> definitions_of(const std::string& page) {
  std::multimap<std::string, Definition> found;
  std::istringstream lines(page);
  Definition* open = nullptr;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const auto blank = line.find(' ');
    if (line.starts_with("upslink") && line.find("::=") == std::string::npos) {
      open = &found.insert({line.substr(0, blank), {line.substr(blank + 1), {}, {}}})->second;
    } else if (open != nullptr && line.starts_with("    ::= { ")) {
      open->place = line.substr(10, line.rfind(" }") - 10);
      open = nullptr;
    } else if (open != nullptr) {
      open->lines.push_back(line);
    }
  }
  return found;
}

const std::multimap<std::string, Definition>& definitions() {
  static const auto found = definitions_of(mib_page());
  return found;
}

/// The one definition of a name.
const Definition& defined(const std::string& name) {
  static const Definition none;
  EXPECT_EQ(definitions().count(name), 1) << name;
  const auto found = definitions().find(name);
  return found == definitions().end() ? none : found->second;
}

std::string place_of(MibColumn at) {
  const auto row = std::ranges::find(mib_tables, at.table, &MibTableRow::table);
  return "upslink" + std::string(row->name) + "Entry " + std::to_string(at.column);
}

std::string first_difference(const std::string& a, const std::string& b) {
  const auto at = std::ranges::mismatch(a, b).in1;
  return std::string(at, std::min(at + 60, a.end()));
}

TEST(MibPage, has_one_object_for_each_quantity) {
  for (const auto& row : quantities) {
    if (row.mib.table == MibTable::none) continue;
    const auto& object = defined(object_name(row));
    EXPECT_EQ(object.macro, "OBJECT-TYPE") << row.name;
    EXPECT_EQ(object.place, place_of(row.mib)) << row.name;
    EXPECT_THAT(object.text(), HasSubstr("MAX-ACCESS  read-only")) << row.name;
  }
}

TEST(MibPage, has_one_object_for_each_family) {
  const auto check = [](const LineFamily& row) {
    const auto& object = defined(object_name(row));
    EXPECT_EQ(object.macro, "OBJECT-TYPE") << row.object;
    EXPECT_EQ(object.place, place_of(row.mib)) << row.object;
  };
  std::ranges::for_each(line_families, check);
  std::ranges::for_each(mib_only_families, check);
}

TEST(MibPage, has_nothing_that_nobody_serves) {
  std::size_t columns = 0;
  for (const auto& [name, definition] : definitions()) {
    columns += definition.text().find("MAX-ACCESS  read-only") != std::string::npos ? 1U : 0U;
  }
  std::vector<std::string> served{"upslinkAgentVersion", "upslinkUpsCount",   "upslinkUpsName",
                                  "upslinkLinkKind",     "upslinkAlarmDescr", "upslinkAlarmTime",
                                  "upslinkAlarmText"};
  for (const auto& row : quantities) {
    if (row.mib.table != MibTable::none) served.push_back(object_name(row));
  }
  for (const auto& row : line_families) served.push_back(object_name(row));
  for (const auto& row : mib_only_families) served.push_back(object_name(row));
  std::ranges::sort(served);
  const auto repeated = std::ranges::unique(served);
  served.erase(repeated.begin(), repeated.end());
  EXPECT_EQ(columns, served.size());
}

TEST(MibPage, says_what_a_value_is) {
  const auto text = [](const std::string& name) { return defined(name).text(); };
  EXPECT_EQ(text("upslinkInputVoltage"),
            "SYNTAX      UpslinkHundredths\nUNITS       \"volts\"\nMAX-ACCESS  read-only\n"
            "STATUS      current\nDESCRIPTION\n\"Input voltage (command L).\"\n");
  EXPECT_THAT(text("upslinkBatteryCharge"), HasSubstr("UNITS       \"percent\""));
  EXPECT_THAT(text("upslinkBatteryRuntime"), HasSubstr("Gauge32\nUNITS       \"seconds\""));
  EXPECT_THAT(text("upslinkBatteryReplaced"), HasSubstr("DateAndTime\nMAX-ACCESS"));
  EXPECT_THAT(text("upslinkOutputEnergy"), HasSubstr("Counter64\nUNITS       \"joules\""));
  EXPECT_THAT(text("upslinkUp"), HasSubstr("TruthValue"));
  EXPECT_THAT(text("upslinkStatus"), HasSubstr("BITS {\nruntimeCalibration(0),\nsmartTrim(1),"));
  EXPECT_THAT(text("upslinkStatus"), HasSubstr("\nonLine: the load is supplied by the line\n"));
  EXPECT_THAT(text("upslinkDipSwitches"), HasSubstr("bit4(4)"));
  EXPECT_THAT(text("upslinkInputSensitivity"), HasSubstr("INTEGER {\nhigh(1),"));
}

TEST(MibPage, names_the_command_of_a_value) {
  const auto text = [](const std::string& name) { return defined(name).text(); };
  EXPECT_THAT(text("upslinkModel"), HasSubstr("(command ^A)"));
  EXPECT_THAT(text("upslinkAmbientTemperature"), HasSubstr("(command t for probe 1, T\n"));
  EXPECT_THAT(text("upslinkAmbientTemperatureHigh"), HasSubstr("(command [)"));
  EXPECT_THAT(text("upslinkCalibrationConstant4"), HasSubstr("(command 4, register 4)"));
}

// The help of a metric may speak of its samples; nothing of that is so over SNMP.
TEST(MibPage, does_not_speak_of_metrics) {
  const auto page = mib_page();
  for (const auto* words : {": 1 while", ": 1 for", "as a label", "the value is 1", "above 1 "}) {
    EXPECT_THAT(page, Not(HasSubstr(words)));
  }
}

TEST(MibPage, has_tables_with_and_without_an_index_of_their_own) {
  for (const auto& row : mib_tables) {
    const auto prefix = "upslink" + std::string(row.name);
    EXPECT_EQ(defined(prefix + "Table").place,
              "upslinkObjects " + std::to_string(static_cast<int>(row.table)));
    const auto entry = defined(prefix + "Entry").text();
    if (row.table == MibTable::ups) {
      EXPECT_THAT(entry, HasSubstr("INDEX       { upslinkUpsIndex }"));
    } else if (row.index == MibIndex::none) {
      EXPECT_THAT(entry, HasSubstr("AUGMENTS    { upslinkUpsEntry }"));
    } else {
      EXPECT_THAT(entry, HasSubstr("INDEX       { upslinkUpsIndex, " + prefix + "Index }"));
      EXPECT_EQ(defined(prefix + "Index").place, prefix + "Entry 1");
      EXPECT_THAT(defined(prefix + "Index").text(), HasSubstr("not-accessible"));
    }
  }
}

TEST(MibPage, has_the_notifications_and_what_they_carry) {
  for (const auto& row : mib_notifications) {
    const auto& definition = defined(std::string(row.name));
    EXPECT_EQ(definition.macro, "NOTIFICATION-TYPE");
    EXPECT_EQ(definition.place, "upslinkNotifications " + std::to_string(row.number));
    for (const auto object : row.objects) {
      EXPECT_EQ(defined(std::string(object)).macro, "OBJECT-TYPE") << object;
    }
  }
}

TEST(MibPage, has_an_identity_for_each_alarm_of_our_own) {
  for (const auto& alarm : alarms) {
    const auto name = "upslinkAlarm" + camel_case(alarm.name);
    if (alarm.own == 0) {
      EXPECT_EQ(definitions().count(name), 0) << name;
    } else {
      EXPECT_EQ(defined(name).macro, "OBJECT-IDENTITY");
      EXPECT_EQ(defined(name).place, "upslinkAlarms " + std::to_string(alarm.own));
    }
  }
}

TEST(MibPage, gives_no_name_and_no_place_twice) {
  std::map<std::string, int> names;
  std::map<std::string, int> places;
  for (const auto& [name, definition] : definitions()) {
    std::string folded = name;
    std::ranges::transform(folded, folded.begin(), [](unsigned char c) { return std::tolower(c); });
    ++names[folded];
    ++places[definition.place];
    EXPECT_THAT(name, SizeIs(::testing::Le(32)));
    EXPECT_TRUE(std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0; }));
  }
  EXPECT_THAT(names, Each(Pair(::testing::_, 1)));
  EXPECT_THAT(places, Each(Pair(::testing::_, 1)));
}

TEST(MibPage, is_ascii_in_short_lines) {
  std::istringstream lines(mib_page());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
  }
}

TEST(MibPage, moves_to_another_root) {
  constexpr std::array<std::uint32_t, 8> own{1, 3, 6, 1, 4, 1, 99999, 1};
  const auto here = mib_page();
  const auto there = mib_page(own);
  EXPECT_EQ(definitions().find("upslinkMIB")->second.place, "netSnmpPlaypen 2400");
  EXPECT_EQ(definitions_of(there).find("upslinkMIB")->second.place,
            "enterprises upslinkArc7(99999) 1");
  EXPECT_THAT(here, HasSubstr("    netSnmpPlaypen\n        FROM NET-SNMP-MIB\n"));
  EXPECT_THAT(there, HasSubstr("    enterprises\n        FROM SNMPv2-SMI\n"));
  EXPECT_THAT(there, Not(AnyOf(HasSubstr("netSnmp"), HasSubstr("NET-SNMP"))));
  // All that follows the root is the same.
  const std::string mark = "\nupslinkNotifications OBJECT IDENTIFIER";
  const auto below_here = here.substr(here.find(mark));
  const auto below_there = there.substr(there.find(mark));
  EXPECT_TRUE(below_here == below_there) << first_difference(below_here, below_there);
}

TEST(MibPage, knows_what_is_below_the_branch_for_private_use_and_what_is_not) {
  const auto root = [](const std::vector<std::uint32_t>& base) {
    return definitions_of(mib_page(base)).find("upslinkMIB")->second.place;
  };
  EXPECT_EQ(root({1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 7}), "netSnmpPlaypen 7");
  EXPECT_EQ(root({1, 3, 6, 1, 4, 1, 8072, 9999, 9998, 7}),
            "enterprises upslinkArc7(8072) upslinkArc8(9999) upslinkArc9(9998) 7");
  EXPECT_EQ(root({1, 3, 6, 1, 4, 1, 4294967295}), "enterprises 4294967295");
}

}  // namespace
}  // namespace upslink::describe
