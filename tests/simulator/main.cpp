// SPDX-License-Identifier: Apache-2.0
// ups-simulator: the command line. See README.md.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "recording.hpp"
#include "server.hpp"

namespace {

using namespace upslink::simulator;

constexpr int usage_error = 2;

// Beside the program where it is installed, else that of the source tree.
std::string profile_folder() {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  const auto installed = program.parent_path().parent_path() / "share/ups-simulator/profiles";
  return std::filesystem::is_directory(installed, unknown) ? installed.string()
                                                           : UPS_SIMULATOR_PROFILES;
}

struct CommandLine {
  std::vector<std::string> profiles{"su700"};
  std::vector<std::string> recordings;
  std::string folder = profile_folder();
  bool list = false;
  std::string tcp;
  int measure_ups = 0;
  std::size_t count = 0;
  double turnaround_ms = -1;
  double byte_ms = -1;
  ServerOptions server;
};

// Without its name in the help.
CLI::Validator quietly(CLI::Validator validator) {
  return validator.description("");
}

void declare(CLI::App& app, CommandLine& line) {
  auto& server = line.server;
  auto* const profile =
      app.add_option(
             "--profile", line.profiles,
             "Which UPS: a name from --list-profiles or the path of a .profile file; repeat "
             "it with --count to mix")
          ->type_name("NAME")
          ->allow_extra_args(false)
          ->default_str("su700");
  auto* const replay =
      app.add_option("--replay", line.recordings,
                     "Behave as in a recording of upslink_exporter; repeat it with --count to mix")
          ->type_name("FILE")
          ->allow_extra_args(false)
          ->excludes(profile);
  app.add_flag("--list-profiles", line.list, "Print what there is, and exit");
  app.add_option("--profile-dir", line.folder, "Where profiles are looked up by name")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--link", server.link, "Serve on a pty and make PATH a symlink to it")
      ->type_name("PATH");
  app.add_option("--tcp", line.tcp, "Serve on TCP; port 0 is the kernel's choice")
      ->type_name("HOST:PORT");
  app.add_option("--control", server.control, "Unix socket that drives the simulator")
      ->type_name("PATH");
  app.add_option("--log", server.log, "Write every byte received and sent, with its time")
      ->type_name("FILE");
  app.add_option("--baud", server.unit.baud, "Pace of the line; 0 = unpaced")
      ->type_name("N")
      ->check(quietly(CLI::NonNegativeNumber))
      ->capture_default_str();
  auto* const turnaround =
      app.add_option("--turnaround", line.turnaround_ms,
                     "Milliseconds from a command to its reply, instead of the profile's")
          ->type_name("MS")
          ->check(quietly(CLI::NonNegativeNumber));
  auto* const byte_ms =
      app.add_option("--byte-ms", line.byte_ms,
                     "Least milliseconds from byte to byte of a reply, instead of the profile's")
          ->type_name("MS")
          ->check(quietly(CLI::NonNegativeNumber));
  app.add_option("--seed", server.unit.seed, "Of the faults' random numbers")
      ->type_name("N")
      ->capture_default_str();
  auto* const speed =
      app.add_option("--speed", server.unit.speed, "How fast time passes in the state model")
          ->type_name("X")
          ->check(quietly(CLI::PositiveNumber))
          ->capture_default_str();
  auto* const measure_ups =
      app.add_option("--measure-ups", line.measure_ups, "With a Measure-UPS I or II")
          ->type_name("1|2")
          ->check(quietly(CLI::Range(1, 2)));
  app.add_flag("--smart", server.unit.smart, "Start in smart mode, without waiting for Y");
  app.add_option("--count", line.count,
                 "Run N units; the links are PATH0, PATH1, ... and each has a TCP port")
      ->type_name("N")
      ->check(quietly(CLI::Range(1, 4096)));
  for (auto* const meaningless : {turnaround, byte_ms, speed, measure_ups}) {
    replay->excludes(meaningless);
  }
}

void print_profiles(const std::filesystem::path& folder) {
  for (const auto& path : list_profiles(folder)) {
    const auto profile = load_profile(path);
    std::printf("%-14s %s%s\n", profile.name.c_str(), profile.title.c_str(),
                profile.accessory ? " (with --measure-ups)" : "");
  }
}

void split_address(const std::string& address, ServerOptions& server) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) {
    throw CLI::ValidationError("--tcp", "needs HOST:PORT, as in 127.0.0.1:0.");
  }
  server.tcp_host = address.substr(0, colon);
  server.tcp_port = address.substr(colon + 1);
}

// Makes the server's options complete.
void resolve(CommandLine& line) {
  auto& server = line.server;
  server.profile_folder = line.folder;
  for (const auto& path : line.recordings) server.profiles.push_back(load_recording(path));
  for (const auto& name : line.recordings.empty() ? line.profiles : std::vector<std::string>{}) {
    server.profiles.push_back(find_profile(name, line.folder));
    if (server.profiles.back().accessory) {
      throw ProfileError("The profile '" + name +
                         "' is an accessory; give a UPS as --profile and add --measure-ups.");
    }
  }
  if (line.measure_ups > 0) {
    server.accessory = find_profile("measure-ups-" + std::to_string(line.measure_ups), line.folder);
  }
  if (!line.tcp.empty()) split_address(line.tcp, server);
  if (server.link.empty() && server.tcp_port.empty()) {
    throw CLI::ValidationError("--link", "or --tcp is needed: nobody could reach the UPS.");
  }
  if (line.turnaround_ms >= 0) server.unit.turnaround_ms = line.turnaround_ms;
  if (line.byte_ms >= 0) server.unit.byte_ms = line.byte_ms;
  server.numbered = line.count > 0;
  server.count = server.numbered ? line.count : 1;
  if (server.count > 1 && !server.tcp_port.empty() && server.tcp_port != "0") {
    throw CLI::ValidationError("--tcp",
                               "needs port 0 with --count, so that each unit has its own.");
  }
}

int complain(const std::string& sentence) {
  std::cerr << "ups-simulator: " << sentence << '\n';
  return usage_error;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Behaves as an APC UPS on the \"smart\" serial protocol, on a pty or on TCP.",
               "ups-simulator"};
  CommandLine line;
  try {
    declare(app, line);
    app.parse(argc, argv);
    if (line.list) {
      print_profiles(line.folder);
      return 0;
    }
    resolve(line);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return complain(std::string(error.what()) + " (see --help)");
  } catch (const ProfileError& error) {
    return complain(error.what());
  }
  try {
    Server server(line.server);
    std::cout << server.ready_line() << std::endl;
    server.run();
  } catch (const std::exception& error) {
    std::cerr << "ups-simulator: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
