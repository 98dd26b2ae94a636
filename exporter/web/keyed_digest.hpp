// SPDX-License-Identifier: Apache-2.0
// KeyedDigest: HMAC-SHA-256 (RFC 2104) with a random key that lives as long as the object and that
// nobody else knows. What it makes of a password says nothing of the password to whom reads memory
// without the key, and cannot be aimed at from outside. The door of nettle. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace upslink::web {

using Digest = std::array<std::uint8_t, 32>;

class KeyedDigest {
 public:
  KeyedDigest();
  ~KeyedDigest();
  KeyedDigest(const KeyedDigest&) = delete;
  KeyedDigest& operator=(const KeyedDigest&) = delete;

  /// The same for the same texts only: ("ab", "c") and ("a", "bc") differ. Allocates nothing.
  Digest of(std::span<const std::string_view> texts) const;

 private:
  std::array<std::uint8_t, 32> key_{};
};

}  // namespace upslink::web
