// SPDX-License-Identifier: Apache-2.0
#include "app/file_watch.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace upslink::app {
namespace {

class FileWatchTest : public ::testing::Test {
 protected:
  FileWatchTest() {
    std::string name = (std::filesystem::temp_directory_path() / "upslink-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    write("one", "1");
    write("two", "2");
    watch_.watch({path("one"), path("two")});
  }
  ~FileWatchTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }

  std::filesystem::path folder_;
  FileWatch watch_;
};

TEST_F(FileWatchTest, sees_nothing_where_nothing_happens) {
  EXPECT_FALSE(watch_.changed());
  write("three", "3");
  EXPECT_FALSE(watch_.changed());
}

TEST_F(FileWatchTest, sees_another_content_once) {
  write("two", "22");
  EXPECT_TRUE(watch_.changed());
  EXPECT_FALSE(watch_.changed());
}

TEST_F(FileWatchTest, sees_a_file_that_takes_the_place_of_another) {
  write("new", "1");
  std::filesystem::last_write_time(path("new"), std::filesystem::last_write_time(path("one")));
  std::filesystem::rename(path("new"), path("one"));
  EXPECT_TRUE(watch_.changed());
}

TEST_F(FileWatchTest, sees_a_file_go_and_come_back) {
  std::filesystem::remove(path("one"));
  EXPECT_TRUE(watch_.changed());
  EXPECT_FALSE(watch_.changed());
  write("one", "1");
  EXPECT_TRUE(watch_.changed());
}

/// As Kubernetes replaces a secret: the file is a link through a link that is turned.
TEST_F(FileWatchTest, sees_a_link_that_points_elsewhere) {
  for (const std::string version : {"v1", "v2"}) {
    std::filesystem::create_directory(path(version));
    write(version + "/key", "k");
  }
  std::filesystem::create_symlink("v1", path("current"));
  std::filesystem::create_symlink("current/key", path("key"));
  watch_.watch({path("key")});
  EXPECT_FALSE(watch_.changed());
  std::filesystem::create_symlink("v2", path("next"));
  std::filesystem::rename(path("next"), path("current"));
  EXPECT_TRUE(watch_.changed());
}

TEST_F(FileWatchTest, is_empty_without_files) {
  EXPECT_FALSE(watch_.empty());
  watch_.watch({});
  EXPECT_TRUE(watch_.empty());
  EXPECT_FALSE(watch_.changed());
}

}  // namespace
}  // namespace upslink::app
