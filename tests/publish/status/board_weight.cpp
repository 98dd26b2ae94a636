// SPDX-License-Identifier: Apache-2.0
// Times and weighs a board of many UPSes, for docs/adr/0014: what one look costs, what a poll
// costs, and how much memory each UPS takes. Not a test.
//   upslink_board_weight [UPSES]
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "publish/status/board.hpp"
#include "scene.hpp"

namespace {

std::size_t heap() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

template <typename Run>
double milliseconds(int times, Run run) {
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) run(i);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
             .count() /
         times;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace upslink;
  using namespace upslink::status;
  const int count = argc > 1 ? std::atoi(argv[1]) : 1000;
  std::vector<std::shared_ptr<Slot>> slots;
  std::vector<NamedSlot> upses;
  for (int i = 0; i < count; ++i) {
    slots.push_back(std::make_shared<Slot>(share(smart_ups_700())));
    upses.push_back({"ups" + std::to_string(i), slots.back()});
  }
  const auto before = heap();
  Board board("1");
  board.publish(upses);
  Moment now{read_at, happened_at};
  const auto step = [&now](int) {
    now.steady += std::chrono::milliseconds(200);
    now.wall += std::chrono::milliseconds(200);
  };
  const auto look = milliseconds(50, [&](int i) { step(i), board.look(now); });
  const auto history = heap();
  std::size_t bytes = 0;
  const auto poll = [&](const Detail& detail) {
    return milliseconds(20, [&](int i) {
      step(i);
      for (const auto& slot : slots) slot->publish(slot->load());
      bytes = board.upses(detail, now)->body->size();
    });
  };
  const auto in_short = poll({.all = false});
  const auto short_bytes = bytes;
  const auto in_full = poll({});
  const auto full_bytes = bytes;
  const auto texts = heap();
  const auto again = milliseconds(100, [&](int) { (void)board.upses({.all = false}, now); });
  std::printf(
      "%d UPSes: a look %.2f ms; a poll in short %.2f ms (%zu bytes), in full %.2f ms (%zu bytes), "
      "again %.3f ms\n",
      count, look, in_short, short_bytes, in_full, full_bytes, again);
  std::printf("memory for each: %.1f kB with its history, %.1f kB with all its texts\n",
              static_cast<double>(history - before) / count / 1000,
              static_cast<double>(texts - before) / count / 1000);
}
