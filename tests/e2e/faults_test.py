#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fault of a line, each on a unit of its own, all at the same time on the real programs.

15 s without a fault, the faults for 30 s, then 45 s without. What is published is compared ten times a
second with what the simulator says is true: at no moment may a value be wrong (absent is not wrong), a
silent unit must show as down within 5 s, and all values must be back within 3 s of the fault's end (6 s
after an adapter was plugged in again; what comes late may add its lateness).

    faults_test.py --exporter PROGRAM --simulator PROGRAM [--seed N]
"""

import argparse
import dataclasses
import re
import sys
import time
import unittest

import exposition
import stand
import truth

BEGINS = 15.0
LASTS = 30.0
WATCHED = 45.0
DOWN_WITHIN = 5.0
LOG_LINES = 15
CPU_PER_UNIT = 0.006  # of one processor
# For how long what was true may still be published, by cadence (three of them, and a cycle).
STALE = {"status": 3.5, "fast": 8.0, "slow": 32.0, "settings": 12.0, "identity": 1e9}


@dataclasses.dataclass
class Case:
    name: str
    begin: list
    end: list
    lasts: float = LASTS
    within: float | None = 3.0  # all is right again; None: need not be
    silent: bool = False     # has to show as down
    spurious: bool = False   # bytes that look like alerts are made up
    profile: str = "su700"
    during: list = dataclasses.field(default_factory=list)  # (seconds after the beginning, command)


def fault(name, arguments="", **more):
    title = " ".join([name, arguments]).strip().replace(" ", "_").replace("=", "_")
    return Case(title, [f"fault {name} {arguments}".strip()], [f"fault {name} off"], **more)


CASES = [
    Case("none", [], []),
    fault("lost"),
    fault("lost", "direction=received"),
    fault("flipped", spurious=True),
    fault("changed", "rate=0.02", spurious=True),
    fault("repeated"),
    fault("garbage", spurious=True),
    fault("chatter", spurious=True),
    fault("truncated"),
    fault("no_crlf"),
    fault("no_reply", "rate=0.1"),
    fault("no_reply", "rate=0.5"),
    Case("silence_8s", ["fault silence"], ["fault silence off"], lasts=8.0, silent=True),
    Case("silence_30s", ["fault silence"], ["fault silence off"], silent=True),
    Case("line_fail_in_silence", ["fault silence"], ["fault silence off"], silent=True,
         during=[(15.0, "line fail")]),
    fault("alert_inside", spurious=True),
    fault("doubled"),
    fault("late", "by=1.2", within=3.0 + 1.2),
    fault("late", "by=3", within=3.0 + 3.0),
    fault("late", "by=6", within=3.0 + 6.0),
    fault("nul"),
    fault("eight_bit"),
    fault("na"),
    fault("foreign", spurious=True),  # the answer to `a` has them
    fault("echo"),
    # The unit obeys what it hears. At the full rate it hears itself ever after.
    fault("echo", "mode=sent rate=0.05", spurious=True),
    fault("echo", "mode=sent", spurious=True, within=None),
    fault("endless", spurious=True),
    Case("dumb", ["dumb"], []),
    Case("unplugged", ["unplug"], ["replug"], within=6.0, silent=True),
    Case("switched_off", ["alert *", "off"], ["on"], silent=True),
]


class Unit:
    """One unit of the simulator as it should and does look."""

    def __init__(self, number, case):
        self.number = number
        self.case = case
        self.ups = f"{number:02}-{case.name}"[:32].rstrip("-")
        self.raw = None
        self.truths = []         # (since, Truth), newest last
        self.accepted = set()    # lines that are right as long as the truth does not change
        self.wrong = {}          # line: (first seen, last seen, what would be right)
        self.began = self.ended = self.down = self.recovered = None
        self.missing = {"all"}
        self.first_complete = None
        self.late = None

    def learn(self, raw, now):
        """Notes the state of this moment."""
        bare = re.sub(r'"time_ns":\d+,', "", raw)
        if bare != self.raw:
            self.raw = bare
            state = stand.json.loads(raw)
            if not self.truths or state["answering"]:
                self.truths.append((now, truth.Truth(state)))
                self.accepted = set()

    def true_within(self, seconds, now):
        """The truths of the last seconds."""
        found = []
        for since, what in reversed(self.truths):
            found.append(what)
            if since < now - seconds:
                break
        return found

    def expected_command(self, missing):
        command = self.truths[-1][1].commands.get(missing)
        return truth.printed(command) if command else missing

    def judge(self, line, series, value, now):
        name, labels = series
        labels = tuple(pair for pair in labels if pair[0] != "ups")
        if name == "upslink_info":
            good = self.info_is_true(dict(labels), now)
        elif name in truth.FAMILIES:
            good = self.is_true((name, labels), value, now)
        else:
            return
        if good:
            if len(self.truths) == 1 or now - self.truths[-1][0] > 40:
                self.accepted.add(line)
        else:
            first = self.wrong.get(line, (now,))[0]
            right = [t.values.get((name, labels)) for t in self.true_within(1, now)]
            self.wrong[line] = first, now, right

    def is_true(self, series, value, now):
        for what in self.true_within(1e9, now):
            command = what.commands.get(series)
            if command is not None:
                allowed = self.true_within(STALE[truth.cadence(command)] + stand.SLACK, now)
                return any(series in t.values and truth.close(value, t.values[series], command)
                           for t in allowed)
        return False

    def info_is_true(self, labels, now):
        for what in self.true_within(STALE["settings"], now):
            if all(right is None or labels[label] in ("", right) for label, right in what.info.items()):
                return True
        return False

    def follow(self, present, info, up, now):
        """Whether it is down, and whether everything is there."""
        expected = self.truths[-1][1]
        self.missing = {series for series in expected.values if series not in present}
        self.missing |= {label for label, right in expected.info.items() if right and not info.get(label)}
        if self.began is not None and self.ended is None and up == 0 and self.down is None:
            self.down = now - self.began
        if not self.missing and up == 1:
            self.first_complete = self.first_complete or now
            if self.ended is not None and self.recovered is None:
                self.recovered = now - self.ended
        elif self.ended is not None and self.recovered is None:
            self.late = now - self.ended, up, [self.expected_command(s) for s in self.missing]


class Matrix:
    def __init__(self, stand_, seed):
        self.units = [Unit(number, case) for number, case in enumerate(CASES)]
        profiles = [word for case in CASES for word in ("--profile", case.profile)]
        self.sim = stand_.simulator(*profiles, "--count", len(CASES), "--seed", seed)
        addresses = dict(zip((unit.ups for unit in self.units), self.sim.links))
        self.exporter = stand_.exporter(addresses, "--log.level", "debug")
        self.by_name = {unit.ups: unit for unit in self.units}
        self.parsed = {}  # line: (ups, series, value)
        self.slowest = 0.0

    def look(self):
        """One scrape against one state of all units."""
        began = time.monotonic()
        for unit in self.units:
            unit.learn(self.sim.ask_raw("state", unit.number), time.monotonic())
        text = self.exporter.get().text
        now = time.monotonic()
        present = {unit.ups: set() for unit in self.units}
        info = {unit.ups: {} for unit in self.units}
        up = {}
        for line in text.split("\n"):
            if not line or line.startswith("#"):
                continue
            if line not in self.parsed:
                series, value = exposition.sample(line)
                self.parsed[line] = dict(series[1]).get("ups"), series, value
            ups, series, value = self.parsed[line]
            if ups is None:
                continue
            unit = self.by_name[ups]
            name, labels = series
            if name == "upslink_up":
                up[ups] = value
            elif name == "upslink_info":
                info[ups] = dict(labels)
            present[ups].add((name, tuple(pair for pair in labels if pair[0] != "ups")))
            if line not in unit.accepted:
                unit.judge(line, series, value, now)
        for unit in self.units:
            unit.follow(present[unit.ups], info[unit.ups], up.get(unit.ups), now)
        self.slowest = max(self.slowest, now - began)

    def watch(self, until):
        while (now := time.monotonic()) < until:
            self.look()
            time.sleep(max(0, now + 0.1 - time.monotonic()))

    def cpu(self):
        return self.exporter.value("process_cpu_seconds_total")

    def run(self):
        start = self.start = time.monotonic()
        self.watch(start + BEGINS)
        self.clean = {unit.ups: set(unit.missing) for unit in self.units}
        cpu_began = self.cpu()
        began = time.monotonic()
        steps = []
        for unit in self.units:
            steps += [(began, unit, "begin", command) for command in unit.case.begin]
            steps += [(began + at, unit, "during", command) for at, command in unit.case.during]
            steps += [(began + unit.case.lasts, unit, "end", command) for command in unit.case.end]
            if not unit.case.end:
                unit.ended = began
        for at, unit, kind, command in sorted(steps, key=lambda step: step[0]):
            self.watch(at)
            self.sim.ask(command, unit.number)
            if kind == "begin":
                unit.began = time.monotonic()
            elif kind == "end":
                unit.ended = time.monotonic()
        self.watch(began + LASTS + WATCHED)
        self.cpu_share = (self.cpu() - cpu_began) / (time.monotonic() - began) / len(self.units)


class FaultsTest(unittest.TestCase):
    seed = 1

    def test_nothing_wrong_is_published_and_all_recover(self):
        with stand.Stand() as s:
            matrix = Matrix(s, self.seed)
            matrix.run()
            self.problems = []
            lines = {unit.ups: 0 for unit in matrix.units}
            for fields in matrix.exporter.log_lines():
                if fields.get("ups") in lines and fields["level"] != "debug":
                    lines[fields["ups"]] += 1
            page = matrix.exporter.scrape().samples
            for unit in matrix.units:
                self.check(matrix, unit, lines[unit.ups], page)
            if matrix.cpu_share > CPU_PER_UNIT * (1 + stand.SLACK):
                self.problems.append(f"the exporter takes {matrix.cpu_share:.2%} of a processor for each unit")
            status = matrix.exporter.stop(within=1)
            if status != 0:
                self.problems.append(f"the exporter ended with {status}")
            print(f"CPU for each unit {matrix.cpu_share:.3%}; slowest look {matrix.slowest:.2f} s")
            self.assertEqual(self.problems, [], "\n" + "\n".join(self.problems))

    def check(self, matrix, unit, lines, page):
        def blame(sentence):
            self.problems.append(f"{unit.ups}: {sentence}")

        case = unit.case
        if matrix.clean[unit.ups]:
            blame(f"missing before the fault: {matrix.clean[unit.ups]}")
        for line, (first, last, right) in unit.wrong.items():
            since = unit.began or unit.ended
            blame(f"WRONG from {first - since:+.2f} s for {last - first:.2f} s: {line}, right is {right}")
        if case.silent and (unit.down is None or unit.down > DOWN_WITHIN + stand.SLACK):
            blame(f"shows as down after {unit.down} s")
        if case.within is not None:
            if unit.recovered is None or unit.recovered > case.within + stand.SLACK:
                blame(f"all is back {unit.recovered} s after the fault; up and the last to come: {unit.late}")
            if unit.missing:
                blame(f"missing at the end: {unit.missing}")
        alerts = {dict(labels)["alert"]: int(value) for (name, labels), value in page.items()
                  if name == "upslink_alerts_total" and ("ups", unit.ups) in labels and value}
        failures = {dict(labels)["reason"]: int(value) for (name, labels), value in page.items()
                    if name == "upslink_request_failures_total" and ("ups", unit.ups) in labels and value}
        transfers = sum(value for (name, labels), value in page.items()
                        if name == "upslink_transfers_total" and ("ups", unit.ups) in labels)
        heard = matrix.sim.ask("stats", unit.number)["alerts"]
        if not case.spurious and case.name not in ("switched_off", "line_fail_in_silence") and alerts:
            blame(f"alerts are counted that nobody sent: {alerts}")
        if transfers != (case.name == "line_fail_in_silence") and not case.name.startswith("echo_mode"):
            blame(f"{transfers:g} transfers to battery are counted")
        support = {dict(labels)["command"]: value for (name, labels), value in page.items()
                   if name == "upslink_command_supported" and ("ups", unit.ups) in labels}
        for command, answer in unit.truths[-1][1].answers.items():
            if command in truth.NOT_PUBLISHED or case.within is None:
                continue
            if support.get(truth.printed(command)) != (answer not in (None, "NA")):
                blame(f"command_supported of {truth.printed(command)} is {support.get(truth.printed(command))}")
        if lines > LOG_LINES:
            blame(f"{lines} lines in the log")
        alien = matrix.sim.ask("bytes", unit.number)["not_read_only"]
        if alien:
            blame(f"bytes were sent that may not be: {alien}")
        print(f"{unit.ups:32} all after {(unit.first_complete or 0) - matrix.start:.1f} down {unit.down and round(unit.down, 2)!s:6} "
              f"back {unit.recovered and round(unit.recovered, 2)!s:6} log {lines:2} {failures} alerts {alerts} sent {heard}",
              flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--seed", type=int, default=1)
    own, sys.argv[1:] = parser.parse_known_args()
    FaultsTest.seed = own.seed
    stand.main()
