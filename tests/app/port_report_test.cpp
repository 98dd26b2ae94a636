// SPDX-License-Identifier: Apache-2.0
// What `probe --list` prints, in both formats.
#include "app/port_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace upslink::app {
namespace {

using smart::SerialPort;
using smart::Transport;

std::vector<SerialPort> ports() {
  return {
      {.path = "/dev/ttyS0", .description = "ttyS0", .in_use_by = "apcupsd (pid 7)"},
      {.path = "/dev/ttyUSB0",
       .transport = Transport::usb,
       .description = "FT232R USB UART - A1",
       .usb = smart::UsbIdentity{.vendor = 0x0403, .product = 0x6001},
       .manufacturer = "FTDI",
       .product = "FT232R \"USB\"\x1b[1m",
       .serial_number = "A1",
       .by_id = "/dev/serial/by-id/usb-FTDI_A1-if00-port0"},
      {.path = "/dev/rfcomm0", .transport = Transport::bluetooth},
  };
}

TEST(PortReportTest, ATableHasALineForEachPort) {
  EXPECT_EQ(
      ports_text(ports()),
      R"TEXT(PORT          TRANSPORT  USB ID     DEVICE                    SERIAL NUMBER  IN USE BY        NAME THAT STAYS
/dev/ttyS0    native     -          ttyS0                     -              apcupsd (pid 7)  -
/dev/ttyUSB0  usb        0403:6001  FTDI FT232R "USB"\x1b[1m  A1             -                /dev/serial/by-id/usb-FTDI_A1-if00-port0
/dev/rfcomm0  bluetooth  -          -                         -              -                -
)TEXT");
  EXPECT_EQ(ports_text({}), "no serial port was found on this machine\n");
}

TEST(PortReportTest, TheNameOfTheMakerIsSaidOnce) {
  auto some = ports();
  some[1].product = "FTDI cable";
  EXPECT_THAT(ports_text(some), ::testing::HasSubstr("0403:6001  FTDI cable  A1"));
}

TEST(PortReportTest, JsonHasAllFieldsOfEachPort) {
  EXPECT_EQ(ports_json(ports()), R"TEXT({"ports": [
  {"path": "/dev/ttyS0", "transport": "native", "description": "ttyS0", "usb_vendor_id": null, "usb_product_id": null, "manufacturer": null, "product": null, "serial_number": null, "by_id": null, "in_use_by": "apcupsd (pid 7)"},
  {"path": "/dev/ttyUSB0", "transport": "usb", "description": "FT232R USB UART - A1", "usb_vendor_id": "0403", "usb_product_id": "6001", "manufacturer": "FTDI", "product": "FT232R \"USB\"\\x1b[1m", "serial_number": "A1", "by_id": "/dev/serial/by-id/usb-FTDI_A1-if00-port0", "in_use_by": null},
  {"path": "/dev/rfcomm0", "transport": "bluetooth", "description": null, "usb_vendor_id": null, "usb_product_id": null, "manufacturer": null, "product": null, "serial_number": null, "by_id": null, "in_use_by": null}
]}
)TEXT");
  EXPECT_EQ(ports_json({}), "{\"ports\": []}\n");
}

}  // namespace
}  // namespace upslink::app
