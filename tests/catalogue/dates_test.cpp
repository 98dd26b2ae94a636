// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <optional>
#include <string_view>

#include "decoded.hpp"

namespace upslink {
namespace {

using testing::decoded;

constexpr auto replaced = quantity_named("battery_replaced");

TEST(Dates, are_midnight_utc_in_the_order_that_is_set) {
  EXPECT_EQ(date_to_epoch("05/22/02", DateOrder::mdy), 1022025600);
  EXPECT_EQ(date_to_epoch("22/05/02", DateOrder::dmy), 1022025600);
  EXPECT_EQ(date_to_epoch("02/05/22", DateOrder::ymd), 1022025600);
  EXPECT_EQ(date_to_epoch("2002-05-22", DateOrder::ymd), 1022025600);
  EXPECT_EQ(date_to_epoch("05/22/2002", DateOrder::mdy), 1022025600);
  EXPECT_EQ(date_to_epoch("22.05.02", DateOrder::dmy), 1022025600);
  EXPECT_EQ(date_to_epoch("5/22/02", DateOrder::mdy), 1022025600);
  EXPECT_EQ(date_to_epoch("05/22/02  ", DateOrder::mdy), 1022025600);
  EXPECT_EQ(decoded(replaced, "05/22/02"), "1022025600");
  EXPECT_EQ(decoded(replaced, "22/05/02", DateOrder::dmy), "1022025600");
}

TEST(Dates, have_years_from_1990_to_2089) {
  EXPECT_EQ(date_to_epoch("01/01/90", DateOrder::mdy), 631152000);
  EXPECT_EQ(date_to_epoch("12/31/99", DateOrder::mdy), 946598400);
  EXPECT_EQ(date_to_epoch("01/01/00", DateOrder::mdy), 946684800);
  EXPECT_EQ(date_to_epoch("02/29/00", DateOrder::mdy), 951782400);
  EXPECT_EQ(date_to_epoch("12/31/89", DateOrder::mdy), 3786825600);
  EXPECT_EQ(date_to_epoch("02/03/1989", DateOrder::mdy), std::nullopt);
}

TEST(Dates, refuse_what_is_none) {
  for (const std::string_view text :
       {"", "/", "//", "02/18", "02/18/", "/02/18", "02/18/95/1", "13/01/95", "00/01/95",
        "02/30/95", "02/29/95", "021895", "02/18/95x", " 02/18/95", "REPLACED", "02/18/095 x",
        "002/18/95", "02:18:95", "-2/18/95"}) {
    EXPECT_EQ(date_to_epoch(text, DateOrder::mdy), std::nullopt) << text;
    EXPECT_EQ(decoded(replaced, text), "malformed") << text;
  }
  EXPECT_EQ(decoded(replaced, "22/05/02"), "malformed") << "there is no month 22";
}

TEST(IsoDates, are_told_where_they_can_be) {
  EXPECT_EQ(iso_date("05/22/02"), "2002-05-22");
  EXPECT_EQ(iso_date("11/29/99"), "1999-11-29");
  EXPECT_EQ(iso_date("29/11/99"), "1999-11-29");
  EXPECT_EQ(iso_date("02/03/04"), "2004-02-03");
  EXPECT_EQ(iso_date("31/31/99"), "");
  EXPECT_EQ(iso_date("1999"), "");
  EXPECT_EQ(iso_date(""), "");
}

}  // namespace
}  // namespace upslink
