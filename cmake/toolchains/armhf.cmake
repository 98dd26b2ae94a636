# SPDX-License-Identifier: Apache-2.0
# 32-bit Arm from ARMv7 on: older boards, Raspberry Pi 2 and later with a 32-bit system of Debian's.
set(debian_architecture armhf)
set(debian_triplet arm-linux-gnueabihf)
set(qemu_name arm)
set(CMAKE_SYSTEM_PROCESSOR armv7l)
# GCC would note at each std::map that GCC 7 has changed how it is passed; everything here is newer.
set(CMAKE_CXX_FLAGS_INIT -Wno-psabi)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
