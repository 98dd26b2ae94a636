// SPDX-License-Identifier: Apache-2.0
// Leads a recording: into step, everything once, then the status every second and what changes fast
// every fifth, and keeps what goes over the link meanwhile. It asks what `probe` asks, so nothing
// whose reading may clear it. One thread; ends early when the link's interrupt is raised.
#pragma once

#include <set>
#include <vector>

#include "app/transcript.hpp"
#include "catalogue/quantities.hpp"
#include "source/interrupt.hpp"
#include "source/smart/session.hpp"
#include "source/smart/tapped_link.hpp"

namespace upslink::app {

class Recorder {
 public:
  /// The link is open; it and the interrupt, which is that of the link, outlive this.
  Recorder(smart::Link& link, const Interrupt& interrupt);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// False if no UPS answers.
  bool connect();
  /// Everything once; what got no good reply a second time, unless that is much.
  void sweep();
  void watch(Duration length);

  /// Whether each question was put that should be, before the recording ended.
  bool swept() const { return swept_; }
  Ending ending() const;

  smart::Link& link() { return link_; }  ///< what goes over it is kept
  std::vector<Exchange> exchanges() const;

 private:
  bool over() const { return lost_ || deaf_ || interrupt_.raised(); }
  bool ask(const Command& command);
  void ask_what_changes();
  void listen_until(TimePoint until);
  void note_sent(char byte, TimePoint at);
  void note_heard(std::string_view bytes, TimePoint at);

  const Interrupt& interrupt_;
  smart::TappedLink link_;
  smart::Session session_;
  TimePoint begun_;
  std::vector<Exchange> exchanges_;
  std::set<char> answered_;  // by commands that got a value
  unsigned unanswered_ =
      0;                  // questions in a row before which the unit could not be brought into step
  bool alerted_ = false;  // since the last look at what changes
  bool lost_ = false;
  bool deaf_ = false;  // it answers no more
  bool swept_ = false;
};

}  // namespace upslink::app
