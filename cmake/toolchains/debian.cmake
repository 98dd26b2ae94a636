# SPDX-License-Identifier: Apache-2.0
# Debian's cross compiler against the sysroot that tests/cross/sysroot.sh makes. Included by the file of an
# architecture, which sets debian_architecture, debian_triplet and CMAKE_SYSTEM_PROCESSOR (also the name
# that qemu-user has for it is taken from there: qemu_name).
set(CMAKE_SYSTEM_NAME Linux)
cmake_path(SET sysroot NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../../build/sysroots/${debian_architecture}")
if(NOT IS_DIRECTORY ${sysroot})
  message(FATAL_ERROR "${sysroot} is not there; run tests/cross/sysroot.sh ${debian_architecture} first")
endif()

set(CMAKE_SYSROOT ${sysroot})
set(CMAKE_CXX_COMPILER ${debian_triplet}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${debian_triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${sysroot})
set(ENV{PKG_CONFIG_LIBDIR} "${sysroot}/usr/lib/${debian_triplet}/pkgconfig:${sysroot}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_PATH} "")

# ctest runs what was built as if it were native.
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-${qemu_name}-static;-L;${sysroot}")
