// SPDX-License-Identifier: Apache-2.0
#include "app/transcript_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace upslink::app {
namespace {

bool is_standard_output(std::string_view path) {
  return path == "-";
}

std::string open_complaint(const std::string& path, int error) {
  const auto quoted = in_quotes(path);
  switch (error) {
    case EEXIST:
      return quoted + " is there already; choose another name, or add --force to replace it";
    case EISDIR:
      return quoted + " is a directory; write the name of a file in it";
    case ENOENT:
    case ENOTDIR:
      return "the folder of " + quoted + " is not there; make it first";
    case EACCES:
    case EPERM:
    case EROFS:
      return "no permission to write " + quoted + "; choose a folder that you may write to";
    default:
      return "cannot write " + quoted + ": " + std::generic_category().message(error) +
             "; choose another name";
  }
}

}  // namespace

Result<TranscriptFile, std::string> TranscriptFile::open(const std::string& path, bool force) {
  if (is_standard_output(path)) return TranscriptFile(path, STDOUT_FILENO, false);
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return Error{open_complaint(path, EISDIR)};
  }
  constexpr mode_t readable = 0644;
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readable);
  const bool made = fd >= 0;
  // O_NONBLOCK: a pipe would wait for its reader.
  if (!made && errno == EEXIST && force)
    fd = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return Error{open_complaint(path, errno)};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    return Error{in_quotes(path) +
                 " is no regular file; choose another name, or - for standard output"};
  }
  return TranscriptFile(path, fd, made);
}

TranscriptFile::TranscriptFile(TranscriptFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      made_(std::exchange(other.made_, false)) {}

TranscriptFile::~TranscriptFile() {
  if (made_) ::unlink(path_.c_str());
  if (descriptor_ >= 0 && !is_standard_output(path_)) ::close(descriptor_);
}

Complaint TranscriptFile::write(const std::string& text) {
  made_ = false;
  std::string_view left = text;
  bool good = is_standard_output(path_) || ::ftruncate(descriptor_, 0) == 0;
  while (good && !left.empty()) {
    const auto written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    good = written >= 0;
    if (good) left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (good) return std::nullopt;
  return "cannot write " + name() + ": " + std::generic_category().message(errno) +
         "; the recording is not complete there";
}

std::string TranscriptFile::name() const {
  return is_standard_output(path_) ? "standard output" : in_quotes(path_);
}

}  // namespace upslink::app
