// SPDX-License-Identifier: Apache-2.0
// The session on a line of its own time: replies, alerts wherever they fall, what is late, doubled
// or foreign, and how it gets back into step.
#include "source/smart/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/allowed.hpp"
#include "fakes/fake_unit.hpp"

namespace upslink::testing {
namespace {

using smart::Session;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    unit.open();
    session.on_alert([this](std::size_t alert) { heard += alerts[alert].byte; });
  }

  void get_into_step() { ASSERT_FALSE(session.synchronise()); }
  Result<std::string, Failure> ask(char byte) { return session.ask(commands[index_of(byte)]); }
  static std::size_t index_of(char byte) {
    for (std::size_t i = 0; i < command_count; ++i) {
      if (commands[i].byte == byte) return i;
    }
    ADD_FAILURE() << "no such command " << byte;
    return 0;
  }

  FakeUnit unit{smart_ups_700()};
  Session session{unit};
  std::string heard;
};

TEST_F(SessionTest, IsOutOfStepUntilTheHandshakeIsAnswered) {
  EXPECT_FALSE(session.in_step());
  get_into_step();
  EXPECT_TRUE(session.in_step());
  EXPECT_EQ(unit.received, "Y");
}

TEST_F(SessionTest, AsksNothingWhileOutOfStep) {
  EXPECT_EQ(ask('Q').error(), Failure::desync);
  EXPECT_EQ(unit.received, "");
}

TEST_F(SessionTest, ReturnsTheReplyWithoutItsLineEnd) {
  get_into_step();
  EXPECT_EQ(*ask('L'), "126.7");
  EXPECT_EQ(*ask('\x01'), "SMART-UPS 700");
  EXPECT_EQ(session.requests(), 2U);
}

TEST_F(SessionTest, WakesUpForTheFirstAndTheLastByteOfAKnownAnswerAndOnceBetween) {
  get_into_step();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(*ask('L'), "126.7");
  const auto first = unit.waits;
  const auto began = unit.now();
  EXPECT_EQ(*ask('L'), "126.7");
  EXPECT_EQ(unit.waits - first, 3U);  // one of them for what is there already
  EXPECT_EQ(unit.now() - began, unit.turnaround + 8 * unit.byte_time);
}

TEST_F(SessionTest, DoesNotRestOnALinkThatIsFasterThanTheWire) {
  unit.byte_time = 100us;
  get_into_step();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(*ask('L'), "126.7");
  for (int i = 0; i < 10; ++i) {
    const auto began = unit.now();
    EXPECT_EQ(*ask('L'), "126.7");
    EXPECT_LT(unit.now() - began, unit.turnaround + 2ms);
  }
}

TEST_F(SessionTest, ForgetsHowLongAnAnswerTookWhenTheLinkBecomesFaster) {
  get_into_step();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(*ask('L'), "126.7");
  unit.byte_time = 100us;
  for (int i = 0; i < 30; ++i) EXPECT_EQ(*ask('L'), "126.7");
  const auto began = unit.now();
  EXPECT_EQ(*ask('L'), "126.7");
  EXPECT_LT(unit.now() - began, unit.turnaround + 2ms);
}

TEST_F(SessionTest, HearsAnAlertBeforeTheAnswerAtOnceAndOneInsideAtItsEnd) {
  get_into_step();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(*ask('L'), "126.7");
  const auto began = unit.elapsed();
  std::string before_the_answer;
  unit.at(began + 10ms, [&] { unit.send_alert('!'); });
  unit.at(began + 20ms, [&] { before_the_answer = heard; });
  unit.at(began + 40ms, [&] { unit.send_alert('$'); });
  EXPECT_EQ(*ask('L'), "126.7");
  EXPECT_EQ(before_the_answer, "!");
  EXPECT_EQ(heard, "!$");
}

TEST_F(SessionTest, TakesALineFeedWithoutCarriageReturn) {
  get_into_step();
  unit.replies()['Q'] = "08";
  unit.faults.no_line_end = 1;
  unit.at(unit.elapsed() + 100ms, [&] { unit.send_text("\n"); });
  EXPECT_EQ(*ask('Q'), "08");
}

TEST_F(SessionTest, NotAvailableIsAnAnswer) {
  get_into_step();
  EXPECT_EQ(ask('t').error(), Failure::not_available);
  EXPECT_TRUE(session.in_step());
}

TEST_F(SessionTest, SilenceIsATimeoutAfterASecond) {
  get_into_step();
  unit.faults.silent = true;
  const auto before = unit.now();
  EXPECT_EQ(ask('L').error(), Failure::timeout);
  EXPECT_NEAR(std::chrono::duration<double>(unit.now() - before).count(), 1.0, 0.1);
  EXPECT_FALSE(session.in_step());
}

TEST_F(SessionTest, ALostUnitIsALinkFailure) {
  get_into_step();
  unit.plugged_in = false;
  EXPECT_EQ(ask('L').error(), Failure::link);
  EXPECT_EQ(session.synchronise(), Failure::link);
}

struct BadReply {
  char command;
  std::string text;
  Failure failure;
};

class BadReplyTest : public SessionTest, public ::testing::WithParamInterface<BadReply> {};

TEST_P(BadReplyTest, IsNoValueAndTakesTheSessionOutOfStep) {
  get_into_step();
  unit.replies()[GetParam().command] = GetParam().text;
  EXPECT_EQ(ask(GetParam().command).error(), GetParam().failure);
  EXPECT_FALSE(session.in_step());
  get_into_step();
  EXPECT_EQ(*ask('F'), "60.00");
}

INSTANTIATE_TEST_SUITE_P(
    Replies, BadReplyTest,
    ::testing::Values(
        BadReply{'L', "12x.7", Failure::malformed}, BadReply{'L', "126.7 ", Failure::malformed},
        BadReply{'L', "-12.0", Failure::malformed}, BadReply{'L', "12.6.7", Failure::malformed},
        BadReply{'L', "126.", Failure::malformed},
        BadReply{'L', std::string("126.7\0", 6), Failure::malformed},
        BadReply{'L', "126,7", Failure::malformed}, BadReply{'Q', "8", Failure::malformed},
        BadReply{'Q', "0G", Failure::malformed}, BadReply{'Q', "008", Failure::malformed},
        BadReply{'G', "h", Failure::malformed}, BadReply{'X', "KO", Failure::malformed},
        BadReply{'j', "0037", Failure::malformed}, BadReply{'9', "F0", Failure::malformed},
        BadReply{'L', "SM", Failure::desync}, BadReply{'n', "SM", Failure::desync},
        BadReply{'a', "no list", Failure::malformed}));

// --- alerts

TEST_F(SessionTest, CountsAnAlertInsideAReplyAndReturnsTheReplyWithoutIt) {
  get_into_step();
  unit.at(unit.elapsed() + 43ms, [&] { unit.send_alert('!'); });
  EXPECT_EQ(*ask('L'), "126.7");
  EXPECT_EQ(heard, "!");
}

TEST_F(SessionTest, CountsEveryAlertCharacter) {
  get_into_step();
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    unit.at(unit.elapsed() + std::chrono::milliseconds(100 * (i + 1)),
            [this, i] { unit.send_alert(alerts[i].byte); });
  }
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    EXPECT_EQ(session.listen(unit.now() + 10s), Heard::alert);
  }
  EXPECT_EQ(heard, "!$%+?=*#&|");
}

TEST_F(SessionTest, CountsAnAlertBeforeAReplyTheMomentItArrives) {
  get_into_step();
  Duration counted{};
  session.on_alert([&](std::size_t) { counted = unit.elapsed(); });
  const auto sent = unit.elapsed() + 15ms;  // while the unit turns around
  unit.at(sent, [&] { unit.send_alert('!'); });
  ASSERT_TRUE(ask('L'));
  EXPECT_LT(counted - sent, 5ms);
}

TEST_F(SessionTest, CountsAnAlertInsideAReplyWhenTheReplyIsComplete) {
  get_into_step();
  Duration counted{};
  session.on_alert([&](std::size_t) { counted = unit.elapsed(); });
  const auto sent = unit.elapsed() + 70ms;  // while the answer comes
  unit.at(sent, [&] { unit.send_alert('!'); });
  ASSERT_TRUE(ask('L'));
  EXPECT_EQ(counted, unit.elapsed());
  EXPECT_LT(counted - sent, 30ms);
}

TEST_F(SessionTest, AlertsInALineThatIsNoAnswerAreNoise) {
  get_into_step();
  unit.replies()['L'] = "12!6.x#";
  EXPECT_EQ(ask('L').error(), Failure::malformed);
  get_into_step();
  EXPECT_EQ(heard, "");
}

TEST_F(SessionTest, ListsOfCommandsKeepTheirAlertCharacters) {
  get_into_step();
  const auto list = *ask('a');
  EXPECT_EQ(list, smart_ups_700()['a']);
  EXPECT_EQ(heard, "");
}

TEST_F(SessionTest, NamesKeepTheirAlertCharacters) {
  get_into_step();
  unit.replies()['c'] = "UPS#1";
  EXPECT_EQ(*ask('c'), "UPS#1");
  EXPECT_EQ(heard, "");
}

TEST_F(SessionTest, AnAlertBeforeTheLineFeedIsNoPartOfAText) {
  get_into_step();
  unit.replies()['c'] = "adler";
  unit.at(unit.elapsed() + 85ms, [&] { unit.send_alert('%'); });  // behind the carriage return
  EXPECT_EQ(*ask('c'), "adler");
  EXPECT_EQ(heard, "%");
}

TEST_F(SessionTest, AnAlertThatComesTooEarlyForATextIsNoPartOfIt) {
  get_into_step();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(ask('L'));  // the unit's pace is known now
  unit.at(unit.elapsed() + 5ms, [&] { unit.send_alert('|'); });
  const auto name = ask('c');
  ASSERT_TRUE(name);
  EXPECT_EQ(*name, smart_ups_700()['c']);
  EXPECT_EQ(heard, "|");
}

TEST_F(SessionTest, AlertsInABurstOfNoiseAreNoise) {
  get_into_step();
  unit.at(unit.elapsed() + 50ms, [&] { unit.send_text("ab!c$\x80#d"); });
  EXPECT_EQ(session.listen(unit.now() + 1s), Heard::nothing);
  EXPECT_EQ(heard, "");
  EXPECT_FALSE(session.in_step());
}

TEST_F(SessionTest, ListensUntilTheGivenTime) {
  get_into_step();
  const auto before = unit.now();
  EXPECT_EQ(session.listen(before + 2s), Heard::nothing);
  EXPECT_EQ(unit.now() - before, 2s);
}

// --- getting back into step

TEST_F(SessionTest, ALateReplyIsNotTakenForTheNext) {
  get_into_step();
  unit.faults.late = 1200ms;
  EXPECT_EQ(ask('P').error(), Failure::timeout);
  unit.faults.late = {};
  get_into_step();
  EXPECT_EQ(*ask('O'), "126.7");
}

TEST_F(SessionTest, ADoubledReplyIsNotTakenForTheNext) {
  get_into_step();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(ask('L'));  // how fast the unit is
  unit.faults.double_reply = 1;
  ASSERT_TRUE(ask('L'));
  unit.faults.double_reply = 0;
  EXPECT_EQ(*ask('P'), "023.4");
}

TEST_F(SessionTest, ADoubledReplyIsNotTakenForTheNextBeforeThePaceIsKnown) {
  unit.faults.double_reply = 1;
  for (int i = 0; i < 10; ++i) {
    while (!session.in_step()) (void)session.synchronise();
    const auto reply = ask("LPOf"[i % 4]);
    if (!reply) continue;
    EXPECT_EQ(*reply, unit.replies()["LPOf"[i % 4]]);
    unit.faults.double_reply = i % 2;
  }
}

TEST_F(SessionTest, ADoubledReplyBehindNoiseIsNotTakenForTheNext) {
  get_into_step();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(ask('L'));
  unit.at(unit.elapsed() + 2ms, [&] { unit.send_text("x7\r\n126.7\r\n"); });
  EXPECT_EQ(ask('P').error(), Failure::malformed);
}

TEST_F(SessionTest, AnAnswerThatComesBeforeTheUnitCanHaveTurnedAroundIsNone) {
  get_into_step();  // the handshake tells the pace as long as nothing else does
  unit.at(unit.elapsed() + 35ms, [&] { unit.send_text("10\r\n"); });
  EXPECT_EQ(ask('Q').error(), Failure::malformed);
  get_into_step();
  EXPECT_EQ(*ask('Q'), "08");
}

TEST_F(SessionTest, AnEchoIsNoPartOfAText) {
  get_into_step();
  unit.faults.echo = true;
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(ask('n'));
    unit.faults.echo = false;
    get_into_step();
    unit.faults.echo = true;
  }
}

TEST_F(SessionTest, OldHandshakesDoNotProveTheOrder) {
  // Ten handshakes were asked and none answered: when answers come, the first is not trusted alone.
  unit.faults.late = 9s;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(session.synchronise());
  unit.faults.late = {};
  for (int i = 0; i < 30 && !session.in_step(); ++i) (void)session.synchronise();
  ASSERT_TRUE(session.in_step());
  EXPECT_EQ(*ask('P'), "023.4");
  EXPECT_EQ(*ask('L'), "126.7");
}

TEST_F(SessionTest, GetsIntoStepAtOnceWhenASilentUnitTalksAgain) {
  unit.faults.silent = true;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(session.synchronise(), Failure::timeout);
  unit.faults.silent = false;
  const auto before = unit.now();
  get_into_step();
  EXPECT_LT(unit.now() - before, 200ms);
}

TEST_F(SessionTest, OneSlowReplyDoesNotMakeTheNextLookEarly) {
  get_into_step();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(ask('L'));
  unit.turnaround = 700ms;
  ASSERT_TRUE(ask('L'));
  unit.turnaround = 25ms;
  EXPECT_TRUE(ask('L'));
}

TEST_F(SessionTest, ForgetsANormalPaceThatIsNoMore) {
  get_into_step();
  unit.turnaround = 200ms;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(ask('L'));
  unit.turnaround = 5ms;  // what comes this soon looks like the double of an earlier reply, once
  (void)ask('L');
  get_into_step();
  EXPECT_EQ(*ask('L'), "126.7");
}

TEST_F(SessionTest, AnEndlessLineEndsTheQuestion) {
  get_into_step();
  unit.faults.endless = true;
  EXPECT_FALSE(ask('L'));
  EXPECT_TRUE(session.synchronise());
}

TEST_F(SessionTest, SendsNothingButReadOnlyBytes) {
  get_into_step();
  for (const Command& command : commands) {
    if (!session.in_step()) (void)session.synchronise();
    (void)session.ask(command);
  }
  for (const char c : unit.received) EXPECT_TRUE(may_be_sent(c)) << c;
}

TEST(LinkGateTest, RefusesEveryByteThatIsNotReadOnlyAndSaysSo) {
  int complaints = 0;
  FakeUnit unit(smart_ups_700(),
                [&](LogLevel level, auto&, auto&) { complaints += level == LogLevel::error; });
  unit.open();
  int refused = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    refused += may_be_sent(c) ? 0 : 1;
    EXPECT_TRUE(unit.send(c));
  }
  EXPECT_EQ(refused, 256 - static_cast<int>(allowed_bytes.size()));
  EXPECT_EQ(complaints, refused);
  EXPECT_EQ(unit.received.size(), allowed_bytes.size());
  for (const char c : dangerous_bytes) EXPECT_EQ(unit.received.find(c), std::string::npos);
}

TEST_F(SessionTest, EndsAQuestionWhileAlertsComeWithoutEnd) {
  get_into_step();
  unit.faults.silent = true;
  const auto before = unit.now();
  for (int i = 0; i < 2500; ++i) unit.at(unit.elapsed() + i * 4ms, [&] { unit.send_alert('!'); });
  EXPECT_EQ(ask('L').error(), Failure::timeout);
  EXPECT_LT(unit.now() - before, 2s);
}

TEST_F(SessionTest, EndsAnAnswerInWhichAlertsComeWithoutEnd) {
  get_into_step();
  unit.faults.no_line_end = 1;
  const auto before = unit.now();
  for (int i = 0; i < 2500; ++i) unit.at(unit.elapsed() + i * 4ms, [&] { unit.send_alert('!'); });
  EXPECT_EQ(ask('L').error(), Failure::malformed);
  EXPECT_LT(unit.now() - before, 3s);
}

TEST_F(SessionTest, TakesNothingForAnAnswerThatWasThereBefore) {
  get_into_step();
  constexpr int drained = 16 * 256;
  for (int i = 0; i < drained; ++i) unit.send_alert('#');
  EXPECT_EQ(*ask('c'), "UPS_IDEN");
  EXPECT_EQ(heard.size(), drained);
}

TEST_F(SessionTest, RemembersWhatIsOwedWhenTheLinkIsOpenedAgain) {
  unit.faults.late = 1200ms;
  EXPECT_EQ(session.synchronise(), Failure::timeout);
  EXPECT_EQ(session.synchronise(), Failure::desync);  // asked the status, too
  unit.faults.late = {};
  session.start_over();
  for (int i = 0; i < 4 && !session.in_step(); ++i) static_cast<void>(session.synchronise());
  unit.replies()['Q'] = "10";
  EXPECT_EQ(*ask('Q'), "10");
}

}  // namespace
}  // namespace upslink::testing
