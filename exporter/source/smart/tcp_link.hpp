// SPDX-License-Identifier: Apache-2.0
// A serial line behind a terminal server (ser2net and the like) that passes bytes through
// unchanged.
#pragma once

#include "source/smart/stream_link.hpp"

namespace upslink::smart {

class TcpLink final : public StreamLink {
 public:
  using StreamLink::StreamLink;

  std::string_view kind() const override { return "tcp"; }

  /// Resolves the name and connects, at most 3 s for each of the host's addresses.
  std::optional<SourceProblem> open() override;
};

}  // namespace upslink::smart
