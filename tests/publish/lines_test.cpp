// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "publish/prometheus/serializers.hpp"

namespace upslink::prom {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using ::testing::HasSubstr;

std::string number(double value) {
  std::string out;
  write_number(out, value);
  return out;
}

TEST(Numbers, read_as_people_write_them) {
  struct Row {
    double value;
    std::string_view text;
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [value, text] : std::vector<Row>{
           {0, "0"},
           {-0.0, "0"},
           {1, "1"},
           {-1, "-1"},
           {0.234, "0.234"},
           {1.034, "1.034"},
           {126.7, "126.7"},
           {0.1 + 0.2, "0.30000000000000004"},
           {1e6, "1000000"},
           {1'767'323'045, "1767323045"},
           {1'767'323'045.25, "1767323045.25"},
           {9007199254740991, "9007199254740991"},
           {-9007199254740991, "-9007199254740991"},
           {9007199254740992, "9007199254740992"},
           {1.5e16, "1.5e+16"},
           {18446744073709551615.0, "18446744073709551616"},
           {0.00001, "0.00001"},
           {0.000001, "1e-06"},
           {1e300, "1e+300"},
           {std::nan(""), "NaN"},
           {infinity, "+Inf"},
           {-infinity, "-Inf"},
       }) {
    EXPECT_EQ(number(value), text);
  }
}

TEST(Numbers, come_back_as_the_same_double) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(-30, 30);
  std::uniform_real_distribution<double> mantissa(-10, 10);
  for (int i = 0; i < 100'000; ++i) {
    const double value = mantissa(random) * std::pow(10, exponent(random));
    const auto text = number(value);
    double back = 0;
    const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), back);
    ASSERT_EQ(failed, std::errc()) << text;
    ASSERT_EQ(*rest, '\0') << text;
    ASSERT_EQ(back, value) << text;
  }
}

MetricFamily family(std::string name, std::string help, MetricType type) {
  return {std::move(name), std::move(help), type, {}};
}

std::string header(const MetricFamily& of, Format format) {
  std::string out;
  write_header(out, of, format);
  return out;
}

TEST(Headers, of_the_text_format) {
  EXPECT_EQ(header(family("upslink_up", "Up.", MetricType::Gauge), Format::text),
            "# HELP upslink_up Up.\n# TYPE upslink_up gauge\n");
  EXPECT_EQ(header(family("a_seconds_total", "Time.", MetricType::Counter), Format::text),
            "# HELP a_seconds_total Time.\n# TYPE a_seconds_total counter\n");
  EXPECT_EQ(header(family("a", "A.", MetricType::Untyped), Format::text),
            "# HELP a A.\n# TYPE a untyped\n");
}

TEST(Headers, of_openmetrics_name_the_unit_and_leave_out_total) {
  EXPECT_EQ(header(family("upslink_up", "Up.", MetricType::Gauge), Format::openmetrics),
            "# TYPE upslink_up gauge\n# HELP upslink_up Up.\n");
  EXPECT_EQ(header(family("a_joules_total", "Energy.", MetricType::Counter), Format::openmetrics),
            "# TYPE a_joules counter\n# UNIT a_joules joules\n# HELP a_joules Energy.\n");
  EXPECT_EQ(header(family("a_timestamp_seconds", "T.", MetricType::Gauge), Format::openmetrics),
            "# TYPE a_timestamp_seconds gauge\n# UNIT a_timestamp_seconds seconds\n"
            "# HELP a_timestamp_seconds T.\n");
  EXPECT_EQ(header(family("a_seconds_total", "T.", MetricType::Gauge), Format::openmetrics),
            "# TYPE a_seconds_total gauge\n# HELP a_seconds_total T.\n")
      << "the name of what is no counter stays whole";
  EXPECT_EQ(header(family("a", "A.", MetricType::Counter), Format::openmetrics),
            "# TYPE a unknown\n# HELP a A.\n")
      << "OpenMetrics has no counter without _total";
}

TEST(Headers, escape_help_as_each_format_wants_it) {
  const auto odd = family("a", "One \\ two \"three\"\nfour.", MetricType::Gauge);
  EXPECT_THAT(header(odd, Format::text), HasSubstr("# HELP a One \\\\ two \"three\"\\nfour.\n"));
  EXPECT_THAT(header(odd, Format::openmetrics),
              HasSubstr("# HELP a One \\\\ two \\\"three\\\"\\nfour.\n"));
}

TEST(Samples, escape_labels) {
  ClientMetric sample;
  sample.label = {{"ups", "a"}, {"name", "\"x\" \\ \n"}};
  sample.gauge.value = 1.5;
  std::string out;
  write_samples(out, "m", MetricType::Gauge, std::vector{sample});
  EXPECT_EQ(out, "m{ups=\"a\",name=\"\\\"x\\\" \\\\ \\n\"} 1.5\n");
}

TEST(Samples, take_the_value_of_their_type) {
  ClientMetric sample;
  sample.counter.value = 1;
  sample.gauge.value = 2;
  sample.untyped.value = 3;
  std::string out;
  for (const auto type : {MetricType::Counter, MetricType::Gauge, MetricType::Untyped}) {
    write_samples(out, "m", type, std::vector{sample});
  }
  EXPECT_EQ(out, "m 1\nm 2\nm 3\n");
  EXPECT_THROW(write_samples(out, "m", MetricType::Histogram, std::vector{sample}),
               std::invalid_argument);
}

TEST(Serializers, leave_out_families_without_samples_and_end_openmetrics) {
  auto full = family("a_total", "A.", MetricType::Counter);
  full.metric.emplace_back().counter.value = 3;
  const std::vector families{family("b", "B.", MetricType::Gauge), full};
  EXPECT_EQ(TextSerializer().Serialize(families),
            "# HELP a_total A.\n# TYPE a_total counter\na_total 3\n");
  EXPECT_EQ(OpenMetricsSerializer().Serialize(families),
            "# TYPE a counter\n# HELP a A.\na_total 3\n# EOF\n");
  std::ostringstream stream;
  const OpenMetricsSerializer openmetrics;
  const prometheus::Serializer& serializer = openmetrics;
  serializer.Serialize(stream, {});
  EXPECT_EQ(stream.str(), "# EOF\n");
}

}  // namespace
}  // namespace upslink::prom
