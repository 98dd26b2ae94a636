// SPDX-License-Identifier: Apache-2.0
#include "source/smart/diagnosis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/smart/link_problem.hpp"

#include <cerrno>

namespace upslink::smart {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(DiagnosisTest, SaysWhatWasTriedAndWhatToDo) {
  EXPECT_THAT(explain_heard("/dev/ttyS0", "", 5),
              AllOf(HasSubstr("/dev/ttyS0"), HasSubstr("5 times at 2400 baud"),
                    HasSubstr("heard nothing"), HasSubstr("940-0024")));
}

TEST(DiagnosisTest, KnowsItsOwnEcho) {
  EXPECT_THAT(explain_heard("/dev/ttyS0", "YYY", 5), HasSubstr("looped or echoes"));
}

TEST(DiagnosisTest, TakesBinaryNoiseForMicrolink) {
  EXPECT_THAT(explain_heard("/dev/ttyS0", "\x80\xf8\x02\xe6\x98\x1f", 5),
              AllOf(HasSubstr("80 f8 02 e6"), HasSubstr("Microlink"), HasSubstr("AP9620")));
}

TEST(DiagnosisTest, ShowsTextThatIsNoAnswer) {
  EXPECT_THAT(explain_heard("/dev/ttyS0", "debian login: ", 5),
              AllOf(HasSubstr("\"debian login:\""), HasSubstr("login prompt")));
}

TEST(LinkProblemTest, EveryKindHasItsRemedy) {
  using Kind = SourceProblem::Kind;
  EXPECT_EQ(device_problem("/dev/none", ENOENT).kind, Kind::absent);
  EXPECT_THAT(device_problem("/dev/none", ENOENT).sentence, HasSubstr("plug the adapter in"));
  EXPECT_EQ(device_problem("/dev/none", EBUSY).kind, Kind::busy);
  EXPECT_THAT(device_problem("/dev/none", EWOULDBLOCK).sentence, HasSubstr("stop it"));
  EXPECT_EQ(device_problem("/dev/tty", EACCES).kind, Kind::denied);
  EXPECT_THAT(device_problem("/dev/tty", EACCES).sentence,
              HasSubstr("no permission to open /dev/tty;"));
  EXPECT_EQ(device_problem("/etc/hostname", ENOTTY).kind, Kind::unusable);
}

}  // namespace
}  // namespace upslink::smart
