// SPDX-License-Identifier: Apache-2.0
// Replies that are numbers, registers and choices: what each form takes and what it refuses. The
// good ones are from transcripts of real units.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "decoded.hpp"

namespace upslink {
namespace {

using testing::decoded;
using testing::DecodeRow;

void expect(const std::vector<DecodeRow>& rows) {
  for (const auto& [quantity, reply, becomes] : rows) {
    EXPECT_EQ(decoded(quantity, reply), becomes)
        << quantities[quantity].name << " from \"" << reply << '"';
  }
}

constexpr auto status = quantity_named("status");
constexpr auto input_voltage = quantity_named("input_voltage");
constexpr auto load = quantity_named("load");
constexpr auto apparent_load = quantity_named("apparent_load");
constexpr auto battery_charge = quantity_named("battery_charge");
constexpr auto battery_voltage = quantity_named("battery_voltage");
constexpr auto runtime = quantity_named("battery_runtime");
constexpr auto frequency = quantity_named("input_frequency");
constexpr auto quality = quantity_named("input_quality_acceptable");
constexpr auto cause = quantity_named("transfer_cause");
constexpr auto self_test_age = quantity_named("self_test_age");
constexpr auto self_test = quantity_named("self_test_result");
constexpr auto schedule = quantity_named("self_test_schedule");
constexpr auto alarm_delay = quantity_named("alarm_delay");
constexpr auto language = quantity_named("panel_language");
constexpr auto selection = quantity_named("output_voltage_selection");
constexpr auto sensitivity = quantity_named("input_sensitivity");
constexpr auto transfer_low = quantity_named("input_transfer_low");
constexpr auto conservation = quantity_named("runtime_conservation");
constexpr auto restart = quantity_named("battery_charge_restart");
constexpr auto ambient_2 = quantity_named("ambient_temperature_2");
constexpr auto humidity_2 = quantity_named("ambient_humidity_2");
constexpr auto uptime = quantity_named("uptime");
constexpr auto high_1 = quantity_named("ambient_temperature_high_1");
constexpr auto high_2 = quantity_named("ambient_temperature_high_2");
constexpr auto humidity_high_1 = quantity_named("ambient_humidity_high_1");
constexpr auto alarms_1 = quantity_named("environment_alarms_1");
constexpr auto alarms_2 = quantity_named("environment_alarms_2");
constexpr auto constant_5 = quantity_named("calibration_constant_5");

TEST(Numbers, of_any_width) {
  expect({{input_voltage, "126.7", "126.7"},
          {input_voltage, "000.0", "0"},
          {input_voltage, "007.1", "7.1"},
          {battery_voltage, "27.74", "27.74"},
          {battery_voltage, "219.2", "219.2"},
          {input_voltage, "120.000", "120"},
          {frequency, "49.75", "49.75"},
          {quantity_named("battery_voltage_nominal"), "024", "24"},
          {quantity_named("output_current"), "00.88", "0.88"},
          {input_voltage, "1", "1"}});
}

TEST(Numbers, refuse_what_is_none) {
  for (const std::string_view reply :
       {"",      " ",      ".",      "1.",     ".1",      "1..2",          "1.2.3",   "-1", "+1",
        "126,7", "126.7 ", " 126.7", "126.7:", "12A.7",   "0x1F",          "1e3",     "NO", "SM",
        "FF",    "nan",    "inf",    "126!.7", "126.7\r", "0000000000001", "126.\xb7"}) {
    EXPECT_EQ(decoded(input_voltage, reply), "malformed") << reply;
  }
  EXPECT_EQ(decoded(input_voltage, std::string_view("126.7\0", 6)), "malformed");
}

TEST(Numbers, are_the_nearest_double_in_base_units) {
  EXPECT_EQ(std::get<double>(*decode(quantities[load], "023.4").value()), 0.234);
  EXPECT_EQ(std::get<double>(*decode(quantities[load], "103.4").value()), 1.034);
  EXPECT_EQ(std::get<double>(*decode(quantities[apparent_load], "105.55").value()), 1.0555);
  EXPECT_EQ(std::get<double>(*decode(quantities[self_test_age], "010.7").value()), 38520);
  for (int tenths = 0; tenths <= 2000; ++tenths) {
    const auto whole = std::to_string(tenths / 10);
    const std::string percent =
        std::string(3 - whole.size(), '0') + whole + "." + std::to_string(tenths % 10);
    EXPECT_EQ(std::get<double>(*decode(quantities[load], percent).value()), tenths / 1000.0)
        << percent;
  }
}

TEST(Numbers, may_be_off) {
  expect({{transfer_low, "103", "103"},
          {transfer_low, "NO", "absent"},
          {conservation, "NO", "absent"},
          {conservation, "05", "300"},
          {conservation, "no", "malformed"},
          {restart, "00", "0"},
          {restart, "15", "0.15"},
          {restart, "NOO", "malformed"},
          {quantity_named("input_transfer_high"), "NO", "malformed"}});
}

TEST(Minutes, end_in_a_colon_unless_they_cannot_be_told) {
  expect({{runtime, "0037:", "2220"},
          {runtime, "0002:", "120"},
          {runtime, "0376:", "22560"},
          {runtime, "0000:", "0"},
          {runtime, ">>>>:", "absent"},
          {runtime, "0037", "malformed"},
          {runtime, ">>>>", "malformed"},
          {runtime, ">>>:", "malformed"},
          {runtime, ":", "malformed"},
          {runtime, "0037::", "malformed"}});
}

TEST(HexBytes, are_two_digits_of_either_case) {
  expect({{status, "08", "0x08"},
          {status, "58", "0x58"},
          {status, "fF", "0xFF"},
          {status, "8", "malformed"},
          {status, "008", "malformed"},
          {status, "0G", "malformed"},
          {status, "SM", "malformed"},
          {status, "08 ", "malformed"},
          {status, "", "malformed"},
          {constant_5, "F2", "242"},
          {quantity_named("environment_alarm_mask"), "FF", "255"}});
}

TEST(HexPairs, are_one_byte_or_two) {
  expect({{alarms_1, "0F,00", "15"},
          {alarms_2, "0F,00", "0"},
          {alarms_1, "0F", "15"},
          {alarms_2, "0F", "absent"},
          {alarms_1, "0F,", "malformed"},
          {alarms_2, "0F,0", "malformed"},
          {alarms_1, ",00", "malformed"},
          {alarms_1, "0F,00,00", "malformed"}});
}

TEST(LineQuality, is_yes_or_no) {
  expect({{quality, "FF", "1"},
          {quality, "00", "0"},
          {quality, "01", "malformed"},
          {quality, "F", "malformed"},
          {quality, "Ff", "malformed"}});
}

TEST(Choices, are_words_of_the_protocol) {
  expect({{cause, "R", "rate_of_change"},
          {cause, "S", "test"},
          {cause, "O", "none"},
          {cause, "K", "software"},
          {cause, "r", "malformed"},
          {cause, "Q", "malformed"},
          {cause, "", "malformed"},
          {cause, "RT", "malformed"},
          {self_test, "OK", "passed"},
          {self_test, "BT", "failed_capacity"},
          {self_test, "NG", "failed_overload"},
          {self_test, "NO", "none"},
          {schedule, "336", "14_days"},
          {schedule, "168", "7_days"},
          {schedule, "ON ", "power_on"},
          {schedule, "ON", "power_on"},
          {schedule, "OFF", "off"},
          {schedule, "O", "malformed"},
          {schedule, "ON  OFF", "malformed"},
          {alarm_delay, "0", "5s"},
          {alarm_delay, "T", "30s"},
          {alarm_delay, "L", "low_battery"},
          {alarm_delay, "N", "never"},
          {sensitivity, "A", "auto"},
          {selection, "M", "208v"},
          {language, "E", "english"},
          {language, "3", "other"},
          {language, "1 2", "malformed"},
          {language, " ", "malformed"}});
}

TEST(TwoProbes, may_be_one) {
  expect({{ambient_2, "21.08,20.09", "20.09"},
          {ambient_2, ",20.09", "20.09"},
          {ambient_2, "21.08,", "absent"},
          {ambient_2, "21.08", "absent"},
          {humidity_2, "037.2,034.0", "0.34"},
          {humidity_2, ",034.3", "0.343"},
          {humidity_2, "037.2", "absent"},
          {ambient_2, ",", "malformed"},
          {ambient_2, "", "malformed"},
          {ambient_2, "21.08,20.09,1", "malformed"},
          {ambient_2, "21.08,abc", "malformed"},
          {ambient_2, "NO,NO", "malformed"}});
}

TEST(Uptime, shares_its_command_with_the_probes) {
  expect({{uptime, "000.0", "0"},
          {uptime, "123.4", "444240"},
          {ambient_2, "000.0", "absent"},
          {ambient_2, "123.4", "absent"},
          {uptime, "21.08,20.09", "absent"},
          {uptime, "21.08", "absent"},
          {uptime, ",34.3", "absent"},
          {uptime, "abc", "malformed"}});
}

TEST(Limits, are_off_or_for_one_or_two_probes) {
  expect({{high_1, "NO,NO", "absent"},
          {high_2, "NO,NO", "absent"},
          {high_1, "35.00,40.00", "35"},
          {high_2, "35.00,40.00", "40"},
          {high_1, "35.00", "35"},
          {high_2, "35.00", "absent"},
          {high_1, "NO", "absent"},
          {high_1, "NO,40.00", "absent"},
          {high_2, "NO,40.00", "40"},
          {humidity_high_1, "080.0,085.0", "0.8"},
          {high_1, "35.00,", "malformed"},
          {high_1, ",", "malformed"},
          {high_2, "35.00,X", "malformed"}});
}

TEST(NotAvailable, is_neither_a_value_nor_a_fault) {
  for (std::size_t i = 0; i < quantity_count; ++i) {
    EXPECT_EQ(decoded(i, "NA"), "not_available") << quantities[i].name;
  }
  EXPECT_EQ(decoded(battery_charge, "NA "), "malformed");
  EXPECT_EQ(decoded(battery_charge, "na"), "malformed");
}

TEST(NoForm, takes_an_empty_reply_for_a_value) {
  for (std::size_t i = 0; i < quantity_count; ++i) {
    const auto empty = decoded(i, "");
    EXPECT_TRUE(empty == "malformed" || (quantities[i].form == Form::text && empty == "absent"))
        << quantities[i].name << ' ' << empty;
  }
}

TEST(WellFormed, means_that_every_row_decodes) {
  const auto well = [](char command, std::string_view reply) {
    for (const Command& row : commands) {
      if (row.byte == command) return well_formed(row, reply);
    }
    return false;
  };
  EXPECT_TRUE(well('T', "21.08,20.09"));
  EXPECT_TRUE(well('T', "123.4"));
  EXPECT_FALSE(well('T',
                    "123.4,"
                    "x"));
  EXPECT_TRUE(well('[', "NO,NO"));
  EXPECT_TRUE(well('J', "0F,00"));
  EXPECT_FALSE(well('J', "0F,0"));
  EXPECT_TRUE(well('x', "no date"));
  EXPECT_FALSE(well('x', ""));
  EXPECT_FALSE(well('Q', "NA"));
}

TEST(Shape, is_what_stays_the_same) {
  EXPECT_EQ(shape(quantities[input_voltage], "118.3"), "ddd.d");
  EXPECT_EQ(shape(quantities[runtime], "0037:"), "dddd:");
  EXPECT_EQ(shape(quantities[ambient_2], "21.08,20.09"), "dd.dd,dd.dd");
  EXPECT_EQ(shape(quantities[status], "08"), "");
  EXPECT_EQ(shape(quantities[schedule], "336"), "");
  EXPECT_EQ(shape(quantities[quantity_named("serial_number")], "QS0221240847"), "");
}

}  // namespace
}  // namespace upslink
