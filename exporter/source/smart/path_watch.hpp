// SPDX-License-Identifier: Apache-2.0
// Notices that a device path comes (back) into being: watches the nearest folder above it that
// exists, by inotify, and follows as folders appear. It has an inotify instance only while it
// waits: Linux gives a user 128 of them, for all of the user's programs. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/value.hpp"
#include "source/interrupt.hpp"

namespace upslink::smart {

class PathWatch {
 public:
  PathWatch(std::string path, const Interrupt& interrupt);
  ~PathWatch() = default;
  PathWatch(const PathWatch&) = delete;
  PathWatch& operator=(const PathWatch&) = delete;

  /// The path was found not to be there: if it is by the next wait(), it has come since.
  void note_absent() { seen_.reset(); }

  /// Waits until something changed about the path while it exists, at the longest until then.
  /// True when it changed.
  bool wait(TimePoint until);

 private:
  class Instance;

  bool came();
  bool wait_for_change(TimePoint until);
  void watch_nearest_folder();
  bool take_events();

  std::string path_;
  const Interrupt& interrupt_;
  int fd_ = -1;
  int watch_ = -1;
  std::optional<std::int64_t> seen_;  ///< when it last changed, nanoseconds, if it was there
  std::string folder_;                ///< the one that is watched
  std::string awaited_;               ///< the entry of the watched folder that leads to the path
};

}  // namespace upslink::smart
