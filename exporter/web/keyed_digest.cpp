// SPDX-License-Identifier: Apache-2.0
#include "web/keyed_digest.hpp"

#include <nettle/hmac.h>
#include <string.h>  // NOLINT(modernize-deprecated-headers): cstring has no explicit_bzero
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace upslink::web {
namespace {

void add(hmac_sha256_ctx& state, const void* bytes, std::size_t count) {
  hmac_sha256_update(&state, count, static_cast<const std::uint8_t*>(bytes));
}

}  // namespace

KeyedDigest::KeyedDigest() {
  // Fails on no kernel that this program runs on; without a key there must be no gate.
  if (::getentropy(key_.data(), key_.size()) != 0) {
    throw std::system_error(errno, std::generic_category(), "getentropy");
  }
}

KeyedDigest::~KeyedDigest() {
  explicit_bzero(key_.data(), key_.size());
}

Digest KeyedDigest::of(std::span<const std::string_view> texts) const {
  hmac_sha256_ctx state{};
  hmac_sha256_set_key(&state, key_.size(), key_.data());
  for (const std::string_view text : texts) {
    const std::uint64_t length = text.size();
    add(state, &length, sizeof length);
    add(state, text.data(), text.size());
  }
  Digest digest{};
  hmac_sha256_digest(&state, digest.size(), digest.data());
  explicit_bzero(&state, sizeof state);  // the last block of the last text
  return digest;
}

}  // namespace upslink::web
