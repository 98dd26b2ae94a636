// SPDX-License-Identifier: Apache-2.0
#include "source/smart/smart_source.hpp"

#include <utility>

namespace upslink::smart {

std::string listed_commands(std::string_view level) {
  const auto alerts_at = level.find('.');
  const auto commands_at = level.find('.', alerts_at + 1);
  if (commands_at == std::string_view::npos) return {};
  const auto rest = level.substr(commands_at + 1);
  return std::string(rest.substr(0, rest.find('.')));
}

SmartSource::SmartSource(std::unique_ptr<Link> link) : link_(std::move(link)), session_(*link_) {}

std::optional<SourceProblem> SmartSource::open() {
  session_.start_over();
  listed_.clear();
  return link_->open();
}

void SmartSource::close() {
  link_->close();
  session_.start_over();
}

std::optional<Failure> SmartSource::synchronise() {
  if (link_->replaced()) return Failure::link;
  return session_.synchronise();
}

Result<std::string, Failure> SmartSource::ask(const Command& command) {
  auto reply = session_.ask(command);
  if (reply && command.row().form == Form::level) listed_ = listed_commands(*reply);
  return reply;
}

Expectation SmartSource::expects(const Command& command) const {
  if (listed_.empty()) return Expectation::unknown;
  return listed_.find(command.byte) != std::string::npos ? Expectation::listed
                                                         : Expectation::unlisted;
}

SourceCounts SmartSource::counts() const {
  return {session_.requests(), link_->bytes_sent(), session_.bytes_received()};
}

}  // namespace upslink::smart
