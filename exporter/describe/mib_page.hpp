// SPDX-License-Identifier: Apache-2.0
// mibs/UPSLINK-MIB.txt, made from the catalogue and a frame written by hand (mib_frame.hpp): what
// `upslink_exporter describe mib` prints. Pure function; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "catalogue/mib.hpp"

namespace upslink::describe {

/// The module in SMIv2, rooted at `base_oid`, below 1.3.6.1.4.1; ends in a line feed.
std::string mib_page(std::span<const std::uint32_t> base_oid = default_base_oid);

}  // namespace upslink::describe
