// SPDX-License-Identifier: Apache-2.0
#pragma once

// One thread's waiting: file descriptors, one alarm at an absolute time (timerfd, so that it is
// exact to far below a millisecond) and the signals that stop the program. Callbacks run in run().

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "time.hpp"

namespace upslink::simulator {

// Closes it at the end of its life.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~FileDescriptor() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

class Loop {
 public:
  using Callback = std::function<void()>;

  Loop();

  // Calls when it can be read or has ended; `edge`: once per change only (ptys without a client).
  void watch(int fd, bool edge, Callback callback);
  // Must come before the descriptor is closed.
  void unwatch(int fd);
  // At `time`, once; never = not at all.
  void set_alarm(Time time);
  void on_alarm(Callback callback) { on_alarm_ = std::move(callback); }
  // After each wake-up, when all else is done.
  void on_idle(Callback callback) { on_idle_ = std::move(callback); }

  // Until stop(), SIGTERM or SIGINT.
  void run();
  void stop() { stopped_ = true; }

 private:
  void clear_alarm();

  FileDescriptor epoll_;
  FileDescriptor timer_;
  FileDescriptor signals_;
  std::map<int, std::shared_ptr<Callback>> callbacks_;
  Callback on_alarm_;
  Callback on_idle_;
  Time alarm_ = never;
  bool stopped_ = false;
};

}  // namespace upslink::simulator
