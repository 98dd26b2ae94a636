// SPDX-License-Identifier: Apache-2.0
// Place: the two halves of "HOST:PORT", and what the resolver makes of them. Any thread.
#pragma once

#include <netdb.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace upslink::web {

struct Place {
  std::string host;  ///< empty for every address
  std::string port;  ///< a number
};

/// Splits "HOST:PORT", "[IPV6]:PORT" or ":PORT"; else what is wrong with it and what to write.
std::variant<Place, std::string> place_of(std::string_view address);

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// The addresses of `place`, to listen on (AI_PASSIVE in `flags`) or to connect to. What consists
/// of digits and dots, or has a colon, is never asked of a resolver. Null on failure, with
/// getaddrinfo's number in `error`.
Addresses look_up(const Place& place, int family, int flags, int& error);

}  // namespace upslink::web
