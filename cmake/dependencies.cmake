# SPDX-License-Identifier: Apache-2.0
# Third-party libraries, all from Debian 12; each has one door into the code (docs/architecture.md).

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(CLI11 CONFIG REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(nlohmann_json 3 CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libcrypt REQUIRED IMPORTED_TARGET libcrypt)
pkg_check_modules(libmicrohttpd REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(gnutls REQUIRED IMPORTED_TARGET gnutls)
pkg_check_modules(libserialport REQUIRED IMPORTED_TARGET libserialport)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
# The package netsnmp-agent also names libnetsnmpmibs, snmpd's own MIBs with Perl and sensors, which a
# subagent has no use for.
pkg_check_modules(netsnmp REQUIRED IMPORTED_TARGET netsnmp)
find_library(NETSNMP_AGENT_LIBRARY netsnmpagent REQUIRED)
if(UPSLINK_BUILD_TESTS)
  find_package(GTest CONFIG REQUIRED)
  include(GoogleTest)
endif()
