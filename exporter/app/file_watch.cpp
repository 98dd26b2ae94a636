// SPDX-License-Identifier: Apache-2.0
#include "app/file_watch.hpp"

#include <sys/stat.h>

namespace upslink::app {
namespace {

std::string content_of(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return "none";
  std::string content;
  for (const auto part :
       {static_cast<long long>(file.st_dev), static_cast<long long>(file.st_ino),
        static_cast<long long>(file.st_size), static_cast<long long>(file.st_mtim.tv_sec),
        static_cast<long long>(file.st_mtim.tv_nsec)}) {
    content += std::to_string(part) + " ";
  }
  return content;
}

}  // namespace

void FileWatch::watch(const std::vector<std::string>& paths) {
  seen_.clear();
  for (const std::string& path : paths) seen_.emplace_back(path, content_of(path));
}

bool FileWatch::changed() {
  bool any = false;
  for (auto& [path, content] : seen_) {
    std::string now = content_of(path);
    any = any || now != content;
    content = std::move(now);
  }
  return any;
}

}  // namespace upslink::app
