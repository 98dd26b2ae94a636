// SPDX-License-Identifier: Apache-2.0
#include "web/recent_digests.hpp"

#include <cstring>

namespace upslink::web {

std::size_t RecentDigests::Hash::operator()(const Digest& digest) const {
  std::size_t hash = 0;  // any bytes of an HMAC are as good as random
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

bool RecentDigests::contains(const Digest& digest) {
  const auto found = places_.find(digest);
  if (found == places_.end()) return false;
  digests_.splice(digests_.begin(), digests_, found->second);
  return true;
}

void RecentDigests::insert(const Digest& digest) {
  if (contains(digest)) return;
  if (digests_.size() >= most_) {
    places_.erase(digests_.back());
    digests_.pop_back();
  }
  digests_.push_front(digest);
  places_.emplace(digest, digests_.begin());
}

}  // namespace upslink::web
