// SPDX-License-Identifier: Apache-2.0
#include "profile.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "desk.hpp"

namespace upslink::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

Profile parse(std::string_view text) {
  return parse_profile(text, "mine", profile_folder());
}

TEST(Profile, OneLineIsOneCommand) {
  const auto profile = parse(
      "[unit]\ntitle = A UPS\nunknown = silent\nalerts = \"!$\"\n"
      "[timing]\nturnaround_ms = 12.5\nbyte_ms = 10\n"
      "[state]\nload = 42.5\nruntime = 30\n"
      "# a comment\n"
      "[answers]\n"
      "P = number load %05.1f\n"
      "j = number runtime %04d: or \">>>>:\"\n"
      "^A = text \"A \\x01\"\n"
      "0x7f = action abort_shutdown\n"
      "E = setting 336 of 336 \"ON \" OFF\n");
  EXPECT_EQ(profile.title, "A UPS");
  EXPECT_FALSE(profile.unknown_na);
  EXPECT_EQ(profile.alerts, "!$");
  EXPECT_DOUBLE_EQ(profile.turnaround_ms, 12.5);
  EXPECT_DOUBLE_EQ(profile.quantities[index(Quantity::load)], 0.425);
  EXPECT_DOUBLE_EQ(profile.quantities[index(Quantity::runtime)], 1800);
  EXPECT_TRUE(std::isnan(profile.quantities[index(Quantity::charge)]));
  EXPECT_EQ(profile.answers.at("\x01").text, "A \x01");
  EXPECT_EQ(profile.answers.at("\x7f").action, Action::abort_shutdown);
  EXPECT_THAT(profile.answers.at("E").choices, ElementsAre("336", "ON ", "OFF"));
}

TEST(Profile, LikeTakesWhatAnotherHas) {
  const auto profile = parse("like = su700\n[answers]\nb = text \"1.2.D\"\nC = absent\n");
  EXPECT_EQ(profile.name, "mine");
  EXPECT_EQ(profile.answers.at("b").text, "1.2.D");
  EXPECT_EQ(profile.answers.at("g").text, "024");
  EXPECT_FALSE(profile.answers.contains("C"));
}

TEST(Profile, MistakesNameTheirLine) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"nonsense\n", "line 1: it is not KEY = VALUE."},
      {"\n[unit]\ncolour = red\n", "line 3: it has the unknown key 'colour'"},
      {"[answers]\nQQ = text a\n", "line 2: it has no command"},
      {"[answers]\nQ = picture a\n", "unknown kind of answer 'picture'"},
      {"[answers]\nQ = register hat\n", "unknown register 'hat'"},
      {"[answers]\nL = number hat %05.1f\n", "unknown quantity 'hat'"},
      {"[answers]\nL = number load %s\n", "has the format '%s'"},
      {"[answers]\nL = text\n", "needs a text"},
      {"[answers]\nL = text a b\n", "has words too many"},
      {"[answers]\nL = text a\nL = text b\n", "line 3: it answers it a second time"},
      {"[timing]\nturnaround_ms = soon\n", "needs a number, not 'soon'"},
      {"[unit]\nlike = nobody\n", "cannot be read"},
  };
  for (const auto& [text, sentence] : mistakes) {
    EXPECT_THAT([text = text] { parse(text); }, ThrowsMessage<ProfileError>(HasSubstr(sentence)));
  }
}

TEST(Profile, AnUnknownNameSaysWhatThereIs) {
  EXPECT_THAT([] { find_profile("nope", profile_folder()); },
              ThrowsMessage<ProfileError>(HasSubstr("su700")));
}

TEST(Profile, FormatsKeepWidthAndLeadingZeros) {
  EXPECT_EQ((Format{5, 1, false, ""}.write(7.06)), "007.1");
  EXPECT_EQ((Format{5, 2, false, ""}.write(13.774)), "13.77");
  EXPECT_EQ((Format{6, 2, false, ""}.write(39)), "039.00");
  EXPECT_EQ((Format{4, 0, true, ":"}.write(37.9)), "0037:");
  EXPECT_EQ((Format{4, 0, true, ":"}.write(36.9999999)), "0037:");
  EXPECT_EQ((Format{5, 1, false, ""}.write(12345)), "999.9");
}

TEST(Profile, CapabilityStringsGiveTheChoicesOfTheCountry) {
  const char* plain = "#uD43127130133136uI43253257261265e44200155090E443336168ON OFF";
  EXPECT_THAT(capability_choices(plain, 'u', 'I'), ElementsAre("253", "257", "261", "265"));
  EXPECT_THAT(capability_choices(plain, 'E', 'I'), ElementsAre("336", "168", "ON ", "OFF"));
  EXPECT_THAT(capability_choices(plain, 'u', 'A'), IsEmpty());
  const char* matrix =
      "##uI43253257261264##\x16"
      "431AMI##w442NO020508";
  EXPECT_THAT(capability_choices(matrix, 'w', 'I'), ElementsAre("NO", "02", "05", "08"));
  // Cut off in the middle of a group, as on firmware 451.2.I.
  EXPECT_THAT(capability_choices("#uI43253257", 'u', 'I'), IsEmpty());
}

class EveryProfile : public testing::TestWithParam<std::string> {};

TEST_P(EveryProfile, LoadsAndAnswersAllItsCommands) {
  const auto profile = profile_named(GetParam());
  EXPECT_FALSE(profile.title.empty());
  EXPECT_FALSE(profile.source.empty());
  if (profile.accessory) return;
  EXPECT_FALSE(profile.generation.empty());
  Desk desk(profile, {});
  EXPECT_EQ(desk.reply("Y"), "SM");
  const auto commands = desk.unit().interpreter().reading_commands();
  for (const auto& command : commands) {
    const auto expected = desk.unit().interpreter().peek(command);
    ASSERT_TRUE(expected) << printable(command);
    EXPECT_EQ(desk.ask(command, 4), *expected + "\r\n") << printable(command);
  }
  EXPECT_EQ(desk.reply("Q"), "08");
  if (GetParam() == "rt5000") return;  // its capability string is broken
  for (const auto& [command, answer] : profile.answers) {
    if (answer.kind != AnswerKind::setting) continue;
    EXPECT_THAT(setting_choices(profile, command), testing::Not(IsEmpty())) << printable(command);
  }
}

std::vector<std::string> all_profiles() {
  std::vector<std::string> names;
  for (const auto& path : list_profiles(profile_folder())) names.push_back(path.stem().string());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Folder, EveryProfile, testing::ValuesIn(all_profiles()),
                         [](const auto& each) {
                           auto name = each.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace upslink::simulator
