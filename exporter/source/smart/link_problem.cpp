// SPDX-License-Identifier: Apache-2.0
#include "source/smart/link_problem.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace upslink::smart {

namespace fs = std::filesystem;

namespace {

using Kind = SourceProblem::Kind;

std::string group_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  group entry{};
  group* found = nullptr;
  std::array<char, 4096>
      text{};  // getgrgid() would share its answer with the threads of other UPSes
  if (::getgrgid_r(status.st_gid, &entry, text.data(), text.size(), &found) != 0) return {};
  return found == nullptr ? std::string{} : found->gr_name;
}

std::string denied_sentence(const std::string& path) {
  const auto group = group_of(path);
  std::string sentence = "no permission to open " + path;
  if (group.empty() || group == "root")
    return sentence + "; run as a user that may read and write it";
  return sentence + "; add the user that runs this program to the group " + group +
         " (usermod -a -G " + group + " USER) and start it again";
}

std::string busy_sentence(const std::string& path) {
  const auto holder = holder_of(path);
  return path + " is in use by " + (holder.empty() ? "another program" : holder) +
         "; stop it: one line can have one reader";
}

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool has_open(const fs::path& entry, const fs::path& device) {
  std::error_code error;
  for (fs::directory_iterator fd(entry / "fd", error), end; !error && fd != end;
       fd.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(fd->path(), unreadable) == device) return true;
  }
  return false;
}

/// Who has the device open, of those whose descriptors may be looked at.
std::string opened_by(const fs::path& device, const std::string& self) {
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    auto pid = entry->path().filename().string();
    if (is_number(pid) && pid != self && has_open(entry->path(), device)) return pid;
  }
  return {};
}

/// Who has a lock on the device. Lines such as `1: FLOCK  ADVISORY  WRITE 1234 00:05:94 0 EOF`.
std::string locked_by(const std::string& path, const std::string& self) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  std::array<char, 64> place{};
  std::snprintf(place.data(), place.size(), "%02x:%02x:%lu", ::major(status.st_dev),
                ::minor(status.st_dev), static_cast<unsigned long>(status.st_ino));
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream text(line);
    std::array<std::string, 6> words;  // number, kind, mode, access, process, place
    for (std::string& word : words) text >> word;
    const std::string& pid = words[4];
    if (words[5] == place.data() && is_number(pid) && pid != "0" && pid != self) return pid;
  }
  return {};
}

}  // namespace

SourceProblem device_problem(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
    case EIO:
      return {Kind::absent, path + " is not there; plug the adapter in or correct the address"};
    case EACCES:
    case EPERM:
      return {Kind::denied, denied_sentence(path)};
    case EBUSY:
    case EWOULDBLOCK:
      return {Kind::busy, busy_sentence(path)};
    case ENOTTY:
    case EINVAL:
      return {Kind::unusable, path + " is not a serial line; give the path of a tty"};
    default:
      return {Kind::unusable, "cannot open " + path + ": " +
                                  std::generic_category().message(error) +
                                  "; check the device and the cable"};
  }
}

std::string holder_of(const std::string& path) {
  std::error_code error;
  const fs::path device = fs::canonical(path, error);
  if (error) return {};
  const auto self = std::to_string(::getpid());
  auto pid = opened_by(device, self);
  if (pid.empty()) pid = locked_by(path, self);
  if (pid.empty()) return {};
  std::string name;
  std::getline(std::ifstream("/proc/" + pid + "/comm"), name);
  return name + " (pid " + pid + ")";
}

bool is_locked(const std::string& path) {
  return !locked_by(path, std::to_string(::getpid())).empty();
}

}  // namespace upslink::smart
