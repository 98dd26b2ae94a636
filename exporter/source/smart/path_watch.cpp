// SPDX-License-Identifier: Apache-2.0
#include "source/smart/path_watch.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <utility>

#include "source/smart/stream_link.hpp"

namespace upslink::smart {

namespace fs = std::filesystem;

namespace {
/// When its content or its permissions last changed, in nanoseconds; nothing if it is not there.
std::optional<std::int64_t> last_change(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return std::int64_t{status.st_ctim.tv_sec} * 1'000'000'000 + status.st_ctim.tv_nsec;
}

bool exists(const std::string& path) {
  return last_change(path).has_value();
}
}  // namespace

/// The inotify instance of one wait.
class PathWatch::Instance {
 public:
  explicit Instance(PathWatch& watch) : watch_(watch) {
    watch_.fd_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  }
  ~Instance() {
    if (watch_.fd_ >= 0) ::close(watch_.fd_);
    watch_.fd_ = watch_.watch_ = -1;
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

 private:
  PathWatch& watch_;
};

PathWatch::PathWatch(std::string path, const Interrupt& interrupt)
    : path_(std::move(path)), interrupt_(interrupt), seen_(last_change(path_)) {}

/// Setting a watch anew would itself be an event: it is moved only when another folder is nearest.
void PathWatch::watch_nearest_folder() {
  fs::path entry = fs::absolute(path_).lexically_normal();
  while (entry.has_relative_path() && !exists(entry.parent_path())) entry = entry.parent_path();
  const auto folder = entry.parent_path().string();
  if (watch_ >= 0 && folder == folder_) return;
  if (watch_ >= 0) ::inotify_rm_watch(fd_, watch_);
  folder_ = folder;
  awaited_ = entry.filename().string();
  watch_ = ::inotify_add_watch(fd_, folder.c_str(),
                               IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF);
}

/// Reads what has happened; true if any of it is about the awaited entry or the folder itself.
bool PathWatch::take_events() {
  alignas(inotify_event) std::array<char, 4096> buffer{};
  bool awaited = false;
  for (;;) {
    const auto size = ::read(fd_, buffer.data(), buffer.size());
    if (size <= 0) return awaited;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += sizeof(inotify_event) + event->len;
      if ((event->mask & IN_IGNORED) != 0) {
        if (event->wd == watch_) watch_ = -1;  // the folder is gone
      } else {
        awaited |= event->len == 0 || awaited_ == event->name;
      }
    }
  }
}

bool PathWatch::wait(TimePoint until) {
  const Instance instance(*this);
  const bool changed = wait_for_change(until);
  seen_ = last_change(path_);
  return changed;
}

/// Whether it is there, and was not or was another one when it was last looked at.
bool PathWatch::came() {
  const auto now = last_change(path_);
  return std::exchange(seen_, now) != now && now.has_value();
}

bool PathWatch::wait_for_change(TimePoint until) {
  using namespace std::chrono_literals;
  while (Clock::now() < until) {
    watch_nearest_folder();
    if (came()) return true;  // before the watch was set, or in a folder that is not watched
    // A symbolic link's target may appear in a folder that is not watched: look now and then.
    const auto look = std::min(until, Clock::now() + 1s);
    const short events = wait_for(fd_, POLLIN, interrupt_, look);
    if (interrupt_.raised()) return false;
    if (events != 0 && take_events() && exists(path_)) return true;
  }
  return came();
}

}  // namespace upslink::smart
