#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random schedules of faults on the real programs: many units in one exporter, each with a schedule of
its own, all at the same time. Nothing wrong may be published, and all has to come back. No time is
claimed, so that a machine that is busy fails nothing.

    programs_test.py --exporter PROGRAM --simulator PROGRAM --schedules PROGRAM [--seed N] [--units N] [--seconds S]

A failure prints the schedule; `--seed N --units 1` runs it alone, and `fault-schedules trace N 1 S` shows
it byte by byte in simulated time.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import stand  # noqa: E402
from cases import Case  # noqa: E402
from watch import Watch  # noqa: E402

QUIET = 3.0  # before the schedules begin
BACK_WITHIN = 90.0  # after their end


class Schedule(Case):
    """As a case; some schedules begin with faults, so nothing is expected before."""

    def __init__(self, line):
        self.text = line.strip()
        made = json.loads(line)
        super().__init__(f"seed-{made['seed']}", [], [], lasts=made["ends"], within=None, profile=made["profile"])
        self.made = made["steps"]

    def steps(self):
        return [(at, "end" if at >= self.lasts else "during", command) for at, command in self.made]


def schedules(program, seed, count, seconds):
    done = subprocess.run([program, "print", str(seed), str(count), str(seconds)], capture_output=True, text=True, check=True)
    return [Schedule(line) for line in done.stdout.splitlines()]


def run(program, seed, count, seconds):
    """What went wrong, a sentence each; and the seconds that each took to come back."""
    problems = []
    with stand.Stand() as s:
        watch = Watch(s, seed, schedules(program, seed, count, seconds))
        began = time.monotonic() + QUIET
        watch.run((began + at, unit, kind, command) for unit in watch.units for at, kind, command in unit.case.steps())
        end = time.monotonic() + BACK_WITHIN
        while time.monotonic() < end and any(unit.missing or unit.recovered is None for unit in watch.units):
            watch.watch(time.monotonic() + 1)
        for unit in watch.units:
            found = [f"WRONG from {first - began:.2f} s for {last - first:.2f} s: {line}, right is {right}"
                     for line, (first, last, right) in unit.wrong.items()]
            if unit.missing or unit.recovered is None:
                found.append(f"does not come back: {unit.late}")
            alien = watch.sim.ask("bytes", unit.number)["not_read_only"]
            if alien and "mode=sent" not in unit.case.text:
                found.append(f"bytes were sent that may not be: {alien}")
            problems += [f"{unit.ups}: {sentence}" for sentence in found]
            if found:
                problems.append(unit.case.text)
        if watch.exporter.stop() != 0:
            problems.append(f"the exporter ended with {watch.exporter.child.returncode}")
        return problems, [unit.recovered for unit in watch.units]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("exporter", "simulator", "schedules"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, default=1, help="of the first unit")
    parser.add_argument("--units", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=40)
    own = parser.parse_args()
    stand.programs.exporter, stand.programs.simulator = own.exporter, own.simulator
    problems, recovered = run(own.schedules, own.seed, own.units, own.seconds)
    print("\n".join(problems) or f"{own.units} schedules from seed {own.seed}: nothing wrong, all back")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
