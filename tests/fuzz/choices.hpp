// SPDX-License-Identifier: Apache-2.0
// An input taken as a list of choices, for targets that are told what to do: each takes a byte or a
// few from the front. When there is nothing left the first choice is made, so that every input is
// one that means something. The same with every compiler. Plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace upslink::fuzz {

class Choices {
 public:
  explicit Choices(std::string_view input) : left_(input) {}

  bool any_left() const { return !left_.empty(); }

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return first;
  }

  /// 0 up to count - 1, of at most 65,536.
  std::size_t below(std::size_t count) {
    std::size_t number = byte();
    if (count > 256) number = number * 256 + byte();
    return number % count;
  }

  bool yes() { return (byte() & 1U) != 0; }

  template <typename Range>
  const auto& one_of(const Range& range) {
    return *std::next(std::begin(range), static_cast<std::ptrdiff_t>(below(std::size(range))));
  }

  /// Some bytes as they are: their number, then they.
  std::string text(std::size_t longest) {
    const std::size_t wanted = below(longest + 1);  // takes bytes itself
    const std::size_t length = std::min(wanted, left_.size());
    std::string taken(left_.substr(0, length));
    left_.remove_prefix(length);
    return taken;
  }

 private:
  std::string_view left_;
};

}  // namespace upslink::fuzz
