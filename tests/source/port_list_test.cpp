// SPDX-License-Identifier: Apache-2.0
// The list of serial ports. What it says of real ones is seen in tests/system, where there are
// some.
#include "source/smart/port_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace upslink::smart {
namespace {

namespace fs = std::filesystem;

TEST(PortListTest, HasNoTerminalsOfTheKernelsOwn) {
  const auto ports = list_ports();
  ASSERT_TRUE(ports) << ports.error();
  for (const SerialPort& port : *ports) {
    EXPECT_THAT(port.path, ::testing::MatchesRegex("/dev/tty[A-Za-z].*"));
    EXPECT_EQ(port.usb.has_value(), port.transport == Transport::usb);
  }
}

TEST(PortListTest, FindsTheLinkThatLeadsToADevice) {
  std::string name = (fs::temp_directory_path() / "port-list-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  std::ofstream(folder / "ttyUSB0") << "x";
  std::ofstream(folder / "ttyUSB1") << "x";
  fs::create_directory(folder / "by-id");
  const auto by_id = (folder / "by-id").string();
  EXPECT_EQ(link_to(folder / "ttyUSB0", by_id), "");
  fs::create_symlink("../ttyUSB0", folder / "by-id" / "usb-B");
  fs::create_symlink("../ttyUSB0", folder / "by-id" / "usb-A");
  fs::create_symlink("../ttyUSB7", folder / "by-id" / "dangling");
  EXPECT_EQ(link_to(folder / "ttyUSB0", by_id), by_id + "/usb-A");
  EXPECT_EQ(link_to(folder / "ttyUSB1", by_id), "");
  EXPECT_EQ(link_to(folder / "ttyUSB0", folder / "none"), "");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace upslink::smart
