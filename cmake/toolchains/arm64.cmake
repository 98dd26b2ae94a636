# SPDX-License-Identifier: Apache-2.0
# 64-bit Arm: Raspberry Pi 3 and later with a 64-bit system, servers.
set(debian_architecture arm64)
set(debian_triplet aarch64-linux-gnu)
set(qemu_name aarch64)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
