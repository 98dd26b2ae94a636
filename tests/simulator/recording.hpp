// SPDX-License-Identifier: Apache-2.0
#pragma once

// A recording of a real unit (`upslink_exporter record`, docs/record.md) as a value: what it
// answered to each command, in order, and what it said unasked, with times. load_recording() gives
// it as a profile that a Unit takes like any other; it throws ProfileError, whose text names the
// line.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile.hpp"
#include "time.hpp"

namespace upslink::simulator {

struct RecordedAnswer {
  Duration asked{};                 // since the first question
  std::string bytes;                // as heard, CR LF included; empty = silence
  std::vector<std::size_t> alerts;  // places of alert bytes inside
  Duration first{};                 // from the question until its first and its last byte had come
  Duration last{};
};

struct Unasked {
  Duration at{};  // since the first question
  std::string bytes;
  bool alert = false;  // or else noise
};

struct Recording {
  std::map<char, std::vector<RecordedAnswer>> answers;
  std::vector<Unasked> unasked;

  // What a command gets when its first `given` answers have been given and no other is due: the
  // last of them that was one whole line, without what came inside it by chance.
  RecordedAnswer held(char command, std::size_t given) const;
};

Recording parse_recording(std::string_view text, const std::string& name);

// A unit that answers so.
Profile profile_of(Recording recording, std::string name);
Profile load_recording(const std::filesystem::path& path);

}  // namespace upslink::simulator
