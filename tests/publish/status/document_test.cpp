// SPDX-License-Identifier: Apache-2.0
#include "publish/status/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "scene.hpp"

namespace upslink::status {
namespace {

using nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Compares with goldens/NAME; what is made is left beside the test to be looked at.
void expect_golden(const std::string& name, const std::string& document) {
  const auto made = ordered_json::parse(document).dump(1) + "\n";
  const std::string path = std::string(UPSLINK_GOLDEN_FOLDER) + "/" + name;
  if (content_of(path) == made) return;
  std::ofstream(name) << made;
  ADD_FAILURE() << path << " differs; if what is made now is right, copy it from " << name
                << " in the folder of this test";
}

/// A UPS to which a little of everything has happened.
struct Story : Scene {
  Timeline timeline;
  History history;
  WallOffset wall;

  explicit Story(const Snapshot& last) {
    wall.follow(moment());
    snapshot = smart_ups_700();
    snapshot.alerts = std::vector<AlertRecord>(alerts.size());
    look();
    now += 31s;
    hear('!');
    read("status", "10");
    look();
    ++snapshot.totals.transfers[choice_named("transfer_cause", "low_voltage")];
    now += 4s;
    hear('$');
    read("status", "08");
    look();
    const auto heard = snapshot.alerts;
    snapshot = last;
    snapshot.alerts = heard;
    now = read_at + 36s;
    for (auto& reading : snapshot.readings) {
      if (reading) *reading = {reading->value, now - 250ms, now + 5s, {}};
    }
    look();
  }
  void look() {
    timeline.follow(facts());
    history.follow(facts());
  }
  std::string document(bool full) const {
    const Facts known = facts();
    const Subject subject{"rack1", known, timeline, wall};
    const auto ups = full ? in_full(subject) : in_short(subject);
    const std::string* const upses[] = {&ups};
    return ups_document("1.2.3", moment().wall, happened_at, upses);
  }
};

TEST(Document, tells_everything_of_a_ups_that_has_everything) {
  expect_golden("everything.json", Story(everything()).document(true));
}

TEST(Document, tells_a_ups_in_short) {
  expect_golden("short.json", Story(smart_ups_700()).document(false));
}

TEST(Document, tells_of_a_silent_ups_what_was_read_and_that_it_is_silent) {
  Story story(smart_ups_700());
  story.falls_silent();
  story.look();
  expect_golden("silent.json", story.document(true));
}

TEST(Document, leaves_out_what_is_not_known) {
  Scene scene;
  scene.snapshot = unknown_ups();
  scene.snapshot.link.kind = "tty";
  Story story(scene.snapshot);
  story.timeline = {};
  expect_golden("unknown.json", story.document(true));
}

TEST(Document, tells_a_history) {
  const Story story(everything());
  expect_golden("history.json", history_document("rack1", story.history, story.wall, story.now));
}

TEST(Document, tells_what_the_names_mean) {
  const auto document = ordered_json::parse(catalogue_document());
  EXPECT_EQ(document["quantities"].size(), quantity_count);
  EXPECT_EQ(document["states"].size(), state_count);
  EXPECT_EQ(document["quantities"]["battery_replaced"]["kind"], "date");
  EXPECT_EQ(document["quantities"]["transfer_cause"]["members"][3]["name"], "low_voltage");
  expect_golden("catalogue.json", catalogue_document());
}

TEST(Document, is_ascii_and_valid_whatever_a_unit_sends) {
  for (const std::string& hostile :
       {std::string("</script><img src=x onerror=alert(1)>"),
        std::string("\"\\\"},{\"state\":\"on_line"), std::string("\xff\xfe\x80 caf\xe9"),
        std::string("\0\1\2\x7f\r\n", 6), std::string("\xf0\x9f\x94\x8b"),
        std::string(5000, '<')}) {
    Story story(smart_ups_700());
    for (const auto* text : {"model", "serial_number", "firmware"}) {
      for (std::size_t i = 0; i < quantity_count; ++i) {
        if (quantities[i].name == text) {
          story.snapshot.readings[i] = Reading{hostile, story.now, TimePoint::max(), {}};
        }
      }
    }
    const auto document = story.document(true);
    for (const char c : document) {
      ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << int{static_cast<unsigned char>(c)};
    }
    const auto parsed = ordered_json::parse(document);
    EXPECT_EQ(parsed["upses"].size(), 1U);
    EXPECT_EQ(parsed["upses"][0]["state"], "on_line");
    EXPECT_TRUE(parsed["upses"][0]["readings"]["serial_number"]["value"].is_string());
  }
}

TEST(Document, writes_whole_numbers_as_such_and_no_more_digits_than_there_are) {
  const auto document = Story(everything()).document(true);
  EXPECT_THAT(document, HasSubstr("\"value\":230.4,"));
  EXPECT_THAT(document, HasSubstr("\"value\":1.034,"));
  EXPECT_THAT(document, HasSubstr("\"value\":2220,"));
  EXPECT_THAT(document, Not(HasSubstr("null")));
  EXPECT_THAT(document, Not(::testing::ContainsRegex("[0-9]\\.[0-9]{10}")));
}

/// Every path of a document, such as `upses[].readings.*.value`; members that are named by data
/// are `*`.
void collect_paths(const ordered_json& json, const std::string& path,
                   std::set<std::string>& paths) {
  static const std::set<std::string> named_by_data{"upses[].readings", "readings", "quantities",
                                                   "upses[].metrics"};
  if (json.is_array() && !json.empty() && json.front().is_object()) {
    for (const auto& item : json) collect_paths(item, path + "[]", paths);
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      const auto name = named_by_data.contains(path) ? "*" : key;
      collect_paths(value, path.empty() ? name : path + "." + name, paths);
    }
  } else {
    paths.insert(path);
  }
}

/// The fields in the tables of docs/api.md below a heading: rows that begin with | `name` |.
std::set<std::string> documented(const std::string& page, const std::string& heading) {
  const auto begin = page.find("\n## " + heading);
  EXPECT_NE(begin, std::string::npos) << heading;
  const auto end = page.find("\n## ", begin + 1);
  std::istringstream lines(page.substr(begin, end - begin));
  std::set<std::string> fields;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `")) fields.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return fields;
}

TEST(Document, has_a_page_with_all_states) {
  const auto page = content_of(UPSLINK_API_PAGE);
  for (const State& state : states) {
    const auto row = "| `" + std::string(state.name) + "` | " + std::string(state.text) + " | " +
                     std::string(name_of(state.severity)) + " | " + std::string(state.sentence) +
                     " |\n";
    EXPECT_THAT(page, HasSubstr(row));
  }
}

TEST(Document, has_the_fields_that_its_page_says_and_no_others) {
  const auto page = content_of(UPSLINK_API_PAGE);
  Story silent(everything());
  silent.falls_silent();
  silent.look();
  Snapshot held = everything();
  Story from_start(held);
  from_start.timeline = {};
  from_start.look();
  std::set<std::string> made;
  for (const auto& document :
       {Story(everything()).document(true), silent.document(true), from_start.document(true)}) {
    collect_paths(ordered_json::parse(document), "", made);
  }
  std::erase_if(made, [](const std::string& path) { return path.starts_with("upses[].metrics."); });
  EXPECT_EQ(made, documented(page, "/api/v1/ups"));

  made.clear();
  const Story story(everything());
  collect_paths(ordered_json::parse(history_document("x", story.history, story.wall, story.now)),
                "", made);
  EXPECT_EQ(made, documented(page, "/api/v1/history"));

  made.clear();
  collect_paths(ordered_json::parse(catalogue_document()), "", made);
  EXPECT_EQ(made, documented(page, "/api/v1/catalogue"));
}

}  // namespace
}  // namespace upslink::status
