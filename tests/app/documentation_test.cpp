// SPDX-License-Identifier: Apache-2.0
// --help against the text that a reviewer reads (help.txt), the manual pages against those of the
// repository, and docs/configuration.md and docs/web-configuration.md against the rows of the
// settings.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "app/build_info.hpp"
#include "app/help.hpp"
#include "app/invocation.hpp"
#include "app/man_page.hpp"
#include "app/settings.hpp"
#include "app/web_config_file.hpp"
#include "app/web_config_keys.hpp"
#include "example_certificate.hpp"

namespace upslink::app {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(std::string(UPSLINK_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Help, IsWhatTheReviewerRead) {
  EXPECT_EQ(help_text(), file("tests/app/help.txt"))
      << "if it is meant to change: upslink_exporter --help > tests/app/help.txt";
}

TEST(Help, FitsEightyColumns) {
  std::istringstream lines(help_text());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(ManPages, AreWhatTheRepositoryHas) {
  EXPECT_EQ(man_page(), file("docs/man/upslink_exporter.1"))
      << "stale: upslink_exporter describe man > docs/man/upslink_exporter.1";
  EXPECT_EQ(man_page_of_file(), file("docs/man/upslink_exporter.yaml.5"))
      << "stale: upslink_exporter describe man-config > docs/man/upslink_exporter.yaml.5";
}

TEST(ManPages, HaveEverySection) {
  for (const char* title : {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "EXAMPLES",
                            "SIGNALS", "EXIT STATUS", "FILES", "SEE ALSO"}) {
    EXPECT_NE(man_page().find(".SH " + std::string(title) + "\n"), std::string::npos) << title;
  }
  EXPECT_NE(man_page().find(".SS Other\n.TP\n\\fB\\-h, \\-\\-help\\fP\n"), std::string::npos);
  EXPECT_NE(man_page_of_file().find(".SH EXAMPLE\n"), std::string::npos);
}

TEST(Version, IsOneLine) {
  const std::string text = version_text();
  EXPECT_TRUE(
      text.starts_with("upslink_exporter " + std::string(build_info().version) + " (revision "));
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_FALSE(build_info().revision.empty());
}

/// The row of a table in `page` that begins with `name`; empty if there is none.
std::string table_row(const std::string& page, const std::string& name) {
  const std::size_t begin = page.find("\n| `" + name + "` |");
  return begin == std::string::npos ? std::string()
                                    : page.substr(begin + 1, page.find('\n', begin + 1) - begin);
}

TEST(ConfigurationPage, HasEverySettingWithItsNamesAndDefault) {
  const std::string page = file("docs/configuration.md");
  const auto code = [](std::string_view text) { return "`" + std::string(text) + "`"; };
  for (const auto& row : settings()) {
    const std::string line = table_row(page, dashed(row.flag));
    EXPECT_NE(line.find(code(environment_name(row.flag))), std::string::npos) << row.flag;
    EXPECT_NE(line.find(row.key.empty() ? "|" : code(row.key)), std::string::npos) << row.flag;
    EXPECT_NE(line.find(row.standard.empty() ? "|" : code(row.standard)), std::string::npos)
        << row.flag;
  }
  for (const auto& row : ups_settings()) {
    const std::string line = table_row(page, std::string(row.key));
    EXPECT_FALSE(line.empty()) << row.key;
    EXPECT_NE(line.find(row.standard.empty() ? "|" : code(row.standard)), std::string::npos)
        << row.key;
  }
}

/// The first block of YAML in a page, which is a whole file.
std::string first_yaml(const std::string& page) {
  const std::string fence = "```yaml\n";
  const std::size_t begin = page.find(fence);
  EXPECT_NE(begin, std::string::npos);
  if (begin == std::string::npos) return {};
  return page.substr(begin + fence.size(), page.find("```\n", begin + 3) - begin - fence.size());
}

/// What --config.file makes of a text.
Result<Invocation, std::string> invocation_with_file(const std::string& text) {
  const std::string path =
      testing::TempDir() + "documented." + std::to_string(::getpid()) + ".yaml";
  std::ofstream(path) << text;
  auto invocation = read_invocation(std::vector<std::string>{"--config.file", path}, {});
  std::remove(path.c_str());
  return invocation;
}

TEST(ConfigurationPage, ShowsAFileThatWorks) {
  const auto invocation = invocation_with_file(first_yaml(file("docs/configuration.md")));
  EXPECT_TRUE(invocation) << invocation.error();
}

/// The file of the Debian package names no UPS, and works when its examples are taken over.
TEST(PackagedConfiguration, WorksWhenItsExamplesAreTakenOver) {
  const std::string text = file("deploy/debian/config.yaml");
  const auto untouched = invocation_with_file(text);
  ASSERT_FALSE(untouched);
  EXPECT_TRUE(untouched.error().starts_with("no UPS is configured")) << untouched.error();

  std::string taken = std::regex_replace(text, std::regex("(^|\n)# [^ ][^\n]*"), "$1");
  taken = std::regex_replace(taken, std::regex("(^|\n)#"), "$1");
  const auto invocation = invocation_with_file(taken);
  ASSERT_TRUE(invocation) << invocation.error() << "\n" << taken;
  EXPECT_EQ(std::get<ServeCommand>(invocation->command).config.ups.size(), 2U);
}

TEST(WebConfigurationPage, HasEveryKeyWithItsDefaultAndNoOther) {
  const std::string page = file("docs/web-configuration.md");
  std::size_t keys = 0;
  for (const auto& [key, standard] : web_config_keys()) {
    const std::string cell = standard.empty() ? "none" : "`" + std::string(standard) + "`";
    const std::string beginning = "| `" + std::string(key) + "` | " + cell + " | ";
    EXPECT_TRUE(table_row(page, std::string(key)).starts_with(beginning)) << beginning;
    ++keys;
  }
  std::istringstream lines(
      page.substr(page.find("## Keys"), page.find("### ") - page.find("## Keys")));
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `")) ++rows;
  }
  EXPECT_EQ(rows, keys);
}

TEST(WebConfigurationPage, ShowsAFileThatWorks) {
  const std::string folder = testing::TempDir() + "documented." + std::to_string(::getpid());
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/ups.crt") << example_certificate;
  std::ofstream(folder + "/ups.key") << example_key;
  std::ofstream(folder + "/web.yml") << first_yaml(file("docs/web-configuration.md"));
  const auto loaded = load_web_config(folder + "/web.yml");
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_TRUE(loaded->security.tls);
  EXPECT_EQ(loaded->security.users.size(), 1U);
}

}  // namespace
}  // namespace upslink::app
