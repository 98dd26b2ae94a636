// SPDX-License-Identifier: Apache-2.0
// A row of the tests of bad input: what the operator gives and the whole sentence that it gets.
#pragma once

#include <ostream>
#include <string>

#include "app/wording.hpp"

namespace upslink::app {

struct BadInput {
  std::string input;
  std::string sentence;
};

inline void PrintTo(const BadInput& row, std::ostream* out) {
  *out << in_quotes(row.input);
}

/// The text of a complaint, or "fine".
inline std::string said(const Complaint& complaint) {
  return complaint.value_or("fine");
}

}  // namespace upslink::app
