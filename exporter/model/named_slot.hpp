// SPDX-License-Identifier: Apache-2.0
// A UPS as a publisher sees it: the name that it was given in the configuration, where its
// snapshots appear, and its number where numbers are asked for. UPSes may come and go while the
// program runs: whoever publishes one shares its slot, and lets go of it when it is given a list
// without it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/slot.hpp"

namespace upslink {

struct NamedSlot {
  std::string ups;
  std::shared_ptr<const Slot> slot;
  /// From 1 on; that of another UPS is another one, also of one that is gone. Ascending in a list.
  std::uint32_t number = 0;
};

}  // namespace upslink
