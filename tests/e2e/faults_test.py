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
import pathlib
import sys
import time
import unittest

import stand
import truth

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from cases import CASES, LASTS  # noqa: E402
from watch import Watch  # noqa: E402

BEGINS = 15.0
WATCHED = 45.0
DOWN_WITHIN = 5.0
LOG_LINES = 15
CPU_PER_UNIT = 0.006  # of one processor


class Matrix(Watch):
    """Every case on a unit of its own."""

    def cpu(self):
        return self.exporter.value("process_cpu_seconds_total")

    def run_all(self):
        self.watch(self.start + BEGINS)
        self.clean = {unit.ups: set(unit.missing) for unit in self.units}
        cpu_began = self.cpu()
        began = time.monotonic()
        for unit in self.units:
            unit.ended = None if unit.case.end else began
        self.run((began + at, unit, kind, command) for unit in self.units for at, kind, command in unit.case.steps())
        self.watch(began + LASTS + WATCHED)
        self.cpu_share = (self.cpu() - cpu_began) / (time.monotonic() - began) / len(self.units)


class FaultsTest(unittest.TestCase):
    seed = 1

    def test_nothing_wrong_is_published_and_all_recover(self):
        with stand.Stand() as s:
            matrix = Matrix(s, self.seed, CASES, "--log.level", "debug")
            matrix.run_all()
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
