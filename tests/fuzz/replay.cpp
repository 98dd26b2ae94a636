// SPDX-License-Identifier: Apache-2.0
// A fuzz target as an ordinary program: tries every file that it is given, and every file in the
// folders that it is given, once. If one of them is a finding it says which and ends as the target
// does. `fuzz_NAME FILE|FOLDER...`
#include <signal.h>  // NOLINT(modernize-deprecated-headers): csignal has no sigaction
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "target.hpp"

namespace {

// What is being tried, for the signal handler.
std::string trying;

void say_what_was_tried(int signal) {
  const std::string sentence = "while this was tried: " + trying + "\n";
  static_cast<void>(::write(STDERR_FILENO, sentence.data(), sentence.size()));
  ::raise(signal);  // SA_RESETHAND: now it ends the program
}

std::vector<std::string> files_in(const std::vector<std::string>& places) {
  std::vector<std::string> files;
  for (const std::string& place : places) {
    if (!std::filesystem::is_directory(place)) {
      files.push_back(place);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(place)) {
      if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

int main(int count, char** arguments) {
  struct sigaction action {};
  action.sa_handler = &say_what_was_tried;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGALRM})
    ::sigaction(signal, &action, nullptr);

  const auto files = files_in({arguments + 1, arguments + count});
  for (const std::string& path : files) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "%s cannot be read\n", path.c_str());
      return 1;
    }
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    trying = path;
    constexpr unsigned patience_seconds = 60;
    ::alarm(patience_seconds);
    upslink::fuzz::try_input(input);
  }
  std::printf("%zu inputs\n", files.size());
  return files.empty() ? 1 : 0;  // a corpus that is not there proves nothing
}
