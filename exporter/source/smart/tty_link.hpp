// SPDX-License-Identifier: Apache-2.0
// A real serial port, set up through libserialport, which knows ports and the quirks of their
// drivers. Bytes go through the descriptor of DeviceLink, which is opened and locked before.
#pragma once

#include "source/smart/device_link.hpp"

namespace upslink::smart {

class TtyLink final : public DeviceLink {
 public:
  using DeviceLink::DeviceLink;

 protected:
  int set_up(int descriptor) override;
};

/// Whether libserialport knows the path as a serial port.
bool is_serial_port(const std::string& path);

}  // namespace upslink::smart
