// SPDX-License-Identifier: Apache-2.0
// When a line is open and no UPS answers on it: listens, and says in one sentence what that looks
// like and what to do.
#pragma once

#include <string>
#include <string_view>

#include "source/smart/link.hpp"

namespace upslink::smart {

/// Sends one more handshake, listens for about two seconds and judges what is heard.
std::string diagnose_silence(Link& link, int handshakes_sent);

/// The judgement alone: what the bytes heard on a line look like.
std::string explain_heard(std::string_view address, std::string_view heard, int handshakes_sent);

}  // namespace upslink::smart
