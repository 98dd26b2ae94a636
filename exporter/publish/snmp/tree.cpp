// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/tree.hpp"

#include <algorithm>

#include "catalogue/mib.hpp"
#include "publish/snmp/views.hpp"

namespace upslink::snmp {
namespace {

View scalars(const Options& options, std::size_t ups_count) {
  const auto at = [&options](std::uint32_t number) {
    return options.base + Oid{mib_objects_arc, mib_agent_arc, number, 0};
  };
  return View({{at(mib_agent_version), octets(options.version)},
               {at(mib_ups_count), gauge(static_cast<std::int64_t>(ups_count))}});
}

std::uint32_t index_of(const std::unique_ptr<Station>& station) {
  return station->index();
}

}  // namespace

Tree::Tree(const Options& options, const Stations& stations)
    : options_(options), stations_(stations) {
  plant();
}

void Tree::plant() {
  const Options& options = options_;
  served_.clear();
  subtrees_.clear();
  scalars_ = scalars(options, stations_.size());
  // base.1.TABLE.1.COLUMN.UPS
  add({ViewKind::upslink, nullptr, options.base.size() + 4, 1}, {options.base}, "");
  if (options.entity_sensor) {  // ROOT.1.COLUMN.PART and ROOT.1.1.COLUMN.PART
    add({ViewKind::entities, nullptr, entity_root.size() + 2, entities_per_ups}, {entity_root}, "");
    add({ViewKind::entities, nullptr, entity_sensor_root.size() + 3, entities_per_ups},
        {entity_sensor_root}, "");
  }
  for (const auto& station : stations_) {
    const bool is_default = options.default_ups.empty() ? station == stations_.front()
                                                        : station->name() == options.default_ups;
    if (is_default) add_views_of(*station, "");
    add_views_of(*station, station->name());
    add({ViewKind::system, station.get()}, {system_root}, station->name());  // snmpd has its own
  }
}

void Tree::add_views_of(Station& station, const std::string& context) {
  add({ViewKind::rfc1628, &station}, {rfc1628_root}, context);
  if (!options_.powernet) return;
  add({ViewKind::powernet, &station},
      {powernet_ups_root, powernet_measure_ups_root, powernet_iem_root}, context);
}

void Tree::add(Served view, const std::vector<Oid>& roots, const std::string& context) {
  for (const Oid& root : roots) subtrees_.push_back({root, context, served_.size()});
  served_.push_back(view);
}

const Cell* Tree::get(std::size_t view, const Oid& oid) {
  const Cell* cell = next(view, oid, true);
  return cell != nullptr && cell->oid == oid ? cell : nullptr;
}

/// The next instance of the column that the OID is in, if it has one. A column begins with all
/// instances of the first UPS, then come those of the second, so that few have to be asked.
const Cell* Tree::next_in_column(const Served& served, const Oid& oid, bool inclusive) {
  if (oid.size() <= served.column) return nullptr;
  const auto column = oid.arcs().first(served.column);
  const auto index = oid[served.column] / served.per_ups;
  auto station = std::ranges::lower_bound(stations_, index, {}, &index_of);
  for (; station != stations_.end(); ++station) {
    const Cell* cell = (*station)->view(served.kind).next(oid, inclusive);
    if (cell == nullptr || cell->oid.size() <= served.column) continue;
    if (std::ranges::equal(cell->oid.arcs().first(served.column), column)) return cell;
  }
  return nullptr;
}

const Cell* Tree::next(std::size_t view, const Oid& oid, bool inclusive) {
  if (view == no_view) return nullptr;
  const Served& served = served_[view];
  if (served.of != nullptr) return served.of->view(served.kind).next(oid, inclusive);
  if (const Cell* near = next_in_column(served, oid, inclusive)) return near;
  // The views of all UPSes lie side by side: what comes next is the least that comes next in one.
  const Cell* least = served.kind == ViewKind::upslink ? scalars_.next(oid, inclusive) : nullptr;
  for (const auto& station : stations_) {
    const Cell* cell = station->view(served.kind).next(oid, inclusive);
    if (cell != nullptr && (least == nullptr || cell->oid < least->oid)) least = cell;
  }
  return least;
}

}  // namespace upslink::snmp
