// SPDX-License-Identifier: Apache-2.0
// The serial ports of this machine, as the kernel and libserialport describe them. Looking opens no
// port: opening raises DTR and RTS, which a UPS on the wrong cable takes for an order. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/result.hpp"

namespace upslink::smart {

enum class Transport : std::uint8_t { native, usb, bluetooth };

struct UsbIdentity {
  int vendor = 0;
  int product = 0;
  friend bool operator==(const UsbIdentity&, const UsbIdentity&) = default;
};

/// What is not known is empty.
struct SerialPort {
  std::string path{};  ///< such as /dev/ttyUSB0
  Transport transport = Transport::native;
  std::string description{};
  std::optional<UsbIdentity> usb{};
  std::string manufacturer{};
  std::string product{};
  std::string serial_number{};
  std::string by_id{};      ///< the path below /dev/serial/by-id
  std::string in_use_by{};  ///< such as `apcupsd (pid 123)`
};

/// In the order of their names, ttyS2 before ttyS10. A reason if the kernel tells nothing.
Result<std::vector<SerialPort>, std::string> list_ports();

/// The links of a folder such as /dev/serial/by-id that lead to the device; the first by name,
/// empty if there is none.
std::string link_to(const std::string& device, const std::string& folder);

}  // namespace upslink::smart
