// SPDX-License-Identifier: Apache-2.0
// Which replies count: sequences of replies to one command, and what is published after each.
#include "poll/agreement.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace upslink::poll {
namespace {

constexpr std::size_t index_of(char byte) {
  for (std::size_t i = 0; i < command_count; ++i) {
    if (commands[i].byte == byte) return i;
  }
  return command_count;
}

/// Each reply, and what the verdict is: `=` it counts, `?` ask again, `-` wait, `<` another counts.
struct Sequence {
  std::string name;
  char command;
  std::vector<std::pair<std::string, char>> steps;
};

void PrintTo(const Sequence& s, std::ostream* out) {
  *out << s.name;
}

class SequenceTest : public ::testing::TestWithParam<Sequence> {};

TEST_P(SequenceTest, Counts) {
  Agreement agreement(commands[index_of(GetParam().command)], DateOrder::mdy);
  int step = 0;
  for (const auto& [reply, expected] : GetParam().steps) {
    SCOPED_TRACE("step " + std::to_string(++step) + ": " + reply);
    const auto verdict = agreement.judge(reply, {});
    const char got = verdict == Verdict::again      ? '?'
                     : verdict == Verdict::wait     ? '-'
                     : agreement.counted() == reply ? '='
                                                    : '<';
    EXPECT_EQ(got, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Replies, SequenceTest,
    ::testing::Values(
        Sequence{"first_needs_two", 'L', {{"230.0", '?'}, {"230.0", '='}, {"230.0", '='}}},
        Sequence{"drift_counts_at_once", 'L', {{"230.0", '?'}, {"231.0", '='}, {"227.5", '='}}},
        Sequence{"jump_is_confirmed",
                 'P',
                 {{"023.4", '?'}, {"023.4", '='}, {"093.4", '?'}, {"093.4", '='}}},
        Sequence{"flip_is_dropped",
                 'P',
                 {{"023.4", '?'}, {"023.4", '='}, {"093.4", '?'}, {"023.4", '='}}},
        Sequence{"two_flips",
                 'P',
                 {{"023.4", '?'}, {"023.4", '='}, {"093.4", '?'}, {"063.4", '?'}, {"023.4", '='}}},
        Sequence{"middle_of_three",
                 'P',
                 {{"020.0", '?'}, {"020.0", '='}, {"030.0", '?'}, {"050.0", '?'}, {"040.0", '='}}},
        Sequence{
            "another_shape", 'B', {{"27.74", '?'}, {"27.74", '='}, {"219.2", '?'}, {"219.2", '='}}},
        Sequence{"shape_cut_short",
                 'L',
                 {{"230.0", '?'},
                  {"230.0", '='},
                  {"23.0", '?'},
                  {"23.0", '?'},
                  {"23.0", '-'},
                  {"23.0", '?'},
                  {"23.0", '?'},
                  {"23.0", '-'},
                  {"23.0", '?'},
                  {"23.0", '='}}},
        Sequence{"character_repeated",
                 'L',
                 {{"229.5", '?'},
                  {"229.5", '='},
                  {"2299.5", '?'},
                  {"2299.5", '?'},
                  {"2299.5", '-'},
                  {"2299.5", '?'},
                  {"229.5", '='}}},
        Sequence{"same_value_other_shape",
                 'L',
                 {{"120.000", '?'}, {"120.000", '='}, {"120.0", '?'}, {"120.0", '='}}},
        Sequence{"register_change",
                 '8',
                 {{"00", '?'}, {"00", '='}, {"20", '?'}, {"00", '='}, {"20", '?'}, {"20", '='}}},
        Sequence{"choice_change", 'G', {{"O", '?'}, {"O", '='}, {"T", '?'}, {"T", '='}}},
        Sequence{
            "settings_never_drift", 'u', {{"253", '?'}, {"253", '='}, {"254", '?'}, {"253", '='}}},
        Sequence{"names_are_equal",
                 'c',
                 {{"UPS#1", '?'},
                  {"UPS#1", '='},
                  {"UPS1", '?'},
                  {"UPS#1", '='},
                  {"rack2", '?'},
                  {"rack2", '?'},
                  {"rack2", '='}}},
        Sequence{"runtime_unknown",
                 'j',
                 {{"0037:", '?'}, {"0037:", '='}, {">>>>:", '?'}, {">>>>:", '='}}},
        Sequence{"both_probes",
                 'H',
                 {{"037.2,034.0", '?'}, {"037.5,034.0", '='}, {",034.0", '?'}, {",034.0", '='}}}),
    [](const auto& sequence) { return sequence.param.name; });

TEST(AgreementTest, AnExplainedChangeCountsAtOnce) {
  Agreement agreement(commands[index_of('Q')], DateOrder::mdy);
  agreement.judge("08", {});
  EXPECT_EQ(agreement.judge("08", {}), Verdict::counts);
  EXPECT_EQ(agreement.judge("10", {.explained = true}), Verdict::counts);
}

TEST(AgreementTest, APeerThatAgreesVouches) {
  Agreement agreement(commands[index_of('O')], DateOrder::mdy);
  EXPECT_EQ(agreement.judge("230.0", {.peer = 229.5}), Verdict::counts);
  EXPECT_EQ(agreement.judge("110.0", {.peer = 229.5}), Verdict::again);
}

TEST(AgreementTest, AnExplanationIsNoneForADamagedReply) {
  Agreement agreement(commands[index_of('M')], DateOrder::mdy);
  agreement.judge("231.8", {});
  agreement.judge("231.8", {});
  EXPECT_EQ(agreement.judge("23.8", {.explained = true}), Verdict::again);
  EXPECT_EQ(agreement.judge("000.0", {.explained = true}), Verdict::counts);
}

TEST(AgreementTest, NotAvailableBreaksARow) {
  Agreement agreement(commands[index_of('L')], DateOrder::mdy);
  agreement.judge("253.0", {});
  agreement.break_row();
  EXPECT_EQ(agreement.judge("253.0", {}), Verdict::again);
  EXPECT_EQ(agreement.judge("253.0", {}), Verdict::counts);
}

TEST(AgreementTest, OnABadLineEvenADriftNeedsASecondReading) {
  Agreement agreement(commands[index_of('L')], DateOrder::mdy);
  agreement.judge("236.5", {});
  agreement.judge("236.5", {});
  EXPECT_EQ(agreement.judge("239.5", {.needed = 4}), Verdict::again);
  EXPECT_EQ(agreement.judge("236.5", {.needed = 4}), Verdict::counts);
  EXPECT_EQ(agreement.judge("237.5", {.needed = 4}), Verdict::again);
  EXPECT_EQ(agreement.judge("237.5", {.needed = 4}), Verdict::counts);
}

TEST(AgreementTest, WhereRepliesComeDamagedNoMiddleOfThreeCounts) {
  Agreement agreement(commands[index_of('P')], DateOrder::mdy);
  agreement.judge("020.0", {});
  agreement.judge("020.0", {});
  for (const auto* reply : {"030.0", "050.0"}) {
    EXPECT_EQ(agreement.judge(reply, {.needed = 4, .damage = true}), Verdict::again);
  }
  EXPECT_EQ(agreement.judge("040.0", {.needed = 4, .damage = true}), Verdict::wait);
}

TEST(AgreementTest, ARowThatAgreesIsNotBrokenOffWhereRepliesComeDamaged) {
  Agreement agreement(commands[index_of('8')], DateOrder::mdy);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(agreement.judge("20", {.needed = 4, .damage = true}), Verdict::again);
  }
  EXPECT_EQ(agreement.judge("20", {.needed = 4, .damage = true}), Verdict::counts);
}

TEST(AgreementTest, ABadLineNeedsMoreReadings) {
  Agreement agreement(commands[index_of('8')], DateOrder::mdy);
  for (const auto expected :
       {Verdict::again, Verdict::again, Verdict::wait, Verdict::again, Verdict::counts}) {
    EXPECT_EQ(agreement.judge("20", {.needed = 5}), expected);
  }
}

TEST(AgreementTest, ReadingsMustAgreeInARow) {
  Agreement agreement(commands[index_of('8')], DateOrder::mdy);
  agreement.judge("20", {.needed = 3});
  agreement.judge("40", {.needed = 3});
  agreement.judge("20", {.needed = 3});
  EXPECT_NE(agreement.judge("20", {.needed = 3}), Verdict::counts);
  EXPECT_EQ(agreement.judge("20", {.needed = 3}), Verdict::counts);
  EXPECT_EQ(agreement.take_discarded(), 2U);
}

TEST(AgreementTest, ACharacterOfTheTextThatCameTwiceIsNoAlert) {
  Agreement agreement(commands[index_of('c')], DateOrder::mdy);
  agreement.judge("UPS##1", {});
  agreement.judge("UPS#1", {});
  EXPECT_EQ(agreement.judge("UPS#1", {}), Verdict::counts);
  EXPECT_TRUE(agreement.take_stray_alerts().empty());
}

TEST(AgreementTest, AlertsInATextAreFoundWhenTheTextIsKnown) {
  Agreement agreement(commands[index_of('c')], DateOrder::mdy);
  agreement.judge("UP!S", {});
  agreement.judge("UPS", {});
  EXPECT_TRUE(agreement.take_stray_alerts().empty());
  EXPECT_EQ(agreement.judge("UPS", {}), Verdict::counts);
  EXPECT_EQ(agreement.take_stray_alerts(), std::vector<std::size_t>{*alert_index('!')});
  EXPECT_TRUE(agreement.take_stray_alerts().empty());
}

}  // namespace
}  // namespace upslink::poll
