// SPDX-License-Identifier: Apache-2.0
// Everything that is served, as one walk for each subtree: which views there are, in which SNMP
// context, and what their instances are. UPSLINK-MIB and the entities show all UPSes side by side;
// the MIBs that know one UPS only are there once for each, in a context with its name. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "publish/snmp/station.hpp"
#include "publish/snmp/view.hpp"

namespace upslink::snmp {

/// A subtree that is answered for, in an SNMP context; the empty one is what everybody asks.
struct Subtree {
  Oid root;
  std::string context;
  std::size_t view = 0;  ///< for get() and next()
};

class Tree {
 public:
  /// The options and the stations have to outlive it.
  Tree(const Options& options, const Stations& stations);

  /// To be called when the stations or the default UPS have changed.
  void plant();

  const std::vector<Subtree>& subtrees() const { return subtrees_; }

  static constexpr std::size_t no_view = ~std::size_t{0};  ///< has no instances

  /// The instance with this OID, or nullptr. What it points to holds until a station is loaded.
  const Cell* get(std::size_t view, const Oid& oid);

  /// The first instance after the OID, or at it if it is to be included; nullptr at the end.
  const Cell* next(std::size_t view, const Oid& oid, bool inclusive);

 private:
  struct Served {
    ViewKind kind = ViewKind::upslink;
    Station* of = nullptr;      ///< nullptr: of all
    std::size_t column = 0;     ///< of all: how many arcs stand before the index of the UPS
    std::uint32_t per_ups = 1;  ///< of all: how far apart the indexes of two UPSes are
  };

  void add(Served view, const std::vector<Oid>& roots, const std::string& context);
  void add_views_of(Station& station, const std::string& context);
  const Cell* next_in_column(const Served& served, const Oid& oid, bool inclusive);

  const Options& options_;
  const Stations& stations_;
  std::vector<Served> served_;
  std::vector<Subtree> subtrees_;
  View scalars_;  ///< of UPSLINK-MIB: what is of no UPS
};

}  // namespace upslink::snmp
