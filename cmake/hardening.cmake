# SPDX-License-Identifier: Apache-2.0
# What makes the end of the program, or nothing at all, of a mistake that could be a way in. For builds of type Release,
# which are what is installed and packed; docs/performance.md says what it costs, and the test program.hardening looks
# at what was built.

include(CheckCXXCompilerFlag)
set(hardening -O2 -fPIE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong)
# The last two are the same for two families of processors: indirect jumps end where they may.
foreach(flag -fstack-clash-protection -fcf-protection -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "UPSLINK_KNOWS${flag}" known)
  set(CMAKE_REQUIRED_FLAGS -Werror)
  check_cxx_compiler_flag(${flag} ${known})
  unset(CMAKE_REQUIRED_FLAGS)
  if(${known})
    list(APPEND hardening ${flag})
  endif()
endforeach()
target_compile_options(upslink_flags INTERFACE "$<$<CONFIG:Release>:${hardening}>")
target_link_options(upslink_flags INTERFACE
  "$<$<CONFIG:Release>:-pie;LINKER:-z,relro,-z,now,-z,noexecstack>")
