// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bad_input.hpp"

namespace upslink::app {
namespace {

using testing::ElementsAre;
using Arguments = std::vector<std::string>;

CommandLine split(const Arguments& arguments) {
  auto line = split_command_line(arguments);
  EXPECT_TRUE(line) << line.error();
  return line ? *line : CommandLine{};
}

TEST(CommandLine, CollectsTheTextsOfEachFlag) {
  const auto line = split({"--ups", "a=/dev/x", "--ups=b=tcp://h:1", "--log.level", "debug",
                           "--web.listen-address=[::1]:0", "--web.listen-address", ":1"});
  EXPECT_EQ(line.command, "");
  EXPECT_THAT(line.flags.at("ups"), ElementsAre("a=/dev/x", "b=tcp://h:1"));
  EXPECT_THAT(line.flags.at("log.level"), ElementsAre("debug"));
  EXPECT_THAT(line.flags.at("web.listen-address"), ElementsAre("[::1]:0", ":1"));
  EXPECT_FALSE(line.flags.contains("config.file"));
}

TEST(CommandLine, KeepsATextAsItIs) {
  const Arguments texts{"[a,b]", "{a}", "a,b", "'a'", "\"a\"", "a b", "a=b=c", "%s", "@f", "/a"};
  for (const std::string& text : texts) {
    EXPECT_THAT(split({"--config.file", text}).flags.at("config.file"), ElementsAre(text));
    EXPECT_THAT(split({"--config.file=" + text}).flags.at("config.file"), ElementsAre(text));
  }
  EXPECT_THAT(split({"--config.file", ""}).flags.at("config.file"), ElementsAre(""));
}

TEST(CommandLine, TakesLoggingFlagsOnBothSidesOfACommand) {
  const auto line =
      split({"--log.level=debug", "probe", "/dev/x", "--log.format=json", "--format", "json"});
  EXPECT_EQ(line.command, "probe");
  EXPECT_THAT(line.operands, ElementsAre("/dev/x"));
  EXPECT_EQ(line.format, "json");
  EXPECT_THAT(line.flags.at("log.level"), ElementsAre("debug"));
  EXPECT_THAT(line.flags.at("log.format"), ElementsAre("json"));
}

TEST(CommandLine, TakesOperandsAfterTwoDashes) {
  EXPECT_THAT(split({"probe", "--", "/dev/x"}).operands, ElementsAre("/dev/x"));
}

TEST(CommandLine, TakesTheOptionsOfRecord) {
  const auto line = split({"record", "/dev/x", "-", "--duration=3s", "--force", "--unmasked"});
  EXPECT_EQ(line.command, "record");
  EXPECT_THAT(line.operands, ElementsAre("/dev/x", "-"));
  EXPECT_EQ(line.duration, "3s");
  EXPECT_TRUE(line.force && line.unmasked);
  const auto plain = split({"record", "/dev/x", "file"});
  EXPECT_FALSE(plain.force || plain.unmasked || plain.duration);
}

TEST(CommandLine, HelpGoesBeforeEverythingElse) {
  const std::vector<Arguments> rows{{"--help"},          {"-h"},
                                    {"probe", "--help"}, {"describe", "-h"},
                                    {"--ups", "--help"}, {"--nonsense", "x", "--help"}};
  for (const Arguments& row : rows) EXPECT_TRUE(split(row).help) << row.front();
  EXPECT_TRUE(split({"--version"}).version);
}

struct BadLine {
  Arguments arguments;
  std::string sentence;
};

TEST(CommandLine, ASlipGetsASentence) {
  const std::vector<BadLine> rows{
      {{"--webb.listen-address", ":1"},
       "unknown option --webb.listen-address; did you mean --web.listen-address? (--help lists "
       "all)"},
      {{"--webb.listen-address=:1"},
       "unknown option --webb.listen-address; did you mean --web.listen-address? (--help lists "
       "all)"},
      {{"-log.level=debug"},
       "unknown option -log.level; did you mean --log.level? (--help lists all)"},
      {{"--verbose"}, "unknown option --verbose (--help lists all)"},
      {{"-x"}, "unknown option -x (--help lists all)"},
      {{"-v"}, "unknown option -v (--help lists all)"},
      {{"--versoin"}, "unknown option --versoin; did you mean --version? (--help lists all)"},
      {{"probe", "/dev/x", "--fromat", "json"},
       "unknown option --fromat; did you mean --format? (--help lists all)"},
      {{"--ups"}, "--ups has no value; write --ups NAME=ADDRESS (--help lists all)"},
      {{"--ups="}, "--ups has no value; write --ups NAME=ADDRESS (--help lists all)"},
      {{"--log.level=", "debug"},
       "--log.level has no value; write --log.level LEVEL (--help lists all)"},
      {{"--config.file", "--ups", "a=/dev/x"},
       "--config.file has no value; write --config.file FILE (--help lists all)"},
      {{"probe", "/dev/x", "--format"},
       "--format has no value; write --format text (--help lists all)"},
      {{"--log.level", "info", "--log.level", "debug"},
       "--log.level is given 2 times; give it once"},
      {{"--config.file=a", "--config.file=b", "--config.file=c"},
       "--config.file is given 3 times; give it once"},
      {{"probe", "x", "--format", "json", "--format", "json"},
       "--format is given 2 times; give it once"},
      {{"--list"}, "--list goes with probe; write it after that word"},
      {{"describe", "metrics", "--list"}, "--list goes with probe; write it after that word"},
      {{"--format", "json", "probe", "/dev/x"},
       "--format goes with probe; write it after that word"},
      {{"describe", "metrics", "--format=json"},
       "--format goes with probe; write it after that word"},
      {{"record", "x", "y", "--duraton", "3s"},
       "unknown option --duraton; did you mean --duration? (--help lists all)"},
      {{"record", "x", "y", "--duration"},
       "--duration has no value; write --duration 30s (--help lists all)"},
      {{"record", "x", "y", "--duration", "--force"},
       "--duration has no value; write --duration 30s (--help lists all)"},
      {{"record", "x", "y", "--duration", "1s", "--duration", "1s"},
       "--duration is given 2 times; give it once"},
      {{"record", "x", "y", "--format", "json"},
       "--format goes with probe; write it after that word"},
      {{"probe", "x", "--duration", "3s"}, "--duration goes with record; write it after that word"},
      {{"--force"}, "--force goes with record; write it after that word"},
      {{"probe", "x", "--unmasked"}, "--unmasked goes with record; write it after that word"},
      {{"recrod", "x", "y"}, "unknown command \"recrod\"; did you mean record? (--help lists all)"},
      {{"/dev/ttyS0"},
       "\"/dev/ttyS0\" stands alone; to read this UPS write --ups NAME=/dev/ttyS0 (--help lists "
       "all)"},
      {{"a=/dev/ttyS0"},
       "\"a=/dev/ttyS0\" stands alone; write --ups before each NAME=ADDRESS (--help lists all)"},
      {{"--ups", "a=/dev/x", "b=/dev/y"},
       "\"b=/dev/y\" stands alone; write --ups before each NAME=ADDRESS (--help lists all)"},
      {{"prob", "/dev/x"}, "unknown command \"prob\"; did you mean probe? (--help lists all)"},
      {{"serve"}, "unknown command \"serve\" (--help lists all)"},
      {{"help"}, "unknown command \"help\"; did you mean --help? (--help lists all)"},
      {{""}, "unknown command \"\" (--help lists all)"},
      {{"\x1b[2J\n"}, "unknown command \"\\x1b[2J\\x0a\" (--help lists all)"},
  };
  for (const BadLine& row : rows) {
    const auto line = split_command_line(row.arguments);
    ASSERT_FALSE(line) << row.sentence;
    EXPECT_EQ(line.error(), row.sentence);
  }
}

}  // namespace
}  // namespace upslink::app
