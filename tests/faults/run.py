#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every kind of fault on NUT, apcupsd and this exporter, side by side; and random schedules of faults on
this exporter, in simulated time and on the real programs.

    run.py [--only KIND]... [--seed N] [--schedules N] [--units N] [--seconds S]
           [--json FILE] [--markdown FILE] [--nice N] [--exporter PATH --simulator PATH --fault-schedules PATH]

docs/faults.md says what is measured and how. The release build is made, and NUT and apcupsd are fetched
from Debian into build/clients, if they are missing.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
os.environ.setdefault("UPSLINK_TEST_SLACK", "10")  # no time is claimed of the random schedules
sys.path += [str(HERE.parent / "e2e"), str(HERE.parent / "bench")]
import matrix  # noqa: E402
import programs_test  # noqa: E402
import ready  # noqa: E402
import stand  # noqa: E402
from cases import CASES, COMBINED  # noqa: E402
from rig import Failure, Noise, take_priority  # noqa: E402
from systems import SYSTEMS, ExporterSystem  # noqa: E402

PROGRAMS = ("exporter", "simulator", "fault_schedules")
# Of the kinds of the exporter's own matrix, those that mean nothing for a comparison.
LEFT_OUT = {"echo_mode_sent"}  # a unit that obeys all that it says: nobody can read it
AT_ONCE = 9
SIMULATED_SECONDS = 60
AT_ONCE_WITHIN = 0.5


# --- what is found


def compare(options, paths):
    ExporterSystem.program = paths["exporter"]
    cases = [case for case in CASES + COMBINED if case.name not in LEFT_OUT]
    cases = [case for case in cases if not options.only or case.name in options.only]
    found = {}
    for first in range(0, len(cases), AT_ONCE):
        wave = cases[first:first + AT_ONCE]
        with Noise() as noise:
            told = matrix.run_wave(wave, SYSTEMS, paths["simulator"], options.seed)
        for case in wave:  # in their order
            found[case.name] = {name: each.plain() for name, each in told[case.name].items()}
        print("\n".join(table({case.name: found[case.name] for case in wave})) + f"\n({noise})\n", flush=True)
    return found


def simulated(options, program):
    """The schedules against the exporter's core: how many, wrong ones, recovery."""
    done = subprocess.run([program, "run", str(options.seed), str(options.schedules), str(SIMULATED_SECONDS)],
                          stdout=subprocess.PIPE, text=True, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if len(rows) != options.schedules:
        raise Failure(f"fault-schedules ended with {done.returncode} after {len(rows)} schedules")
    return schedules_found(len(rows), [r["seed"] for r in rows if r["wrong"]], [None if r["recovered"] < 0 else r["recovered"] for r in rows])


def on_programs(options, paths):
    stand.programs.exporter, stand.programs.simulator = map(str, (paths["exporter"], paths["simulator"]))
    problems, recovered = programs_test.run(paths["fault_schedules"], options.seed, options.units, options.seconds)
    found = schedules_found(options.units, problems, recovered)
    return found | {"problems": problems}


def schedules_found(count, wrong, recovered):
    came = sorted(r for r in recovered if r is not None)
    return {"count": count, "wrong": wrong, "never_back": len(recovered) - len(came),
            "at_once": sum(r <= AT_ONCE_WITHIN for r in came), "median": statistics.median(came) if came else None,
            "p99": came[min(len(came) - 1, int(0.99 * len(came)))] if came else None, "worst": came[-1] if came else None}


# --- how it is shown


def seconds(value):
    return "never" if value is None else "0" if value == 0 else f"{value:.1f} s"


def cell(told):
    """One system under one kind, in a few words."""
    if told["failed"] and not told["blocked"]:
        return "not measured: " + told["failed"]
    words = []
    if told["wrong"]:
        words.append(f"**{len(told['wrong'])} wrong** for {told['wrong_seconds']:.0f} s")
    if told["old"]:
        words.append(f"{len(told['old'])} old for {told['old_seconds']:.0f} s")
    if told["stale_seconds"]:
        words.append(f"stale {told['stale_seconds']:.0f} s, from {told['stale_after']:.1f} s on")
    words.append(f"back {seconds(told['recovered'])}" if told["recovered"] is not None else "**never back**")
    if told["ended"]:
        words.append(f"**ended** with {told['ended']}")
    if told["blocked"] > 2:
        words.append(f"a question took {told['blocked']:.0f} s")
    if told["failed"]:
        words.append(told["failed"])
    return "; ".join(words)


def table(found):
    names = [system.name for system in SYSTEMS]
    lines = ["| fault | " + " | ".join(names) + " |", "| --- " * (len(names) + 1) + "|"]
    for kind, by_system in found.items():
        lines.append(f"| {kind} | " + " | ".join(cell(by_system[name]) for name in names) + " |")
    return lines


def summary(found):
    """Over all kinds, a row for each figure."""
    figures = {
        "kinds of fault": lambda rows: str(len(rows)),
        "kinds with wrong values": lambda rows: str(sum(bool(r["wrong"]) for r in rows)),
        "different values shown wrong": lambda rows: str(len({name for r in rows for name in r["wrong"]})),
        "seconds with a wrong value shown": lambda rows: f"{sum(r['wrong_seconds'] for r in rows):.0f}",
        "seconds with an old value shown as current": lambda rows: f"{sum(r['old_seconds'] for r in rows):.0f}",
        "seconds called stale": lambda rows: f"{sum(r['stale_seconds'] for r in rows):.0f}",
        "kinds after which it is not all right again in 45 s": lambda rows: str(sum(r["recovered"] is None for r in rows)),
        "recovery of the others: median / worst": lambda rows: recovery([r["recovered"] for r in rows if r["recovered"] is not None]),
        "crashes": lambda rows: str(sum(len(r["ended"]) for r in rows)),
        "longest question": lambda rows: f"{max(r['blocked'] for r in rows):.1f} s",
    }
    names = [system.name for system in SYSTEMS]
    lines = ["| | " + " | ".join(names) + " |", "| --- " * (len(names) + 1) + "|"]
    for figure, show in figures.items():
        rows = {name: [by_system[name] for by_system in found.values()] for name in names}
        lines.append(f"| {figure} | " + " | ".join(show(rows[name]) for name in names) + " |")
    return lines


def recovery(values):
    return f"{statistics.median(values):.1f} / {max(values):.1f} s" if values else "-"


def schedules_table(results):
    lines = ["| random schedules | count | with wrong values | never back | back within 0.5 s | back: p99 | worst |",
             "| --- | --- | --- | --- | --- | --- | --- |"]
    for name, found in results.items():
        lines.append(f"| {name} | {found['count']} | {len(found['wrong'])} | {found['never_back']} | {found['at_once']} | "
                     f"{seconds(found['p99'])} | {seconds(found['worst'])} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in PROGRAMS:
        parser.add_argument("--" + name.replace("_", "-"), help="default: that of build/release, which is built if it is missing")
    parser.add_argument("--only", action="append", metavar="KIND", help="one kind of fault; may be repeated")
    parser.add_argument("--seed", type=int, default=1, help="of the faults, and of the first schedule")
    parser.add_argument("--schedules", type=int, default=500, help="random schedules in simulated time; 0 for none")
    parser.add_argument("--units", type=int, default=50, help="random schedules on the real programs; 0 for none")
    parser.add_argument("--seconds", type=float, default=60, help="length of those")
    parser.add_argument("--json", help="a file to write all of it to")
    parser.add_argument("--markdown", help="a file to write the tables of docs/faults.md to")
    parser.add_argument("--nice", type=int, default=0, help="e.g. -10 on a machine that is busy otherwise")
    options = parser.parse_args()
    try:
        paths = ready.programs(options, PROGRAMS)
        ready.clients()
    except Failure as failure:
        print(f"run.py: {failure}", file=sys.stderr)
        return 2
    take_priority(options.nice)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, nice {os.nice(0)}, seed {options.seed}")
    schedules, began = {}, time.monotonic()
    if options.schedules:
        schedules["in simulated time"] = simulated(options, paths["fault_schedules"])
    if options.units:
        schedules["on the real programs"] = on_programs(options, paths)
    lines = schedules_table(schedules)
    print("\n".join(lines) + "\n", flush=True)
    found = compare(options, paths)
    text = summary(found) + [""] + table(found) + [""] + lines
    print("\n".join(summary(found)))
    if options.json:
        result = {"cores": os.cpu_count(), "nice": os.nice(0), "seed": options.seed, "kinds": found,
                  "schedules": schedules, "seconds": time.monotonic() - began}
        pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    if options.markdown:
        pathlib.Path(options.markdown).write_text("\n".join(text) + "\n", encoding="utf-8")
    ours = [by_system[ExporterSystem.name] for by_system in found.values()]
    good = all(not r["wrong"] and not r["ended"] and r["recovered"] is not None for r in ours)
    return 0 if good and not any(s["wrong"] or s["never_back"] for s in schedules.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
