// SPDX-License-Identifier: Apache-2.0
#include "source/smart/path_watch.hpp"

#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace upslink::smart {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class PathWatchTest : public ::testing::Test {
 protected:
  PathWatchTest() {
    std::string name = (fs::temp_directory_path() / "path-watch-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~PathWatchTest() override { fs::remove_all(folder); }

  /// Waits on the path while `change` happens in another thread; true if the watch noticed it.
  template <typename Change>
  bool notices(const fs::path& path, Change change) {
    PathWatch watch(path.string(), interrupt);
    std::thread other([&] { change(); });
    const bool noticed = watch.wait(Clock::now() + 20s);
    other.join();
    return noticed;
  }

  fs::path folder;
  Interrupt interrupt;
};

TEST_F(PathWatchTest, NoticesAFileThatAppears) {
  EXPECT_TRUE(notices(folder / "port", [&] { std::ofstream(folder / "port") << "x"; }));
}

TEST_F(PathWatchTest, NoticesASymbolicLinkThatAppears) {
  std::ofstream(folder / "real") << "x";
  EXPECT_TRUE(
      notices(folder / "port", [&] { fs::create_symlink(folder / "real", folder / "port"); }));
}

/// Such as a link of the administrator's own that leads to /dev/ttyUSB0: nothing happens in the
/// folder of the link.
TEST_F(PathWatchTest, NoticesThatTheTargetOfALinkGoesAndComes) {
  fs::create_directory(folder / "elsewhere");
  std::ofstream(folder / "elsewhere" / "real") << "x";
  fs::create_symlink(folder / "elsewhere" / "real", folder / "port");
  EXPECT_TRUE(notices(folder / "port", [&] {
    fs::remove(folder / "elsewhere" / "real");
    std::this_thread::sleep_for(1500ms);  // it looks once a second
    std::ofstream(folder / "elsewhere" / "real") << "x";
  }));
}

TEST_F(PathWatchTest, NoticesWhatCameBeforeItWaits) {
  PathWatch watch((folder / "port").string(), interrupt);
  std::ofstream(folder / "port") << "x";
  EXPECT_TRUE(watch.wait(Clock::now() + 20s));
  fs::remove(folder / "port");
  watch.note_absent();
  std::ofstream(folder / "port") << "x";
  EXPECT_TRUE(watch.wait(Clock::now() + 20s));
}

TEST_F(PathWatchTest, FollowsFoldersThatAppear) {
  EXPECT_TRUE(notices(folder / "serial" / "by-id" / "port", [&] {
    fs::create_directories(folder / "serial" / "by-id");
    std::ofstream(folder / "serial" / "by-id" / "port") << "x";
  }));
}

TEST_F(PathWatchTest, NoticesPermissionsThatChange) {
  std::ofstream(folder / "port") << "x";
  EXPECT_TRUE(
      notices(folder / "port", [&] { fs::permissions(folder / "port", fs::perms::owner_read); }));
}

TEST_F(PathWatchTest, HoldsNoDescriptorButWhileItWaits) {
  const auto descriptors = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = descriptors();
  PathWatch watch((folder / "port").string(), interrupt);
  EXPECT_EQ(descriptors(), before);
  EXPECT_FALSE(watch.wait(Clock::now() + 10ms));
  EXPECT_EQ(descriptors(), before);
}

TEST_F(PathWatchTest, GivesUpAtTheGivenTime) {
  PathWatch watch((folder / "port").string(), interrupt);
  EXPECT_FALSE(watch.wait(Clock::now() + 10ms));
}

TEST_F(PathWatchTest, WaitsWithoutWork) {
  const auto cpu = [] {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  };
  PathWatch watch((folder / "serial" / "port").string(), interrupt);
  const auto before = cpu();
  EXPECT_FALSE(watch.wait(Clock::now() + 500ms));
  EXPECT_LT(cpu() - before, 50ms);
}

TEST_F(PathWatchTest, EndsWhenInterrupted) {
  interrupt.raise();
  PathWatch watch((folder / "port").string(), interrupt);
  EXPECT_FALSE(watch.wait(Clock::now() + 1h));
}

}  // namespace
}  // namespace upslink::smart
