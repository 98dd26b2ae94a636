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
bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}
}  // namespace

PathWatch::PathWatch(std::string path, const Interrupt& interrupt)
    : path_(std::move(path)),
      interrupt_(interrupt),
      fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

PathWatch::~PathWatch() {
  if (fd_ >= 0) ::close(fd_);
}

void PathWatch::watch_nearest_folder() {
  if (watch_ >= 0) ::inotify_rm_watch(fd_, watch_);
  watch_ = -1;
  fs::path entry = fs::absolute(path_).lexically_normal();
  while (watch_ < 0 && entry.has_relative_path()) {
    const fs::path folder = entry.parent_path();
    awaited_ = entry.filename().string();
    watch_ = ::inotify_add_watch(fd_, folder.c_str(),
                                 IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF);
    entry = folder;
  }
}

bool PathWatch::take_events(const std::string& name) const {
  alignas(inotify_event) std::array<char, 4096> buffer{};
  bool awaited = false;
  for (;;) {
    const auto size = ::read(fd_, buffer.data(), buffer.size());
    if (size <= 0) return awaited;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      awaited |= event->len == 0 || name == event->name;
      at += sizeof(inotify_event) + event->len;
    }
  }
}

bool PathWatch::wait(TimePoint until) {
  using namespace std::chrono_literals;
  const bool was_there = exists(path_);
  while (Clock::now() < until) {
    watch_nearest_folder();
    if (!was_there && exists(path_)) return true;  // it came while the watch was being set
    // A symbolic link's target may appear in a folder that is not watched: look now and then.
    const auto look = std::min(until, Clock::now() + 1s);
    const short events = wait_for(fd_, POLLIN, interrupt_, look);
    if (interrupt_.raised()) return false;
    if (events != 0 && take_events(awaited_) && exists(path_)) return true;
    if (!was_there && exists(path_)) return true;
  }
  return false;
}

}  // namespace upslink::smart
