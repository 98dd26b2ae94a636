// SPDX-License-Identifier: Apache-2.0
#include "source/smart/port_list.hpp"

#include <libserialport.h>
#include <string.h>  // NOLINT(modernize-deprecated-headers): cstring has no strverscmp

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "source/smart/link_problem.hpp"

namespace upslink::smart {

namespace fs = std::filesystem;

namespace {

constexpr const char* terminals = "/sys/class/tty";

/// A terminal of a device, and not one that the kernel keeps a name for without having it: of the
/// 32 names of the 8250 driver those without a chip have the type 0. (libserialport's own list
/// opens these ports to find out.)
bool is_port(const fs::path& terminal) {
  std::error_code error;
  if (!fs::exists(terminal / "device", error)) return false;
  int type = -1;
  std::ifstream(terminal / "type") >> type;
  return type != 0;
}

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string{} : text;
}

Transport transport_of(const sp_port* port) {
  switch (sp_get_port_transport(port)) {
    case SP_TRANSPORT_USB:
      return Transport::usb;
    case SP_TRANSPORT_BLUETOOTH:
      return Transport::bluetooth;
    default:
      return Transport::native;
  }
}

std::optional<UsbIdentity> usb_identity(const sp_port* port) {
  UsbIdentity usb;
  if (sp_get_port_usb_vid_pid(port, &usb.vendor, &usb.product) != SP_OK) return std::nullopt;
  return usb;
}

std::optional<SerialPort> describe(const std::string& path) {
  sp_port* port = nullptr;
  if (sp_get_port_by_name(path.c_str(), &port) != SP_OK) return std::nullopt;  // it has gone
  SerialPort found{.path = path,
                   .transport = transport_of(port),
                   .description = text_or_empty(sp_get_port_description(port)),
                   .usb = usb_identity(port),
                   .manufacturer = text_or_empty(sp_get_port_usb_manufacturer(port)),
                   .product = text_or_empty(sp_get_port_usb_product(port)),
                   .serial_number = text_or_empty(sp_get_port_usb_serial(port)),
                   .by_id = link_to(path, "/dev/serial/by-id"),
                   .in_use_by = holder_of(path)};
  sp_free_port(port);
  return found;
}

}  // namespace

std::string link_to(const std::string& device, const std::string& folder) {
  std::error_code error;
  std::string first;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code dangling;
    if (fs::canonical(entry->path(), dangling) != device || dangling) continue;
    if (first.empty() || entry->path().string() < first) first = entry->path().string();
  }
  return first;
}

Result<std::vector<SerialPort>, std::string> list_ports() {
  std::error_code error;
  std::vector<SerialPort> ports;
  for (fs::directory_iterator entry(terminals, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!is_port(entry->path())) continue;
    auto port = describe("/dev/" + entry->path().filename().string());
    if (port) ports.push_back(std::move(*port));
  }
  if (error) {
    return Error{std::string("cannot look for serial ports in ") + terminals + ": " +
                 error.message() + "; is /sys mounted?"};
  }
  std::ranges::sort(ports, [](const SerialPort& a, const SerialPort& b) {
    return ::strverscmp(a.path.c_str(), b.path.c_str()) < 0;
  });
  return ports;
}

}  // namespace upslink::smart
