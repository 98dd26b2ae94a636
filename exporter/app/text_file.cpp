// SPDX-License-Identifier: Apache-2.0
#include "app/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace upslink::app {
namespace {

constexpr std::size_t longest_file = std::size_t{1} << 20;

Error<std::string> reason() {
  return Error{std::generic_category().message(errno)};
}

Result<TextFile, std::string> read_all(int descriptor) {
  struct stat about {};
  if (::fstat(descriptor, &about) != 0) return reason();
  TextFile file{.is_open_to_all = (about.st_mode & S_IROTH) != 0};
  std::array<char, 4096> part{};
  while (file.text.size() <= longest_file) {
    const ssize_t got = ::read(descriptor, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return reason();
    if (got == 0) return file;
    file.text.append(part.data(), static_cast<std::size_t>(got));
  }
  return Error{std::string("it is larger than 1 MiB")};
}

}  // namespace

Result<TextFile, std::string> read_text_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return reason();
  auto file = read_all(descriptor);
  ::close(descriptor);
  return file;
}

}  // namespace upslink::app
