// SPDX-License-Identifier: Apache-2.0
#include "app/logging.hpp"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "app/line_writer.hpp"
#include "app/log_line.hpp"

namespace upslink::app {
namespace {

/// Passes on what the logger gives it, which is a whole line already.
class LineSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LineSink(int descriptor, LogFormat format)
      : format_(format), writer_(descriptor, [format](std::uint64_t lost) {
          return log_line({.time = WallClock::now(),
                           .level = LogLevel::warning,
                           .ups = {},
                           .message = "log lines were lost, their reader was too slow",
                           .fields = {{"lines", std::to_string(lost)}}},
                          format);
        }) {}

  LogFormat format() const { return format_; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    writer_.write(std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

 private:
  const LogFormat format_;
  LineWriter writer_;
};

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

void set_up_logging(const LogConfig& config, int descriptor) {
  std::signal(SIGPIPE, SIG_IGN);
  auto logger = std::make_shared<spdlog::logger>(
      "upslink", std::make_shared<LineSink>(descriptor, config.format));
  logger->set_level(level_of(config.level));
  spdlog::set_default_logger(std::move(logger));
}

void set_log_level(LogLevel level) {
  spdlog::default_logger_raw()->set_level(level_of(level));
}

Log make_log(std::string ups) {
  auto logger = spdlog::default_logger();
  const auto sink = std::dynamic_pointer_cast<LineSink>(logger->sinks().front());
  if (!sink) {  // nobody has set the logging up
    set_up_logging({});
    return make_log(std::move(ups));
  }
  return [logger = std::move(logger), format = sink->format(), ups = std::move(ups)](
             LogLevel level, const std::string& message, const LogFields& fields) {
    const auto importance = level_of(level);
    if (!logger->should_log(importance)) return;
    const std::string line = log_line({.time = WallClock::now(),
                                       .level = level,
                                       .ups = ups,
                                       .message = message,
                                       .fields = fields},
                                      format);
    logger->log(importance, spdlog::string_view_t(line));
  };
}

void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // open() takes the lowest number that is free, which is this one: those below are open.
    if (::fcntl(stream, F_GETFD) == -1) static_cast<void>(::open("/dev/null", O_RDWR));
  }
}

}  // namespace upslink::app
