// SPDX-License-Identifier: Apache-2.0
#include "source/smart/tty_link.hpp"

#include <libserialport.h>

#include <cerrno>
#include <filesystem>
#include <memory>

#include "source/smart/line_settings.hpp"

namespace upslink::smart {

namespace {

struct PortOwner {
  void operator()(sp_port* port) const {
    sp_close(port);
    sp_free_port(port);
  }
};

using Port = std::unique_ptr<sp_port, PortOwner>;

/// libserialport finds a port by its name in sysfs, so a link from /dev/serial/by-id is followed.
/// Null for what it does not know.
Port find_port(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::canonical(path, error);
  sp_port* port = nullptr;
  if (sp_get_port_by_name(error ? path.c_str() : real.c_str(), &port) != SP_OK) return nullptr;
  return Port(port);
}

int error_of(sp_return failure) {
  switch (failure) {
    case SP_OK:
      return 0;
    case SP_ERR_FAIL:
      return errno != 0 ? errno : EIO;
    case SP_ERR_MEM:
      return ENOMEM;
    default:
      return EINVAL;
  }
}

struct ConfigOwner {
  void operator()(sp_port_config* config) const { sp_free_config(config); }
};

/// All in one call, which lowers RTS first: each setting is several messages to a USB adapter, and
/// a setting alone would keep RTS as opening has left it.
int set_by_library(sp_port* port) {
  sp_port_config* fresh = nullptr;
  if (const int error = error_of(sp_new_config(&fresh)); error != 0) return error;
  const std::unique_ptr<sp_port_config, ConfigOwner> config(fresh);
  sp_set_config_baudrate(fresh, 2400);
  sp_set_config_bits(fresh, 8);
  sp_set_config_parity(fresh, SP_PARITY_NONE);
  sp_set_config_stopbits(fresh, 1);
  sp_set_config_flowcontrol(fresh, SP_FLOWCONTROL_NONE);
  sp_set_config_dtr(fresh, SP_DTR_ON);
  sp_set_config_rts(fresh, SP_RTS_OFF);
  return error_of(sp_set_config(port, fresh));
}

}  // namespace

bool is_serial_port(const std::string& path) {
  return find_port(path) != nullptr;
}

/// The library opens the port once more by its name, and lets go of it when this is done: settings
/// and modem lines belong to the port for as long as it is open at all.
int TtyLink::set_up(int descriptor) {
  errno = 0;
  if (const Port port = find_port(target())) {
    if (const int error = error_of(sp_open(port.get(), SP_MODE_READ_WRITE)); error != 0) {
      return error;
    }
    if (const int error = set_by_library(port.get()); error != 0) return error;
    if (sp_get_port_transport(port.get()) == SP_TRANSPORT_USB) ask_for_low_latency(descriptor);
  }
  return DeviceLink::set_up(descriptor);
}

}  // namespace upslink::smart
