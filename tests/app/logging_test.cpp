// SPDX-License-Identifier: Apache-2.0
#include "app/logging.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "pipe.hpp"

namespace upslink::app {
namespace {

TEST(Logging, WritesALineForEachUps) {
  const Pipe pipe;
  set_up_logging({.level = LogLevel::info, .format = LogFormat::logfmt}, pipe.writer());
  const Log log = make_log("rack1");
  log(LogLevel::warning, "no reply {} %s", {{"command", "Q"}});
  const std::string line = pipe.take();
  EXPECT_EQ(line.substr(0, 5), "ts=20");
  EXPECT_EQ(line.substr(line.find(" level")),
            " level=warn ups=rack1 msg=\"no reply {} %s\" command=Q\n");
  make_log()(LogLevel::info, "up", {});
  EXPECT_EQ(pipe.take().substr(27), " level=info msg=\"up\"\n");
}

TEST(Logging, WritesJson) {
  const Pipe pipe;
  set_up_logging({.level = LogLevel::info, .format = LogFormat::json}, pipe.writer());
  make_log("rack1")(LogLevel::error, "gone", {});
  const std::string line = pipe.take();
  EXPECT_EQ(line.substr(0, 9), "{\"ts\":\"20");
  EXPECT_EQ(line.substr(line.find(",\"level")),
            ",\"level\":\"error\",\"ups\":\"rack1\",\"msg\":\"gone\"}\n");
}

TEST(Logging, KeepsToItsLevel) {
  const std::vector<LogLevel> levels{LogLevel::debug, LogLevel::info, LogLevel::warning,
                                     LogLevel::error};
  for (const LogLevel least : levels) {
    const Pipe pipe;
    set_up_logging({.level = least, .format = LogFormat::logfmt}, pipe.writer());
    const Log log = make_log();
    for (const LogLevel level : levels) log(level, "m", {});
    const std::string lines = pipe.take();
    EXPECT_EQ(std::ranges::count(lines, '\n'), 4 - static_cast<int>(least));
  }
}

TEST(Logging, KeepsLinesOfManyThreadsApart) {
  const Pipe pipe;
  set_up_logging({}, pipe.writer());
  constexpr int lines_each = 50;
  {
    std::vector<std::jthread> threads;
    for (const std::string name : {"a", "b", "c", "d"}) {
      threads.emplace_back([name] {
        const Log log = make_log(name);
        for (int i = 0; i < lines_each; ++i) log(LogLevel::info, std::string(100, 'x'), {});
      });
    }
  }
  std::istringstream lines(pipe.take());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(line.size(),
              std::string("ts=2026-01-02T03:04:05.678Z level=info ups=a msg=\"\"").size() + 100);
  }
  EXPECT_EQ(count, 4 * lines_each);
}

TEST(Logging, ALogOutlivesTheSetUpThatItCameFrom) {
  const Pipe first;
  set_up_logging({}, first.writer());
  const Log log = make_log("a");
  const Pipe second;
  set_up_logging({}, second.writer());
  log(LogLevel::info, "still here", {});
  EXPECT_NE(first.take().find("still here"), std::string::npos);
  EXPECT_EQ(second.take(), "");
}

TEST(OpenStandardStreamsDeathTest, FillsTheirNumbersUp) {
  EXPECT_EXIT(
      {
        for (const int stream : {0, 1, 2}) ::close(stream);
        open_standard_streams();
        bool all_open = true;
        for (const int stream : {0, 1, 2}) {
          struct stat found {};
          all_open = all_open && ::fstat(stream, &found) == 0 && S_ISCHR(found.st_mode);
        }
        ::_exit(all_open ? 7 : 8);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace upslink::app
