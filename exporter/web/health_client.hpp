// SPDX-License-Identifier: Apache-2.0
// Asks a server of this program, running elsewhere on this machine, whether it answers. Any thread;
// it waits for two seconds at most, name resolution not counted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "web/security.hpp"

namespace upslink::web {

/// Nothing if the server that listens on `address` (as the program was told it: ":12400") is
/// healthy, else a sentence. `security` is the server's own, so that it is spoken to over TLS where
/// it has to be. A server that asks for a password, for a client's certificate or for patience
/// (429) answers, and so is healthy.
std::optional<std::string> check_health(std::string_view address, const Security& security);

}  // namespace upslink::web
