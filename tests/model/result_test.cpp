// SPDX-License-Identifier: Apache-2.0
#include "model/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>

#include "model/failure.hpp"

namespace upslink {
namespace {

Result<int, Failure> half_of(int number) {
  if (number % 2 != 0) return Error{Failure::malformed};
  return number / 2;
}

TEST(Result, is_a_value_or_a_reason) {
  EXPECT_TRUE(half_of(4));
  EXPECT_EQ(*half_of(4), 2);
  EXPECT_FALSE(half_of(3));
  EXPECT_EQ(half_of(3).error(), Failure::malformed);
}

TEST(Result, throws_when_asked_for_the_other) {
  EXPECT_THROW((void)half_of(3).value(), std::bad_variant_access);
  EXPECT_THROW((void)half_of(4).error(), std::bad_variant_access);
}

TEST(Result, tells_value_and_reason_of_one_type_apart) {
  const Result<std::string, std::string> good(std::string("yes"));
  const Result<std::string, std::string> bad(Error{"no"});
  EXPECT_EQ(good->size(), 3U);
  EXPECT_EQ(bad.error(), "no");
}

TEST(Result, holds_what_cannot_be_copied) {
  Result<std::unique_ptr<int>, Failure> result(std::make_unique<int>(7));
  const auto taken = std::move(*result);
  EXPECT_EQ(*taken, 7);
}

TEST(Failure, has_a_name_for_every_reason) {
  EXPECT_EQ(name_of(Failure::timeout), "timeout");
  EXPECT_EQ(name_of(Failure::link), "link");
  EXPECT_EQ(name_of(Failure::not_available), "not_available");
  EXPECT_EQ(counted_failures, 5U);
}

}  // namespace
}  // namespace upslink
