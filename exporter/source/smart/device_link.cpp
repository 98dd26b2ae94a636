// SPDX-License-Identifier: Apache-2.0
#include "source/smart/device_link.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "source/smart/line_settings.hpp"
#include "source/smart/link_problem.hpp"

namespace upslink::smart {

std::optional<SourceProblem> DeviceLink::open() {
  close();
  // To open a port raises RTS, also under somebody who has it open and wants it low.
  if (is_locked(target())) return device_problem(target(), EWOULDBLOCK);
  // O_NONBLOCK: a real tty would otherwise wait for a carrier that this cable does not have.
  const int fd = ::open(target().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    const int error = errno;
    if (error == ENOENT) watch_.note_absent();
    return device_problem(target(), error);
  }
  if (const int error = prepare(fd); error != 0) {
    ::close(fd);
    return device_problem(target(), error);
  }
  adopt(fd);
  remember_device(fd);
  return std::nullopt;
}

int DeviceLink::prepare(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && !S_ISCHR(status.st_mode)) return ENOTTY;
  if (const int error = lock_line(descriptor); error != 0) return error;
  if (const int error = set_up(descriptor); error != 0) return error;
  refuse_others(descriptor);
  return 0;
}

int DeviceLink::set_up(int descriptor) {
  if (const int error = set_line(descriptor); error != 0) return error;
  set_modem_lines(descriptor);
  return 0;
}

void DeviceLink::remember_device(int descriptor) {
  struct stat status {};
  ::fstat(descriptor, &status);
  device_ = status.st_rdev;
  filesystem_ = status.st_dev;
  inode_ = status.st_ino;
}

bool DeviceLink::replaced() const {
  struct stat status {};
  if (::stat(target().c_str(), &status) != 0) return true;
  return status.st_rdev != device_ || status.st_dev != filesystem_ || status.st_ino != inode_;
}

}  // namespace upslink::smart
