// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bad_input.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

Config loaded(const std::string& text) {
  Config config;
  EXPECT_EQ(said(load_text(text, "f.yaml", config)), "fine");
  return config;
}

TEST(ConfigFile, SetsEverything) {
  const Config config = loaded(R"(
ups:
  - name: rack1
    address: /dev/serial/by-id/usb-FTDI_1
    nominal_power_watts: 450.5
    battery_date_order: dmy
    read_extremes: false
    read_latched: true
    cadence: {status: 500ms, fast: 3s, slow: 1m, settings: 2h}
  - {name: rack2, address: "tcp://[::1]:4001"}
web:
  listen_addresses: [":1", "[::1]:0"]
  telemetry_path: /ups
log: {level: warn, format: json}
)");
  ASSERT_EQ(config.ups.size(), 2U);
  const UpsConfig& ups = config.ups.front();
  EXPECT_EQ(ups.name, "rack1");
  EXPECT_EQ(ups.address, "/dev/serial/by-id/usb-FTDI_1");
  EXPECT_EQ(ups.options.nominal_power_watts, 450.5);
  EXPECT_EQ(ups.options.battery_date_order, DateOrder::dmy);
  EXPECT_FALSE(ups.options.read_extremes);
  EXPECT_TRUE(ups.options.read_latched);
  EXPECT_EQ(ups.options.cadences.status, 500ms);
  EXPECT_EQ(ups.options.cadences.fast, 3s);
  EXPECT_EQ(ups.options.cadences.slow, 1min);
  EXPECT_EQ(ups.options.cadences.settings, 2h);
  EXPECT_EQ(config.ups.back().address, "tcp://[::1]:4001");
  EXPECT_FALSE(config.ups.back().options.nominal_power_watts);
  EXPECT_THAT(config.web.listen_addresses, ElementsAre(":1", "[::1]:0"));
  EXPECT_EQ(config.web.telemetry_path, "/ups");
  EXPECT_EQ(config.log.level, LogLevel::warning);
  EXPECT_EQ(config.log.format, LogFormat::json);
}

TEST(ConfigFile, LeavesOutWhatItDoesNotSay) {
  for (const std::string text :
       {"", "# nothing\n", "---\n", "web:\nlog:\nups:\n", "web: {}\n", "ups: []\n"}) {
    const Config config = loaded(text);
    EXPECT_TRUE(config.ups.empty());
    EXPECT_THAT(config.web.listen_addresses, ElementsAre(":12400"));
    EXPECT_EQ(config.web.telemetry_path, "/metrics");
  }
}

TEST(ConfigFile, TakesAnchorsQuotesAndOtherLineEnds) {
  const Config config = loaded(
      "\xEF\xBB\xBFups:\r\n"
      "  - {name: \"a\", address: '/dev/x', cadence: &slow {fast: 5s}}\r\n"
      "  - {name: 42, address: /dev/y, cadence: *slow}\r\n");
  ASSERT_EQ(config.ups.size(), 2U);
  EXPECT_EQ(config.ups.back().name, "42");
  EXPECT_EQ(config.ups.back().options.cadences.fast, 5s);
}

class BadFile : public testing::TestWithParam<BadInput> {};

TEST_P(BadFile, GetsASentenceWithLineAndColumn) {
  Config config;
  EXPECT_EQ(said(load_text(GetParam().input, "f.yaml", config)), "f.yaml:" + GetParam().sentence);
}

std::string no_yaml(const std::string& place, const std::string& why) {
  return place + ": this is not YAML (" + why +
         "); look at the indentation, brackets and quotes here and just before";
}

INSTANTIATE_TEST_SUITE_P(
    Malformed, BadFile,
    testing::Values(BadInput{"ups:\n  - name: a\n   address: b\n",
                             no_yaml("3:4", "end of sequence not found")},
                    BadInput{"log: {level: \"info}\n", no_yaml("2:1", "end of map flow not found")},
                    BadInput{"a: b: c\n", no_yaml("1:5", "illegal map value")},
                    BadInput{"ups: [{name: a}\n", no_yaml("2:1", "end of sequence flow not found")},
                    BadInput{"log: *x\n", no_yaml("1:6", "the referenced anchor is not defined")},
                    BadInput{"%YAML secret\n---\n", no_yaml("1:1", "bad YAML version")},
                    BadInput{"- a\n, b\n",
                             "2:1: what stands here does not belong to what is before it; look "
                             "at the indentation and the brackets"},
                    BadInput{"web: {}\n---\nlog: {}\n",
                             "2:1: a second YAML document begins here; keep all settings in one"}));

TEST(ConfigFile, SurvivesDeepNesting) {
  for (const std::string opening : {"[", "{a: ", "- "}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += opening;
    Config config;
    EXPECT_THAT(said(load_text(text, "f.yaml", config)),
                testing::HasSubstr("this is not YAML (bad file)"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BadFile,
    testing::Values(
        BadInput{"web:\n  listen_adresses: [\":1\"]\n",
                 "2:3: unknown key \"web.listen_adresses\"; did you mean listen_addresses?"},
        BadInput{"log: {}\nlisten_addresses: [\":1\"]\n",
                 "2:1: unknown key \"listen_addresses\"; did you mean web.listen_addresses?"},
        BadInput{"web.telemetry_path: /m\n",
                 "1:1: unknown key \"web.telemetry_path\"; write telemetry_path inside of the "
                 "block web"},
        BadInput{"snmp: {community: public}\n",
                 "1:8: unknown key \"snmp.community\"; known here are agentx_address, powernet, "
                 "powernet_traps, entity_sensor, default_ups, base_oid"},
        BadInput{"ups:\n  - {name: a, address: /dev/x, cadences: {}}\n",
                 "2:32: unknown key \"ups.cadences\"; did you mean cadence?"},
        BadInput{"ups:\n  - {name: a, address: /dev/x, cadence: {stats: 1s}}\n",
                 "2:42: unknown key \"ups.cadence.stats\"; did you mean status?"},
        BadInput{"log: {level: info, level: info}\n",
                 "1:20: the key log.level stands here a second time; leave one out"},
        BadInput{"web: {}\nlog: {}\nweb: {}\n",
                 "3:1: the key web stands here a second time; leave one out"},
        BadInput{"ups: []\nups: []\n", "2:1: the key ups stands here a second time; leave one out"},
        BadInput{"? [a]\n: b\n", "1:3: a key must be a word, not a list"},
        BadInput{"log: {\"my secret\": info}\n",
                 "1:7: this is no key; known here are level, format"}));

INSTANTIATE_TEST_SUITE_P(
    Types, BadFile,
    testing::Values(
        BadInput{"- a\n",
                 "1:1: the file must be a block of keys (ups, web, snmp, log), not a list"},
        BadInput{"hello\n",
                 "1:1: the file must be a block of keys (ups, web, snmp, log), not one value"},
        BadInput{"web: foo\n",
                 "1:6: web must be a block of keys (listen_addresses, telemetry_path, config_file, "
                 "systemd_socket), "
                 "not one value"},
        BadInput{"log:\n  level: [info]\n", "2:10: log.level must be one value, not a list"},
        BadInput{"log:\n  level: {a: b}\n",
                 "2:10: log.level must be one value, not a block of keys"},
        BadInput{"log:\n  level:\n", "2:3: log.level has no value; give it one or leave it out"},
        BadInput{"web: {telemetry_path: ~}\n",
                 "1:7: web.telemetry_path has no value; give it one or leave it out"},
        BadInput{"web: {listen_addresses: \":1\"}\n",
                 "1:25: web.listen_addresses must be a list with at least one value, such as "
                 "[\":12400\"]"},
        BadInput{"web: {listen_addresses: []}\n",
                 "1:25: web.listen_addresses must be a list with at least one value, such as "
                 "[\":12400\"]"},
        BadInput{
            "web: {listen_addresses: [[::]:1]}\n",
            "1:26: a value in web.listen_addresses must be text in quotes, not a block of keys"},
        BadInput{
            "web: {listen_addresses: [{a: b}]}\n",
            "1:26: a value in web.listen_addresses must be text in quotes, not a block of keys"},
        BadInput{"ups: {name: a}\n",
                 "1:6: ups must be a list with entries such as - {name: rack1, "
                 "address: /dev/ttyS0}"},
        BadInput{"ups: [a]\n",
                 "1:7: an entry of ups must be a block of keys, such as {name: rack1, "
                 "address: /dev/ttyS0}"},
        BadInput{"ups: &u [*u]\n",
                 "1:6: an entry of ups must be a block of keys, such as {name: "
                 "rack1, address: /dev/ttyS0}"},
        BadInput{
            "ups:\n  - {name: a, address: /dev/x, cadence: 1s}\n",
            "2:41: ups.cadence must be a block of keys (status, fast, slow, settings), not one "
            "value"}));

INSTANTIATE_TEST_SUITE_P(
    Texts, BadFile,
    testing::Values(
        BadInput{"log: {level: loud}\n",
                 "1:14: log.level: \"loud\" is not known; choose one of debug, info, warn, error"},
        BadInput{"web:\n  listen_addresses:\n    - \":1\"\n    - 12400\n",
                 "4:7: web.listen_addresses: \"12400\" has no port; write HOST:PORT, :PORT or "
                 "[IPV6]:PORT, such as :12400"},
        BadInput{"web: {listen_addresses: [\":1\", \":1\"]}\n",
                 "1:32: web.listen_addresses: \":1\" is given twice; leave one out"},
        BadInput{"web:\n  telemetry_path: /\n",
                 "2:19: web.telemetry_path: \"/\" is the path of another page of the exporter; "
                 "choose one such as /metrics"},
        BadInput{"ups:\n  - {address: /dev/x}\n",
                 "2:5: this entry of ups has no name; add one, such as name: rack1"},
        BadInput{"ups:\n  - {name: a}\n",
                 "2:5: the UPS a has no address; add one, such as address: /dev/ttyS0"},
        BadInput{"ups:\n  - {name: a, address: /dev/x}\n  - {name: a, address: /dev/y}\n",
                 "3:5: two UPSes are named a; give each a name of its own"},
        BadInput{"ups:\n  - {name: a b, address: /dev/x}\n",
                 "2:12: ups.name: \"a b\" cannot name a UPS; use 1 to 32 of A-Z a-z 0-9 . _ -"},
        BadInput{
            "ups:\n  - {name: a, address: /tmp}\n",
            "2:24: ups.address: \"/tmp\" is a directory; write the path of a serial port, such "
            "as /dev/ttyS0"},
        BadInput{"ups:\n  - {name: a, address: /dev/x, nominal_power_watts: 1kW}\n",
                 "2:53: ups.nominal_power_watts: \"1kW\" is no number of watts from 1 to 100000; "
                 "write one, such as 450"},
        BadInput{"ups:\n  - {name: a, address: /dev/x, read_extremes: yes}\n",
                 "2:47: ups.read_extremes: \"yes\" is not known; choose one of true, false"},
        BadInput{"ups:\n  - {name: a, address: /dev/x, battery_date_order: iso}\n",
                 "2:52: ups.battery_date_order: \"iso\" is not known; choose one of mdy, dmy, ymd"},
        BadInput{
            "ups:\n  - name: a\n    address: /dev/x\n    cadence:\n      fast: 10\n",
            "5:13: ups.cadence.fast: \"10\" has no unit; write a number and one of ms, s, m, h, "
            "such as 500ms or 2.5s"},
        BadInput{
            "ups:\n  - name: a\n    address: /dev/x\n    cadence:\n      status: 5m\n",
            "5:15: ups.cadence.status: \"5m\" is outside what works; choose from 200ms to 1m"}));

class ConfigFileOnDisk : public testing::Test {
 protected:
  ConfigFileOnDisk() { std::filesystem::create_directory(folder_); }
  ~ConfigFileOnDisk() override { std::filesystem::remove_all(folder_); }

  static std::string complaint(const std::string& path) {
    Config config;
    return said(load_file(path, config));
  }

  const std::string folder_ = testing::TempDir() + "config_file_test." + std::to_string(::getpid());
};

TEST_F(ConfigFileOnDisk, TheFileIsRead) {
  const std::string path = folder_ + "/a.yaml";
  std::ofstream(path) << "web: {telemetry_path: /x}\nlog: {level: 1}\n";
  EXPECT_EQ(complaint(path), path +
                                 ":2:14: log.level: \"1\" is not known; choose one of debug, "
                                 "info, warn, error");
}

TEST_F(ConfigFileOnDisk, AFileThatCannotBeReadGetsTheReason) {
  const auto sentence = [](const std::string& path, const std::string& reason) {
    return "the configuration file " + path + " cannot be read (" + reason +
           "); name a YAML file that this user may read";
  };
  EXPECT_EQ(complaint(folder_ + "/none"), sentence(folder_ + "/none", "No such file or directory"));
  EXPECT_EQ(complaint(folder_), sentence(folder_, "Is a directory"));
  const std::string closed = folder_ + "/closed";
  std::ofstream(closed) << "web: {}\n";
  ASSERT_EQ(::chmod(closed.c_str(), 0), 0);
  if (::geteuid() == 0) return;  // root may read everything
  EXPECT_EQ(complaint(closed), sentence(closed, "Permission denied"));
}

TEST_F(ConfigFileOnDisk, AFileWithoutEndIsRefused) {
  EXPECT_EQ(
      complaint("/dev/zero"),
      "the configuration file /dev/zero cannot be read (it is larger than 1 MiB); name a YAML "
      "file that this user may read");
}

}  // namespace
}  // namespace upslink::app
