// SPDX-License-Identifier: Apache-2.0
#include "web/origin.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace upslink::web {

Origin origin_of(const sockaddr& peer) {
  Origin origin{};
  if (peer.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer, sizeof v4);
    origin[10] = origin[11] = 0xff;
    std::memcpy(&origin[12], &v4.sin_addr, 4);
  } else if (peer.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &peer, sizeof v6);
    const bool is_mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
    std::memcpy(origin.data(), &v6.sin6_addr, is_mapped ? 16 : 8);
  }
  return origin;
}

}  // namespace upslink::web
