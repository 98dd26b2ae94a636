#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many UPSes for a long time, with everything that happens to an exporter in its life: faults on the lines, outages,
adapters that are pulled, scrapes, walks, reloads that add and remove UPSes, restarts of snmpd.

    soak.py --exporter PROGRAM --simulator PROGRAM [--seconds 600] [--units 100] [--seed 1] [--json FILE]

What is published is compared once a second with what the simulator says is true: nothing may be wrong. At the end
all is calm, and everything has to be there again. Memory, descriptors and threads are noted every five seconds; their
slopes after the first third are printed, and have to be flat: as many threads and descriptors as there were, and memory
that does not grow by more than the limit below.
"""

import argparse
import json
import os
import pathlib
import random
import re
import signal
import statistics
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e"), str(HERE.parent / "faults")]

import snmp_stand  # noqa: E402
import stand  # noqa: E402
from cases import Case  # noqa: E402
from watch import Watch  # noqa: E402

GROWTH_LIMIT = 1.0  # MB from the second third to the last; an allocator is never quite still
COMES_AND_GOES = 5  # of the units, at every other reload
CALM = 60.0  # at the end, seconds
PROFILES = ("su700", "sua1500", "su1400rm", "bkpro")
FAULTS = ("lost", "flipped", "changed", "repeated", "garbage", "chatter", "truncated", "no_crlf", "no_reply", "silence",
          "alert_inside", "doubled", "late", "nul", "eight_bit", "na", "echo mode=sent rate=0.05", "endless")


class Scene(Watch):
    """The programs, and what is done to them."""

    def __init__(self, s, options):
        self.random = random.Random(options.seed)
        self.fewer = False
        self.done = dict.fromkeys(("faults", "outages", "unplugged", "reloads", "snmpd restarts", "walks", "scrapes"), 0)
        self.busy = {}  # unit number: (when it ends, command that ends it)
        self.ended = threading.Event()
        self.walk_failures = []
        cases = [Case(f"unit-{i}", [], [], profile=PROFILES[i % len(PROFILES)]) for i in range(options.units)]
        super().__init__(s, options.seed, cases, log=False)

    def start_exporter(self, stand_, flags):
        self.snmpd = snmp_stand.Snmpd(stand_)
        self.config = stand_.folder / "config.yaml"
        self.write_config()
        return stand_.exporter({}, "--config.file", self.config, *self.snmpd.flags(), *flags)

    def watched(self):
        return self.units[:-COMES_AND_GOES] if self.fewer else self.units

    def write_config(self):
        lines = [f"  - {{name: {unit.ups}, address: '{self.addresses[unit.ups]}'}}\n" for unit in self.watched()]
        self.config.write_text("ups:\n" + "".join(lines))

    def look(self):
        super().look()
        self.done["scrapes"] += 1

    def incomplete(self):
        return {unit.ups: sorted(map(str, unit.missing))[:3] for unit in self.watched() if unit.missing or unit.up != 1}

    # --- what happens

    def act(self, now):
        """Ends what is due, and begins something else on a unit that is at peace."""
        for number, (end, command) in list(self.busy.items()):
            if now >= end:
                self.sim.ask(command, number)
                del self.busy[number]
        # Those that come and go keep good lines: who begins on a bad one may know a model by its code before its name.
        number = self.random.randrange(len(self.units) - COMES_AND_GOES)
        if number in self.busy:
            return
        what = self.random.choices(("faults", "outages", "unplugged"), (8, 2, 1))[0]
        if what == "faults":
            fault = self.random.choice(FAULTS)
            begin, end = f"fault {fault}", f"fault {fault.split()[0]} off"
        else:
            begin, end = {"outages": ("line fail", "line restore"), "unplugged": ("unplug", "replug")}[what]
        unit = self.units[number]
        self.learn(unit)
        self.sim.ask(begin, number)
        self.learn(unit)
        self.busy[number] = now + self.random.uniform(2, 30), end
        self.done[what] += 1

    def reload(self):
        self.fewer = not self.fewer
        self.write_config()
        before = self.exporter.log().count('msg="the configuration was read again"')
        self.exporter.child.send_signal(signal.SIGHUP)
        stand.until("the configuration is read again",
                    lambda: self.exporter.log().count('msg="the configuration was read again"') > before)
        for unit in self.units[-COMES_AND_GOES:]:
            unit.truths, unit.raw, unit.accepted = [], None, set()
        self.done["reloads"] += 1

    def calm(self):
        for number, (_, command) in self.busy.items():
            self.sim.ask(command, number)
        self.busy.clear()
        if self.fewer:
            self.reload()

    def walk_and_restart(self, pause):
        """In a thread of its own: a walk of everything, and every fifth time another snmpd."""
        reader = snmp_stand.Reader(self.snmpd, timeout=10)
        while not self.ended.wait(pause):
            try:
                if len(reader.bulkwalk(snmp_stand.OBJECTS)) > 0:
                    self.done["walks"] += 1
                if self.done["walks"] % 5 == 4:
                    self.snmpd.restart()
                    self.done["snmpd restarts"] += 1
            except (snmp_stand.SnmpError, stand.Failure) as failure:
                self.walk_failures.append(str(failure))  # while the subagent is on its way back


# --- what it costs


def sample(pid):
    """(MB that are its own, descriptors, threads)"""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    own = int(re.search(r"\nAnonymous:\s+(\d+) kB", rollup)[1]) / 1024
    return own, len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))


def slope(samples, which):
    """Per hour, by least squares."""
    times, values = [at for at, *_ in samples], [one[1 + which] for one in samples]
    if len(samples) < 3:
        return 0.0
    return statistics.linear_regression(times, values).slope * 3600


def let_happen(scene, seconds, samples):
    """Lets things happen for so long. Reloads and resource samples come at their own times."""
    began = time.monotonic()
    next_reload, next_sample = began + 20, began
    while (now := time.monotonic()) < began + seconds:
        scene.look()
        scene.act(now)
        if now >= next_reload:
            scene.reload()
            next_reload = now + 20
        if now >= next_sample:
            samples.append((now - began, *sample(scene.exporter.child.pid), scene.fewer))
            next_sample = now + 5
        time.sleep(max(0, now + 1 - time.monotonic()))


def settle(scene):
    """Peace, until everything is there again."""
    scene.calm()
    end = time.monotonic() + CALM + 3 * stand.SLACK
    while time.monotonic() < end:
        scene.look()
        if not scene.incomplete():
            return {}
        time.sleep(0.5)
    return scene.incomplete()


def run(s, options):
    scene = Scene(s, options)
    problems, samples = [], []
    missing = settle(scene)
    if missing:
        return scene, samples, [f"missing before anything happened: {missing}"]
    quiet = sample(scene.exporter.child.pid)
    walker = threading.Thread(target=scene.walk_and_restart, args=(max(2.0, options.seconds / 60),))
    walker.start()
    try:
        let_happen(scene, options.seconds, samples)
    finally:
        scene.ended.set()
        walker.join()
    missing = settle(scene)
    if missing:
        problems.append(f"missing after {CALM:g} s of calm: {missing}")
    after = sample(scene.exporter.child.pid)
    # A connection of a client that has just gone may still be open, and no more.
    if after[1] > quiet[1] + 1:
        problems.append(f"{after[1]} descriptors, {quiet[1]} before")
    if after[2] != quiet[2]:
        problems.append(f"{after[2]} threads, {quiet[2]} before")
    for unit in scene.units:
        for line, (first, last, right) in unit.wrong.items():
            problems.append(f"{unit.ups}: WRONG for {last - first:.2f} s: {line}, right is {right}")
    if scene.done["walks"] == 0:
        problems.append(f"no walk succeeded: {scene.walk_failures[-1:]}")
    third = len(samples) // 3
    if third:
        grown = statistics.median(one[1] for one in samples[-third:]) - statistics.median(one[1] for one in samples[third:-third])
        if grown > GROWTH_LIMIT:
            problems.append(f"memory grew by {grown:.2f} MB from the second third to the last")
    status = scene.exporter.stop()
    if status != 0:
        problems.append(f"the exporter ended with {status}")
    return scene, samples, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exporter", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--units", type=int, default=100, help=f"more than {COMES_AND_GOES}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", help="a file for the samples")
    options = parser.parse_args()
    stand.programs.exporter, stand.programs.simulator = map(os.path.abspath, (options.exporter, options.simulator))
    with stand.Stand() as s:
        scene, samples, problems = run(s, options)
        later = [one for one in samples[len(samples) // 3 :] if not one[-1]]  # with all units
        print(f"{options.units} units, {options.seconds:g} s, seed {options.seed}: " +
              ", ".join(f"{count} {what}" for what, count in scene.done.items()))
        for which, (name, unit) in enumerate((("memory of its own", "MB"), ("descriptors", ""), ("threads", ""))):
            values = [one[1 + which] for one in later]
            if values:
                print(f"{name}: {min(values):.4g} to {max(values):.4g} {unit}, slope {slope(later, which):+.3g} {unit} an hour")
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps({"samples": samples, "done": scene.done, "problems": problems}))
        print("\n".join(problems[:50]) or "nothing wrong was published, all came back, nothing grew")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
