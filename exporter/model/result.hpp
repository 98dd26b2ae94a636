// SPDX-License-Identifier: Apache-2.0
// Result<T, E> holds either a value or the reason why there is none. Test it, then take one of the
// two; taking the wrong one throws std::bad_variant_access. (C++20 has no std::expected.)
#pragma once

#include <utility>
#include <variant>

namespace upslink {

/// Wraps a reason, so that Result<std::string, std::string> stays unambiguous.
template <typename E>
struct Error {
  E reason;
};

template <typename E>
Error(E) -> Error<E>;

template <typename T, typename E>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
  template <typename R>
  Result(Error<R> error)  // NOLINT: implicit
      : content_(std::in_place_index<1>, E(std::move(error.reason))) {}

  explicit operator bool() const { return content_.index() == 0; }
  T& value() { return std::get<0>(content_); }
  const T& value() const { return std::get<0>(content_); }
  const E& error() const { return std::get<1>(content_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> content_;
};

}  // namespace upslink
