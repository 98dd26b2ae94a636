// SPDX-License-Identifier: Apache-2.0
// Whole transcripts: every reply that these units gave to a command of the catalogue decodes to the
// value beside it. From apcupsd's old documents, its mailing list, and serial captures that their
// owners made public.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "decoded.hpp"

namespace upslink {
namespace {

using testing::decoded;

struct Answer {
  char command;
  std::string_view reply;
  std::vector<std::string_view> values;  ///< one for each row of the command
};

void expect(const std::vector<Answer>& answers) {
  for (const auto& [byte, reply, values] : answers) {
    const Command* command = nullptr;
    for (const Command& row : commands) {
      if (row.byte == byte) command = &row;
    }
    ASSERT_NE(command, nullptr) << byte;
    ASSERT_EQ(command->count, values.size()) << byte;
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(decoded(command->first + i, reply), values[i]) << byte << ' ' << reply;
    }
    EXPECT_EQ(well_formed(*command, reply),
              values[0] != "not_available" && values[0] != "malformed")
        << byte << ' ' << reply;
  }
}

// clang-format off
TEST(RealUnits, smart_ups_700_rm) {
  expect({
      {'b', "52.9.D", {"\"52.9.D\""}},
      {'c', "UPS_IDEN", {"\"UPS_IDEN\""}},
      {'d', "NA", {"not_available"}},
      {'e', "00", {"0"}},
      {'f', "079.0", {"0.79"}},
      {'g', "024", {"24"}},
      {'i', "NA", {"not_available"}},
      {'j', "0037:", {"2220"}},
      {'k', "0", {"5s"}},
      {'l', "103", {"103"}},
      {'m', "02/18/95", {"\"02/18/95\""}},
      {'n', "S95025484481", {"\"S95025484481\""}},
      {'o', "115", {"115"}},
      {'p', "020", {"20"}},
      {'q', "02", {"120"}},
      {'r', "000", {"0"}},
      {'s', "H", {"high"}},
      {'u', "132", {"132"}},
      {'w', "NA", {"not_available"}},
      {'x', "02/18/95", {"793065600"}},
      {'y', "(C) APCC", {"\"(C) APCC\""}},
      {'B', "27.74", {"27.74"}},
      {'C', "033.3", {"33.3"}},
      {'E', "336", {"14_days"}},
      {'F', "60.00", {"60"}},
      {'G', "S", {"test"}},
      {'T', "NA", {"not_available", "not_available"}},
      {'L', "126.7", {"126.7"}},
      {'M', "128.0", {"128"}},
      {'N', "126.1", {"126.1"}},
      {'O', "126.7", {"126.7"}},
      {'P', "023.4", {"0.234"}},
      {'Q', "08", {"0x08"}},
      {'V', "GWD", {"\"GWD\""}},
      {'X', "OK", {"passed"}},
      {'0', "82", {"130"}},
      {'4', "28", {"40"}},
      {'5', "F2", {"242"}},
      {'6', "FA", {"250"}},
      {'7', "00", {"0x00"}},
      {'8', "00", {"0x00"}},
      {'9', "FF", {"1"}},
      {'~', "00", {"0x00"}},
      {'\\', "NA", {"not_available"}},
      {'\x01', "SMART-UPS 700 RM", {"\"SMART-UPS 700 RM\""}},
  });
}

TEST(RealUnits, smart_ups_420) {
  expect({
      {'Q', "08", {"0x08"}},
      {'G', "R", {"rate_of_change"}},
      {'X', "NO", {"none"}},
      {'L', "221.7", {"221.7"}},
      {'f', "100.0", {"1"}},
      {'B', "13.77", {"13.77"}},
      {'P', "062.4", {"0.624"}},
      {'F', "49.75", {"49.75"}},
      {'C', "NA", {"not_available"}},
      {'m', "05/22/02", {"\"05/22/02\""}},
      {'n', "QS0221240847", {"\"QS0221240847\""}},
      {'x', "05/22/02", {"1022025600"}},
      {'g', "012", {"12"}},
      {'b', "21.6.I", {"\"21.6.I\""}},
      {'d', "010.7", {"38520"}},
      {'7', "NA", {"not_available"}},
      {'>', "NA", {"not_available"}},
      {'V', "DWI", {"\"DWI\""}},
      {'j', "0013", {"malformed"}},  // typed by hand without its colon
  });
}

TEST(RealUnits, smart_ups_1500_rm) {
  expect({
      {'O', "116.6", {"116.6"}},
      {'>', "000", {"0"}},
      {'P', "038.3", {"0.383"}},
      {'C', "028.8", {"28.8"}},
      {'j', "0031:", {"1860"}},
      {'G', "T", {"notch_or_spike"}},
      {'c', "UPS03R  ", {"\"UPS03R\""}},
      {'f', "090.0", {"0.9"}},
      {'B', "27.27", {"27.27"}},
      {'p', "090", {"90"}},
      {'\x01', "Smart-UPS 1500 RM", {"\"Smart-UPS 1500 RM\""}},
  });
}

TEST(RealUnits, environment_card) {
  expect({
      {'T', "21.08,20.09", {"20.09", "absent"}},
      {'H', "037.2,034.0", {"0.34"}},
      {'t', "21.08", {"21.08"}},
      {'h', "037.2", {"0.372"}},
      {'[', "NO,NO", {"absent", "absent"}},
      {'}', "NO,NO", {"absent", "absent"}},
  });
}

TEST(RealUnits, others) {
  expect({
      {'/', "00.88", {"0.88"}},
      {'/', "17.10", {"17.1"}},
      {'B', "219.2", {"219.2"}},
      {'j', ">>>>:", {"absent"}},
      {'L', "000.0", {"0"}},
      {'N', "007.8", {"7.8"}},
      {'0', "A0", {"160"}},
      {'5', "EF", {"239"}},
      {'E', "ON ", {"power_on"}},
      {'H', ",034.3", {"0.343"}},
      {'T', "000.0", {"absent", "0"}},
      {'Q', "SM", {"malformed"}},
      {'y', "(c) APCC", {"\"(c) APCC\""}},
  });
}
// clang-format on

}  // namespace
}  // namespace upslink
