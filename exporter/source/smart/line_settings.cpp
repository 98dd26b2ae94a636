// SPDX-License-Identifier: Apache-2.0
#include "source/smart/line_settings.hpp"

#include <linux/serial.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <cerrno>

namespace upslink::smart {

int set_line(int descriptor) {
  termios line{};
  if (::tcgetattr(descriptor, &line) != 0) return errno;
  ::cfmakeraw(&line);
  line.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS | PARENB | CSIZE);
  line.c_cflag |= CS8 | CLOCAL | CREAD;
  line.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL | ICANON);
  line.c_iflag &= ~static_cast<tcflag_t>(IXON | IXOFF | IXANY | IGNPAR);
  line.c_iflag |= INPCK;  // for drivers this covers the stop bit, too
  line.c_cc[VMIN] = 1;
  line.c_cc[VTIME] = 0;
  ::cfsetispeed(&line, B2400);
  ::cfsetospeed(&line, B2400);
  if (::tcsetattr(descriptor, TCSANOW, &line) != 0) return errno;
  // tcsetattr succeeds when it could set anything at all: look at what matters most.
  if (::tcgetattr(descriptor, &line) != 0) return errno;
  if ((line.c_lflag & (ECHO | ECHOE | ECHOK | ECHONL | ICANON)) != 0) return EINVAL;
  ::tcflush(descriptor, TCIOFLUSH);
  return 0;
}

int lock_line(int descriptor) {
  return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

void refuse_others(int descriptor) {
  ::ioctl(descriptor, TIOCEXCL);
}

void set_modem_lines(int descriptor) {
  int lines = TIOCM_DTR;
  ::ioctl(descriptor, TIOCMBIS, &lines);
  lines = TIOCM_RTS;
  ::ioctl(descriptor, TIOCMBIC, &lines);
}

void ask_for_low_latency(int descriptor) {
  serial_struct line{};
  if (::ioctl(descriptor, TIOCGSERIAL, &line) != 0) return;
  line.flags |= static_cast<int>(ASYNC_LOW_LATENCY);
  ::ioctl(descriptor, TIOCSSERIAL, &line);
}

}  // namespace upslink::smart
