// SPDX-License-Identifier: Apache-2.0
#pragma once

// A unit on a desk, for tests: time passes only when told to, and what the unit sends is heard with
// the time of each byte. Nothing waits.

#include <filesystem>
#include <string>
#include <vector>

#include "bytes.hpp"
#include "control.hpp"
#include "unit.hpp"

namespace upslink::simulator {

inline std::filesystem::path profile_folder() {
  return UPS_SIMULATOR_PROFILES;
}

inline Profile profile_named(const std::string& name) {
  return find_profile(name, profile_folder());
}

// Any point that is not the clock's beginning.
inline Time test_epoch() {
  return Time{} + std::chrono::hours(1000);
}

class Desk {
 public:
  explicit Desk(Profile profile, UnitOptions options = smart_options()) {
    units.push_back(std::make_unique<Unit>(std::move(profile), options, now));
  }
  explicit Desk(const std::string& profile, const UnitOptions& options = smart_options())
      : Desk(profile_named(profile), options) {}

  static UnitOptions smart_options() {
    UnitOptions options;
    options.smart = true;
    return options;
  }

  Unit& unit() { return *units.front(); }

  void send(std::string_view bytes) { unit().receive(bytes, now); }

  // Lets time pass, event by event.
  void pass(double seconds) {
    const auto end = now + from_seconds(seconds);
    while (unit().due() <= end) {
      now = unit().due();
      unit().run(now, sink);
    }
    now = end;
    unit().run(now, sink);
  }

  // What is heard within two seconds of sending, CR LF included.
  std::string ask(std::string_view command, double seconds = 2) {
    const auto before = heard.size();
    send(command);
    pass(seconds);
    return heard.substr(before);
  }

  // The reply without CR LF and without alerts around it.
  std::string reply(std::string_view command, double seconds = 2) {
    auto text = ask(command, seconds);
    text.resize(std::min(text.find("\r\n"), text.size()));
    text.erase(0, text.find_first_not_of("!$%+?=*#&|"));
    return text;
  }

  std::string control(std::string_view line) {
    unit().run(now, sink);
    auto answer = run_control(scene, line, now);
    unit().run(now, sink);
    return answer;
  }

  std::string take_heard() { return std::exchange(heard, {}); }

  Time now = test_epoch();
  std::vector<std::unique_ptr<Unit>> units;
  std::string heard;
  std::vector<Time> heard_at;
  bool listening = true;
  bool quit = false;

 private:
  Unit::Sink sink = [this](char byte, Time at) -> std::optional<Time> {
    if (!listening) return std::nullopt;
    heard += byte;
    heard_at.push_back(at);
    return at;
  };
  ControlScene scene{units, profile_folder(), [this] { quit = true; }};
};

}  // namespace upslink::simulator
