// SPDX-License-Identifier: Apache-2.0
// Splits the command line into flags and their texts, without judging the texts. The door of CLI11.
// At the start, one thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/result.hpp"

namespace upslink::app {

struct CommandLine {
  bool help = false;
  bool version = false;
  bool check = false;                     ///< --config.check
  bool health = false;                    ///< --healthcheck
  std::string command{};                  ///< "probe", "record", "describe", or empty
  std::vector<std::string> operands{};    ///< what stands after the command
  std::optional<std::string> format{};    ///< of `probe --format`
  bool list = false;                      ///< `probe --list`
  std::optional<std::string> base_oid{};  ///< of `describe mib --base-oid`
  std::optional<std::string> duration{};  ///< of `record --duration`
  bool force = false;                     ///< of `record --force`
  bool unmasked = false;                  ///< of `record --unmasked`
  std::map<std::string, std::vector<std::string>, std::less<>> flags{};  ///< by flag of settings()
};

/// `arguments` without the program's own name. The reason of a failure is one line.
Result<CommandLine, std::string> split_command_line(std::span<const std::string> arguments);

}  // namespace upslink::app
