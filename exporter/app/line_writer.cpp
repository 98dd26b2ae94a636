// SPDX-License-Identifier: Apache-2.0
#include "app/line_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace upslink::app {
namespace {

constexpr std::chrono::milliseconds patience_with_reader{50};

}  // namespace

LineWriter::LineWriter(int descriptor, std::function<std::string(std::uint64_t lost)> missing)
    : descriptor_(descriptor), missing_(std::move(missing)) {}

bool LineWriter::writable(std::chrono::milliseconds patience) const {
  pollfd wanted{.fd = descriptor_, .events = POLLOUT, .revents = 0};
  return ::poll(&wanted, 1, static_cast<int>(patience.count())) == 1 &&
         (wanted.revents & POLLOUT) != 0;
}

bool LineWriter::send(std::string_view line) {
  // A pipe that poll() calls writable takes PIPE_BUF bytes without blocking, and no more is
  // promised.
  while (!line.empty()) {
    if (!writable(lost_ == 0 ? patience_with_reader : std::chrono::milliseconds(0))) return false;
    const ssize_t sent =
        ::write(descriptor_, line.data(), std::min<std::size_t>(line.size(), PIPE_BUF));
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    line.remove_prefix(static_cast<std::size_t>(sent));
    cut_ = !line.empty();
  }
  return true;
}

void LineWriter::write(std::string_view line) {
  std::string text(cut_ ? "\n" : "");
  if (lost_ > 0) text += missing_(lost_);
  text += line;
  if (send(text)) {
    lost_ = 0;
  } else {
    ++lost_;
  }
}

}  // namespace upslink::app
