// SPDX-License-Identifier: Apache-2.0
#include "source/smart/tapped_link.hpp"

namespace upslink::smart {

Received TappedLink::receive(std::span<char> buffer, TimePoint until) {
  const auto received = link_.receive(buffer, until);
  if (received.what == Arrival::bytes) tap_.heard({buffer.data(), received.count}, now());
  return received;
}

bool TappedLink::transmit(char byte) {
  const auto at = now();
  if (!link_.send(byte)) return false;
  tap_.sent(byte, at);
  return true;
}

}  // namespace upslink::smart
