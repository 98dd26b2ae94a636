// SPDX-License-Identifier: Apache-2.0
// What was said on a line, byte by byte, and the text file that shows it to people and replays it
// in tests (docs/record.md has the format). Pure values and functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.hpp"

namespace upslink::app {

struct HeardByte {
  Duration at{};  ///< since the beginning of the recording
  char byte = 0;
};

/// One question, and everything that was heard until the next one.
struct Exchange {
  Duration at{};
  char asked = 0;
  std::vector<HeardByte> heard{};
};

/// Why a recording ended.
enum class Ending : std::uint8_t { complete, interrupted, connection_lost, no_answer };

struct Transcript {
  std::string exporter{};  ///< version and revision
  std::string link{};      ///< kind of the address: tty, tcp
  WallTime begun{};
  bool masked = false;
  Ending ending = Ending::complete;
  std::vector<Exchange> exchanges{};
};

/// The text of the file.
std::string transcript_text(const Transcript& transcript);

/// All that was heard in an exchange, as one text.
std::string heard_text(const Exchange& exchange);

/// The first whole line among what was heard, without CR LF; empty if there is none.
std::string first_line(const Exchange& exchange);

}  // namespace upslink::app
