// SPDX-License-Identifier: Apache-2.0
// Passwords against bcrypt hashes, as `htpasswd -B` and `mkpasswd -m bcrypt` make them. The door of
// libxcrypt. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace upslink::web {

/// The cost that `hash` was made with, from 4 to 31; nothing if it is not of the form `$2y$10$`
/// (or 2a, 2b) and 53 characters of . / A-Z a-z 0-9. One more doubles the time of a check.
std::optional<unsigned> bcrypt_cost(std::string_view hash);

/// Something of the form and the cost of a hash, to spend the same time with.
std::string placeholder_hash(unsigned cost);

/// The longest password that can be checked; bcrypt looks at the first 72 bytes.
constexpr std::size_t longest_password = 511;

/// Whether `hash` was made of `password`. Takes long: some hundredths of a second at cost 10.
bool bcrypt_matches(const std::string& hash, const char* password);

}  // namespace upslink::web
