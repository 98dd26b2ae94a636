// SPDX-License-Identifier: Apache-2.0
// LineWriter writes lines to a descriptor without ever waiting long for whoever reads them: where a
// full pipe would block, the line is dropped and counted, and the first line that gets through
// again is preceded by one that says how many are missing. A closed descriptor loses lines
// silently. Not thread safe. SIGPIPE must be ignored.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace upslink::app {

class LineWriter {
 public:
  /// `missing` makes the line about a number of lost ones. The descriptor stays the caller's.
  LineWriter(int descriptor, std::function<std::string(std::uint64_t lost)> missing);

  void write(std::string_view line);

 private:
  bool writable(std::chrono::milliseconds patience) const;
  bool send(std::string_view line);

  int descriptor_;
  std::function<std::string(std::uint64_t)> missing_;
  std::uint64_t lost_ = 0;
  bool cut_ = false;  // the last line stopped half-way
};

}  // namespace upslink::app
