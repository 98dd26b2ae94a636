// SPDX-License-Identifier: Apache-2.0
// prometheus-cpp's Serializer for both text formats. The library's own (1.0.1) does not escape
// HELP, writes integers such as a time with an exponent, and knows no OpenMetrics. Families without
// samples are left out; timestamps of samples are not written. No state; any thread.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/serializer.h>

#include "publish/prometheus/format.hpp"

namespace upslink::prom {

class FormatSerializer : public prometheus::Serializer {
 public:
  explicit FormatSerializer(Format format) : format_(format) {}

  /// Throws std::invalid_argument for summaries and histograms.
  std::string Serialize(const std::vector<prometheus::MetricFamily>& families) const override;
  void Serialize(std::ostream& out,
                 const std::vector<prometheus::MetricFamily>& families) const override;

 private:
  Format format_;
};

/// Version 0.0.4 of Prometheus' text format.
class TextSerializer : public FormatSerializer {
 public:
  TextSerializer() : FormatSerializer(Format::text) {}
};

/// OpenMetrics 1.0, with the `# EOF` that ends an exposition.
class OpenMetricsSerializer : public FormatSerializer {
 public:
  OpenMetricsSerializer() : FormatSerializer(Format::openmetrics) {}
};

}  // namespace upslink::prom
