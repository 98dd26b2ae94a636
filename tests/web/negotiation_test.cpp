// SPDX-License-Identifier: Apache-2.0
#include "web/negotiation.hpp"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>

namespace upslink::web {
namespace {

constexpr std::array<std::string_view, 2> forms = {
    "text/plain; version=0.0.4; charset=utf-8",
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
};
constexpr int text = 0;
constexpr int openmetrics = 1;
constexpr int neither = -1;

TEST(Prefers, PicksTheFormThatTheClientLikesBest) {
  const struct {
    std::string_view accept;
    int wanted;
  } rows[] = {
      // Prometheus 2.x and 3.x, as they send it.
      {"application/openmetrics-text;version=1.0.0,application/"
       "openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       openmetrics},
      {"application/openmetrics-text;version=1.0.0;q=0.5,application/"
       "openmetrics-text;version=0.0.1;"
       "q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       openmetrics},
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-"
       "utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       openmetrics},
      {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
       "q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.2,*/*;"
       "q=0.1",
       openmetrics},
      {"text/plain;version=0.0.4;q=1,*/*;q=0.1", text},
      // Only the old OpenMetrics, which we do not speak.
      {"application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       text},
      {"application/openmetrics-text;version=0.0.1;q=0.75", neither},
      {"application/openmetrics-text;version=2.0.0", neither},
      {"application/openmetrics-text", openmetrics},
      // Browsers, curl, nothing at all.
      {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
       text},
      {"*/*", text},
      {"", text},
      {"   ", text},
      // Weights and ties.
      {"text/plain, application/openmetrics-text", text},
      {"application/openmetrics-text, text/plain", text},
      {"text/plain;q=0.5, application/openmetrics-text;q=0.6", openmetrics},
      {"text/plain;q=0.501, application/openmetrics-text;q=0.5", text},
      {"text/plain;q=0, */*", openmetrics},
      {"text/plain;q=0.0, */*;q=0.001", openmetrics},
      {"*/*;q=0", neither},
      {"image/png", neither},
      {"text/*;q=0.1, */*;q=0.5", openmetrics},
      {"application/*", openmetrics},
      // The closest range decides, wherever it stands.
      {"*/*;q=0.9, text/*;q=0.2, application/*;q=0.3", openmetrics},
      {"text/plain;version=0.0.4;q=0.1, text/plain;q=0.9, application/openmetrics-text;q=0.5",
       openmetrics},
      {"text/plain;q=0.1, text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.5",
       text},
      // Case, blanks, quotes.
      {"APPLICATION/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=1.000", openmetrics},
      {"application/openmetrics-text;charset=UTF-8", openmetrics},
      {"application/openmetrics-text;charset=latin1", neither},
      {"application/openmetrics-text;note=\"a,b;q=0\", text/plain;q=0.5", openmetrics},
      // Malformed elements are passed over.
      {"text", text},
      {"/", text},
      {"*/plain", text},
      {",,;;,", text},
      {"text/plain;q=2, application/openmetrics-text;q=0.1", openmetrics},
      {"text/plain;q=, application/openmetrics-text;q=0.1", openmetrics},
      {"text/plain;q=-1, application/openmetrics-text;q=0.1", openmetrics},
      {"text/plain;q=0.1234, application/openmetrics-text;q=0.1", openmetrics},
      {"text/html, image/gif, *; q=.2, */*; q=.2", neither},
      {"text/plain;version, application/openmetrics-text", openmetrics},
      {"\"unterminated, text/plain", text},
      {"application/openmetrics-text;;q=1", openmetrics},
      {"text/plain;x=\"\\", text},
  };
  for (const auto& row : rows) {
    const auto chosen = prefers(row.accept, forms);
    EXPECT_EQ(chosen ? static_cast<int>(*chosen) : neither, row.wanted) << row.accept;
  }
}

TEST(Prefers, HasNothingToOfferFromAnEmptyList) {
  EXPECT_FALSE(prefers("*/*", {}).has_value());
}

TEST(AcceptsGzip, HonoursWeightsWildcardAndIdentity) {
  const struct {
    std::string_view accept_encoding;
    bool wanted;
  } rows[] = {
      {"gzip", true},
      {"GZip", true},
      {"x-gzip", true},
      {"gzip, deflate, br", true},
      {"deflate, gzip;q=1.0, *;q=0.5", true},
      {"*", true},
      {"gzip;q=0.001", true},
      {"identity, gzip", true},
      {"identity;q=0.5, gzip;q=0.8", true},
      {"*;q=0, gzip", true},
      {"gzip ; q=0.3", true},
      {"", false},
      {"identity", false},
      {"deflate, br", false},
      {"gzip;q=0", false},
      {"gzip;q=0.000", false},
      {"*, gzip;q=0", false},
      {"*;q=0", false},
      {"identity;q=1, gzip;q=0.5", false},
      {"gzipped", false},
      {"gzip;q=nonsense", false},
      {"gzip/1", false},
      {";;,", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(accepts_gzip(row.accept_encoding), row.wanted) << row.accept_encoding;
  }
}

}  // namespace
}  // namespace upslink::web
