// SPDX-License-Identifier: Apache-2.0
// upslink_exporter: reads the arguments, does what they say and returns the exit status: 0 if it
// went well, 1 if it did not, 2 if the arguments, the environment or the file are wrong.
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/build_info.hpp"
#include "app/checks.hpp"
#include "app/describe_command.hpp"
#include "app/help.hpp"
#include "app/invocation.hpp"
#include "app/logging.hpp"
#include "app/probe.hpp"
#include "app/record.hpp"
#include "app/serve.hpp"

namespace upslink::app {
namespace {

int print(const std::string& text) {
  const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  return written ? 0 : 1;
}

void complain(const std::string& sentence) {
  std::fputs(("upslink_exporter: " + sentence + "\n").c_str(), stderr);
}

/// Does what each command asks for.
struct Runner {
  const ReadConfig& read_again;

  int operator()(const ServeCommand& command) const { return serve(command.config, read_again); }
  int operator()(const CheckCommand& command) const { return check_configuration(command); }
  int operator()(const HealthCommand& command) const { return check_health(command); }
  int operator()(const ProbeCommand& command) const { return probe(command); }
  int operator()(const RecordCommand& command) const { return record(command); }
  int operator()(const DescribeCommand& command) const { return describe(command); }
  int operator()(const VersionCommand&) const { return print(version_text()); }
  int operator()(const HelpCommand&) const { return print(help_text()); }
};

int run(const std::vector<std::string>& arguments) {
  const auto invocation = read_invocation(arguments, environment_from(environ));
  if (!invocation) {
    complain(invocation.error());
    return 2;
  }
  set_up_logging(invocation->log);
  const Log log = make_log();
  for (const std::string& warning : invocation->warnings) log(LogLevel::warning, warning, {});
  const ReadConfig read_again = [&arguments]() -> Result<Config, std::string> {
    auto again = read_invocation(arguments, environment_from(environ));
    if (!again) return Error{again.error()};
    return std::move(std::get<ServeCommand>(again->command).config);
  };
  return std::visit(Runner{read_again}, invocation->command);
}

}  // namespace
}  // namespace upslink::app

int main(int argc, char** argv) {
  upslink::app::open_standard_streams();
  try {
    return upslink::app::run({argv + (argc > 0 ? 1 : 0), argv + argc});
  } catch (const std::exception& failure) {
    upslink::app::complain(std::string("it failed unexpectedly: ") + failure.what());
    return 1;
  }
}
