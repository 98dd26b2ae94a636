// SPDX-License-Identifier: Apache-2.0
// What the server grants its clients. At a limit a newcomer is never turned away: the connection
// that is least likely to be missed is ended in its place (connection_table.hpp), so a scrape gets
// in however many idle or slow clients there are.
#pragma once

#include <chrono>
#include <cstddef>

namespace upslink::web {

struct Limits {
  /// Open connections at once. Lowered at the start to three quarters of the process's descriptor
  /// limit, so that the rest of the program keeps some.
  unsigned connections = 2048;
  /// Of these, from one IPv4 address or one IPv6 /64; at most three quarters of `connections`.
  unsigned connections_per_address = 1536;
  /// How long a connection may stay open between two requests.
  std::chrono::milliseconds idle{120'000};
  /// How long a request may take, from its first byte (or, for the first request of a connection,
  /// from the connection's start) until its response is handed to the kernel. Absolute: a byte now
  /// and then does not prolong it.
  std::chrono::milliseconds request{10'000};
  /// The request line and headers of a request. Larger ones are answered with 431 or 414.
  std::size_t header_bytes = 8192;
};

/// `limits` as far as `descriptor_limit` (RLIMIT_NOFILE's soft value) allows them; at least one
/// connection stays.
Limits within_descriptors(Limits limits, unsigned long descriptor_limit);

/// How many descriptors this process may have open now.
unsigned long descriptor_limit();

/// Raises the soft limit of open descriptors to the hard one and returns the limit that now holds.
/// Call it once, before any thread starts. Code that calls select() on descriptors of 1024 and more
/// breaks, so what uses select() (net-snmp) must open its sockets before the server starts.
unsigned long raise_descriptor_limit();

}  // namespace upslink::web
