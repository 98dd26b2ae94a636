// SPDX-License-Identifier: Apache-2.0
// The descriptor limit of the process, and what it leaves for connections.
#include "web/limits.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace upslink::web {
namespace {

// POSIX promises this many to every process (_POSIX_OPEN_MAX); assumed if the kernel does not say.
constexpr unsigned long promised_descriptors = 20;

unsigned three_quarters(unsigned long whole) {
  const unsigned long part = whole - whole / 4;
  return static_cast<unsigned>(std::clamp(part, 1UL, 1'000'000UL));
}

}  // namespace

Limits within_descriptors(Limits limits, unsigned long descriptor_limit) {
  limits.connections = std::clamp(limits.connections, 1U, three_quarters(descriptor_limit));
  limits.connections_per_address =
      std::clamp(limits.connections_per_address, 1U, three_quarters(limits.connections));
  return limits;
}

unsigned long descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : promised_descriptors;
}

unsigned long raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    // A failure leaves the old limit, which the returned value tells.
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
  }
  return descriptor_limit();
}

}  // namespace upslink::web
