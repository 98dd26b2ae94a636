// SPDX-License-Identifier: Apache-2.0
// What the plots of one UPS are drawn from: the lowest and the highest value of three quantities in
// each half minute of the last six hours, in memory only. Fixed in size, about 10 kB; to be fed
// often enough to see every reading. Not synchronised.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "catalogue/facts.hpp"

namespace upslink::status {

/// A quantity that is kept, and the part of its unit that is the finest the wire can tell.
struct Kept {
  std::size_t quantity;
  double per_unit;  ///< a value times this is what is stored
};

inline constexpr std::array<Kept, 3> kept{{{quantity_named("input_voltage"), 10},
                                           {quantity_named("load"), 1000},
                                           {quantity_named("battery_charge"), 1000}}};

class History {
 public:
  static constexpr std::size_t capacity = 720;
  static constexpr std::chrono::seconds step{30};

  /// Lowest and highest.
  struct Range {
    double low = 0;
    double high = 0;
  };

  /// The half minutes by number, counted from the clock's epoch: [begin, end).
  struct Numbers {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };

  void follow(const Facts& facts);

  /// What is kept; empty before the first follow().
  Numbers numbers() const;

  static TimePoint begin_of(std::int64_t number) { return TimePoint(step * number); }

  /// Nothing where no reading was known.
  std::optional<Range> range(std::size_t which, std::int64_t number) const;
  bool was_on_battery(std::int64_t number) const { return on_battery_[place(number)]; }
  bool was_silent(std::int64_t number) const { return silent_[place(number)]; }

 private:
  /// In units of the wire; a low above the high is empty.
  struct Span {
    std::uint16_t low = UINT16_MAX;
    std::uint16_t high = 0;
  };
  using Bucket = std::array<Span, kept.size()>;

  const Bucket& at(std::int64_t number) const { return ring_[place(number)]; }
  static std::size_t place(std::int64_t number) {
    return static_cast<std::size_t>(number) % capacity;
  }
  void begin_bucket(std::int64_t number);
  void widen(std::size_t which, std::optional<double> value);
  void widen_by_extremes(const Facts& facts);

  std::array<Bucket, capacity> ring_{};
  std::bitset<capacity> on_battery_;
  std::bitset<capacity> silent_;
  std::int64_t first_ = 0;
  std::int64_t last_ = -1;  ///< below first_: nothing was kept yet
  std::array<TimePoint, 2> extremes_read_{};
};

}  // namespace upslink::status
