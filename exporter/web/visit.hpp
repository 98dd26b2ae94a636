// SPDX-License-Identifier: Apache-2.0
// Visit: how far one request has come on its way through the reception (reception.hpp).
#pragma once

#include <cstdint>
#include <optional>

#include "web/gate.hpp"
#include "web/message.hpp"

namespace upslink::web {

/// A request that waits; each has another number, and 0 is none.
using Ticket = std::uint64_t;

struct Visit {
  bool is_counted = false;                  ///< by the rate limit, which let it pass
  Ticket ticket = 0;                        ///< it waits for a letter with this number
  std::optional<Verdict> verdict{};         ///< what the gate said
  unsigned judged_under = 0;                ///< the number of the rules that were asked about
  std::optional<Response> late_response{};  ///< what a late handler said
};

}  // namespace upslink::web
