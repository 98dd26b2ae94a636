// SPDX-License-Identifier: Apache-2.0
// Addresses of UPSes and of the web server: are they well formed, and could they be what they
// claim? Any thread. Only check_ups_address() and identity_of() look at the file system.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/wording.hpp"
#include "model/result.hpp"

namespace upslink::app {

/// Nothing if `address` may be the address of a UPS: `tcp://HOST:PORT`, or a path with a slash at
/// which there is a character device or, as yet, nothing (an adapter may be plugged in later).
Complaint check_ups_address(const std::string& address);

/// Nothing if `address` is `HOST:PORT`, `:PORT` or `[IPV6]:PORT`; port 0 has the kernel choose.
Complaint check_listen_address(const std::string& address);

/// Nothing if `address` is where a master agent can listen: `unix:PATH` or `tcp:HOST:PORT`.
Complaint check_agentx_address(const std::string& address);

/// The arcs of an OID below which UPSLINK-MIB can stand: under 1.3.6.1.4.1, with room for what is
/// appended. A leading dot does not matter.
Result<std::vector<std::uint32_t>, std::string> read_base_oid(const std::string& text);

/// Nothing if `path` can be that of the metrics: absolute, of plain characters, and not one that
/// the server has for other pages.
Complaint check_telemetry_path(const std::string& path);

/// Equal for two addresses of UPSes exactly if they lead to the same device or to the same TCP
/// port, as far as can be told now (symbolic links are followed; names of hosts are not resolved).
std::string identity_of(const std::string& address);

}  // namespace upslink::app
