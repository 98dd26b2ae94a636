// SPDX-License-Identifier: Apache-2.0
#include "source/smart/link.hpp"

#include "catalogue/allowed.hpp"
#include "catalogue/quantity.hpp"

namespace upslink::smart {

bool Link::send(char byte) {
  if (!may_be_sent(byte)) {
    log_(LogLevel::error,
         "refused to send a byte that is not in the read-only set; please report this",
         {{"byte", std::string(command_name(byte).view())}});
    return true;
  }
  if (!transmit(byte)) return false;
  ++bytes_sent_;
  return true;
}

}  // namespace upslink::smart
