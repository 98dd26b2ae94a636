// SPDX-License-Identifier: Apache-2.0
#pragma once

// The time that bytes take, without any real wire: Receiver says when a byte that was written has
// arrived, Transmitter when each byte of the replies and alerts has left. Schedules are absolute: a
// late call delays nothing that follows. Both are pure: time is an argument.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "time.hpp"

namespace upslink::simulator {

struct Arrival {
  char byte = 0;
  Time at;
  bool looped = false;  // it is the unit's own, echoed
};

class Receiver {
 public:
  void set_byte_time(Duration time) { byte_time_ = time; }
  void push(char byte, Time written, bool looped);
  Time due() const { return arrivals_.empty() ? never : arrivals_.front().at; }
  // The next byte that has arrived by `now`.
  std::optional<Arrival> take(Time now);
  void clear() { arrivals_.clear(); }

 private:
  Duration byte_time_{};
  Time free_{};
  std::deque<Arrival> arrivals_;
};

struct Departure {
  char byte = 0;
  Time at;                          // when its last bit has passed
  std::optional<std::uint64_t> id;  // of the alert that it is
  bool filler = false;
};

// Bytes that leave together: a reply, or one alert.
struct Chunk {
  std::string bytes;
  Time not_before;
  // Alerts inside a reply: place and id.
  std::vector<std::pair<std::size_t, std::uint64_t>> alerts;
  Duration byte_period{};  // of a reply that is slower than the unit's others
};

class Transmitter {
 public:
  // `byte_time` is what the line needs, `byte_period` the time from byte to byte of a reply.
  void set_pace(Duration byte_time, Duration byte_period);
  // Alerts do not wait for the end of a reply that has begun.
  void set_alerts_inside(bool inside) { alerts_inside_ = inside; }

  void reply(Chunk chunk) { replies_.push_back(std::move(chunk)); }
  void alert(Chunk chunk) { alerts_.push_back(std::move(chunk)); }
  // While set, nothing leaves but what `filler` gives, without end.
  void set_filler(std::function<char()> filler, Time now);
  bool filling() const { return static_cast<bool>(filler_); }

  Time due() const;
  std::optional<Departure> take(Time now);
  void clear();

 private:
  enum class Next : unsigned char { none, reply, alert, filler };
  struct Plan {
    Next next = Next::none;
    Time end = never;
  };

  Plan plan() const;
  Duration period_of(const Chunk& chunk) const;
  Departure take_from(std::deque<Chunk>& chunks, std::size_t& place, Time end);

  Duration byte_time_{};
  Duration byte_period_{};
  bool alerts_inside_ = false;
  Time free_{};            // when the line is free for the next byte
  Time reply_free_{};      // when the unit has the next byte of a reply ready
  std::size_t place_ = 0;  // in the reply that is leaving
  std::size_t alert_place_ = 0;
  std::deque<Chunk> replies_;
  std::deque<Chunk> alerts_;
  std::function<char()> filler_;
  Time filler_start_{};
};

}  // namespace upslink::simulator
