// SPDX-License-Identifier: Apache-2.0
// A length of time as the kernel takes it: timespec_of(left), from any thread. What time_t cannot
// hold, 68 years where it has 32 bits, becomes the longest that it can.
#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>
#include <limits>

#include "model/value.hpp"

namespace upslink {

inline std::timespec timespec_of(Duration length) {
  using std::chrono::seconds;
  constexpr auto longest =
      std::min<seconds::rep>(std::numeric_limits<std::time_t>::max(), seconds::max().count());
  const auto whole = std::chrono::floor<seconds>(length);
  return {.tv_sec = static_cast<std::time_t>(std::min<seconds::rep>(whole.count(), longest)),
          .tv_nsec = static_cast<long>((length - whole).count())};
}

}  // namespace upslink
