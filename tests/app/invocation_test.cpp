// SPDX-License-Identifier: Apache-2.0
#include "app/invocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "bad_input.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using Arguments = std::vector<std::string>;

std::string refused(const Arguments& arguments, const Environment& environment = {}) {
  const auto invocation = read_invocation(arguments, environment);
  return invocation ? "fine" : invocation.error();
}

/// A test with a configuration file of its own.
class Precedence : public testing::Test {
 protected:
  Precedence() { write("ups: [{name: a, address: /dev/file, cadence: {fast: 7s}}]\n"); }
  ~Precedence() override { std::remove(file_.c_str()); }

  void write(const std::string& text) const { std::ofstream(file_) << text; }

  static Config config(const Arguments& arguments, const Environment& environment = {}) {
    auto invocation = read_invocation(arguments, environment);
    EXPECT_TRUE(invocation) << invocation.error();
    return invocation ? std::get<ServeCommand>(invocation->command).config : Config{};
  }

  static std::vector<std::string> upses(const Config& config) {
    std::vector<std::string> all;
    for (const UpsConfig& ups : config.ups) all.push_back(ups.name + "=" + ups.address);
    return all;
  }

  const std::string file_ =
      testing::TempDir() + "precedence." + std::to_string(::getpid()) + ".yaml";
};

TEST_F(Precedence, OfFlagThenEnvironmentThenFileThenDefault) {
  const std::string text = "ups: [{name: a, address: /dev/x}]\n";
  const Environment variables{{"UPSLINK_WEB_TELEMETRY_PATH", "/environment"}};
  write(text);
  EXPECT_EQ(config({"--config.file", file_}).web.telemetry_path, "/metrics");
  write(text + "web: {telemetry_path: /file}\n");
  EXPECT_EQ(config({"--config.file", file_}).web.telemetry_path, "/file");
  EXPECT_EQ(config({"--config.file", file_}, variables).web.telemetry_path, "/environment");
  EXPECT_EQ(
      config({"--config.file", file_, "--web.telemetry-path=/flag"}, variables).web.telemetry_path,
      "/flag");
}

TEST_F(Precedence, AListIsReplacedAsAWhole) {
  write("ups: [{name: a, address: /dev/x}]\nweb: {listen_addresses: [\":1\", \":2\"]}\n");
  const Environment variables{{"UPSLINK_WEB_LISTEN_ADDRESS", ":3, :4\n[::1]:5"}};
  const Arguments file{"--config.file", file_};
  EXPECT_THAT(config(file).web.listen_addresses, ElementsAre(":1", ":2"));
  EXPECT_THAT(config(file, variables).web.listen_addresses, ElementsAre(":3", ":4", "[::1]:5"));
  EXPECT_THAT(
      config({"--config.file", file_, "--web.listen-address=:6"}, variables).web.listen_addresses,
      ElementsAre(":6"));
}

TEST_F(Precedence, TheEnvironmentCanNameTheFile) {
  const Config of_environment = config({}, {{"UPSLINK_CONFIG_FILE", file_}});
  EXPECT_EQ(of_environment.file, file_);
  EXPECT_THAT(upses(of_environment), ElementsAre("a=/dev/file"));
  EXPECT_EQ(config({"--config.file", file_}, {{"UPSLINK_CONFIG_FILE", "/none"}}).file, file_);
}

TEST_F(Precedence, UpsesFromFlagsJoinThoseOfTheFile) {
  const Config joined = config({"--config.file", file_, "--ups=b=/dev/b", "--ups=a=/dev/flag"});
  EXPECT_THAT(upses(joined), ElementsAre("a=/dev/flag", "b=/dev/b"));
  EXPECT_EQ(joined.ups.front().options.cadences.fast, 7s) << "the other settings of the file stay";
  EXPECT_EQ(joined.ups.back().options.cadences.fast, 2s);
}

TEST_F(Precedence, UpsesFromFlagsReplaceThoseOfTheEnvironment) {
  const Environment variables{{"UPSLINK_UPS", "c=/dev/c d=tcp://h:1,\n e=/dev/e"}};
  EXPECT_THAT(upses(config({}, variables)), ElementsAre("c=/dev/c", "d=tcp://h:1", "e=/dev/e"));
  EXPECT_THAT(upses(config({"--config.file", file_}, variables)),
              ElementsAre("a=/dev/file", "c=/dev/c", "d=tcp://h:1", "e=/dev/e"));
  EXPECT_THAT(upses(config({"--ups=f=/dev/f"}, variables)), ElementsAre("f=/dev/f"));
}

TEST_F(Precedence, AnEmptyVariableIsNotSet) {
  const Config kept =
      config({"--config.file", file_}, {{"UPSLINK_UPS", " \n"}, {"UPSLINK_LOG_LEVEL", ""}});
  EXPECT_THAT(upses(kept), ElementsAre("a=/dev/file"));
  EXPECT_EQ(kept.log.level, LogLevel::info);
}

TEST(Invocation, Probes) {
  const auto plain =
      read_invocation(Arguments{"probe", "/dev/x"}, {{"UPSLINK_LOG_LEVEL", "error"}});
  ASSERT_TRUE(plain) << plain.error();
  const auto& command = std::get<ProbeCommand>(plain->command);
  EXPECT_EQ(command.address, "/dev/x");
  EXPECT_EQ(command.format, ProbeFormat::text);
  EXPECT_EQ(command.log.level, LogLevel::error);
  const auto json = read_invocation(Arguments{"probe", "tcp://h:1", "--format=json"}, {});
  ASSERT_TRUE(json) << json.error();
  EXPECT_EQ(std::get<ProbeCommand>(json->command).format, ProbeFormat::json);
}

TEST(Invocation, Records) {
  const auto plain = read_invocation(Arguments{"record", "/dev/x", "ups.transcript"}, {});
  ASSERT_TRUE(plain) << plain.error();
  const auto& command = std::get<RecordCommand>(plain->command);
  EXPECT_EQ(command.address, "/dev/x");
  EXPECT_EQ(command.file, "ups.transcript");
  EXPECT_EQ(command.watch, 10s);
  EXPECT_FALSE(command.force || command.unmasked);
  const auto full = read_invocation(
      Arguments{"record", "tcp://h:1", "-", "--duration", "2m", "--force", "--unmasked"}, {});
  ASSERT_TRUE(full) << full.error();
  EXPECT_EQ(std::get<RecordCommand>(full->command).watch, 2min);
  EXPECT_TRUE(std::get<RecordCommand>(full->command).force);
  EXPECT_TRUE(std::get<RecordCommand>(full->command).unmasked);
}

TEST(Invocation, ListsPorts) {
  const auto list = read_invocation(Arguments{"probe", "--list", "--format=json"}, {});
  ASSERT_TRUE(list) << list.error();
  const auto& command = std::get<ProbeCommand>(list->command);
  EXPECT_TRUE(command.list);
  EXPECT_EQ(command.format, ProbeFormat::json);
  const auto probe = read_invocation(Arguments{"probe", "/dev/x"}, {});
  ASSERT_TRUE(probe) << probe.error();
  EXPECT_FALSE(std::get<ProbeCommand>(probe->command).list);
}

TEST(Invocation, LeavesOutTheFileOfTheServiceWhereItDoesNotServe) {
  const auto probe =
      read_invocation(Arguments{"probe", "/dev/x"}, {{"UPSLINK_CONFIG_FILE", "/none"}});
  EXPECT_TRUE(probe) << probe.error();
}

TEST(Invocation, DescribesTellsItsVersionAndHelps) {
  const auto holds = [](const Arguments& arguments, auto kind) {
    const auto invocation = read_invocation(arguments, {{"UPSLINK_LOG_LEVEL", "info"}});
    return invocation && std::holds_alternative<decltype(kind)>(invocation->command);
  };
  EXPECT_TRUE(holds({"describe", "metrics"}, DescribeCommand{}));
  EXPECT_TRUE(holds({"describe", "mib"}, DescribeCommand{}));
  EXPECT_TRUE(holds({"describe", "dashboard"}, DescribeCommand{}));
  EXPECT_TRUE(holds({"describe", "mib", "--base-oid", "1.3.6.1.4.1.99999.1"}, DescribeCommand{}));
  EXPECT_TRUE(holds({"--version"}, VersionCommand{}));
  EXPECT_TRUE(holds({"--help"}, HelpCommand{}));
  EXPECT_TRUE(holds({"-h"}, HelpCommand{}));
  EXPECT_TRUE(holds({"--ups=wrong", "--help"}, HelpCommand{}));
}

TEST(Invocation, WarnsOfUnknownVariables) {
  const auto invocation = read_invocation(
      Arguments{"--ups=a=/dev/x"}, {{"UPSLINK_LOGLEVEL", "debug"},
                                    {"UPSLINK_WINDOW_COLOUR", ""},
                                    {"UPSLINK_LOG_FORMAT", "json"},
                                    {"UPSLINK_EXPORTER_SERVICE_HOST", "10.0.0.1"},
                                    {"UPSLINK_EXPORTER_PORT_12400_TCP", "tcp://10.0.0.1:12400"},
                                    {"HOME", "/"}});
  ASSERT_TRUE(invocation) << invocation.error();
  EXPECT_THAT(invocation->warnings,
              ElementsAre("the environment variable UPSLINK_LOGLEVEL is not known; did you mean "
                          "UPSLINK_LOG_LEVEL?",
                          "the environment variable UPSLINK_WINDOW_COLOUR is not known"));
  EXPECT_EQ(invocation->log.format, LogFormat::json);
}

TEST(Invocation, ReadsTheEnvironmentOfTheProcess) {
  const char* const variables[] = {"HOME=/", "UPSLINK_UPS=a=/dev/x", "UPSLINK_ODD", nullptr};
  EXPECT_THAT(environment_from(variables), ElementsAre(testing::Pair("UPSLINK_UPS", "a=/dev/x")));
}

struct BadInvocation {
  Arguments arguments;
  Environment environment;
  std::string sentence;
};

TEST(Invocation, BadInputGetsASentence) {
  const std::string no_ups =
      "no UPS is configured; name one, such as --ups rack1=/dev/ttyS0, or list them in a file and "
      "give that with --config.file (--help shows more)";
  const std::string two_operands =
      "record takes the address of one UPS and a file to write; write for example upslink_exporter "
      "record /dev/ttyS0 ups.transcript";
  const std::string one_probe =
      "probe takes the address of one UPS; write for example upslink_exporter probe /dev/ttyS0 "
      "(probe --list shows the ports)";
  const std::vector<BadInvocation> rows{
      {{}, {}, no_ups},
      {{"--log.level=debug"}, {}, no_ups},
      {{"--ups=/dev/ttyS0"},
       {},
       "--ups: \"/dev/ttyS0\" has no name; write NAME=ADDRESS, such as rack1=/dev/ttyS0"},
      {{"--ups=rack1"},
       {},
       "--ups: \"rack1\" has no address; write NAME=ADDRESS, such as rack1=/dev/ttyS0"},
      {{"--ups==/dev/x"}, {}, "--ups: \"\" cannot name a UPS; use 1 to 32 of A-Z a-z 0-9 . _ -"},
      {{"--ups=r\xc3\xa4=/dev/x"},
       {},
       "--ups: \"r\xc3\xa4\" cannot name a UPS; use 1 to 32 of A-Z a-z 0-9 . _ -"},
      {{"--ups=" + std::string(33, 'a') + "=/dev/x"},
       {},
       "--ups: \"" + std::string(33, 'a') +
           "\" cannot name a UPS; use 1 to 32 of A-Z a-z 0-9 . _ -"},
      {{"--ups=a="},
       {},
       "--ups: \"\" is no address of a UPS; write the path of its serial port, such as /dev/ttyS0, "
       "or tcp://HOST:PORT"},
      {{"--ups=a=/tmp"},
       {},
       "--ups: \"/tmp\" is a directory; write the path of a serial port, such as /dev/ttyS0"},
      {{"--ups=a=tcp://h"},
       {},
       "--ups: \"tcp://h\" has no port; write tcp://HOST:PORT, such as tcp://10.0.0.7:4001 or "
       "tcp://[::1]:4001"},
      {{"--ups=a=/dev/x", "--ups=a=/dev/y"},
       {},
       "--ups: two UPSes are named a; give each a name of its own"},
      {{"--ups=a=/dev/x", "--ups=b=/dev/x"},
       {},
       "a and b are on the same line (/dev/x); give each UPS an address of its own"},
      {{"--ups=a=/dev/null", "--ups=b=/dev/./null"},
       {},
       "a and b are on the same line (/dev/null and /dev/./null); give each UPS an address of its "
       "own"},
      {{},
       {{"UPSLINK_UPS", "a=/dev/x b"}},
       "UPSLINK_UPS: \"b\" has no address; write NAME=ADDRESS, such as rack1=/dev/ttyS0"},
      {{"--ups=a=/dev/x", "--web.listen-address=12400"},
       {},
       "--web.listen-address: \"12400\" has no port; write HOST:PORT, :PORT or [IPV6]:PORT, such "
       "as :12400"},
      {{"--ups=a=/dev/x", "--web.listen-address=:1", "--web.listen-address=:1"},
       {},
       "--web.listen-address: \":1\" is given twice; leave one out"},
      {{"--ups=a=/dev/x", "--web.telemetry-path=metrics"},
       {},
       "--web.telemetry-path: \"metrics\" does not begin with a slash; write it as /metrics"},
      {{"--ups=a=/dev/x"},
       {{"UPSLINK_WEB_TELEMETRY_PATH", "/-/ready"}},
       "UPSLINK_WEB_TELEMETRY_PATH: \"/-/ready\" is the path of another page of the exporter; "
       "choose one such as /metrics"},
      {{"--ups=a=/dev/x", "--log.level=verbose"},
       {},
       "--log.level: \"verbose\" is not known; choose one of debug, info, warn, error"},
      {{"--ups=a=/dev/x"},
       {{"UPSLINK_LOG_FORMAT", "text"}},
       "UPSLINK_LOG_FORMAT: \"text\" is not known; choose one of logfmt, json"},
      {{"--config.file", ""}, {}, "--config.file: \"\" is no path; name a YAML file"},
      {{"--config.file=/none"},
       {},
       "the configuration file /none cannot be read (No such file or directory); name a YAML file "
       "that this user may read"},
      {{"record"}, {}, two_operands},
      {{"record", "/dev/x"}, {}, two_operands},
      {{"record", "/dev/x", ""}, {}, two_operands},
      {{"record", "/dev/x", "a", "b"}, {}, two_operands},
      {{"record", "/tmp", "a"},
       {},
       "record: \"/tmp\" is a directory; write the path of a serial port, such as /dev/ttyS0"},
      {{"record", "/dev/x", "a", "--duration=25h"},
       {},
       "--duration: \"25h\" is outside what works; choose from 0s to 24h"},
      {{"record", "/dev/x", "a", "--ups=a=/dev/y"},
       {},
       "--ups has no meaning for record; leave it out"},
      {{"probe"}, {}, one_probe},
      {{"probe", "/dev/x", "/dev/y"}, {}, one_probe},
      {{"probe", "--list", "/dev/x"},
       {},
       "probe --list takes no address; leave out either --list or \"/dev/x\""},
      {{"probe", "--list", "--format=xml"},
       {},
       "--format: \"xml\" is not known; choose one of text, json"},
      {{"probe", "--list", "--ups=a=/dev/y"}, {}, "--ups has no meaning for probe; leave it out"},
      {{"probe", "/tmp"},
       {},
       "probe: \"/tmp\" is a directory; write the path of a serial port, such as /dev/ttyS0"},
      {{"probe", "/dev/x", "--format=xml"},
       {},
       "--format: \"xml\" is not known; choose one of text, json"},
      {{"probe", "/dev/x", "--ups=a=/dev/y"}, {}, "--ups has no meaning for probe; leave it out"},
      {{"--web.telemetry-path=/m", "describe", "metrics"},
       {},
       "--web.telemetry-path has no meaning for describe; leave it out"},
      {{"describe"},
       {},
       "describe takes one topic; write upslink_exporter describe metrics, mib, dashboard, man or "
       "man-config"},
      {{"describe", "metrics", "probe"},
       {},
       "describe takes one topic; write upslink_exporter describe metrics, mib, dashboard, man or "
       "man-config"},
      {{"describe", "mibs"},
       {},
       "\"mibs\" cannot be described; write upslink_exporter describe metrics, mib, dashboard, man "
       "or man-config"},
      {{"describe", "metrics", "--base-oid=1.3.6.1.4.1.99999"},
       {},
       "--base-oid has no meaning for describe metrics; leave it out"},
      {{"describe", "mib", "--base-oid=1.3.6.1.2.1.33"},
       {},
       "--base-oid: \"1.3.6.1.2.1.33\" is not below 1.3.6.1.4.1, where enterprises are; write one "
       "such as 1.3.6.1.4.1.8072.9999.9999.2400"},
      {{"--base-oid=1.3.6.1.4.1.99999", "--ups=a=/dev/x"},
       {},
       "--base-oid goes with describe mib; write it after that, or mean --snmp.base-oid"},
      {{"--ups=a=/dev/x", "--snmp.agentx-address=/var/agentx/master"},
       {},
       "--snmp.agentx-address: \"/var/agentx/master\" is no address of a master agent; write "
       "unix:PATH, such as unix:/var/agentx/master, tcp:HOST:PORT, or off"},
      {{"--ups=a=/dev/x", "--snmp.agentx-address=tcp:localhost"},
       {},
       "--snmp.agentx-address: \"tcp:localhost\" has no port; write unix:PATH, such as "
       "unix:/var/agentx/master, tcp:HOST:PORT, or off"},
      {{"--ups=a=/dev/x", "--snmp.agentx-address=unix:master"},
       {},
       "--snmp.agentx-address: \"unix:master\" has no path that begins with a slash; write "
       "unix:PATH, such as unix:/var/agentx/master, tcp:HOST:PORT, or off"},
      {{"--ups=a=/dev/x", "--snmp.powernet=yes"},
       {},
       "--snmp.powernet: \"yes\" is not known; choose one of on, off"},
      {{"--ups=a=/dev/x", "--snmp.base-oid=1.3.x"},
       {},
       "--snmp.base-oid: \"1.3.x\" is no OID; write one such as 1.3.6.1.4.1.8072.9999.9999.2400"},
      {{"--ups=a=/dev/x", "--snmp.base-oid=1.3.6.1.4.1.318.9"},
       {},
       "--snmp.base-oid: \"1.3.6.1.4.1.318.9\" belongs to APC; write one such as "
       "1.3.6.1.4.1.8072.9999.9999.2400"},
      {{"--ups=a=/dev/x", "--snmp.base-oid=1.3.6.1.4.1.1.2.3.4.5.6.7.8.9.10.11"},
       {},
       "--snmp.base-oid: \"1.3.6.1.4.1.1.2.3.4.5.6.7.8.9.10.11\" has more than 16 numbers; write "
       "one such as 1.3.6.1.4.1.8072.9999.9999.2400"},
      {{"--ups=a=/dev/x", "--snmp.default-ups=b"},
       {},
       "the default UPS for SNMP, \"b\", is none of those that are configured; name one of them"},
  };
  for (const BadInvocation& row : rows)
    EXPECT_EQ(refused(row.arguments, row.environment), row.sentence);
}

TEST_F(Precedence, TheWholeIsCheckedAfterJoining) {
  EXPECT_EQ(refused({"--config.file", file_, "--ups=b=/dev/file"}),
            "a and b are on the same line (/dev/file); give each UPS an address of its own");
  EXPECT_EQ(refused({"--config.file", file_, "--ups=a=/dev/other", "--ups=b=/dev/file"}), "fine");
  write("web: {}\n");
  EXPECT_EQ(refused({"--config.file", file_}).substr(0, 20), "no UPS is configured");
}

}  // namespace
}  // namespace upslink::app
