// SPDX-License-Identifier: Apache-2.0
// What a client says of itself in an Authorization header, by the scheme Basic (RFC 7617).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace upslink::web {

/// Decodes the value of an Authorization header into "NAME:PASSWORD", written into `text`, whose
/// memory is used again; the place of the colon. Nothing if it is another scheme, no base64, or
/// without a colon. A pure function; any thread.
std::optional<std::size_t> decode_basic(std::string_view authorization, std::string& text);

}  // namespace upslink::web
