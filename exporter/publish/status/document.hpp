// SPDX-License-Identifier: Apache-2.0
// The JSON documents of docs/api.md, and the parts that they are put together from. The only place
// that knows the JSON library. Pure functions; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/named_slot.hpp"
#include "publish/status/history.hpp"
#include "publish/status/moment.hpp"
#include "publish/status/timeline.hpp"

namespace upslink::status {

/// The version of the documents: it changes when something in them changes its meaning.
inline constexpr int api_version = 1;

/// What is told of one UPS.
struct Subject {
  std::string_view ups;
  const Facts& facts;
  const Timeline& timeline;
  const WallOffset& wall;
};

/// One UPS as an object without its closing brace: what it is, how it is, and the readings that an
/// overview shows.
std::string in_short(const Subject& subject);

/// As in_short(), with every reading, what happened, and what is counted.
std::string in_full(const Subject& subject);

/// When what is said of this snapshot changes by itself, because a reading ages out.
TimePoint good_until(const Snapshot& snapshot, TimePoint now);

/// The document of /api/v1/ups around objects without their closing braces.
std::string ups_document(std::string_view version, WallTime now, WallTime started,
                         std::span<const std::string* const> upses);

/// The document of /api/v1/history.
std::string history_document(std::string_view ups, const History& history, const WallOffset& wall,
                             TimePoint now);

/// The document of /api/v1/catalogue: what the names in the others mean. Always the same.
std::string catalogue_document();

}  // namespace upslink::status
