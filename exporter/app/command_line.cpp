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

/// What CLI11 is told, and where it puts what it finds.
class Grammar {
 public:
  Grammar() {
    app_.set_help_flag();
    app_.allow_extras();
    app_.require_subcommand(0, 1);
    declare_options();
    declare_commands();
  }

  Result<CommandLine, std::string> read(std::span<const std::string> arguments) {
    try {
      app_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& failed) {
      return Error{on_one_line(failed.what()) + std::string(advice)};
    }
    for (const std::string& extra : app_.remaining(true)) {
      if (extra != "--") return Error{unknown(extra)};
    }
    for (const CLI::App* command : app_.get_subcommands()) line_.command = command->get_name();
    for (const auto& bad :
         {take_settings(), take("--format", line_.format), take("--duration", line_.duration),
          take("--base-oid", line_.base_oid)}) {
      if (bad) return Error{*bad};
    }
    return std::move(line_);
  }

 private:
  void declare_options() {
    app_.add_flag("-h,--help", line_.help);
    app_.add_flag("--version", line_.version);
    app_.add_flag("--config.check", line_.check);
    app_.add_flag("--healthcheck", line_.health);
    for (const auto& row : settings()) {
      const std::string name = dashed(row.flag);
      row.values == Values::flag ? app_.add_flag(name, texts_[name])->take_all()
                                 : add(app_, name, texts_[name]);
    }
  }

  void declare_commands() {
    CLI::App& probe = command("probe");
    add(probe, "--format", texts_["--format"]);
    probe.add_flag("--list", line_.list)->disable_flag_override();
    CLI::App& record = command("record");
    add(record, "--duration", texts_["--duration"]);
    record.add_flag("--force", line_.force);
    record.add_flag("--unmasked", line_.unmasked);
    add(command("describe"), "--base-oid", texts_["--base-oid"]);
  }

  CLI::App& command(const std::string& name) {
    CLI::App& made = *app_.add_subcommand(name);
    made.fallthrough();
    made.set_help_flag();
    made.add_option("operands", line_.operands);
    return made;
  }

  Complaint take_settings() {
    for (const auto& row : settings()) {
      auto& values = texts_[dashed(row.flag)];
      const bool takes_one = row.values == Values::one || row.values == Values::flag;
      if (takes_one && values.size() > 1) return given_often(dashed(row.flag), values);
      if (!values.empty()) line_.flags.emplace(row.flag, std::move(values));
    }
    return std::nullopt;
  }

  Complaint take(const std::string& option, std::optional<std::string>& target) {
    const auto& values = texts_[option];
    if (values.size() > 1) return given_often(option, values);
    if (!values.empty()) target = values.front();
    return std::nullopt;
  }

  CommandLine line_;
  CLI::App app_;
  std::map<std::string, std::vector<std::string>> texts_;  ///< what options were given, by name
};

}  // namespace

Result<CommandLine, std::string> split_command_line(std::span<const std::string> arguments) {
  if (std::ranges::any_of(arguments, [](const auto& a) { return a == "--help" || a == "-h"; })) {
    return CommandLine{.help = true};
  }
  if (auto slip = slip_complaint(arguments)) return Error{*slip};
  return Grammar().read(arguments);
}

}  // namespace upslink::app
