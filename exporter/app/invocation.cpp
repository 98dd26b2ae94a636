// SPDX-License-Identifier: Apache-2.0
#include "app/invocation.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "app/address.hpp"
#include "app/command_line.hpp"
#include "app/config_file.hpp"
#include "app/duration.hpp"
#include "app/settings.hpp"

namespace upslink::app {
namespace {

constexpr std::string_view prefix = "UPSLINK_";

constexpr std::array<std::pair<std::string_view, Topic>, 5> topics{
    {{"metrics", Topic::metrics},
     {"mib", Topic::mib},
     {"dashboard", Topic::dashboard},
     {"man", Topic::man},
     {"man-config", Topic::man_config}}};

/// The texts that a flag or a variable gives to one setting, and what to call their origin.
struct Given {
  std::string origin;
  std::vector<std::string> texts;
};

/// What the variable of a list says: texts with blanks, commas or line ends between them.
std::vector<std::string> pieces(const std::string& text) {
  constexpr std::string_view separators = " \t\r\n,";
  std::vector<std::string> all;
  std::size_t begin = text.find_first_not_of(separators);
  while (begin != std::string::npos) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    all.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
  return all;
}

std::optional<Given> given(const Setting<Config>& row, const CommandLine& line,
                           const Environment& environment) {
  if (const auto flag = line.flags.find(row.flag); flag != line.flags.end()) {
    return Given{dashed(row.flag), flag->second};
  }
  const std::string name = environment_name(row.flag);
  const auto variable = environment.find(name);
  if (variable == environment.end()) return std::nullopt;
  const bool one = row.values == Values::one || row.values == Values::flag;
  std::vector<std::string> texts = one ? std::vector{variable->second} : pieces(variable->second);
  const bool empty = texts.empty() || texts.front().empty();  // as good as not set
  return empty ? std::nullopt : std::optional(Given{name, std::move(texts)});
}

Complaint set(const Setting<Config>& row, const Given& from, Config& config) {
  if (row.clear != nullptr) row.clear(config);
  for (const std::string& text : from.texts) {
    if (auto bad = row.set(config, text)) return from.origin + ": " + *bad;
  }
  return std::nullopt;
}

/// Gives the UPSes of `file` the addresses of those of `added` with the same name, and adds the
/// rest.
std::vector<UpsConfig> joined(std::vector<UpsConfig> file, std::vector<UpsConfig> added) {
  for (UpsConfig& ups : added) {
    const auto same = std::ranges::find(file, ups.name, &UpsConfig::name);
    if (same == file.end()) {
      file.push_back(std::move(ups));
    } else {
      same->address = std::move(ups.address);
    }
  }
  return file;
}

/// Complains about what only the whole can show.
Complaint whole_complaint(const Config& config) {
  if (config.ups.empty()) {
    return "no UPS is configured; name one, such as --ups rack1=/dev/ttyS0, or list them in a file "
           "and give that with --config.file (--help shows more)";
  }
  const std::string& chosen = config.snmp.default_ups;
  if (!chosen.empty() &&
      std::ranges::find(config.ups, chosen, &UpsConfig::name) == config.ups.end()) {
    return "the default UPS for SNMP, " + in_quotes(chosen) +
           ", is none of those that are configured; name one of them";
  }
  std::map<std::string, const UpsConfig*> known;
  for (const UpsConfig& ups : config.ups) {
    const auto [first, is_new] = known.emplace(identity_of(ups.address), &ups);
    if (is_new) continue;
    const UpsConfig& other = *first->second;
    const std::string line = other.address == ups.address
                                 ? on_one_line(ups.address)
                                 : on_one_line(other.address) + " and " + on_one_line(ups.address);
    return other.name + " and " + ups.name + " are on the same line (" + line +
           "); give each UPS an address of its own";
  }
  return std::nullopt;
}

/// The file first, then what goes before it. Without `serve`, only what other commands use.
Complaint configure(const CommandLine& line, const Environment& environment, bool serve,
                    Config& config) {
  std::vector<std::pair<const Setting<Config>*, Given>> all;
  for (const Setting<Config>& row : settings()) {
    if (row.serve_only && !serve) continue;
    if (auto from = given(row, line, environment)) all.emplace_back(&row, std::move(*from));
  }
  const auto is_file = [](const auto& one) { return one.first->flag == "config.file"; };
  if (const auto file = std::ranges::find_if(all, is_file); file != all.end()) {
    if (auto bad = set(*file->first, file->second, config)) return bad;
    if (auto bad = load_file(config.file, config)) return bad;
    all.erase(file);
  }
  const std::vector<UpsConfig> from_file = std::exchange(config.ups, {});
  for (const auto& [row, from] : all) {
    if (auto bad = set(*row, from, config)) return bad;
  }
  config.ups = joined(from_file, std::move(config.ups));
  return serve && !line.health ? whole_complaint(config) : std::nullopt;
}

/// Kubernetes announces a service called upslink-exporter with variables of these names.
bool is_of_kubernetes(std::string_view name) {
  return name.starts_with("UPSLINK_EXPORTER_SERVICE_") || name.starts_with("UPSLINK_EXPORTER_PORT");
}

std::vector<std::string> unknown_variables(const Environment& environment) {
  std::vector<std::string> known;  // without the prefix, which would make all of them look alike
  for (const auto& row : settings()) {
    known.push_back(environment_name(row.flag).substr(prefix.size()));
  }
  std::vector<std::string> warnings;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix) || is_of_kubernetes(name)) continue;
    const std::string rest = name.substr(prefix.size());
    if (std::ranges::find(known, rest) != known.end()) continue;
    const std::string_view meant = nearest(rest, known);
    warnings.push_back("the environment variable " + on_one_line(name) + " is not known" +
                       (meant.empty()
                            ? std::string()
                            : "; did you mean " + std::string(prefix) + std::string(meant) + "?"));
  }
  return warnings;
}

Complaint flags_complaint(const CommandLine& line) {
  if (line.check) return "--config.check has no meaning for " + line.command + "; leave it out";
  if (line.health) return "--healthcheck has no meaning for " + line.command + "; leave it out";
  for (const auto& row : settings()) {
    if (row.serve_only && line.flags.contains(row.flag)) {
      return dashed(row.flag) + " has no meaning for " + line.command + "; leave it out";
    }
  }
  return std::nullopt;
}

Complaint operands_complaint(const CommandLine& line) {
  if (line.list) {
    if (line.operands.empty()) return std::nullopt;
    return "probe --list takes no address; leave out either --list or " +
           in_quotes(line.operands.front());
  }
  if (line.operands.size() != 1) {
    return "probe takes the address of one UPS; write for example "
           "upslink_exporter probe /dev/ttyS0 (probe --list shows the ports)";
  }
  if (auto bad = check_ups_address(line.operands.front())) return "probe: " + *bad;
  return std::nullopt;
}

Result<AnyCommand, std::string> probe_command(const CommandLine& line) {
  if (auto bad = operands_complaint(line)) return Error{*bad};
  ProbeCommand command{.list = line.list};
  if (!line.list) command.address = line.operands.front();
  if (line.format == "json") {
    command.format = ProbeFormat::json;
  } else if (line.format && line.format != "text") {
    return Error{"--format: " + in_quotes(*line.format) +
                 " is not known; choose one of text, json"};
  }
  return AnyCommand(std::move(command));
}

Result<AnyCommand, std::string> record_command(const CommandLine& line) {
  if (line.operands.size() != 2 || line.operands.back().empty()) {
    return Error{
        std::string("record takes the address of one UPS and a file to write; write for "
                    "example upslink_exporter record /dev/ttyS0 ups.transcript")};
  }
  RecordCommand command{.address = line.operands.front(),
                        .file = line.operands.back(),
                        .force = line.force,
                        .unmasked = line.unmasked};
  if (auto bad = check_ups_address(command.address)) return Error{"record: " + *bad};
  if (line.duration) {
    if (auto bad = set_duration(command.watch, *line.duration, "0s", "24h")) {
      return Error{"--duration: " + *bad};
    }
  }
  return AnyCommand(std::move(command));
}

Result<AnyCommand, std::string> describe_command(const CommandLine& line) {
  const std::string topic = line.operands.size() == 1 ? line.operands.front() : std::string();
  const auto* const known =
      std::ranges::find(topics, topic, &std::pair<std::string_view, Topic>::first);
  if (known == topics.end()) {
    const std::string what =
        topic.empty() ? "describe takes one topic" : in_quotes(topic) + " cannot be described";
    return Error{what +
                 "; write upslink_exporter describe metrics, mib, dashboard, man or man-config"};
  }
  DescribeCommand command{.topic = known->second};
  if (line.base_oid) {
    if (command.topic != Topic::mib) {
      return Error{"--base-oid has no meaning for describe " + topic + "; leave it out"};
    }
    auto base = read_base_oid(*line.base_oid);
    if (!base) return Error{"--base-oid: " + base.error()};
    command.base_oid = std::move(*base);
  }
  return AnyCommand(std::move(command));
}

/// With the configuration that was given for serving.
AnyCommand what_to_do(const CommandLine& line, Config config) {
  if (line.check) return CheckCommand{.config = std::move(config)};
  if (line.health) return HealthCommand{.config = std::move(config)};
  return ServeCommand{.config = std::move(config)};
}

}  // namespace

Environment environment_from(const char* const* variables) {
  Environment environment;
  for (; *variables != nullptr; ++variables) {
    const std::string_view variable = *variables;
    const std::size_t equals = variable.find('=');
    if (!variable.starts_with(prefix) || equals == std::string_view::npos) continue;
    environment.emplace(variable.substr(0, equals), variable.substr(equals + 1));
  }
  return environment;
}

Result<Invocation, std::string> read_invocation(std::span<const std::string> arguments,
                                                const Environment& environment) {
  const auto line = split_command_line(arguments);
  if (!line) return Error{line.error()};
  if (line->help) return Invocation{.command = HelpCommand{}};
  if (line->version) return Invocation{.command = VersionCommand{}};

  const bool serve = line->command.empty();
  if (!serve) {
    if (auto bad = flags_complaint(*line)) return Error{*bad};
  }
  Config config;
  if (auto bad = configure(*line, environment, serve, config)) return Error{*bad};
  Invocation invocation{
      .command = ServeCommand{}, .log = config.log, .warnings = unknown_variables(environment)};
  if (serve) {
    invocation.command = what_to_do(*line, std::move(config));
    return invocation;
  }
  auto command = line->command == "probe"    ? probe_command(*line)
                 : line->command == "record" ? record_command(*line)
                                             : describe_command(*line);
  if (!command) return Error{command.error()};
  invocation.command = std::move(*command);
  if (auto* probe = std::get_if<ProbeCommand>(&invocation.command)) probe->log = config.log;
  return invocation;
}

}  // namespace upslink::app
