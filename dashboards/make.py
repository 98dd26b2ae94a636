#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the dashboards "UPS fleet" and "UPS", and the tables of docs/dashboards.md.

    dashboards/make.py           writes what has changed
    dashboards/make.py --check   says what is stale; exit status 1 if anything is

Their source is in the folder source; they take the words for states, flags and choices from docs/.
"""

import argparse
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from source import fleet, ups  # noqa: E402

PAGE = "docs/dashboards.md"


def questions(panels):
    """Rows of a table: each panel with its description; a row of panels is a heading in bold."""
    for panel in panels:
        if panel["type"] == "row":
            yield f"| **{panel['title']}** | |"
            yield from questions(panel["panels"])
        else:
            yield f"| {panel['title']} | {panel['description']} |"


def described(page, dashboard):
    """The page with the table of one dashboard between its markers."""
    begin, end = (f"<!-- {dashboard['uid']}: {edge} -->" for edge in ("made by dashboards/make.py", "end"))
    table = "\n".join(["| Panel | Question |", "| --- | --- |", *questions(dashboard["panels"])])
    changed, count = re.subn(rf"{begin}\n.*?{end}", lambda _: f"{begin}\n{table}\n{end}", page, flags=re.S)
    if count != 1:
        raise SystemExit(f"{PAGE} has not once the lines\n{begin}\n{end}")
    return changed


def made(root):
    """Path, from the top of the tree, to text of everything that is made."""
    page = (root / PAGE).read_text(encoding="utf-8")
    files = {}
    for dashboard in (fleet.dashboard(), ups.dashboard()):
        files[f"dashboards/{dashboard['uid']}.json"] = json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"
        page = described(page, dashboard)
    return {**files, PAGE: page}


def stale(root):
    """The made files that are not there or not as they would be made."""
    for path, text in made(root).items():
        file = root / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            yield path, text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, only say what is stale")
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parent, help="the tree to write into")
    arguments = parser.parse_args()
    found = list(stale(arguments.root))
    for path, text in found:
        if arguments.check:
            print(f"{path} is stale: run dashboards/make.py")
        else:
            (arguments.root / path).write_text(text, encoding="utf-8")
            print(path)
    return 1 if arguments.check and found else 0


if __name__ == "__main__":
    sys.exit(main())
