// SPDX-License-Identifier: Apache-2.0
// The status page and the JSON that it lives on. A board looks at all slots a few times a second,
// on a thread of its own, and remembers what has happened and how voltage, load and charge were; no
// poller waits for it. What is said of a UPS is written again only when it may have changed, and at
// most ten times a second however many ask. Any thread may call.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "model/named_slot.hpp"
#include "publish/status/history.hpp"
#include "publish/status/moment.hpp"
#include "publish/status/timeline.hpp"

namespace upslink::status {

struct Rendered {
  std::shared_ptr<const std::string> body;
  std::string etag;  ///< weak: the same as long as nothing but the time of rendering differs
};

/// Which UPSes a document tells everything of.
struct Detail {
  bool all = true;
  std::string_view ups{};  ///< this one, unless it is all of them; empty: none
};

class Board {
 public:
  static constexpr Duration looks_every = std::chrono::milliseconds(200);
  static constexpr Duration writes_every = std::chrono::milliseconds(100);

  explicit Board(std::string version, Moment now = Moment::now());
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  /// The UPSes that are shown from now on. What is remembered of one whose slot stays is kept.
  /// After it has returned, slots that are not among them may go.
  void publish(std::vector<NamedSlot> upses);

  /// Looks on its own from now on, until it is destroyed.
  void start();

  /// One look at all slots.
  void look(Moment now);

  /// /api/v1/ups; nothing if there is no UPS of the name that is asked for.
  std::optional<Rendered> upses(const Detail& detail, Moment now = Moment::now());

  /// /api/v1/history; nothing if there is no such UPS.
  std::optional<Rendered> history(std::string_view ups, Moment now = Moment::now());

  /// One line of HTML text for each UPS: its name and its states in words.
  std::string plain_list(Moment now = Moment::now());

 private:
  struct Remembered {
    NamedSlot ups;
    History history{};
    Timeline timeline{};
    std::shared_ptr<const Snapshot> snapshot{};  ///< that the texts are of
    std::uint64_t version = 0;                   ///< of the slot when it was loaded
    TimePoint good_until = TimePoint::min();     ///< min: not yet loaded
    std::string in_short{};                      ///< empty: nobody has asked
    std::string in_full{};                       ///< empty: nobody has asked
  };

  void look_locked(const Moment& now);
  void refresh(const Moment& now);
  const std::string& text(Remembered& ups, bool full, const Moment& now);
  static void look_at(Remembered& ups, const Moment& now);
  Remembered* find(std::string_view ups);
  std::string etag() const;
  void run(const std::stop_token& stop);

  const std::string version_;
  const WallTime started_;
  std::mutex mutex_;
  std::condition_variable_any ends_;
  WallOffset wall_;
  std::vector<std::unique_ptr<Remembered>> upses_;
  TimePoint refreshed_until_ = TimePoint::min();
  std::uint64_t content_ = 0;  ///< counts what may have changed
  std::jthread thread_;        // last: ends before what it uses
};

}  // namespace upslink::status
