// SPDX-License-Identifier: Apache-2.0
#include "app/line_writer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>

#include "pipe.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;

std::string missing(std::uint64_t lost) {
  return "lost " + std::to_string(lost) + "\n";
}

class LineWriterTest : public testing::Test {
 protected:
  LineWriterTest() { std::signal(SIGPIPE, SIG_IGN); }
  ~LineWriterTest() override { std::signal(SIGPIPE, SIG_DFL); }
};

TEST_F(LineWriterTest, WritesAtOnce) {
  const Pipe pipe;
  LineWriter writer(pipe.writer(), missing);
  writer.write("one\n");
  EXPECT_EQ(pipe.take(), "one\n");
  writer.write("two\n");
  EXPECT_EQ(pipe.take(), "two\n");
}

TEST_F(LineWriterTest, WritesLinesLongerThanAPipeTakesAtOnce) {
  const Pipe pipe;
  LineWriter writer(pipe.writer(), missing);
  const std::string line = std::string(20'000, 'x') + "\n";
  writer.write(line);
  EXPECT_EQ(pipe.take(), line);
}

TEST_F(LineWriterTest, NeverWaitsLongForAReaderThatStalls) {
  const Pipe pipe;
  LineWriter writer(pipe.writer(), missing);
  const std::string line = std::string(999, 'x') + "\n";
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) writer.write(line);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);

  const std::string before = pipe.take();
  writer.write("back\n");
  const std::string after = pipe.take();
  const std::size_t written = before.size() / line.size();
  const bool cut = before.size() % line.size() != 0;
  EXPECT_EQ(after, (cut ? "\n" : "") + missing(1000 - written) + "back\n");
  writer.write("again\n");
  EXPECT_EQ(pipe.take(), "again\n") << "the loss is told once";
}

TEST_F(LineWriterTest, SurvivesAReaderThatGoesAway) {
  Pipe pipe;
  pipe.close_reader();
  LineWriter writer(pipe.writer(), missing);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) writer.write("line\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST_F(LineWriterTest, SurvivesADescriptorThatIsNotOpenOrFull) {
  LineWriter closed(-1, missing);
  closed.write("line\n");
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  LineWriter writer(full, missing);
  writer.write("line\n");
  writer.write("line\n");
  ::close(full);
}

}  // namespace
}  // namespace upslink::app
