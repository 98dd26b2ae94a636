// SPDX-License-Identifier: Apache-2.0
// Replies that are text: names, serial numbers, firmware, and the list of commands of a unit.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "decoded.hpp"

namespace upslink {
namespace {

using namespace std::literals;
using testing::decoded;

constexpr auto name = quantity_named("name");
constexpr auto model = quantity_named("model");
constexpr auto firmware = quantity_named("firmware");
constexpr auto firmware_code = quantity_named("firmware_code");
constexpr auto serial_number = quantity_named("serial_number");
constexpr auto copyright = quantity_named("copyright");
constexpr auto protocol = quantity_named("protocol");
constexpr auto capabilities = quantity_named("capabilities");
constexpr auto accessory = quantity_named("accessory_firmware");

TEST(Texts, lose_what_pads_them) {
  EXPECT_EQ(decoded(copyright, "(C) APCC"), "\"(C) APCC\"");
  EXPECT_EQ(decoded(copyright, "(c) APCC"), "\"(c) APCC\"");
  EXPECT_EQ(decoded(name, "UPS03R  "), "\"UPS03R\"");
  EXPECT_EQ(decoded(model, "Smart-UPS RT 2000 XL  "), "\"Smart-UPS RT 2000 XL\"");
  EXPECT_EQ(decoded(serial_number, "QS0221240847\0\0"sv), "\"QS0221240847\"");
  EXPECT_EQ(decoded(serial_number, "12345678 ( \0"sv), "\"12345678 (\"");
  EXPECT_EQ(decoded(serial_number, "   "), "absent");
  EXPECT_EQ(decoded(serial_number, "\0\0"sv), "absent");
}

TEST(Texts, are_short_enough_to_be_shown) {
  EXPECT_EQ(decoded(name, std::string(63, 'x')), '"' + std::string(63, 'x') + '"');
  EXPECT_EQ(decoded(name, std::string(64, 'x')), "malformed");
  EXPECT_EQ(decoded(firmware, std::string(64, '9')), "malformed");
}

TEST(Texts, may_contain_alert_characters) {
  EXPECT_EQ(decoded(name, "A+B #1|!"), "\"A+B #1|!\"");
  EXPECT_TRUE(may_contain_alerts(Form::text));
  EXPECT_TRUE(may_contain_alerts(Form::level));
  EXPECT_TRUE(may_contain_alerts(Form::raw));
  EXPECT_FALSE(may_contain_alerts(Form::number));
  EXPECT_FALSE(may_contain_alerts(Form::hex_byte));
  EXPECT_FALSE(may_contain_alerts(Form::token));
}

TEST(Texts, are_not_what_is_left_of_a_damaged_na) {
  EXPECT_EQ(decoded(name, "N"), "malformed");
  EXPECT_EQ(decoded(name, "A"), "malformed");
  EXPECT_EQ(decoded(name, "NA"), "not_available");
}

TEST(Codes, are_letters_digits_and_points) {
  EXPECT_EQ(decoded(firmware, "52.9.D"), "\"52.9.D\"");
  EXPECT_EQ(decoded(firmware, "112.1DL4.I"), "\"112.1DL4.I\"");
  EXPECT_EQ(decoded(firmware, "735.a.1"), "\"735.a.1\"");
  EXPECT_EQ(decoded(firmware_code, "GWD"), "\"GWD\"");
  EXPECT_EQ(decoded(firmware_code, "5YI"), "\"5YI\"");
  EXPECT_EQ(decoded(accessory, "4Kx"), "\"4Kx\"");
  EXPECT_EQ(decoded(firmware_code, "GWD  "), "\"GWD\"");
  EXPECT_EQ(decoded(firmware_code, "G"), "malformed");
  EXPECT_EQ(decoded(firmware_code, "G!D"), "malformed");
  EXPECT_EQ(decoded(firmware, "52.9.D\0"sv), "malformed");
}

TEST(Level, lists_alerts_and_commands_as_bytes) {
  const auto su700rm = "3.!$%+?=#|.\x01+-789>@ABCDEFGKLMNOPQRSUVWXYZ'abcefgjklmnopqrsuxyz~\x7f"sv;
  const auto su420 = "3.!$%+?=#|.\x01\x0e\x1a')+-89@ABDEFGKLMNOPQRSUVWXYZabcdefgjklmnopqrsuxyz~"sv;
  const auto surt1000 =
      "4.!$%+?=*#|\x04.\x01\x05\x09\x0c\x0e\x14\x16\x1a')+-/789<>@ABCDEFGKLMNOPQRSUVWXYZ"
      "\\^abcdefgjklmnopqrsuwxyz~\x7f.\x81:\xD0\xE2\xF0\xFD\xFE\xFF"sv;
  for (const auto reply : {su700rm, su420, surt1000}) {
    EXPECT_EQ(decoded(protocol, reply), '"' + std::string(reply) + '"');
  }
  EXPECT_EQ(decoded(protocol, "3..Q"), "\"3..Q\"");
  EXPECT_EQ(decoded(protocol, "3.!$?"), "\"3.!$?\"") << "an early Back-UPS Pro";
  for (const std::string_view reply : {"", "3", "3.", "x.!$.Q", "3!$.Q", "SM"}) {
    EXPECT_EQ(decoded(protocol, reply), "malformed") << reply;
  }
}

TEST(Capabilities, are_kept_as_they_are) {
  EXPECT_EQ(decoded(capabilities, "#uD43127130133136uA43108"), "\"#uD43127130133136uA43108\"");
  EXPECT_EQ(decoded(capabilities, "44 ON OFF "), "\"44 ON OFF \"");
  EXPECT_EQ(decoded(capabilities, ""), "malformed");
}

TEST(Printable, is_always_plain_ascii) {
  EXPECT_EQ(printable("UPS_IDEN"), "UPS_IDEN");
  EXPECT_EQ(printable("  a  "), "  a");
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("\r\n"), "");
  EXPECT_EQ(printable("a\x01"
                      "b"),
            "a\\x01b");
  EXPECT_EQ(printable("a\0b"sv), "a\\x00b");
  EXPECT_EQ(printable("caf\xe9!"), "caf\\xe9!");
  EXPECT_EQ(printable("caf\xe9"), "caf");
  EXPECT_EQ(printable("a\x7f"
                      "b"),
            "a\\x7fb");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (const char c : printable(all + ".")) {
    EXPECT_GE(c, 0x20);
    EXPECT_LT(c, 0x7f);
  }
}

}  // namespace
}  // namespace upslink
