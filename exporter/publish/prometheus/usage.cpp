// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

namespace upslink::prom {
namespace {

/// The figures of /proc/self/stat that are published; see proc(5).
struct Stat {
  double threads = 0;
  double start_ticks = 0;  ///< since boot
  double virtual_bytes = 0;
  double resident_pages = 0;
};

std::optional<Stat> read_stat() {
  std::ifstream file("/proc/self/stat");
  // The second field is the program's name in brackets and may contain anything.
  file.ignore(std::numeric_limits<std::streamsize>::max(), '(');
  std::string rest;
  std::getline(file, rest, '\0');
  const auto bracket = rest.rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  std::array<std::string, 22> fields;  // fields 3 to 24
  std::size_t at = bracket + 2;
  for (std::string& field : fields) {
    const auto end = std::min(rest.find(' ', at), rest.size());
    if (at >= end) return std::nullopt;
    field = rest.substr(at, end - at);
    at = end + 1;
  }
  const auto number = [&fields](std::size_t n) {
    return std::strtod(fields[n - 3].c_str(), nullptr);
  };
  return Stat{number(20), number(22), number(23), number(24)};
}

std::optional<double> boot_time_seconds() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double value = 0;
    if (word == "btime" && file >> value) return value;
  }
  return std::nullopt;
}

std::optional<double> cpu_seconds() {
  struct rusage used {};
  if (getrusage(RUSAGE_SELF, &used) != 0) return std::nullopt;
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::optional<double> soft_limit(__rlimit_resource resource) {
  struct rlimit limit {};
  if (getrlimit(resource, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

std::optional<double> open_fds() {
  std::error_code failed;
  const std::filesystem::directory_iterator folder("/proc/self/fd", failed);
  if (failed) return std::nullopt;
  const auto count = std::distance(begin(folder), end(folder));
  return static_cast<double>(count - 1);  // one of them is the open folder
}

}  // namespace

Usage read_usage() {
  Usage usage;
  usage.cpu_seconds = cpu_seconds();
  usage.virtual_max_bytes = soft_limit(RLIMIT_AS);
  usage.max_fds = soft_limit(RLIMIT_NOFILE);
  usage.open_fds = open_fds();
  if (const auto stat = read_stat()) {
    static const auto booted = boot_time_seconds();  // the kernel's answer may drift by a second
    usage.threads = stat->threads;
    usage.virtual_bytes = stat->virtual_bytes;
    usage.resident_bytes = stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
    if (booted) {
      usage.start_time_seconds =
          *booted + stat->start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
  }
  return usage;
}

}  // namespace upslink::prom
