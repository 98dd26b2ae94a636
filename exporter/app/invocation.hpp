// SPDX-License-Identifier: Apache-2.0
// What the operator asks the program to do, from the command line, the environment and the file.
// A flag goes before the environment, the environment before the file, the file before the default;
// UPSes from flags or the environment are added to those of the file. At the start, one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "app/config.hpp"
#include "app/wording.hpp"
#include "model/result.hpp"
#include "model/value.hpp"

namespace upslink::app {

/// Serve the UPSes of `config`, which is complete and checked.
struct ServeCommand {
  Config config{};
};

/// Tell whether the configuration is right: this one is, as far as `config` can say.
struct CheckCommand {
  Config config{};
};

/// Ask an exporter with this configuration, which runs on this machine, whether it is well. It may
/// name no UPS.
struct HealthCommand {
  Config config{};
};

enum class ProbeFormat : std::uint8_t { text, json };

/// Read the UPS at `address` once and print what it says, or list the ports of this machine.
struct ProbeCommand {
  bool list = false;
  std::string address{};  ///< empty for a list
  ProbeFormat format = ProbeFormat::text;
  LogConfig log{};
};

/// Write what the UPS at `address` says, byte by byte, into `file`.
struct RecordCommand {
  std::string address{};
  std::string file{};  ///< `-`: standard output
  Duration watch = std::chrono::seconds(10);
  bool force = false;     ///< replace a file that is there
  bool unmasked = false;  ///< with what tells this unit from all others
};

enum class Topic : std::uint8_t { metrics, mib, dashboard, man, man_config };

/// Print what the program knows about a topic.
struct DescribeCommand {
  Topic topic = Topic::metrics;
  std::vector<std::uint32_t> base_oid{};  ///< of the MIB; empty: the default
};

struct VersionCommand {};
struct HelpCommand {};

using AnyCommand = std::variant<ServeCommand, CheckCommand, HealthCommand, ProbeCommand,
                                RecordCommand, DescribeCommand, VersionCommand, HelpCommand>;

struct Invocation {
  AnyCommand command;
  LogConfig log{};
  std::vector<std::string> warnings{};  ///< one line each, for the log
};

/// Names and values; only those that begin with UPSLINK_ are looked at.
using Environment = std::map<std::string, std::string>;

/// The UPSLINK_ variables of an environment in the form of environ(7), which ends with a null.
Environment environment_from(const char* const* variables);

/// `arguments` without the program's own name. The reason of a failure is one line for the
/// operator; the program ends with exit status 2.
Result<Invocation, std::string> read_invocation(std::span<const std::string> arguments,
                                                const Environment& environment);

}  // namespace upslink::app
