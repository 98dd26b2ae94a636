// SPDX-License-Identifier: Apache-2.0
// The reader of recordings: any text as a recording. It is refused with a sentence that names the
// line, or it replays.
#include "simulator/recording.hpp"

#include <string>

#include "simulator/replay.hpp"
#include "target.hpp"

namespace upslink::fuzz {
namespace {

using namespace std::chrono_literals;

/// Asks for everything that is in it, and for more, through two minutes.
void replay(const simulator::Recording& recording) {
  simulator::Replay replay(recording);
  const simulator::Time began{};
  replay.begin(began);
  for (auto at = began; at < began + 120s; at += 3s) {
    for (const char* command = "YQaLG!\x01"; *command != 0; ++command) {
      const auto answer = replay.next(*command, at);
      const bool known = recording.answers.contains(*command);
      require(known == answer.has_value(), "what was recorded is answered");
      if (!answer) continue;
      for (const auto place : answer->alerts) {
        require(place < answer->bytes.size(), "an alert is among the bytes", answer->bytes);
      }
      require(answer->first <= answer->last, "an answer begins before it ends");
    }
    for (int i = 0; i < 1000 && replay.take_unasked(at) != nullptr; ++i) {
    }
  }
}

}  // namespace

void try_input(std::string_view input) {
  try {
    const auto recording = simulator::parse_recording(input, "r.transcript");
    const auto profile = simulator::profile_of(recording, "r");
    require(profile.recording != nullptr, "a recording is kept");
    replay(recording);
  } catch (const simulator::ProfileError& refused) {
    const std::string sentence = refused.what();
    require(sentence.starts_with("Recording r.transcript, line "), "a refusal names the line",
            sentence);
  }
}

}  // namespace upslink::fuzz
