// SPDX-License-Identifier: Apache-2.0
// What `probe` found, and the two ways to print it. Pure values and functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/quantities.hpp"
#include "model/failure.hpp"
#include "model/value.hpp"

namespace upslink::app {

/// One command and what the unit said to it: a reply, or why there is none. Not asked: neither.
struct Probed {
  const Command* command = nullptr;
  std::optional<std::string> reply{};  ///< as it came, without CR LF
  std::optional<Failure> failure{};
};

struct ProbeReport {
  std::string address{};
  std::vector<Probed> commands{};  ///< in the catalogue's order
};

/// A table for people: one line for every quantity.
std::string probe_text(const ProbeReport& report);

/// Grows when a program that reads the JSON would have to change: a field or a status is gone, or
/// means something else. New fields and quantities do not count.
inline constexpr int probe_json_version = 1;

/// The same for programs, one JSON object (docs/probe.md has its fields).
std::string probe_json(const ProbeReport& report);

/// A value in words: `229.5 volts`, `on_line overload`, `passed`, `"rack"`.
std::string in_words(const Quantity& quantity, const Value& value);

}  // namespace upslink::app
