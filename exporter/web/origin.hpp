// SPDX-License-Identifier: Apache-2.0
// Origin: whom a connection is counted for when limits are per client.
#pragma once

#include <array>
#include <cstdint>

struct sockaddr;

namespace upslink::web {

/// An IPv4 address (as IPv4-mapped IPv6) or an IPv6 /64, the smallest net that one client is
/// commonly given whole. All clients of a local socket are one origin, which is all zeros.
using Origin = std::array<std::uint8_t, 16>;
Origin origin_of(const sockaddr& peer);

}  // namespace upslink::web
