// SPDX-License-Identifier: Apache-2.0
// One sample of a metric family on its way from a snapshot to wherever it is wanted: its labels and
// its value. Views only: they hold for the call in which they are given.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace upslink::prom {

using Label = std::pair<std::string_view, std::string_view>;  // name, value

class SampleSink {
 public:
  virtual void take(std::span<const Label> labels, double value) = 0;

 protected:
  ~SampleSink() = default;
};

}  // namespace upslink::prom
