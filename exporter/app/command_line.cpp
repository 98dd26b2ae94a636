// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "app/settings.hpp"
#include "app/wording.hpp"

namespace upslink::app {
namespace {

constexpr std::string_view advice = " (--help lists all)";

std::vector<std::string> known_options() {
  std::vector<std::string> names{"--help",         "--version",     "--format",
                                 "--config.check", "--healthcheck", "--base-oid",
                                 "--duration",     "--force",       "--unmasked"};
  for (const auto& row : settings()) names.push_back(dashed(row.flag));
  names.emplace_back("--list");
  return names;
}

std::string unknown(const std::string& word) {
  if (word.starts_with('-')) {
    const std::string option = word.substr(0, word.find('='));
    if (option == "--format" || option == "--list") {
      return option + " goes with probe; write it after that word";
    }
    if (option == "--base-oid") {
      return "--base-oid goes with describe mib; write it after that, or mean --snmp.base-oid";
    }
    if (option == "--duration" || option == "--force" || option == "--unmasked") {
      return option + " goes with record; write it after that word";
    }
    return "unknown option " + on_one_line(option) + did_you_mean(option, known_options()) +
           std::string(advice);
  }
  if (word.find('=') != std::string::npos) {
    return in_quotes(word) + " stands alone; write --ups before each NAME=ADDRESS" +
           std::string(advice);
  }
  if (word.find('/') != std::string::npos) {
    return in_quotes(word) +
           " stands alone; to read this UPS write --ups NAME=" + on_one_line(word) +
           std::string(advice);
  }
  std::vector<std::string> words{"probe", "record", "describe"};
  std::ranges::move(known_options(), std::back_inserter(words));
  return "unknown command " + in_quotes(word) + did_you_mean(word, words) + std::string(advice);
}

/// CLI11 would take the next argument as the value of `--option=`, and any option as the value of
/// the one before it; both are the operator's slips.
Complaint slip_complaint(std::span<const std::string> arguments) {
  std::map<std::string, std::string_view> placeholders{
      {"--format", "text"}, {"--base-oid", "OID"}, {"--duration", "30s"}};
  for (const auto& row : settings()) {
    if (row.values != Values::flag) placeholders.emplace(dashed(row.flag), row.placeholder);
  }
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& word = arguments[i];
    const std::string option = word.ends_with('=') ? word.substr(0, word.size() - 1) : word;
    const auto known = placeholders.find(option);
    if (known == placeholders.end()) continue;
    ++i;
    const bool last = i == arguments.size();
    if (option != word || last || arguments[i].starts_with('-')) {
      return option + " has no value; write " + option + " " + std::string(known->second) +
             std::string(advice);
    }
  }
  return std::nullopt;
}

std::string given_often(const std::string& option, const std::vector<std::string>& texts) {
  return option + " is given " + std::to_string(texts.size()) + " times; give it once";
}

CLI::Option* add(CLI::App& app, const std::string& name, std::vector<std::string>& values) {
  return app.add_option(name, values)->expected(1)->allow_extra_args(false)->take_all();
}

}  // namespace

Result<CommandLine, std::string> split_command_line(std::span<const std::string> arguments) {
  CommandLine line;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.require_subcommand(0, 1);
  app.add_flag("-h,--help", line.help);
  app.add_flag("--version", line.version);
  app.add_flag("--config.check", line.check);
  app.add_flag("--healthcheck", line.health);
  std::map<std::string_view, std::vector<std::string>> texts;
  for (const auto& row : settings()) {
    auto& values = texts[row.flag];
    row.values == Values::flag ? app.add_flag(dashed(row.flag), values)->take_all()
                               : add(app, dashed(row.flag), values);
  }

  std::vector<std::string> formats;
  CLI::App* const probe = app.add_subcommand("probe");
  CLI::App* const record = app.add_subcommand("record");
  CLI::App* const describe = app.add_subcommand("describe");
  for (CLI::App* const command : {probe, record, describe}) {
    command->fallthrough();
    command->set_help_flag();
    command->add_option("operands", line.operands);
  }
  add(*probe, "--format", formats);
  probe->add_flag("--list", line.list)->disable_flag_override();
  std::vector<std::string> durations;
  add(*record, "--duration", durations);
  record->add_flag("--force", line.force);
  record->add_flag("--unmasked", line.unmasked);
  std::vector<std::string> bases;
  add(*describe, "--base-oid", bases);

  if (std::ranges::any_of(arguments, [](const auto& a) { return a == "--help" || a == "-h"; })) {
    line.help = true;
    return line;
  }
  if (auto slip = slip_complaint(arguments)) return Error{*slip};
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& failed) {
    return Error{on_one_line(failed.what()) + std::string(advice)};
  }
  for (const std::string& extra : app.remaining(true)) {
    if (extra != "--") return Error{unknown(extra)};
  }

  if (app.got_subcommand(probe)) line.command = "probe";
  if (app.got_subcommand(record)) line.command = "record";
  if (app.got_subcommand(describe)) line.command = "describe";
  for (const auto& row : settings()) {
    auto& values = texts[row.flag];
    if ((row.values == Values::one || row.values == Values::flag) && values.size() > 1) {
      return Error{given_often(dashed(row.flag), values)};
    }
    if (!values.empty()) line.flags.emplace(row.flag, std::move(values));
  }
  if (formats.size() > 1) return Error{given_often("--format", formats)};
  if (!formats.empty()) line.format = formats.front();
  if (durations.size() > 1) return Error{given_often("--duration", durations)};
  if (!durations.empty()) line.duration = durations.front();
  if (bases.size() > 1) return Error{given_often("--base-oid", bases)};
  if (!bases.empty()) line.base_oid = bases.front();
  return line;
}

}  // namespace upslink::app
