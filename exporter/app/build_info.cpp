// SPDX-License-Identifier: Apache-2.0
#include "app/build_info.hpp"

#include "upslink_build.hpp"  // made by CMake from upslink_build.hpp.in

namespace upslink::app {
namespace {

#if defined(__clang__)
constexpr std::string_view compiler = "clang++ " __clang_version__;
#else
constexpr std::string_view compiler = "g++ " __VERSION__;
#endif

constexpr BuildInfo info{configured_version, configured_revision, compiler};

}  // namespace

const BuildInfo& build_info() {
  return info;
}

std::string version_text() {
  return "upslink_exporter " + std::string(info.version) + " (revision " +
         std::string(info.revision) + ", " + std::string(info.compiler) + ")\n";
}

}  // namespace upslink::app
