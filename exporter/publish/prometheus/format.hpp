// SPDX-License-Identifier: Apache-2.0
// The two text formats in which metrics are served; both carry the same series. Constant; any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace upslink::prom {

enum class Format : std::uint8_t {
  text,         ///< Prometheus' own, version 0.0.4
  openmetrics,  ///< OpenMetrics 1.0
};

/// Media types by Format, the default first: what is offered to a client, and what is sent.
inline constexpr std::array<std::string_view, 2> content_types{
    "text/plain; version=0.0.4; charset=utf-8",
    "application/openmetrics-text; version=1.0.0; charset=utf-8"};

constexpr std::string_view content_type(Format format) {
  return content_types[static_cast<std::size_t>(format)];
}

}  // namespace upslink::prom
