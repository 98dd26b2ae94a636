// SPDX-License-Identifier: Apache-2.0
// What every fuzz target is: try_input(), which takes any bytes and ends the program if something
// does not hold. libFuzzer calls it (libfuzzer.cpp), and so does the test that replays the corpus
// with any compiler (replay.cpp). One thread.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace upslink::fuzz {

/// One input. Whatever it throws is a finding, too.
void try_input(std::string_view input);

/// Ends the program, with what was to hold and where it did not, unless it holds.
inline void require(bool holds, std::string_view what, std::string_view where = {}) {
  if (holds) return;
  const std::string sentence = "does not hold: " + std::string(what) + "\n  " + std::string(where);
  static_cast<void>(std::fputs((sentence + "\n").c_str(), stderr));
  std::abort();
}

}  // namespace upslink::fuzz
