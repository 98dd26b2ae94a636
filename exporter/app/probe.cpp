// SPDX-License-Identifier: Apache-2.0
#include "app/probe.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "app/logging.hpp"
#include "app/probe_report.hpp"
#include "catalogue/codec.hpp"
#include "source/interrupt.hpp"
#include "source/smart/address.hpp"
#include "source/smart/diagnosis.hpp"
#include "source/smart/session.hpp"

namespace upslink::app {

namespace {

constexpr int tries = 4;

bool get_into_step(smart::Session& session) {
  for (int i = 0; i < tries; ++i) {
    if (session.in_step() || !session.synchronise()) return true;
  }
  return false;
}

/// A lost or damaged reply is asked for once more; a unit that lacks a command stays silent twice.
Probed ask(smart::Session& session, const Command& command) {
  Probed probed{&command};
  if (command.row().care == Care::latched) return probed;
  for (int i = 0; i < 2; ++i) {
    if (!get_into_step(session)) {
      probed.failure = Failure::link;
      return probed;
    }
    auto reply = session.ask(command);
    if (reply) {
      probed.failure.reset();
      probed.reply = *reply;
      return probed;
    }
    probed.failure = reply.error();
    if (reply.error() == Failure::not_available) return probed;
  }
  return probed;
}

int complain(const std::string& sentence) {
  std::fputs(("upslink_exporter: " + sentence + "\n").c_str(), stderr);
  return 1;
}

}  // namespace

int probe(const ProbeCommand& command) {
  const Interrupt never;
  const auto link = smart::make_link(command.address, never, make_log());
  if (const auto problem = link->open()) return complain(problem->sentence);
  smart::Session session(*link);
  if (!get_into_step(session)) return complain(smart::diagnose_silence(*link, tries));
  ProbeReport report{command.address};
  for (const Command& c : commands) report.commands.push_back(ask(session, c));
  const auto text = command.format == ProbeFormat::json ? probe_json(report) : probe_text(report);
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace upslink::app
