// SPDX-License-Identifier: Apache-2.0
// RecentDigests: a bounded set of digests; when it is full, the one that was asked for the longest
// ago makes room. One thread at a time.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>

#include "web/keyed_digest.hpp"

namespace upslink::web {

class RecentDigests {
 public:
  /// `most` is at least 1.
  explicit RecentDigests(std::size_t most) : most_(most) {}

  /// Also makes it the most recent one. Allocates nothing.
  bool contains(const Digest& digest);
  void insert(const Digest& digest);

 private:
  struct Hash {
    std::size_t operator()(const Digest& digest) const;
  };

  std::size_t most_;
  std::list<Digest> digests_;  // the most recent one first
  std::unordered_map<Digest, std::list<Digest>::iterator, Hash> places_;
};

}  // namespace upslink::web
