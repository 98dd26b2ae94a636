#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the exporter on simulated units, beside what it is to reach.

    run.py [--exporter PATH] [--simulator PATH] [--quick] [--only NAME]...
           [--json FILE] [--markdown FILE] [--nice N]

docs/benchmarks.md says what each figure is and how it is measured. `compare` measures NUT and apcupsd beside it.
"""

import argparse
import json
import os
import pathlib
import sys
import threading
import time

import abuse
import figures
import many
import ready
import rig
import snmp
from rig import Failure, Noise

# Those of a group run side by side, and the groups one after the other; what is timed in
# milliseconds runs alone.
GROUPS = [["cost"], ["wire"], ["alert"], ["quiet"], ["start"], ["scrape"], ["slow"], ["abuse"], ["snmp"], ["many"]]
NAMES = [name for group in GROUPS for name in group]
TITLES = {
    "cost": "Memory and processor",
    "wire": "The wire",
    "alert": "A line failure that the UPS announces",
    "quiet": "A line failure that only the status shows",
    "start": "The start",
    "scrape": "Scrapes",
    "slow": "Slow clients",
    "abuse": "Scrapes beside clients that misbehave",
    "snmp": "SNMP, through Debian's snmpd",
    "many": "A thousand UPSes in one process",
}


def shown(value):
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    if value >= 100:
        return f"{value:.0f}"
    if value == int(value) and value < 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if value < 1 else f"{value:.4g}" if value < 2 else f"{value:.2f}"


def with_unit(value, unit):
    return shown(value) + (f" {unit}" if unit and value is not None else "")


def table(rows):
    """Lines of text: figure, target, measured, whether met, note."""
    cells = [("figure", "reach", "measured", "", "")]
    for row in rows:
        reach = "" if row.reach is None else (">= " if row.more else "<= ") + with_unit(row.reach, row.unit)
        verdict = {True: "ok", False: "MISSED", None: ""}[row.met()]
        cells.append((row.figure, reach, with_unit(row.value, row.unit), verdict, row.note))
    widths = [max(len(c[i]) for c in cells) for i in range(4)]
    return ["  ".join(c[i].ljust(widths[i]) for i in range(4)) + "  " + c[4] for c in cells]


def measure(name, bench, results):
    began = time.monotonic()
    try:
        part = {"abuse": abuse.abuse, "snmp": snmp.snmp, "many": many.many}.get(name) or getattr(figures, name)
        results[name] = {"rows": list(part(bench))}
    except Exception as failure:  # the others go on
        results[name] = {"rows": [], "failed": f"{type(failure).__name__}: {failure}"}
    results[name]["seconds"] = time.monotonic() - began


def report(name, result):
    noise = f", {result['noise']}" if "noise" in result else ""
    print(f"\n{TITLES[name]}  ({name}: {result['seconds']:.0f} s{noise})")
    if "failed" in result:
        print(f"  failed: {result['failed']}")
    if result.get("rows"):
        print("\n".join("  " + line.rstrip() for line in table(result["rows"])))
    sys.stdout.flush()


def as_json(results, options):
    return {
        "quick": options.quick,
        "cores": os.cpu_count(),
        "nice": os.nice(0),
        "results": {
            name: {
                "seconds": result["seconds"],
                "noise": str(result.get("noise", "")),
                "failed": result.get("failed"),
                "rows": [vars(row) | {"met": row.met()} for row in result["rows"]],
            }
            for name, result in results.items()
        },
    }


def markdown(figures_found):
    """The tables of docs/benchmarks.md, from what --json writes."""
    lines = ["| figure | reach | measured | |", "| --- | --- | --- | --- |"]
    for result in figures_found["results"].values():
        for row in result["rows"]:
            reach = "" if row["reach"] is None else ("≥ " if row["more"] else "≤ ") + with_unit(row["reach"], row["unit"])
            verdict = {True: "", False: "**missed**", None: ""}[row["met"]]
            lines.append(f"| {row['figure']} | {reach} | {with_unit(row['value'], row['unit'])} | {verdict} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exporter", help="default: that of build/release, which is built if it is missing")
    parser.add_argument("--simulator", help="the same")
    parser.add_argument("--snmp-client", help="the same")
    parser.add_argument("--quick", action="store_true", help="three minutes instead of twelve, and fewer trials")
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", help="a file to write the figures to")
    parser.add_argument("--markdown", help="a file to write the tables of docs/benchmarks.md to")
    parser.add_argument("--nice", type=int, default=0, help="e.g. -10 on a machine that is busy otherwise")
    options = parser.parse_args()
    try:
        paths = ready.programs(options, ("exporter", "simulator", "snmp_client"))
        ready.packages("demo_packages", "bench_packages")
    except Failure as failure:
        print(f"run.py: {failure}", file=sys.stderr)
        return 2
    rig.take_priority(options.nice)
    bench = figures.Bench(paths["exporter"], paths["simulator"], paths["snmp_client"], options.quick)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, nice {os.nice(0)}")
    results = {}
    for group in GROUPS:
        wanted = [name for name in group if not options.only or name in options.only]
        with Noise() as noise:
            running = [threading.Thread(target=measure, args=(name, bench, results)) for name in wanted]
            for thread in running:
                thread.start()
            for thread in running:
                thread.join()
        for name in wanted:
            results[name]["noise"] = noise
            report(name, results[name])
    found = as_json(results, options)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=1) + "\n")
    if options.markdown:
        pathlib.Path(options.markdown).write_text(markdown(found), encoding="utf-8")
    return 1 if any("failed" in result for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
