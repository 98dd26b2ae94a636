// SPDX-License-Identifier: Apache-2.0
// A UPS as a publisher sees it: the name it was given in the configuration, and where its snapshots
// appear. The slot has to outlive whoever was given it.
#pragma once

#include <string>

#include "model/slot.hpp"

namespace upslink {

struct NamedSlot {
  std::string ups;
  const Slot* slot = nullptr;
};

}  // namespace upslink
