// SPDX-License-Identifier: Apache-2.0
// The pty is held by its master only: what is sent while no client has the slave open is lost, as
// on a wire, and closing the master hangs the client up.

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "ports.hpp"

namespace upslink::simulator {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void make_raw(const std::string& slave_name) {
  const FileDescriptor slave(::open(slave_name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios settings{};
  if (!slave || tcgetattr(slave.get(), &settings) < 0) fail(slave_name);
  cfmakeraw(&settings);
  cfsetspeed(&settings, B2400);
  if (tcsetattr(slave.get(), TCSANOW, &settings) < 0) fail(slave_name);
}

// A symlink of an earlier run may be in the way, anything else may not.
void make_link(const fs::path& target, const fs::path& link) {
  if (fs::is_symlink(link)) {
    const auto old = fs::read_symlink(link);
    if (fs::exists(link) && !old.string().starts_with("/dev/pts/")) {
      throw std::runtime_error(link.string() + " is a symlink to " + old.string() +
                               "; give another --link.");
    }
  } else if (fs::exists(link)) {
    throw std::runtime_error(link.string() + " exists already; give another --link.");
  }
  const fs::path fresh = link.string() + ".new";
  fs::remove(fresh);
  fs::create_symlink(target, fresh);
  fs::rename(fresh, link);
}

}  // namespace

PtyPort::PtyPort(Loop& loop, fs::path link, Receiver receiver)
    : loop_(loop), link_(std::move(link)), receiver_(std::move(receiver)) {
  plug();
}

PtyPort::~PtyPort() {
  unplug();
}

void PtyPort::plug() {
  if (master_) return;
  FileDescriptor master(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  std::array<char, 64> name{};
  if (!master || grantpt(master.get()) < 0 || unlockpt(master.get()) < 0 ||
      ptsname_r(master.get(), name.data(), name.size()) != 0) {
    fail("The pty cannot be opened");
  }
  make_raw(name.data());
  make_link(name.data(), link_);
  master_ = std::move(master);
  loop_.watch(master_.get(), true, [this] { read(); });
}

void PtyPort::unplug() {
  if (!master_) return;
  std::error_code ignored;
  fs::remove(link_, ignored);
  loop_.unwatch(master_.get());
  master_.reset();
}

void PtyPort::read() {
  std::array<char, 1024> bytes{};
  // Until it would block: it is watched for changes only. A receiver may unplug it.
  while (master_) {
    const auto got = ::read(master_.get(), bytes.data(), bytes.size());
    if (got <= 0) return;
    receiver_({bytes.data(), static_cast<std::size_t>(got)});
  }
}

// The kernel would keep the byte for the next client.
bool PtyPort::send(char byte) {
  if (!master_) return false;
  pollfd state{master_.get(), POLLOUT, 0};
  if (::poll(&state, 1, 0) != 1 || (state.revents & POLLHUP) != 0) return false;
  return ::write(master_.get(), &byte, 1) == 1;
}

}  // namespace upslink::simulator
