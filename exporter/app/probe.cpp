// SPDX-License-Identifier: Apache-2.0
#include "app/probe.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/logging.hpp"
#include "app/port_report.hpp"
#include "app/probe_report.hpp"
#include "source/interrupt.hpp"
#include "source/smart/address.hpp"
#include "source/smart/diagnosis.hpp"
#include "source/smart/session.hpp"

namespace upslink::app {

namespace {

constexpr int tries = 4;

Probed ask(smart::Session& session, const Command& command) {
  Probed probed{&command};
  if (command.row().care == Care::latched) return probed;
  if (smart::get_into_step(session, tries)) {
    probed.failure = Failure::link;
    return probed;
  }
  auto reply = session.ask(command);
  if (reply) {
    probed.reply = *reply;
  } else {
    probed.failure = reply.error();
  }
  return probed;
}

bool wants_a_second_try(const Probed& probed) {
  return probed.failure && *probed.failure != Failure::not_available;
}

/// Everything once. What got no good reply is asked again, in case one was lost; but where many got
/// none that is the unit's way to say no, and each costs a second.
std::vector<Probed> ask_everything(smart::Session& session) {
  constexpr std::ptrdiff_t lost_at_most = 8;
  std::vector<Probed> all;
  all.reserve(command_count);
  for (const Command& command : commands) all.push_back(ask(session, command));
  if (std::ranges::count_if(all, wants_a_second_try) > lost_at_most) return all;
  for (Probed& probed : all) {
    if (wants_a_second_try(probed)) probed = ask(session, *probed.command);
  }
  return all;
}

int complain(const std::string& sentence) {
  std::fputs(("upslink_exporter: " + sentence + "\n").c_str(), stderr);
  return 1;
}

int print(const std::string& text) {
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 ? 0 : 1;
}

int print_ports(ProbeFormat format) {
  const auto ports = smart::list_ports();
  if (!ports) return complain(ports.error());
  return print(format == ProbeFormat::json ? ports_json(*ports) : ports_text(*ports));
}

}  // namespace

int probe(const ProbeCommand& command) {
  if (command.list) return print_ports(command.format);
  const Interrupt never;
  const auto link = smart::make_link(command.address, never, make_log());
  if (const auto problem = link->open()) return complain(problem->sentence);
  smart::Session session(*link);
  if (smart::get_into_step(session, tries)) return complain(smart::diagnose_silence(*link, tries));
  const ProbeReport report{command.address, ask_everything(session)};
  return print(command.format == ProbeFormat::json ? probe_json(report) : probe_text(report));
}

}  // namespace upslink::app
