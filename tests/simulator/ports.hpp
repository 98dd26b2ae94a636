// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a client finds a unit: a pty behind a symlink, or a TCP port. Both give what they read to a
// receiver, take single bytes, and can be unplugged and plugged in again. All on the loop's thread.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "loop.hpp"

namespace upslink::simulator {

class Port {
 public:
  using Receiver = std::function<void(std::string_view bytes)>;

  virtual ~Port() = default;
  virtual void plug() = 0;
  virtual void unplug() = 0;
  // False when nobody took it.
  virtual bool send(char byte) = 0;
};

class PtyPort final : public Port {
 public:
  PtyPort(Loop& loop, std::filesystem::path link, Receiver receiver);
  ~PtyPort() override;
  PtyPort(const PtyPort&) = delete;
  PtyPort& operator=(const PtyPort&) = delete;

  void plug() override;
  void unplug() override;
  bool send(char byte) override;

 private:
  void read();

  Loop& loop_;
  std::filesystem::path link_;
  Receiver receiver_;
  FileDescriptor master_;
};

class TcpPort final : public Port {
 public:
  // `port` 0 = the kernel's choice, kept over unplug and plug.
  TcpPort(Loop& loop, std::string host, std::string port, Receiver receiver);
  ~TcpPort() override;
  TcpPort(const TcpPort&) = delete;
  TcpPort& operator=(const TcpPort&) = delete;

  void plug() override;
  void unplug() override;
  bool send(char byte) override;
  std::string address() const;

 private:
  void bind();
  void accept();
  void read(int fd);

  Loop& loop_;
  std::string host_;
  std::string port_;
  Receiver receiver_;
  FileDescriptor listener_;
  std::vector<FileDescriptor> clients_;
};

// The control socket: complete lines go to `answer`, whose reply goes back with a line end.
class ControlPort {
 public:
  using Answer = std::function<std::string(std::string_view line)>;

  ControlPort(Loop& loop, std::filesystem::path path, Answer answer);
  ~ControlPort();
  ControlPort(const ControlPort&) = delete;
  ControlPort& operator=(const ControlPort&) = delete;

 private:
  struct Client {
    FileDescriptor fd;
    std::string input;
  };

  void accept();
  void read(int fd);
  void drop(int fd);

  Loop& loop_;
  std::filesystem::path path_;
  Answer answer_;
  FileDescriptor listener_;
  std::vector<Client> clients_;
};

}  // namespace upslink::simulator
