// SPDX-License-Identifier: Apache-2.0
#include "source/smart/tty_link.hpp"

#include <fcntl.h>
#include <libserialport.h>

#include <cerrno>
#include <filesystem>

#include "source/smart/link_problem.hpp"

namespace upslink::smart {

namespace {

/// libserialport finds a port by its name in sysfs, so a link from /dev/serial/by-id is followed.
std::string port_name(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::canonical(path, error);
  return error ? path : real.string();
}

int error_of(sp_return failure) {
  switch (failure) {
    case SP_OK:
      return 0;
    case SP_ERR_FAIL:
      return errno != 0 ? errno : EIO;
    case SP_ERR_MEM:
      return ENOMEM;
    default:
      return EINVAL;
  }
}

}  // namespace

bool is_serial_port(const std::string& path) {
  sp_port* port = nullptr;
  if (sp_get_port_by_name(port_name(path).c_str(), &port) != SP_OK) return false;
  sp_free_port(port);
  return true;
}

std::optional<SourceProblem> TtyLink::open() {
  close();
  errno = 0;
  if (const auto found = sp_get_port_by_name(port_name(target()).c_str(), &port_); found != SP_OK) {
    port_ = nullptr;
    return DeviceLink::open();  // not there, or a terminal that libserialport does not know
  }
  int error = error_of(sp_open(port_, SP_MODE_READ_WRITE));
  int fd = -1;
  if (error == 0) {
    sp_set_baudrate(port_, 2400);
    sp_set_bits(port_, 8);
    sp_set_parity(port_, SP_PARITY_NONE);
    sp_set_stopbits(port_, 1);
    sp_set_flowcontrol(port_, SP_FLOWCONTROL_NONE);
    sp_set_dtr(port_, SP_DTR_ON);
    sp_set_rts(port_, SP_RTS_OFF);
    sp_get_port_handle(port_, &fd);
    error = prepare(fd);
  }
  const int own = error == 0 ? ::fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
  if (error == 0 && own < 0) error = errno;
  if (error != 0) {
    close();
    return device_problem(target(), error);
  }
  adopt(own);
  remember_device(own);
  return std::nullopt;
}

void TtyLink::close() {
  StreamLink::close();
  if (port_ == nullptr) return;
  sp_close(port_);
  sp_free_port(port_);
  port_ = nullptr;
}

}  // namespace upslink::smart
