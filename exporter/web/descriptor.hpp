// SPDX-License-Identifier: Apache-2.0
// Descriptor: the one owner of a file descriptor. Move it to hand the descriptor over; it is closed
// when its owner leaves scope. Any thread, one at a time.
#pragma once

#include <unistd.h>

#include <utility>

namespace upslink::web {

class Descriptor {
 public:
  Descriptor() = default;
  /// Owns `number` from now on; a negative number is no descriptor.
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }
  /// Gives the descriptor away: the caller closes it.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

}  // namespace upslink::web
