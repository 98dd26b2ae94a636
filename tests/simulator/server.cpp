// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

#include <cerrno>
#include <system_error>

namespace upslink::simulator {
namespace {

// Wake-ups are at least this far apart: with many units, bytes due at nearly the same time leave
// together. Far below what anybody can tell from the wire.
constexpr Duration least_nap = std::chrono::microseconds(150);

void append(std::string& list, const std::string& element) {
  list += (list.empty() ? "" : ",") + element;
}

std::string part(const char* name, const std::string& list) {
  return list.empty() ? "" : std::string(" ") + name + "=" + list;
}

}  // namespace

WireLog::WireLog(const std::string& path) {
  if (path.empty()) return;
  file_ = std::fopen(path.c_str(), "we");
  if (file_ == nullptr) throw std::system_error(errno, std::generic_category(), path);
}

WireLog::~WireLog() {
  if (file_ != nullptr) std::fclose(file_);
}

void WireLog::note(Time time, std::size_t unit, const char* what, char byte) {
  if (file_ == nullptr) return;
  std::fprintf(file_, "%lld %zu %s %02x\n", static_cast<long long>(nanoseconds(time) / 1000), unit,
               what, static_cast<unsigned>(static_cast<unsigned char>(byte)));
  dirty_ = true;
}

void WireLog::flush() {
  if (std::exchange(dirty_, false)) std::fflush(file_);
}

Server::Server(const ServerOptions& options)
    : log_(options.log), scene_{units_, options.profile_folder, [this] { loop_.stop(); }} {
  std::string links;
  std::string addresses;
  seats_.resize(options.count);
  for (std::size_t number = 0; number < options.count; ++number) {
    add_unit(options, number);
    const auto receiver = [this, number](std::string_view bytes) { received(number, bytes); };
    auto& ports = seats_[number].ports;
    if (!options.link.empty()) {
      const auto link = options.link + (options.numbered ? std::to_string(number) : "");
      ports.push_back(std::make_unique<PtyPort>(loop_, link, receiver));
      append(links, link);
    }
    if (!options.tcp_port.empty()) {
      auto port = std::make_unique<TcpPort>(loop_, options.tcp_host, options.tcp_port, receiver);
      append(addresses, port->address());
      ports.push_back(std::move(port));
    }
    reschedule(number);
  }
  if (!options.control.empty()) {
    control_ = std::make_unique<ControlPort>(
        loop_, options.control, [this](std::string_view line) { return control(line); });
  }
  loop_.on_alarm([this] { run_due(); });
  loop_.on_idle([this] {
    log_.flush();
    set_alarm();
  });
  set_alarm();
  ready_line_ = "ready units=" + std::to_string(options.count) + part("link", links) +
                part("tcp", addresses) + part("control", options.control);
}

void Server::add_unit(const ServerOptions& options, std::size_t number) {
  auto unit_options = options.unit;
  unit_options.seed += number;
  units_.push_back(std::make_unique<Unit>(options.profiles[number % options.profiles.size()],
                                          unit_options, Clock::now()));
  auto& unit = *units_.back();
  if (options.accessory) unit.set_accessory(options.accessory);
  unit.on_plug([this, number](bool plugged) {
    for (const auto& port : seats_[number].ports) plugged ? port->plug() : port->unplug();
  });
}

void Server::received(std::size_t number, std::string_view bytes) {
  const auto now = Clock::now();
  for (const char byte : bytes) log_.note(now, number, "received", byte);
  units_[number]->receive(bytes, now);
  run_unit(number, now);
}

std::optional<Time> Server::send(std::size_t number, char byte) {
  bool sent = false;
  for (const auto& port : seats_[number].ports) sent |= port->send(byte);
  const auto now = Clock::now();
  log_.note(now, number, sent ? "sent" : "lost", byte);
  return sent ? std::optional(now) : std::nullopt;
}

void Server::run_unit(std::size_t number, Time now) {
  units_[number]->run(now, [this, number](char byte, Time) { return send(number, byte); });
  reschedule(number);
}

void Server::run_due() {
  const auto now = Clock::now();
  last_wake_ = now;
  while (!schedule_.empty() && schedule_.begin()->first <= now) {
    run_unit(schedule_.begin()->second, now);
  }
}

void Server::reschedule(std::size_t number) {
  auto& due = seats_[number].due;
  const auto next = units_[number]->due();
  if (next == due) return;
  schedule_.erase({due, number});
  due = next;
  if (due != never) schedule_.insert({due, number});
}

void Server::set_alarm() {
  if (schedule_.empty()) return loop_.set_alarm(never);
  loop_.set_alarm(std::max(schedule_.begin()->first, last_wake_ + least_nap));
}

std::string Server::control(std::string_view line) {
  // All of them first: a command acts on the state of this very moment.
  const auto now = Clock::now();
  for (std::size_t number = 0; number < units_.size(); ++number) run_unit(number, now);
  auto reply = run_control(scene_, line, now);
  for (std::size_t number = 0; number < units_.size(); ++number) run_unit(number, now);
  return reply;
}

}  // namespace upslink::simulator
