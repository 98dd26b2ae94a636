// SPDX-License-Identifier: Apache-2.0
#include "app/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>

namespace upslink::app {
namespace {

constexpr std::string_view tcp_scheme = "tcp://";
// Those of Pages; a test compares the two.
constexpr std::array<std::string_view, 9> taken_paths{"/",
                                                      "/-/healthy",
                                                      "/-/ready",
                                                      "/-/reload",
                                                      "/api/v1/ups",
                                                      "/api/v1/history",
                                                      "/api/v1/catalogue",
                                                      "/docs/api.md",
                                                      "/docs/metrics.md"};

struct HostPort {
  std::string_view host;  ///< without brackets
  std::string_view port;
  bool bracketed = false;
};

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '.' ||
         c == '_';
}

std::optional<HostPort> split(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !text.substr(end + 1).starts_with(':')) return {};
    return HostPort{text.substr(1, end - 1), text.substr(end + 2), true};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  return HostPort{text.substr(0, colon), text.substr(colon + 1), false};
}

std::optional<unsigned> port_number(std::string_view text) {
  unsigned port = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, port);
  if (failed != std::errc() || rest != end || port > 65535) return {};
  return port;
}

bool is_ipv6(std::string_view host) {
  const std::size_t zone = host.find('%');
  const bool good_zone =
      zone == std::string_view::npos ||
      (zone + 1 < host.size() && std::ranges::all_of(host.substr(zone + 1), is_plain));
  in6_addr parsed{};
  return good_zone &&
         ::inet_pton(AF_INET6, std::string(host.substr(0, zone)).c_str(), &parsed) == 1;
}

/// A name, or an IPv4 address: what ends in a number must be one.
bool is_name_or_ipv4(std::string_view host) {
  if (!std::ranges::all_of(host, is_plain)) return false;
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty() || !std::ranges::all_of(last, is_digit)) return true;
  in_addr parsed{};
  return ::inet_pton(AF_INET, std::string(host).c_str(), &parsed) == 1;
}

/// What is wrong with a HOST:PORT whose host is not empty, as the rest of "X ..."; nothing if it is
/// good.
Complaint host_complaint(const HostPort& at) {
  if (at.bracketed) {
    if (!is_ipv6(at.host)) return "has no IPv6 address between the brackets";
  } else if (at.host.find(':') != std::string_view::npos &&
             at.host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos) {
    return "has an IPv6 address without brackets";
  } else if (!is_name_or_ipv4(at.host)) {
    return "has no valid host";
  }
  return std::nullopt;
}

Complaint tcp_complaint(std::string_view rest) {
  const auto at = split(rest);
  if (!at || at->port.empty()) return "has no port";
  if (at->host.empty()) return "has no host";
  if (auto bad = host_complaint(*at)) return bad;
  const auto port = port_number(at->port);
  if (!port || *port == 0) return "has a port that is no number from 1 to 65535";
  return std::nullopt;
}

Complaint listen_complaint(std::string_view text) {
  const auto at = split(text);
  if (!at || at->port.empty()) return "has no port";
  if (!at->host.empty() || at->bracketed) {
    if (auto bad = host_complaint(*at)) return bad;
  }
  if (!port_number(at->port)) return "has a port that is no number from 0 to 65535";
  return std::nullopt;
}

std::string_view kind_of(mode_t mode) {
  if (S_ISREG(mode)) return "a regular file";
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISBLK(mode)) return "a block device";
  if (S_ISFIFO(mode)) return "a named pipe";
  return "a socket";
}

}  // namespace

Complaint check_ups_address(const std::string& address) {
  if (address.starts_with(tcp_scheme)) {
    const auto bad = tcp_complaint(std::string_view(address).substr(tcp_scheme.size()));
    if (!bad) return std::nullopt;
    return in_quotes(address) + " " + *bad +
           "; write tcp://HOST:PORT, such as tcp://10.0.0.7:4001 or " + "tcp://[::1]:4001";
  }
  const bool path = address.find('/') != std::string::npos &&
                    address.find("://") == std::string::npos &&
                    address.find('\0') == std::string::npos;
  if (!path) {
    return in_quotes(address) +
           " is no address of a UPS; write the path of its serial port, such as " +
           "/dev/ttyS0, or tcp://HOST:PORT";
  }
  struct stat found {};
  if (::stat(address.c_str(), &found) != 0 || S_ISCHR(found.st_mode)) return std::nullopt;
  return in_quotes(address) + " is " + std::string(kind_of(found.st_mode)) +
         "; write the path of a serial port, such as /dev/ttyS0";
}

Complaint check_listen_address(const std::string& address) {
  const auto bad = listen_complaint(address);
  if (!bad) return std::nullopt;
  return in_quotes(address) + " " + *bad +
         "; write HOST:PORT, :PORT or [IPV6]:PORT, such as :12400";
}

Complaint check_agentx_address(const std::string& address) {
  constexpr std::string_view unix_scheme = "unix:";
  constexpr std::string_view agentx_tcp_scheme = "tcp:";
  constexpr std::size_t longest_path = 107;  // what sockaddr_un holds
  Complaint bad = "is no address of a master agent";
  if (address.starts_with(unix_scheme)) {
    const std::string path = address.substr(unix_scheme.size());
    if (path.starts_with('/') && path.find('\0') == std::string::npos &&
        path.size() <= longest_path) {
      return std::nullopt;
    }
    bad = path.size() > longest_path ? "is longer than the path of a socket can be"
                                     : "has no path that begins with a slash";
  } else if (address.starts_with(agentx_tcp_scheme) && !address.starts_with(tcp_scheme)) {
    bad = tcp_complaint(std::string_view(address).substr(agentx_tcp_scheme.size()));
    if (!bad) return std::nullopt;
  }
  return in_quotes(address) + " " + *bad +
         "; write unix:PATH, such as unix:/var/agentx/master, tcp:HOST:PORT, or off";
}

Result<std::vector<std::uint32_t>, std::string> read_base_oid(const std::string& text) {
  constexpr std::array<std::uint32_t, 6> enterprises{1, 3, 6, 1, 4, 1};
  constexpr std::uint32_t apc = 318;
  constexpr std::size_t most_arcs = 16;
  const auto complain = [&text](const std::string& what) {
    return Error{in_quotes(text) + " " + what +
                 "; write one such as 1.3.6.1.4.1.8072.9999.9999.2400"};
  };
  std::vector<std::uint32_t> arcs;
  const char* at = text.data() + (text.starts_with('.') ? 1 : 0);
  const char* const end = text.data() + text.size();
  for (bool more = true; more;) {
    std::uint32_t arc = 0;
    const auto [rest, failed] = std::from_chars(at, end, arc);
    if (failed != std::errc() || (rest != end && *rest != '.')) return complain("is no OID");
    arcs.push_back(arc);
    more = rest != end;
    at = rest + 1;
  }
  const bool below = arcs.size() > enterprises.size() &&
                     std::ranges::equal(enterprises, std::span(arcs).first(enterprises.size()));
  if (!below) return complain("is not below 1.3.6.1.4.1, where enterprises are");
  if (arcs.size() > most_arcs) return complain("has more than 16 numbers");
  if (arcs[enterprises.size()] == apc) return complain("belongs to APC");
  return arcs;
}

Complaint check_telemetry_path(const std::string& path) {
  if (!path.starts_with('/')) {
    return in_quotes(path) + " does not begin with a slash; write it as /metrics";
  }
  if (std::ranges::find(taken_paths, path) != taken_paths.end()) {
    return in_quotes(path) +
           " is the path of another page of the exporter; choose one such as /metrics";
  }
  const bool plain =
      std::ranges::all_of(path, [](char c) { return is_plain(c) || c == '/' || c == '~'; });
  const std::string segments = path + '/';
  if (!plain || segments.find("/./") != std::string::npos ||
      segments.find("/../") != std::string::npos) {
    return in_quotes(path) + " is no plain path; use letters, digits and any of / - . _ ~ only";
  }
  return std::nullopt;
}

std::string identity_of(const std::string& address) {
  if (address.starts_with(tcp_scheme)) {
    const auto at = split(std::string_view(address).substr(tcp_scheme.size()));
    if (!at) return address;
    std::string host(at->host);
    std::ranges::transform(host, host.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return "tcp " + host + " " + std::to_string(port_number(at->port).value_or(0));
  }
  struct stat found {};
  if (::stat(address.c_str(), &found) == 0 && S_ISCHR(found.st_mode)) {
    return "device " + std::to_string(found.st_rdev);
  }
  std::error_code failed;
  const auto path = std::filesystem::weakly_canonical(address, failed);
  return "path " + (failed ? address : path.string());
}

}  // namespace upslink::app
