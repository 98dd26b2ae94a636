// SPDX-License-Identifier: Apache-2.0
// The web configuration file: any text, in a folder where there is nothing else. It is taken or
// there is a complaint; neither that nor a warning repeats a hash or a key; what is taken fits
// together.
#include "app/web_config_file.hpp"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): cstdlib has no mkdtemp
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "target.hpp"
#include "yaml_complaint.hpp"

namespace upslink::fuzz {
namespace {

/// A folder of its own, as long as the program runs.
class Folder {
 public:
  Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "fuzz-XXXXXX").string();
    require(::mkdtemp(path.data()) != nullptr, "there is a folder for the file", path);
    path_ = path;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file() const { return path_ + "/web.yml"; }

 private:
  std::string path_;
};

/// Whether a character may be of a hash or of base64.
bool is_of_secret(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("$./+=").find(c) != std::string_view::npos;
}

/// The parts of a text that look like a hash or a key, and like no word.
std::vector<std::string> secrets_in(std::string_view text) {
  constexpr std::size_t shortest = 24;
  std::vector<std::string> found;
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, is_of_secret);
    const auto run = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (run.size() >= shortest && run.find_first_of("$+") != run.npos) found.emplace_back(run);
    text.remove_prefix(std::min(run.size() + 1, text.size()));
  }
  return found;
}

/// In a place of secrets; what stands where a length of time belongs is repeated.
void check_said(const std::string& sentence, std::string_view input) {
  check_complaint(sentence, "web.yml");
  if (sentence.find("rate_limit.") != std::string::npos) return;
  for (const auto& secret : secrets_in(input)) {
    require(sentence.find(secret) == std::string::npos, "a secret is not repeated", sentence);
  }
}

void check_security(const web::Security& security) {
  for (const auto& [name, hash] : security.users) {
    require(!name.empty(), "a user has a name");
    require(hash.size() == 60 && hash.starts_with("$2"), "a hash is one of bcrypt", hash);
  }
  for (const auto& [name, value] : security.headers) {
    require((name + value).find_first_of("\r\n") == std::string::npos, "a header is one line",
            name);
  }
  if (security.tls) {
    require(security.tls->min_version <= security.tls->max_version, "there is a TLS version");
    require(!security.tls->certificates.empty() && !security.tls->key.empty(), "TLS is complete");
  }
  if (security.rate_limit) {
    require(security.rate_limit->burst > 0, "somebody is let in");
    require(security.rate_limit->interval.count() > 0, "a limit is one");
  }
}

/// A file that the text names may be any of this machine, and some have no end.
bool names_a_file(std::string_view input) {
  return input.find("_file") != std::string_view::npos && input.find('/') != std::string_view::npos;
}

}  // namespace

void try_input(std::string_view input) {
  static const Folder folder;
  if (names_a_file(input)) return;
  std::ofstream(folder.file(), std::ios::binary) << input;
  ::chmod(folder.file().c_str(), 0600);
  const auto loaded = app::load_web_config(folder.file());
  if (!loaded) return check_said(loaded.error(), input);
  for (const auto& warning : loaded.value().warnings) check_said(warning, input);
  check_security(loaded.value().security);
}

}  // namespace upslink::fuzz
