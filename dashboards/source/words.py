# SPDX-License-Identifier: Apache-2.0
"""The words for states, flags and choices, and the names of all metrics, from the pages that are made from
the catalogue (docs/metrics.md) and from the states (docs/api.md). So a dashboard says what the program says.
"""

import functools
import pathlib
import re
import typing

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"

GREEN, BLUE, YELLOW, ORANGE, RED, GREY = "green", "blue", "yellow", "orange", "red", "#808080"
SEVERITY_COLOURS = {"good": GREEN, "notice": BLUE, "warning": ORANGE, "critical": RED, "unknown": GREY}

SILENT_EXPORTER = 13  # a state beyond those of a UPS: the program that reads it does not answer


class State(typing.NamedTuple):
    code: int  # the worse, the higher
    text: str
    colour: str


def _table(page, heading):
    """The cells of the table below a heading: its head, and its other rows."""
    text = (DOCS / page).read_text(encoding="utf-8")
    section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    if section is None:
        raise ValueError(f"docs/{page} has no heading {heading}")
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split(" | ")] for line in lines)
    return head, rows


@functools.cache
def states():
    """All states by name, from docs/api.md, where the worst comes first."""
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (good|notice|warning|critical|unknown) \|", text, re.M)
    return {name: State(len(rows) - place, words, SEVERITY_COLOURS[severity])
            for place, (name, words, severity) in enumerate(rows)}


@functools.cache
def members(metric):
    """The documented flags or choices of a metric, in order: label value to meaning."""
    head, rows = _table("metrics.md", metric)
    label = max(place for place, cell in enumerate(head) if cell.startswith("`"))
    return {cells[label].strip("`"): cells[-1] for cells in rows}


@functools.cache
def alerts():
    """The alerts of the smart protocol: label value to meaning."""
    return {cells[1].strip("`"): cells[2] for cells in _table("metrics.md", "Alerts")[1]}


@functools.cache
def metrics():
    """The names of all metrics."""
    text = (DOCS / "metrics.md").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^\| `((?:upslink|process)_\w+)` \| (?:gauge|counter)", text, re.M))


@functools.cache
def metrics_of(section):
    """The names of the metrics in one section of docs/metrics.md."""
    return tuple(cells[0].strip("`") for cells in _table("metrics.md", section)[1])


def sentence(text):
    """`on_battery` or `the fan has failed` as the beginning of a sentence."""
    text = text.replace("_", " ")
    return text[:1].upper() + text[1:]
