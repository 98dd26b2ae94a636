// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/wake.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace upslink::snmp {

Wake::Wake() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Wake::~Wake() {
  ::close(descriptor_);
}

void Wake::raise() noexcept {
  raised_ = true;
  const std::uint64_t one = 1;  // fails only when it is raised already, 2^64 times
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

void Wake::clear() noexcept {
  // First, so that of a raise in between at least the flag stays.
  raised_ = false;
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(descriptor_, &count, sizeof count);
}

}  // namespace upslink::snmp
