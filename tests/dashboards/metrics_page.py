# SPDX-License-Identifier: Apache-2.0
"""The families of docs/metrics.md, which is what the catalogue prints: types, labels, values of labels."""

import dataclasses
import pathlib
import re

OF_EVERY_TARGET = {"job", "instance"}


@dataclasses.dataclass
class Family:
    kind: str
    labels: dict  # by name: the set of its values, or None if they are not known beforehand


def cells_of(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def sections_of(page):
    """Lines of tables by the heading above them."""
    sections = {}
    heading = ""
    for line in page.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            sections.setdefault(heading, []).append(cells_of(line))
    return {name: rows for name, rows in sections.items() if len(rows) > 2}


def codes(cell):
    return [text.replace("\\|", "|") for text in re.findall(r"`([^`]*)`", cell)]


def column(section, label):
    """The values of the column with this head."""
    at = section[0].index(f"`{label}`")
    return {code for row in section[2:] for code in codes(row[at])}


def labels_of(metric, cell, sections):
    """The labels of the cell `Labels`, some of which are listed in a section of their own."""
    if cell.startswith("[see below]"):
        return {code: None for row in sections[metric][2:] for code in codes(row[0])}
    labels = {}
    for part in filter(None, cell.split("; ")):
        if ": [see below](#commands)" in part:
            labels[codes(part)[0]] = {code for row in sections["Commands"][2:] for code in codes(row[0])}
        elif ": [see below]" in part:
            label = codes(part)[0]
            labels[label] = column(sections[metric], label)
            if label == "flag":
                labels[label] |= {f"bit{i}" for i in range(8)}
        elif " = " in part:
            label, *values = codes(part)
            labels[label] = set(values)
        else:
            labels.update(dict.fromkeys(codes(part)))
    return labels


def families(path):
    found = {}
    sections = sections_of(pathlib.Path(path).read_text(encoding="utf-8"))
    for heading, rows in sections.items():
        if rows[0][:3] != ["Metric", "Type", "Unit"]:
            continue
        for row in rows[2:]:
            metric = codes(row[0])[0]
            labels = dict.fromkeys(OF_EVERY_TARGET)
            if heading != "The exporter":
                labels["ups"] = None
            labels.update(labels_of(metric, row[3], sections))
            found[metric] = Family(row[1], labels)
    return found
