// SPDX-License-Identifier: Apache-2.0
// Snapshots as metric families: a loop over the catalogue and over the families of the line. What
// is not known, or has aged out, has no sample. Pure functions; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>

#include "model/named_slot.hpp"
#include "model/snapshot.hpp"
#include "publish/prometheus/sample.hpp"

namespace upslink::prom {

/// Name, help and type of every family about UPSes, in the order in which they are published: the
/// catalogue's, then the line's. Without samples.
const std::vector<prometheus::MetricFamily>& ups_families();

/// Gives `sink` the samples of one UPS in one family, an index into ups_families(). Returns when
/// the first of the readings used ages out.
TimePoint collect(std::size_t family, std::string_view ups, const Snapshot& snapshot, TimePoint now,
                  SampleSink& sink);

/// All families of all UPSes as they are now; those without samples are left out.
std::vector<prometheus::MetricFamily> collect(std::span<const NamedSlot> upses,
                                              TimePoint now = Clock::now());

}  // namespace upslink::prom
