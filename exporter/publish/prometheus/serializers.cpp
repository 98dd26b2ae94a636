// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/serializers.hpp"

#include <ostream>

#include "publish/prometheus/lines.hpp"

namespace upslink::prom {

std::string FormatSerializer::Serialize(
    const std::vector<prometheus::MetricFamily>& families) const {
  std::string out;
  for (const auto& family : families) {
    if (family.metric.empty()) continue;
    write_header(out, family, format_);
    write_samples(out, family.name, family.type, family.metric);
  }
  out += last_line(format_);
  return out;
}

void FormatSerializer::Serialize(std::ostream& out,
                                 const std::vector<prometheus::MetricFamily>& families) const {
  out << Serialize(families);
}

}  // namespace upslink::prom
