// SPDX-License-Identifier: Apache-2.0
// A real serial port, opened through libserialport, which knows ports, USB identities and the
// quirks of drivers. After opening, bytes go through its descriptor like on every other link.
#pragma once

#include "source/smart/device_link.hpp"

struct sp_port;

namespace upslink::smart {

class TtyLink final : public DeviceLink {
 public:
  using DeviceLink::DeviceLink;
  ~TtyLink() override { TtyLink::close(); }

  std::optional<SourceProblem> open() override;
  void close() override;

 private:
  sp_port* port_ = nullptr;  // owns a descriptor of its own, which ours duplicates
};

/// Whether libserialport knows the path as a serial port.
bool is_serial_port(const std::string& path);

}  // namespace upslink::smart
