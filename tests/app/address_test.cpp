// SPDX-License-Identifier: Apache-2.0
#include "app/address.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bad_input.hpp"

namespace upslink::app {
namespace {

TEST(UpsAddress, IsADevicePathOrATcpAddress) {
  const std::vector<std::string> rows{"/dev/null",
                                      "/dev/not-plugged-in",
                                      "/dev/serial/by-id/usb-FTDI_FT232R_A1-if00-port0",
                                      "./ttyS0",
                                      "/dev/null/beyond",
                                      "/dev/with blank",
                                      "tcp://10.0.0.7:4001",
                                      "tcp://ser2net:1",
                                      "tcp://ser2net.example.org.:65535",
                                      "tcp://my_host-1:4001",
                                      "tcp://[::1]:4001",
                                      "tcp://[fe80::1%eth0]:4001"};
  for (const std::string& row : rows) EXPECT_EQ(said(check_ups_address(row)), "fine") << row;
}

class BadTcpAddress : public testing::TestWithParam<BadInput> {};

TEST_P(BadTcpAddress, GetsASentence) {
  const std::string address = "tcp://" + GetParam().input;
  EXPECT_EQ(said(check_ups_address(address)),
            in_quotes(address) + " " + GetParam().sentence +
                "; write tcp://HOST:PORT, such as tcp://10.0.0.7:4001 or tcp://[::1]:4001");
}

INSTANTIATE_TEST_SUITE_P(
    All, BadTcpAddress,
    testing::Values(
        BadInput{"", "has no port"}, BadInput{"h", "has no port"}, BadInput{"h:", "has no port"},
        BadInput{"[::1]", "has no port"}, BadInput{"[::1]:", "has no port"},
        BadInput{"[::1]4001", "has no port"}, BadInput{"[::1", "has no port"},
        BadInput{":4001", "has no host"}, BadInput{"[]:4001", "has no host"},
        BadInput{"h:0", "has a port that is no number from 1 to 65535"},
        BadInput{"h:65536", "has a port that is no number from 1 to 65535"},
        BadInput{"h:4294967297", "has a port that is no number from 1 to 65535"},
        BadInput{"h:-1", "has a port that is no number from 1 to 65535"},
        BadInput{"h:+1", "has a port that is no number from 1 to 65535"},
        BadInput{"h:serial", "has a port that is no number from 1 to 65535"},
        BadInput{"h:4001/", "has a port that is no number from 1 to 65535"},
        BadInput{"::1:4001", "has an IPv6 address without brackets"},
        BadInput{"[h]:4001", "has no IPv6 address between the brackets"},
        BadInput{"[10.0.0.7]:4001", "has no IPv6 address between the brackets"},
        BadInput{"[::1%]:4001", "has no IPv6 address between the brackets"},
        BadInput{"10.0.0.256:4001", "has no valid host"}, BadInput{"1:4001", "has no valid host"},
        BadInput{"a b:4001", "has no valid host"}, BadInput{"me@h:4001", "has no valid host"},
        BadInput{"h/x:4001", "has no valid host"}));

TEST(UpsAddress, OfNeitherFormIsRefused) {
  const std::vector<std::string> rows{"",           "ttyS0",        "h:4001",
                                      "udp://h:1",  "http://h:1/x", "TCP://h:4001",
                                      "tcp:h:4001", "serial:ttyS0"};
  for (const std::string& row : rows) {
    EXPECT_EQ(said(check_ups_address(row)),
              in_quotes(row) +
                  " is no address of a UPS; write the path of its serial port, such as " +
                  "/dev/ttyS0, or tcp://HOST:PORT");
  }
}

class AddressOnDisk : public testing::Test {
 protected:
  AddressOnDisk() { std::filesystem::create_directory(folder_); }
  ~AddressOnDisk() override { std::filesystem::remove_all(folder_); }

  static std::string refused(const std::string& path, const std::string& kind) {
    return in_quotes(path) + " is " + kind +
           "; write the path of a serial port, such as /dev/ttyS0";
  }

  const std::string folder_ = testing::TempDir() + "address_test." + std::to_string(::getpid());
};

TEST_F(AddressOnDisk, WhatIsNoCharacterDeviceIsRefused) {
  EXPECT_EQ(said(check_ups_address(folder_)), refused(folder_, "a directory"));
  const std::string file = folder_ + "/file";
  std::ofstream(file) << "x";
  EXPECT_EQ(said(check_ups_address(file)), refused(file, "a regular file"));
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(said(check_ups_address(pipe)), refused(pipe, "a named pipe"));
}

TEST_F(AddressOnDisk, LinksAreFollowed) {
  const std::string link = folder_ + "/link";
  std::filesystem::create_symlink("/dev/null", link);
  EXPECT_EQ(said(check_ups_address(link)), "fine");
  EXPECT_EQ(identity_of(link), identity_of("/dev/null"));
  const std::string dangling = folder_ + "/dangling";
  std::filesystem::create_symlink(folder_ + "/later", dangling);
  EXPECT_EQ(said(check_ups_address(dangling)), "fine");
}

TEST(IdentityOf, TellsWhetherTwoAddressesAreOne) {
  EXPECT_EQ(identity_of("/dev/null"), identity_of("/dev/../dev/null"));
  EXPECT_NE(identity_of("/dev/null"), identity_of("/dev/zero"));
  EXPECT_EQ(identity_of("/dev/none"), identity_of("/dev/./none"));
  EXPECT_NE(identity_of("/dev/none0"), identity_of("/dev/none1"));
  EXPECT_EQ(identity_of("tcp://Host:1"), identity_of("tcp://host:01"));
  EXPECT_NE(identity_of("tcp://host:1"), identity_of("tcp://host:2"));
  EXPECT_NE(identity_of("tcp://a:1"), identity_of("tcp://b:1"));
}

TEST(ListenAddress, IsHostAndPort) {
  const std::vector<std::string> rows{":12400",      ":0",         "127.0.0.1:12400", "localhost:0",
                                      "[::1]:12400", "[::]:65535", "0.0.0.0:1"};
  for (const std::string& row : rows) EXPECT_EQ(said(check_listen_address(row)), "fine") << row;
}

class BadListenAddress : public testing::TestWithParam<BadInput> {};

TEST_P(BadListenAddress, GetsASentence) {
  EXPECT_EQ(said(check_listen_address(GetParam().input)),
            in_quotes(GetParam().input) + " " + GetParam().sentence +
                "; write HOST:PORT, :PORT or [IPV6]:PORT, such as :12400");
}

INSTANTIATE_TEST_SUITE_P(
    All, BadListenAddress,
    testing::Values(BadInput{"", "has no port"}, BadInput{"12400", "has no port"},
                    BadInput{"localhost", "has no port"}, BadInput{"localhost:", "has no port"},
                    BadInput{":", "has no port"}, BadInput{"[::1]", "has no port"},
                    BadInput{":65536", "has a port that is no number from 0 to 65535"},
                    BadInput{":http", "has a port that is no number from 0 to 65535"},
                    BadInput{":-1", "has a port that is no number from 0 to 65535"},
                    BadInput{"::1:12400", "has an IPv6 address without brackets"},
                    BadInput{"[]:12400", "has no IPv6 address between the brackets"},
                    BadInput{"http://localhost:12400", "has no valid host"},
                    BadInput{"*:12400", "has no valid host"},
                    BadInput{"127.0.0.1.1:12400", "has no valid host"}));

TEST(TelemetryPath, IsAPlainAbsolutePath) {
  for (const std::string row : {"/metrics", "/a/b", "/-/metrics", "/m.txt", "/metrics/", "/..."}) {
    EXPECT_EQ(said(check_telemetry_path(row)), "fine") << row;
  }
}

TEST(TelemetryPath, OtherwiseIsRefused) {
  const std::string taken =
      " is the path of another page of the exporter; choose one such as /metrics";
  const std::string odd = " is no plain path; use letters, digits and any of / - . _ ~ only";
  const std::vector<BadInput> rows{
      {"", " does not begin with a slash; write it as /metrics"},
      {"metrics", " does not begin with a slash; write it as /metrics"},
      {"/", taken},
      {"/-/healthy", taken},
      {"/-/ready", taken},
      {"/api/v1/ups", taken},
      {"/api/v1/history", taken},
      {"/api/v1/catalogue", taken},
      {"/docs/api.md", taken},
      {"/docs/metrics.md", taken},
      {"/metrics?x=1", odd},
      {"/me trics", odd},
      {"/m%20", odd},
      {"/m#x", odd},
      {"/m\xc3\xa9", odd},
      {"/../m", odd},
      {"/m/.", odd},
  };
  for (const BadInput& row : rows) {
    EXPECT_EQ(said(check_telemetry_path(row.input)), in_quotes(row.input) + row.sentence);
  }
}

}  // namespace
}  // namespace upslink::app
