// SPDX-License-Identifier: Apache-2.0
#include "catalogue/models.hpp"

#include <gtest/gtest.h>

namespace upslink {
namespace {

TEST(ModelName, is_the_units_own_before_all_others) {
  EXPECT_EQ(model_name("SMART-UPS 700 RM", "50.9.I", "GWD"), "SMART-UPS 700 RM");
}

TEST(ModelName, comes_from_the_sku_then_from_the_code) {
  EXPECT_EQ(model_name("", "52.9.D", "GWD"), "Smart-UPS 700 RM");
  EXPECT_EQ(model_name("", "735.a.1", ""), "Smart-UPS SC250 RM");
  EXPECT_EQ(model_name("", "9999.1.D", "GWD"), "Smart-UPS 700");
  EXPECT_EQ(model_name("", "FF", "6TD"), "Smart-UPS 600") << "some units answer b with a voltage";
  EXPECT_EQ(model_name("", "", "OWD"), "Smart-UPS 3000");
  EXPECT_EQ(model_name("", "", "PWI"), "Smart-UPS 5000");
}

TEST(ModelName, is_empty_when_nothing_tells) {
  EXPECT_EQ(model_name("", "", ""), "");
  EXPECT_EQ(model_name("", "9999.1.D", "5YI"), "") << "5 is a Matrix-UPS or a Smart-UPS RT";
}

TEST(NominalPower, is_known_only_where_a_source_names_it) {
  EXPECT_EQ(nominal_power_watts("50.9.I"), 450);
  EXPECT_EQ(nominal_power_watts("381.5.I"), std::nullopt);
  EXPECT_EQ(nominal_power_watts("9999.1.D"), std::nullopt);
  EXPECT_EQ(nominal_power_watts(""), std::nullopt);
  EXPECT_EQ(nominal_power_watts("50"), std::nullopt);
}

}  // namespace
}  // namespace upslink
