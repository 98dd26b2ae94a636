// SPDX-License-Identifier: Apache-2.0
#pragma once

// The control socket's language (README.md): one line is a command, the reply is one line. A table
// of commands; no sockets here.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "time.hpp"
#include "unit.hpp"

namespace upslink::simulator {

// What a command may touch.
struct ControlScene {
  std::vector<std::unique_ptr<Unit>>& units;
  std::filesystem::path profile_folder;
  std::function<void()> quit;
};

// Runs one line against the units; the reply has no line end. The units' due() may have changed.
std::string run_control(ControlScene& scene, std::string_view line, Time now);

}  // namespace upslink::simulator
