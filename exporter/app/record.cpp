// SPDX-License-Identifier: Apache-2.0
#include "app/record.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): csignal has no sigaction

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "app/build_info.hpp"
#include "app/logging.hpp"
#include "app/masking.hpp"
#include "app/recorder.hpp"
#include "app/transcript.hpp"
#include "app/transcript_file.hpp"
#include "source/interrupt.hpp"
#include "source/smart/address.hpp"
#include "source/smart/diagnosis.hpp"

namespace upslink::app {

namespace {

constexpr int handshakes_tried = 4;

void say(const std::string& sentence) {
  std::fputs(("upslink_exporter: " + sentence + "\n").c_str(), stderr);
}

int complain(const std::string& sentence) {
  say(sentence);
  return 1;
}

// A signal handler finds nothing else.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
const Interrupt* raised_by_signals = nullptr;

/// While it lives, the signals that would end the program end the recording instead, and a reader
/// of standard output that has gone is an error of writing.
class EndedBySignals {
 public:
  explicit EndedBySignals(const Interrupt& interrupt) {
    raised_by_signals = &interrupt;
    struct sigaction action {};
    action.sa_handler = [](int) { raised_by_signals->raise(); };
    for (std::size_t i = 0; i < ending.size(); ++i) ::sigaction(ending[i], &action, &before_[i]);
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, &pipe_before_);
  }
  ~EndedBySignals() {
    for (std::size_t i = 0; i < ending.size(); ++i) ::sigaction(ending[i], &before_[i], nullptr);
    ::sigaction(SIGPIPE, &pipe_before_, nullptr);
    raised_by_signals = nullptr;
  }
  EndedBySignals(const EndedBySignals&) = delete;
  EndedBySignals& operator=(const EndedBySignals&) = delete;

 private:
  static constexpr std::array ending{SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, ending.size()> before_{};
  struct sigaction pipe_before_ {};
};

Transcript transcript_of(const Recorder& recorder, std::string_view link, WallTime begun,
                         bool unmasked) {
  Transcript transcript{.exporter = std::string(build_info().version) + " (revision " +
                                    std::string(build_info().revision) + ")",
                        .link = std::string(link),
                        .begun = begun,
                        .masked = !unmasked,
                        .ending = recorder.ending(),
                        .exchanges = recorder.exchanges()};
  if (!unmasked) mask(transcript.exchanges);
  return transcript;
}

std::string in_short(const Transcript& transcript, const std::string& file) {
  const auto asked =
      std::ranges::count_if(transcript.exchanges, [](const Exchange& e) { return e.asked != 0; });
  return "wrote " + std::to_string(asked) + " questions and what was heard to " + file +
         (transcript.masked ? "; serial number, dates and name are masked, but look through it "
                              "before you show it in public"
                            : "; it has the serial number");
}

std::string why_short(Ending ending, const std::string& address) {
  switch (ending) {
    case Ending::connection_lost:
      return "the connection to " + address + " was lost";
    case Ending::no_answer:
      return "the UPS on " + address + " stopped answering";
    default:
      return "a signal ended the recording";
  }
}

}  // namespace

int record(const RecordCommand& command) {
  const Interrupt interrupt;
  const EndedBySignals ended(interrupt);
  auto file = TranscriptFile::open(command.file, command.force);
  if (!file) return complain(file.error());
  const auto link = smart::make_link(command.address, interrupt, make_log());
  if (const auto problem = link->open()) return complain(problem->sentence);

  const WallTime begun = WallClock::now();
  Recorder recorder(*link, interrupt);
  std::string trouble;
  if (recorder.connect()) {
    recorder.sweep();
    recorder.watch(command.watch);
  } else if (recorder.ending() == Ending::no_answer) {
    trouble = smart::diagnose_silence(recorder.link(), handshakes_tried);
  }
  const auto transcript = transcript_of(recorder, link->kind(), begun, command.unmasked);
  const bool heard =
      std::ranges::any_of(transcript.exchanges, [](const Exchange& e) { return !e.heard.empty(); });
  if (trouble.empty() && transcript.ending != Ending::complete) {
    trouble = why_short(transcript.ending, command.address);
  }
  if (!heard) return complain(trouble + "; nothing was recorded");
  if (auto failed = file->write(transcript_text(transcript))) return complain(*failed);
  if (!trouble.empty()) say(trouble + "; what was heard until then is kept");
  say(in_short(transcript, file->name()));
  return recorder.swept() && transcript.ending != Ending::connection_lost ? 0 : 1;
}

}  // namespace upslink::app
