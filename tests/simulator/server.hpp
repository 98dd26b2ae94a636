// SPDX-License-Identifier: Apache-2.0
#pragma once

// The program at work: units, their ports, the control socket and the log on one loop. Construct it
// (it opens everything or throws), print ready_line(), call run().

#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "control.hpp"
#include "loop.hpp"
#include "ports.hpp"
#include "unit.hpp"

namespace upslink::simulator {

struct ServerOptions {
  std::vector<Profile> profiles;
  std::optional<Profile> accessory;
  UnitOptions unit;
  std::size_t count = 1;
  bool numbered = false;  // --count was given: links carry the unit's number
  std::string link;
  std::string tcp_host;
  std::string tcp_port;
  std::string control;
  std::string log;
  std::filesystem::path profile_folder;
};

// Every byte on every wire, one line each.
class WireLog {
 public:
  explicit WireLog(const std::string& path);
  ~WireLog();
  WireLog(const WireLog&) = delete;
  WireLog& operator=(const WireLog&) = delete;

  void note(Time time, std::size_t unit, const char* what, char byte);
  void flush();

 private:
  std::FILE* file_ = nullptr;
  bool dirty_ = false;
};

class Server {
 public:
  explicit Server(const ServerOptions& options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& ready_line() const { return ready_line_; }
  void run() { loop_.run(); }

 private:
  struct Seat {
    std::vector<std::unique_ptr<Port>> ports;
    Time due = never;
  };

  void add_unit(const ServerOptions& options, std::size_t number);
  void received(std::size_t number, std::string_view bytes);
  std::optional<Time> send(std::size_t number, char byte);
  void run_unit(std::size_t number, Time now);
  void run_due();
  void reschedule(std::size_t number);
  std::string control(std::string_view line);
  void set_alarm();

  Loop loop_;
  WireLog log_;
  std::vector<std::unique_ptr<Unit>> units_;
  std::vector<Seat> seats_;
  std::set<std::pair<Time, std::size_t>> schedule_;
  Time last_wake_{};
  ControlScene scene_;
  std::unique_ptr<ControlPort> control_;
  std::string ready_line_;
};

}  // namespace upslink::simulator
