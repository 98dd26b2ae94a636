// SPDX-License-Identifier: Apache-2.0
// Everything that can be set, one row each: its flag, its environment variable, its key in the
// file, its default, its help and how its text becomes a value. The command line, the environment,
// the file and --help are loops over these rows; docs/configuration.md is checked against them.
// Constant; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "app/config.hpp"
#include "app/wording.hpp"

namespace upslink::app {

/// How many values a setting takes.
enum class Values : std::uint8_t {
  one,
  list,
  entries,  ///< a list of blocks of keys
  flag      ///< true or false; on the command line it stands alone and means true
};

template <typename Target>
struct Setting {
  std::string_view group;        ///< heading in --help
  std::string_view key;          ///< path in the file, with dots; empty: not in the file
  std::string_view flag;         ///< without dashes; empty: only in the file
  std::string_view placeholder;  ///< what stands for its value; empty for a flag
  std::string_view standard;     ///< the default as one would write it; empty: there is none
  std::string_view help;         ///< one or more sentences
  Values values = Values::one;
  bool serve_only = false;  ///< has no meaning for the other commands
  /// Takes one text; a list takes one text after the other. Complains in one line.
  Complaint (*set)(Target& target, const std::string& text);
  void (*clear)(Target& target) = nullptr;  ///< empties a list before it is set anew
};

/// What is set once, in the order in which --help tells it.
std::span<const Setting<Config>> settings();

/// What is set for each UPS, by keys in its entry in the file.
std::span<const Setting<UpsConfig>> ups_settings();

/// `--web.listen-address` for the flag `web.listen-address`.
std::string dashed(std::string_view flag);

/// `UPSLINK_WEB_LISTEN_ADDRESS` for the flag `web.listen-address`.
std::string environment_name(std::string_view flag);

/// `info` for LogLevel::info: the words of log.level.
std::string_view word_for(LogLevel level);

}  // namespace upslink::app
