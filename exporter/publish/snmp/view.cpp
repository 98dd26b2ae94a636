// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/view.hpp"

#include <algorithm>

namespace upslink::snmp {

View::View(Cells cells) : cells_(std::move(cells)) {
  std::ranges::sort(cells_, {}, &Cell::oid);
}

const Cell* View::get(const Oid& oid) const {
  const Cell* found = next(oid, true);
  return found != nullptr && found->oid == oid ? found : nullptr;
}

const Cell* View::next(const Oid& oid, bool inclusive) const {
  const auto found = inclusive ? std::ranges::lower_bound(cells_, oid, {}, &Cell::oid)
                               : std::ranges::upper_bound(cells_, oid, {}, &Cell::oid);
  return found == cells_.end() ? nullptr : &*found;
}

}  // namespace upslink::snmp
