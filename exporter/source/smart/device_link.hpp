// SPDX-License-Identifier: Apache-2.0
// A device path opened with termios alone: ptys and whatever else libserialport does not know as a
// port. It is locked before anything is changed, so that a line which somebody else reads is left
// as it is. The path is watched while it is closed.
#pragma once

#include <sys/types.h>

#include "source/smart/path_watch.hpp"
#include "source/smart/stream_link.hpp"

namespace upslink::smart {

class DeviceLink : public StreamLink {
 public:
  DeviceLink(const std::string& path, const Interrupt& interrupt, Log log)
      : StreamLink(path, interrupt, std::move(log)), watch_(path, interrupt) {}

  std::string_view kind() const override { return "tty"; }
  std::optional<SourceProblem> open() override;
  bool replaced() const override;
  bool await_return(TimePoint until) override { return watch_.wait(until); }

 protected:
  /// Sets up the line of a locked descriptor: settings and modem lines. 0 or an errno.
  virtual int set_up(int descriptor);

 private:
  int prepare(int descriptor);
  void remember_device(int descriptor);

  PathWatch watch_;
  dev_t device_ = 0;
  dev_t filesystem_ = 0;
  ino_t inode_ = 0;
};

}  // namespace upslink::smart
