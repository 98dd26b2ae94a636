// SPDX-License-Identifier: Apache-2.0
// The lines of both text formats, appended to a string. Sample lines are the same in both, so that
// they can be made once; the formats differ in what stands above them and in the last line. Pure
// functions; any thread. Sources: the Prometheus documentation ("Exposition formats") and the
// OpenMetrics 1.0 specification.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include "publish/prometheus/format.hpp"
#include "publish/prometheus/sample.hpp"

namespace upslink::prom {

/// The shortest text from which the same double is read: plain decimal from 0.00001 up to 2^53,
/// integers without a point; `NaN`, `+Inf`, `-Inf`.
void write_number(std::string& out, double value);

/// HELP and TYPE of a family; in OpenMetrics also UNIT if its name ends in one, and all of them
/// without a counter's `_total`.
void write_header(std::string& out, const prometheus::MetricFamily& family, Format format);

/// The line of one sample.
void write_sample(std::string& out, std::string_view family, std::span<const Label> labels,
                  double value);

/// One line for each sample of a family of counters, gauges or untyped values. Throws
/// std::invalid_argument for summaries and histograms, which a UPS has no use for.
void write_samples(std::string& out, std::string_view family, prometheus::MetricType type,
                   std::span<const prometheus::ClientMetric> samples);

/// The line that ends a body; nothing in the text format.
std::string_view last_line(Format format);

}  // namespace upslink::prom
