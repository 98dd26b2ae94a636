// SPDX-License-Identifier: Apache-2.0
// The whole simulator on real ptys, sockets and time: the server inside this process, and the
// program's command line. Ports are the kernel's, files are in a folder of the test's own.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>

#include "desk.hpp"
#include "server.hpp"

namespace upslink::simulator {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int patience_ms = 10'000;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "ups-simulator-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern);
    path_ = pattern;
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// A byte stream that a client holds; reads wait until something comes.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) { EXPECT_GE(fd, 0) << std::strerror(errno); }

  void write(std::string_view bytes) {
    EXPECT_EQ(::write(fd_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

  // Up to and with `end`; empty when the other side is gone.
  std::string read_to(char end) {
    std::string text;
    char byte = 0;
    do {
      pollfd wait{fd_.get(), POLLIN, 0};
      if (::poll(&wait, 1, patience_ms) <= 0) {
        ADD_FAILURE() << "Nothing comes after '" << text << "'";
        return text;
      }
      if (::read(fd_.get(), &byte, 1) != 1) return text;
      text += byte;
    } while (byte != end);
    return text;
  }

  std::string ask(std::string_view bytes) {
    write(bytes);
    return read_to('\n');
  }

  // True when the other side has gone.
  bool ended() { return read_to('\0').empty(); }

 private:
  FileDescriptor fd_;
};

int open_tty(const std::string& path) {
  return ::open(path.c_str(), O_RDWR | O_NOCTTY);
}

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

int connect_tcp(const std::string& port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo("127.0.0.1", port.c_str(), &wanted, &found) != 0) return -1;
  const int fd = ::socket(found->ai_family, found->ai_socktype, 0);
  const int result = ::connect(fd, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (result == 0) return fd;
  ::close(fd);
  return -1;
}

class Program : public testing::Test {
 protected:
  Program() {
    options.profiles = {profile_named("su700")};
    options.link = folder / "ups";
    options.control = folder / "control";
    options.log = folder / "log";
    options.profile_folder = profile_folder();
  }

  ~Program() override {
    if (!thread_.joinable()) return;
    control("quit");
    thread_.join();
    server_.reset();
    EXPECT_FALSE(fs::exists(fs::symlink_status(options.link)));
    EXPECT_FALSE(fs::exists(options.control));
  }

  void start() {
    server_ = std::make_unique<Server>(options);
    thread_ = std::jthread([this] { server_->run(); });
  }

  std::string control(const std::string& line) {
    if (!control_) control_.emplace(connect_unix(options.control));
    auto reply = control_->ask(line + "\n");
    if (!reply.empty()) reply.pop_back();
    return reply;
  }

  std::string ready_part(const std::string& name) {
    const auto& line = server_->ready_line();
    const auto at = line.find(" " + name + "=") + name.size() + 2;
    return line.substr(at, line.find(' ', at) - at);
  }

  TemporaryFolder folder;
  ServerOptions options;
  std::unique_ptr<Server> server_;

 private:
  std::optional<Stream> control_;
  std::jthread thread_;
};

TEST_F(Program, AnswersOnAPty) {
  start();
  EXPECT_EQ(server_->ready_line(),
            "ready units=1 link=" + options.link + " control=" + options.control);
  Stream tty(open_tty(options.link));
  EXPECT_EQ(tty.ask("Y"), "SM\r\n");
  EXPECT_EQ(tty.ask("L"), "229.5\r\n");
  EXPECT_EQ(control("line fail"), "ok");
  EXPECT_EQ(tty.read_to('!'), "!");
  EXPECT_EQ(tty.ask("Q"), "10\r\n");
}

TEST_F(Program, ThePtyIsRawAlsoForTheNextClient) {
  start();
  for (int client = 0; client < 2; ++client) {
    const FileDescriptor tty(open_tty(options.link));
    termios settings{};
    ASSERT_EQ(tcgetattr(tty.get(), &settings), 0);
    EXPECT_EQ(settings.c_lflag & static_cast<tcflag_t>(ECHO | ICANON | ISIG), 0U);
    EXPECT_EQ(settings.c_oflag & static_cast<tcflag_t>(OPOST), 0U);
    EXPECT_EQ(cfgetispeed(&settings), static_cast<speed_t>(B2400));
  }
}

// Never faster than the line; how much slower is the machine's affair.
TEST_F(Program, KeepsThePaceOfTheLine) {
  start();
  Stream tty(open_tty(options.link));
  tty.ask("Y");
  for (int count = 0; count < 5; ++count) {
    const auto asked = Clock::now();
    tty.ask("L");
    EXPECT_GE(to_seconds(Clock::now() - asked), 0.0583);
  }
}

TEST_F(Program, WhatIsSentWithoutAClientIsLost) {
  options.unit.smart = true;
  options.unit.baud = 0;
  start();
  EXPECT_EQ(control("alert !"), "ok");
  EXPECT_THAT(control("stats"), HasSubstr("\"dropped\":1,"));
  Stream tty(open_tty(options.link));
  EXPECT_EQ(tty.ask("Q"), "08\r\n");
}

TEST_F(Program, UnplugHangsUpAndReplugServesAgain) {
  options.tcp_host = "127.0.0.1";
  options.tcp_port = "0";
  start();
  const auto address = ready_part("tcp");
  const auto port = address.substr(address.find(':') + 1);
  Stream tty(open_tty(options.link));
  Stream tcp(connect_tcp(port));
  EXPECT_EQ(tcp.ask("Y"), "SM\r\n");
  EXPECT_EQ(tty.read_to('\n'), "SM\r\n");
  EXPECT_EQ(control("unplug"), "ok");
  EXPECT_TRUE(tty.ended());
  EXPECT_TRUE(tcp.ended());
  EXPECT_FALSE(fs::exists(fs::symlink_status(options.link)));
  EXPECT_EQ(connect_tcp(port), -1);
  EXPECT_EQ(control("replug"), "ok");
  Stream again(open_tty(options.link));
  EXPECT_EQ(again.ask("Q"), "08\r\n");
  Stream tcp_again(connect_tcp(port));
  EXPECT_EQ(tcp_again.ask("g"), "024\r\n");
}

TEST_F(Program, LogsEveryByteWithItsTime) {
  start();
  Stream tty(open_tty(options.link));
  tty.ask("Y");
  EXPECT_THAT(control("stats"), HasSubstr("\"sent\":4"));
  std::ifstream log(options.log);
  const std::vector<std::string> expected{"received 59", "sent 53", "sent 4d", "sent 0d",
                                          "sent 0a"};
  long long before = 0;
  for (const auto& rest : expected) {
    long long time = 0;
    std::size_t unit = 9;
    std::string text;
    log >> time >> unit;
    std::getline(log, text);
    EXPECT_EQ(text, " " + rest);
    EXPECT_EQ(unit, 0U);
    EXPECT_GT(time, before);
    before = time;
  }
}

TEST_F(Program, ManyUnitsInOneProcess) {
  options.count = 30;
  options.numbered = true;
  options.unit.smart = true;
  options.profiles = {profile_named("su700"), profile_named("rt")};
  start();
  EXPECT_THAT(server_->ready_line(), StartsWith("ready units=30 link=" + options.link + "0,"));
  std::vector<std::unique_ptr<Stream>> ttys;
  for (std::size_t number = 0; number < options.count; ++number) {
    ttys.push_back(std::make_unique<Stream>(open_tty(options.link + std::to_string(number))));
  }
  for (auto& tty : ttys) tty->write("V");
  for (std::size_t number = 0; number < options.count; ++number) {
    EXPECT_EQ(ttys[number]->read_to('\n'), number % 2 == 0 ? "GWI\r\n" : "5YW\r\n");
  }
  EXPECT_EQ(control("@7 set V XYZ"), "ok");
  EXPECT_EQ(ttys[7]->ask("V"), "XYZ\r\n");
  EXPECT_EQ(control("@* set V ALL"), "ok");
  EXPECT_EQ(ttys[29]->ask("V"), "ALL\r\n");
  EXPECT_EQ(control("@30 state"), "error: There is no unit '30'.");
}

TEST_F(Program, ReplacesItsOwnOldLinkOnly) {
  fs::create_symlink("/dev/pts/nonexistent", options.link);
  start();
  EXPECT_EQ(Stream(open_tty(options.link)).ask("Y"), "SM\r\n");
  auto other = options;
  other.control = "";
  other.link = folder / "file";
  std::ofstream(other.link) << "precious";
  EXPECT_THROW(Server{other}, std::runtime_error);
  EXPECT_TRUE(fs::is_regular_file(other.link));
  other.link = "";
  other.control = options.control;
  EXPECT_THROW(Server{other}, std::runtime_error) << "another one serves there";
}

// The command line.

struct Outcome {
  int status = -1;
  std::string text;  // both streams
};

Outcome run_program(const std::string& arguments) {
  const std::string command = std::string(UPS_SIMULATOR) + " " + arguments + " 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  Outcome outcome;
  std::array<char, 256> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) outcome.text += part.data();
  outcome.status = WEXITSTATUS(::pclose(pipe));
  return outcome;
}

TEST(CommandLine, ListsItsProfilesAndOptions) {
  const auto profiles = run_program("--list-profiles");
  EXPECT_EQ(profiles.status, 0);
  for (const char* name : {"su700 ", "su1400rm ", "matrix ", "g2 ", "rt ", "su420 ", "bkpro "}) {
    EXPECT_THAT(profiles.text, HasSubstr(name));
  }
  const auto help = run_program("--help");
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.text, HasSubstr("--profile NAME"));
}

TEST(CommandLine, MistakesAreOneSentenceAndStatusTwo) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"--profile nope --link /tmp/x", "There is no profile 'nope'"},
      {"--profile measure-ups-1 --link /tmp/x", "is an accessory"},
      {"--colour red", "--colour"},
      {"", "--link: or --tcp is needed"},
      {"--tcp nowhere", "needs HOST:PORT"},
      {"--count 2 --tcp 127.0.0.1:4711", "needs port 0 with --count"},
      {"--baud -1 --link /tmp/x", "--baud"},
      {"--replay /nowhere/x --link /tmp/x", "The recording /nowhere/x cannot be read."},
      {"--replay " UPS_SIMULATOR_PROFILES "/su700.profile --link /tmp/x",
       "Recording su700.profile, line 1: it is not 'upslink transcript 1'"},
      {"--replay x --profile su700 --link /tmp/x", "--profile excludes --replay"},
      {"--replay x --turnaround 3 --link /tmp/x", "excludes"},
  };
  for (const auto& [arguments, sentence] : mistakes) {
    const auto outcome = run_program(arguments);
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_THAT(outcome.text, StartsWith("ups-simulator: ")) << arguments;
    EXPECT_THAT(outcome.text, HasSubstr(sentence)) << arguments;
    EXPECT_EQ(std::ranges::count(outcome.text, '\n'), 1) << outcome.text;
  }
}

TEST(CommandLine, SigtermStopsItAndTidiesUp) {
  const TemporaryFolder folder;
  std::array<int, 2> out{};
  ASSERT_EQ(::pipe(out.data()), 0);
  const auto link = folder / "ups";
  const auto control = folder / "control";
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::execl(UPS_SIMULATOR, UPS_SIMULATOR, "--link", link.c_str(), "--control", control.c_str(),
            nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  EXPECT_EQ(Stream(out[0]).read_to('\n'),
            "ready units=1 link=" + link + " control=" + control + "\n");
  EXPECT_TRUE(fs::is_symlink(link));
  ::kill(child, SIGTERM);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace upslink::simulator
