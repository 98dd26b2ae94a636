// SPDX-License-Identifier: Apache-2.0
#include "web/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <string>

namespace upslink::web {
namespace {

std::string unpacked(const std::string& packed, std::size_t plain_size) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string plain(plain_size + 1, '\0');
  std::string input = packed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  plain.resize(stream.total_out);
  EXPECT_EQ(inflateEnd(&stream), Z_OK);
  return plain;
}

TEST(Gzip, GivesBackWhatWasPacked) {
  std::mt19937 random(1);
  std::string noise(100'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const std::string& plain : {std::string(), std::string("x"), std::string("a\0b\n", 4),
                                   std::string(1'000'000, 'x'), noise}) {
    EXPECT_EQ(unpacked(gzip(plain), plain.size()), plain) << plain.size() << " bytes";
  }
}

TEST(Gzip, MakesMetricsSmall) {
  std::string page;
  for (int i = 0; i < 400; ++i) {
    page += "upslink_ups_load_ratio{ups=\"" + std::to_string(i) + "\"} 0.5\n";
  }
  EXPECT_LT(gzip(page).size(), page.size() / 5);
}

}  // namespace
}  // namespace upslink::web
