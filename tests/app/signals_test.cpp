// SPDX-License-Identifier: Apache-2.0
#include "app/signals.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>

#include "pipe.hpp"

namespace upslink::app {
namespace {

using namespace std::chrono_literals;

TEST(Signals, AreWaitedFor) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    const Signals signals;
    ::pthread_kill(::pthread_self(), signal);
    EXPECT_EQ(signals.wait_for(std::chrono::nanoseconds::max()), signal);
  }
}

TEST(Signals, EndAWaitThatHasBegun) {
  const Signals signals;
  const pthread_t waiting = ::pthread_self();
  const std::jthread sender([waiting] {
    std::this_thread::sleep_for(20ms);
    ::pthread_kill(waiting, SIGTERM);
  });
  EXPECT_EQ(signals.wait_for(1h), SIGTERM);
}

TEST(Signals, CanBeWaitedForForAWhile) {
  const Signals signals;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(signals.wait_for(20ms), std::nullopt);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 20ms);
  ::pthread_kill(::pthread_self(), SIGINT);
  EXPECT_EQ(signals.wait_for(1h), SIGINT);
}

TEST(Signals, ThatNobodyWaitedForAreDropped) {
  {
    const Signals signals;
    ::pthread_kill(::pthread_self(), SIGTERM);
    ::pthread_kill(::pthread_self(), SIGINT);
  }
  SUCCEED() << "and the test program lives on";
}

TEST(Signals, OfClosedPipesAreIgnored) {
  const Signals signals;
  Pipe pipe;
  pipe.close_reader();
  EXPECT_EQ(::write(pipe.writer(), "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  EXPECT_EQ(signals.wait_for(0ns), std::nullopt);
}

TEST(Signals, HangUpOnceHoweverOftenItWasRaised) {
  const Signals signals;
  std::thread([] {
    Signals::raise_hangup();
    Signals::raise_hangup();
  }).join();
  EXPECT_EQ(signals.wait_for(1h), SIGHUP);
  EXPECT_EQ(signals.wait_for(0ns), std::nullopt);
}

TEST(Signals, AreRestored) {
  sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  { const Signals signals; }
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(::sigismember(&after, SIGTERM), ::sigismember(&before, SIGTERM));
  EXPECT_EQ(::sigismember(&after, SIGHUP), ::sigismember(&before, SIGHUP));
}

}  // namespace
}  // namespace upslink::app
