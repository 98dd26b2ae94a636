# SPDX-License-Identifier: Apache-2.0
"""Strict readers of the two text formats of metrics: what a page may not contain is an error."""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)", re.IGNORECASE)
LABELS = re.compile(rf'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
UNITS = ("volts", "amperes", "hertz", "ratio", "seconds", "celsius", "watts", "joules", "bytes")
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


class Page:
    """`samples`: (name, sorted labels) to float. `help`, `type`, `unit`: by family name."""

    def __init__(self):
        self.samples = {}
        self.help = {}
        self.type = {}
        self.unit = {}


def unescaped(text):
    return re.sub(r'\\[\\"n]', lambda match: ESCAPES[match[0]], text)


def sample(line):
    """One line as (name, labels), value."""
    match = SAMPLE.fullmatch(line)
    if match is None:
        raise ValueError(f"no sample: {line!r}")
    name, inside, value = match.groups()
    labels = tuple(sorted((k, unescaped(v)) for k, v in LABELS.findall(inside or "")))
    if len({k for k, _ in labels}) != len(labels):
        raise ValueError(f"a label twice: {line!r}")
    if not NUMBER.fullmatch(value):
        raise ValueError(f"no number: {line!r}")
    return (name, labels), float(value)


def _read(text, openmetrics):
    page = Page()
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    lines = text[:-1].split("\n")
    if openmetrics:
        if lines.pop() != "# EOF":
            raise ValueError("# EOF is not the last line")
    family = None
    closed = set()
    for line in lines:
        if line.startswith("# "):
            match = re.fullmatch(rf"# (HELP|TYPE|UNIT) ({NAME})(?: (.*))?", line)
            if match is None:
                raise ValueError(f"no metadata: {line!r}")
            keyword, name, rest = match.groups()
            if name != family:
                if name in closed:
                    raise ValueError(f"the family {name} comes in two pieces")
                closed.add(name)
                family = name
            table = getattr(page, keyword.lower())
            if name in table:
                raise ValueError(f"a second {keyword} of {name}")
            if any(n == name for n, _ in page.samples):
                raise ValueError(f"{keyword} of {name} after its samples")
            if keyword == "TYPE" and rest not in ("gauge", "counter"):
                raise ValueError(f"an unexpected type: {line!r}")
            if keyword == "UNIT" and (not openmetrics or not name.endswith("_" + rest) or rest not in UNITS):
                raise ValueError(f"a wrong unit: {line!r}")
            table[name] = rest or ""
            continue
        series, value = sample(line)
        is_counter = page.type.get(family) == "counter"
        expected = family + "_total" if openmetrics and is_counter else family
        if series[0] != expected:
            raise ValueError(f"a sample outside its family {family}: {line!r}")
        if series in page.samples:
            raise ValueError(f"a series twice: {line!r}")
        if is_counter and value < 0:
            raise ValueError(f"a counter below 0: {line!r}")
        page.samples[series] = value
    for table, what in ((page.help, "HELP"), (page.type, "TYPE")):
        for name, _ in page.samples:
            known = {name, name.removesuffix("_total")} if openmetrics else {name}
            if not known & table.keys():
                raise ValueError(f"no {what} of {name}")
    return page


def read_text(text):
    """Prometheus' text format 0.0.4."""
    return _read(text, False)


def read_openmetrics(text):
    return _read(text, True)
