// SPDX-License-Identifier: Apache-2.0
// What the SNMP agent answers: GET, GETNEXT and GETBULK in any order at any OID, in all subtrees
// and contexts, while snapshots are published, time passes and UPSes come and go. The oracle is a
// plain ordered map of what a full walk gives, which is also what the views of all UPSes hold.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "choices.hpp"
#include "publish/snmp/stage.hpp"
#include "publish/snmp/station.hpp"
#include "publish/snmp/tree.hpp"
#include "target.hpp"

namespace upslink::fuzz {
namespace {

using namespace std::chrono_literals;
using snmp::Oid;

using Oracle = std::map<Oid, snmp::SnmpValue>;

constexpr Oid base{1, 3, 6, 1, 4, 1, 99};
constexpr std::size_t upses_at_most = 4;

Snapshot a_snapshot(Choices& choices) {
  static const std::array known{testing::answering_ups(), testing::everything_over_snmp(),
                                testing::everything_over_snmp()};
  auto snapshot = choices.one_of(known);
  for (auto more = choices.below(16); more > 0; --more) {
    snapshot.readings[choices.below(quantity_count)].reset();
  }
  if (choices.yes()) snapshot.link.up = false;
  if (choices.yes()) snapshot.alerts[choices.below(alerts.size())].last.reset();
  const auto& row = choices.one_of(quantities);
  const auto reply = choices.text(8);
  const auto value = decode(row, reply);
  if (value && *value) {
    snapshot.readings[static_cast<std::size_t>(&row - quantities.data())] =
        Reading{**value, testing::read_at, testing::read_at + choices.byte() * 100ms};
  }
  return snapshot;
}

class Trial {
 public:
  explicit Trial(std::string_view input)
      : choices_(input), options_(some_options()), tree_(options_, planted()) {
    load();
  }

  void run() {
    constexpr int steps_at_most = 60;
    for (int steps = 0; steps < steps_at_most && choices_.any_left(); ++steps) step();
  }

 private:
  snmp::Options some_options() {
    const auto switches = choices_.byte();
    return {.address = "",
            .powernet = (switches & 1U) == 0,
            .powernet_traps = (switches & 2U) != 0,
            .entity_sensor = (switches & 4U) == 0,
            .default_ups = (switches & 8U) != 0 ? "ups1" : "",
            .base = base,
            .version = "1"};
  }

  snmp::Stations& planted() {
    for (auto more = 1 + choices_.below(3); more > 0; --more) add();
    return stations_;
  }

  void add() {
    number_ += 1 + static_cast<std::uint32_t>(choices_.below(3));
    slots_.push_back(std::make_shared<Slot>(testing::share(a_snapshot(choices_))));
    const auto name = "ups" + std::to_string(number_);
    stations_.push_back(
        std::make_unique<snmp::Station>(NamedSlot{name, slots_.back(), number_}, options_));
  }

  void come_or_go() {
    if (choices_.yes() && stations_.size() < upses_at_most) {
      add();
    } else if (stations_.size() > 1) {
      const auto which = static_cast<std::ptrdiff_t>(choices_.below(stations_.size()));
      stations_.erase(stations_.begin() + which);
      slots_.erase(slots_.begin() + which);
    }
    tree_.plant();
    load();
  }

  /// As the agent does before it answers.
  void load() {
    std::vector<snmp::Notification> ignored;
    for (const auto& station : stations_) {
      if (station->load(now_, ticks_)) station->look(ignored);
    }
    oracles_.clear();
  }

  void step() {
    const auto which = choices_.below(tree_.subtrees().size());
    switch (choices_.below(9)) {
      case 8:
        return check_against_views(tree_.subtrees()[which], oracle(which));
      case 0:
        slots_[choices_.below(slots_.size())]->publish(testing::share(a_snapshot(choices_)));
        return;  // what was loaded before is still what is answered
      case 1:
        now_ += choices_.byte() * 20ms;
        ticks_ += choices_.yes() ? 2U : 0U;
        return load();
      case 2:
        return come_or_go();
      case 3:
        return get(which);
      case 4:
        return get_bulk(which);
      default:
        return get_next(which);
    }
  }

  /// What a full walk of a subtree gives.
  const Oracle& oracle(std::size_t which) {
    const auto known = oracles_.find(which);
    if (known != oracles_.end()) return known->second;
    const auto& subtree = tree_.subtrees()[which];
    Oracle all;
    Oid last = subtree.root;
    const auto* cell = tree_.next(subtree.view, last, true);
    while (cell != nullptr && cell->oid.starts_with(subtree.root)) {
      require(all.empty() || last < cell->oid, "a walk goes on", snmp::to_string(cell->oid));
      last = cell->oid;
      all.emplace(cell->oid, cell->value);
      cell = tree_.next(subtree.view, last, false);
    }
    return oracles_.emplace(which, std::move(all)).first->second;
  }

  /// Every instance of a view that lies in the subtree is found in a walk, and nothing else is.
  void check_against_views(const snmp::Subtree& subtree, const Oracle& walked) {
    Oracle views;
    for (const auto& station : stations_) {
      const bool is_asked = subtree.context == station->name() || subtree.context.empty();
      if (!is_asked) continue;
      for (std::size_t kind = 0; kind < snmp::view_kinds; ++kind) {
        for (const auto& cell : station->view(static_cast<snmp::ViewKind>(kind)).cells()) {
          if (cell.oid.starts_with(subtree.root)) views.emplace(cell.oid, cell.value);
        }
      }
    }
    for (const auto& [oid, value] : walked) {
      const bool is_scalar = oid.starts_with(base + Oid{1, 1});
      const bool is_of_another = subtree.context.empty() && !options_.default_ups.empty();
      require(is_scalar || is_of_another || views.contains(oid), "a walk shows what is there",
              snmp::to_string(oid));
    }
    const bool of_all = subtree.root == base || subtree.root == snmp::entity_root ||
                        subtree.root == snmp::entity_sensor_root;
    if (!of_all && subtree.context.empty()) return;  // of one of them
    for (const auto& [oid, value] : views) {
      const auto found = walked.find(oid);
      require(found != walked.end() && found->second == value, "a walk misses nothing",
              snmp::to_string(oid));
    }
  }

  /// An OID near to what is there, or anything below the root.
  Oid somewhere(std::size_t which) {
    const auto& all = oracle(which);
    Oid oid = tree_.subtrees()[which].root;
    if (!all.empty() && choices_.below(4) != 0) {
      oid = std::next(all.begin(), static_cast<std::ptrdiff_t>(choices_.below(all.size())))->first;
    }
    switch (choices_.below(6)) {
      case 0:
        return oid + Oid{arc()};
      case 1:
        return Oid(oid.arcs().first(choices_.below(oid.size() + 1)));
      case 2: {
        const Oid above(oid.arcs().first(oid.size() - 1));
        return above + Oid{oid[oid.size() - 1] + arc()};
      }
      case 3:
        return Oid(oid.arcs().first(choices_.below(oid.size() + 1))) + Oid{arc(), arc()};
      default:
        return oid;
    }
  }

  std::uint32_t arc() {
    constexpr std::array<std::uint32_t, 6> odd{0, 1, 4294967295, 2147483648, 100, 101};
    return choices_.yes() ? choices_.one_of(odd) : choices_.byte();
  }

  void get(std::size_t which) {
    const Oid oid = somewhere(which);
    const auto& all = oracle(which);
    const auto& subtree = tree_.subtrees()[which];
    if (!oid.starts_with(subtree.root)) return;  // the master asks somebody else
    const auto* cell = tree_.get(subtree.view, oid);
    const auto expected = all.find(oid);
    require((cell != nullptr) == (expected != all.end()), "what is there can be got",
            snmp::to_string(oid));
    if (cell != nullptr) {
      require(cell->oid == oid && cell->value == expected->second, "GET gives what a walk gives",
              snmp::to_string(oid));
    }
  }

  /// The instance after an OID, as the agent answers it: only what is in the subtree.
  Oid check_next(std::size_t which, const Oid& oid, bool inclusive) {
    const auto& all = oracle(which);
    const auto& subtree = tree_.subtrees()[which];
    const auto expected = inclusive ? all.lower_bound(oid) : all.upper_bound(oid);
    const auto* cell = tree_.next(subtree.view, oid, inclusive);
    if (cell != nullptr && !cell->oid.starts_with(subtree.root)) {
      require(cell->oid > oid || inclusive, "what comes next comes after", snmp::to_string(oid));
      cell = nullptr;
    }
    require((cell != nullptr) == (expected != all.end()) || oid < subtree.root,
            "there is a next one as long as a walk has one", snmp::to_string(oid));
    if (cell == nullptr || expected == all.end()) return oid;
    require(cell->oid == expected->first && cell->value == expected->second,
            "GETNEXT gives what a walk gives", snmp::to_string(oid));
    return cell->oid;
  }

  void get_next(std::size_t which) {
    const Oid oid = somewhere(which);
    check_next(which, oid, choices_.yes());
  }

  void get_bulk(std::size_t which) {
    Oid oid = somewhere(which);
    for (auto more = choices_.below(50); more > 0; --more) {
      const Oid next = check_next(which, oid, false);
      if (next == oid) return;
      oid = next;
    }
  }

  Choices choices_;
  snmp::Options options_;
  std::vector<std::shared_ptr<Slot>> slots_;  // by station
  snmp::Stations stations_;
  std::uint32_t number_ = 0;
  TimePoint now_ = testing::read_at;
  std::uint32_t ticks_ = 1'000'000;
  std::map<std::size_t, Oracle> oracles_;  // by subtree, of what is loaded
  snmp::Tree tree_;
};

}  // namespace

void try_input(std::string_view input) {
  Trial(input).run();
}

}  // namespace upslink::fuzz
