// SPDX-License-Identifier: Apache-2.0
// Times the making of /metrics: `upslink_render_time [UPSES...]` prints, for each number of UPSes
// of which everything is known, how long a render takes when all of them have changed, when one
// has, when only the exporter's own part is too old, and when nothing is; and how large a body is.
// Run it from a release build.
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "publish/prometheus/exposition.hpp"
#include "snapshots.hpp"

namespace {

using namespace upslink;
using namespace std::chrono_literals;

double processor_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// Microseconds per call of `render`, each after an untimed `prepare`.
double time_of(const std::function<void()>& prepare, const std::function<void()>& render) {
  double spent = 0;
  int rounds = 0;
  for (; spent < 300'000 || rounds < 20; ++rounds) {
    prepare();
    const double begin = processor_us();
    render();
    spent += processor_us() - begin;
  }
  return spent / rounds;
}

void report(std::size_t count) {
  std::vector<std::shared_ptr<Slot>> slots;
  std::vector<NamedSlot> upses;
  const auto snapshot = upslink::testing::share(upslink::testing::everything());
  for (std::size_t i = 0; i < count; ++i) {
    slots.push_back(std::make_shared<Slot>(snapshot));
    upses.push_back({"rack" + std::to_string(i), slots.back()});
  }
  const prom::SelfReport self("0.1.0", "0123456789ab", "g++");
  prom::Exposition exposition(self);
  exposition.publish(upses);

  auto now = upslink::testing::read_at;
  std::shared_ptr<const std::string> body;
  const auto render = [&] { body = exposition.render(prom::Format::text, now).body; };
  const double all = time_of(
      [&] {
        for (auto& slot : slots) slot->publish(snapshot);
      },
      render);
  const double one = time_of([&] { slots.front()->publish(snapshot); }, render);
  double own = 0;
  for (int i = 0; i < 100; ++i) {
    now += 100ms;
    const double begin = processor_us();
    render();
    own += (processor_us() - begin) / 100;
  }
  const double none = time_of([] {}, render);
  std::printf(
      "%4zu UPSes, %8zu bytes: all changed %9.1f us, one changed %8.1f us, own part %8.1f us, "
      "nothing %6.2f us\n",
      count, body->size(), all, one, own, none);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    for (const std::size_t count : {1U, 10U, 100U}) report(count);
  }
  for (int i = 1; i < argc; ++i) report(std::strtoul(argv[i], nullptr, 10));
  return 0;
}
