// SPDX-License-Identifier: Apache-2.0
#include "web/bcrypt.hpp"

#include <crypt.h>
#include <string.h>  // NOLINT(modernize-deprecated-headers): cstring has no explicit_bzero

#include <algorithm>
#include <memory>

namespace upslink::web {
namespace {

constexpr std::size_t prefix_length = 7;  // $2y$10$
constexpr std::size_t salt_length = 22;
constexpr std::size_t digest_length = 31;

static_assert(longest_password == CRYPT_MAX_PASSPHRASE_SIZE - 1);

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_of_the_alphabet(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '/';
}

/// In a time that does not depend on what they contain.
bool are_equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  int different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= a[i] ^ b[i];
  volatile const int all = different;  // hides from the compiler that it could stop early
  return all == 0;
}

struct Wiped {
  void operator()(crypt_data* scratch) const {
    explicit_bzero(scratch, sizeof *scratch);
    delete scratch;
  }
};

}  // namespace

std::optional<unsigned> bcrypt_cost(std::string_view hash) {
  if (hash.size() != prefix_length + salt_length + digest_length) return std::nullopt;
  const std::string_view version = hash.substr(0, 4);
  if (version != "$2a$" && version != "$2b$" && version != "$2y$") return std::nullopt;
  if (!is_digit(hash[4]) || !is_digit(hash[5]) || hash[6] != '$') return std::nullopt;
  if (!std::ranges::all_of(hash.substr(prefix_length), is_of_the_alphabet)) return std::nullopt;
  const auto cost = static_cast<unsigned>((hash[4] - '0') * 10 + (hash[5] - '0'));
  return cost >= 4 && cost <= 31 ? std::optional(cost) : std::nullopt;
}

std::string placeholder_hash(unsigned cost) {
  const std::string digits{static_cast<char>('0' + cost / 10), static_cast<char>('0' + cost % 10)};
  return "$2y$" + digits + "$" + std::string(salt_length + digest_length, '.');
}

bool bcrypt_matches(const std::string& hash, const char* password) {
  if (!bcrypt_cost(hash)) return false;
  const std::unique_ptr<crypt_data, Wiped> scratch(new crypt_data{});
  const char* const made = ::crypt_rn(password, hash.c_str(), scratch.get(), sizeof(crypt_data));
  // Only the digest: libxcrypt writes unused bits of the salt as zeros, whatever they were.
  return made != nullptr && are_equal(std::string_view(made).substr(prefix_length + salt_length),
                                      std::string_view(hash).substr(prefix_length + salt_length));
}

}  // namespace upslink::web
