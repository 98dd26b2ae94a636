// SPDX-License-Identifier: Apache-2.0
// The instances of one view of one UPS in the order of a walk. Never changed once made: a newer
// snapshot makes another one.
#pragma once

#include <utility>

#include "publish/snmp/value.hpp"

namespace upslink::snmp {

class View {
 public:
  View() = default;
  explicit View(Cells cells);  ///< in any order

  /// The instance with this OID, or nullptr.
  const Cell* get(const Oid& oid) const;

  /// The first instance after this OID, or at it if it is to be included; nullptr at the end.
  const Cell* next(const Oid& oid, bool inclusive) const;

  const Cells& cells() const { return cells_; }

 private:
  Cells cells_;
};

}  // namespace upslink::snmp
