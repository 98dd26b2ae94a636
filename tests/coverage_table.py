#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what gcovr has counted as a table with a row for each room of the exporter.

    coverage_table.py SUMMARY.json      as `gcovr --json-summary` writes it
"""

import collections
import json
import pathlib
import sys

KINDS = ("line", "branch")


def by_room(files):
    """By folder below exporter/: how many lines and branches there are, and how many were passed."""
    rooms = collections.defaultdict(collections.Counter)
    for file in files:
        room = pathlib.PurePosixPath(file["filename"]).relative_to("exporter").parent
        for name in (str(room), "all"):
            for kind in KINDS:
                for what in ("covered", "total"):
                    rooms[name][kind, what] += file[f"{kind}_{what}"]
    return rooms


def share(counted, kind):
    covered, total = counted[kind, "covered"], counted[kind, "total"]
    return f"{100 * covered / total:.1f} %" if total else "none"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rooms = by_room(json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["files"])
    print("| room | lines | passed | branches | passed |\n|---|--:|--:|--:|--:|")
    for room in sorted(rooms.keys() - {"all"}) + ["all"]:
        cells = [f"{rooms[room][kind, 'total']:,} | {share(rooms[room], kind)}" for kind in KINDS]
        print(f"| {room} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
