# SPDX-License-Identifier: Apache-2.0
# What every target of the project shares, and the one function that makes a room's library.

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

add_library(upslink_flags INTERFACE)
target_compile_features(upslink_flags INTERFACE cxx_std_20)
target_compile_options(upslink_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wimplicit-fallthrough
  $<$<BOOL:${UPSLINK_WARNINGS_AS_ERRORS}>:-Werror>
  # Optimizing, GCC 12 sees overlaps in `"text" + std::string` (its bug 105651) and parts of a
  # std::variant that nobody has set, where there are none.
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>,$<CONFIG:Release>>:-Wno-restrict;-Wno-maybe-uninitialized>")
target_include_directories(upslink_flags INTERFACE ${PROJECT_SOURCE_DIR}/exporter)
if(UPSLINK_SANITIZE)
  target_compile_options(upslink_flags INTERFACE
    -fsanitize=${UPSLINK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # GCC's manual: sanitizers make this one cry wolf
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(upslink_flags INTERFACE -fsanitize=${UPSLINK_SANITIZE})
endif()
if(UPSLINK_FUZZ)
  target_compile_options(upslink_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(upslink_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# upslink_library(NAME SOURCES file... [DEPENDS target...] [PRIVATE_DEPENDS target...])
# The static library of the room in the current folder. DEPENDS are the rooms whose headers its own
# headers include; PRIVATE_DEPENDS stay behind the door (third-party libraries).
function(upslink_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS")
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC upslink_flags ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS})
endfunction()

# upslink_test(NAME SOURCES file... [DEPENDS target...] [LABELS label...])
# A GoogleTest program; every TEST in it is a test of its own for ctest. Its label is the room, if none is given.
function(upslink_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;LABELS")
  if(NOT arg_LABELS)
    cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME arg_LABELS)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE upslink_flags ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 120 LABELS "${arg_LABELS}")
endfunction()
