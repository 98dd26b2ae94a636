// SPDX-License-Identifier: Apache-2.0
// Content negotiation as RFC 9110 (12.4, 12.5) has it: which of the forms that we can send does the
// client like best? Ask with the raw header value, empty if the header is absent. Malformed
// elements of a header are passed over, never an error. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace upslink::web {

/// Whether to send gzip to a client with this Accept-Encoding: it names gzip (or x-gzip, or "*")
/// with a weight that is not 0 and not below the weight it gives to identity. Absent means no.
bool accepts_gzip(std::string_view accept_encoding);

/// The index of the media type in `offers` that this Accept value prefers; the first of equals, so
/// put the default first. An absent or wholly malformed value accepts everything. Nothing if every
/// offer is refused: the caller sends 406 or, as RFC 9110 allows and Prometheus expects, its
/// default.
///
/// Offers are media types with parameters ("application/openmetrics-text; version=1.0.0"). A
/// parameter that both the range and the offer carry must be equal (names and values in any case of
/// letters), so a client that asks only for version=0.0.1 never gets 1.0.0. One that the offer does
/// not know is ignored: Prometheus 3 adds `escaping=allow-utf-8` to every type that it asks for.
std::optional<std::size_t> prefers(std::string_view accept,
                                   std::span<const std::string_view> offers);

}  // namespace upslink::web
