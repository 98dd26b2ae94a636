// SPDX-License-Identifier: Apache-2.0
// A UPS read by the smart protocol: a link, a session on it, and what the unit's list of commands
// (the reply to `a`) promises. See Source for how to call it.
#pragma once

#include <memory>

#include "source/smart/link.hpp"
#include "source/smart/session.hpp"
#include "source/source.hpp"

namespace upslink::smart {

/// The commands that a unit lists in its reply to `a`, level.alerts.commands[.groups]; empty if it
/// lists none.
std::string listed_commands(std::string_view level);

class SmartSource final : public Source {
 public:
  explicit SmartSource(std::unique_ptr<Link> link);

  std::string_view kind() const override { return link_->kind(); }
  std::string_view address() const override { return link_->address(); }
  void on_alert(AlertSink sink) override { session_.on_alert(std::move(sink)); }
  std::optional<SourceProblem> open() override;
  void close() override;
  std::optional<Failure> synchronise() override;
  bool in_step() const override { return session_.in_step(); }
  Result<std::string, Failure> ask(const Command& command) override;
  Heard listen(TimePoint until) override { return session_.listen(until); }
  Expectation expects(const Command& command) const override;
  bool await_return(TimePoint until) override { return link_->await_return(until); }
  SourceCounts counts() const override;
  TimePoint now() const override { return link_->now(); }

 private:
  std::unique_ptr<Link> link_;
  Session session_;
  std::string listed_;  // the commands section of the last reply to `a`
};

}  // namespace upslink::smart
