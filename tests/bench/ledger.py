# SPDX-License-Identifier: Apache-2.0
"""What `compare` measured, and how it is told: a table for each part, a column for each subject, the first of
which is what the others are set in ratio to."""

import statistics

from rig import percentile


def came(samples):
    return [value for value in samples if value is not None]


def spread(digits, unit):
    """Median / p90 / worst of samples, and their number."""

    def show(samples):
        seen = came(samples)
        missed = f", {len(samples) - len(seen)} never" if len(seen) < len(samples) else ""
        if not seen:
            return "never"
        parts = (statistics.median(seen), percentile(seen, 0.9), max(seen))
        return " / ".join(f"{value:.{digits}f}" for value in parts) + f"{unit} ({len(samples)}{missed})"

    return show


def plain(digits, unit=""):
    return lambda value: "never" if value is None else f"{value:,.{digits}f}{unit}"


def middle(value):
    """What a ratio is made of: the median of samples, or the number."""
    if isinstance(value, list):
        return statistics.median(came(value)) if came(value) else None
    return value


# figure: (title, how it is shown, whether a ratio says something)
FIGURES = {
    "commands": ("commands in a poll", lambda v: f"{statistics.median(v):.0f}", False),
    "poll": ("length of a poll: median / p90 / worst", spread(3, " s"), False),
    "ratio": ("the same over the wire's ideal", spread(3, ""), False),
    "main": ("age of the main values, worst", plain(2, " s"), True),
    "registers": ("age of the registers `~` `'` `8`, worst", plain(2, " s"), True),
    "start": ("start to all values right", plain(2, " s"), True),
    "wrong": ("values shown wrong before that", plain(0), False),
    "alert": ("`!` on the wire to on battery: median / p90 / worst", spread(3, " s"), True),
    "quiet": ("line failure to on battery: median / p90 / worst", spread(3, " s"), True),
    "asked": ("everything of one unit, asked for: median / p90 / worst", spread(3, " ms"), True),
    "rate": ("such questions a second, one after the other", plain(0), True),
    "up": ("units shown as on line", plain(0), False),
    "all up": ("start to all of them", plain(1, " s"), True),
    "processes": ("processes", plain(0), False),
    "threads": ("threads", plain(0), False),
    "rss": ("memory (RSS, summed)", plain(1, " MB"), True),
    "pss": ("memory (PSS, what is shared divided)", plain(1, " MB"), True),
    "cpu": ("CPU, of one core", plain(3, " %"), True),
}


class Ledger:
    def __init__(self, machine, subjects):
        self.machine, self.subjects, self.parts = machine, subjects, {}

    def add(self, part, title, found, noise):
        self.parts[part] = {"title": title, "noise": noise, "subjects": found}

    def failed(self):
        return any("failed" in result for part in self.parts.values() for result in part["subjects"].values())

    def rows(self, part):
        """The lines of a table, the header first."""
        found = self.parts[part]["subjects"]
        yield ["", *self.subjects]
        first = found[self.subjects[0]]
        for figure, (title, show, has_ratio) in FIGURES.items():
            if not any(figure in found[name] for name in self.subjects):
                continue
            cells = [title]
            for name in self.subjects:
                value = found[name].get(figure)
                told = "-" if figure not in found[name] or value == [] else show(value)
                ours, theirs = middle(first.get(figure)), middle(value)
                if has_ratio and name != self.subjects[0] and ours and theirs:
                    told += f" (×{theirs / ours:,.3g})"
                cells.append(told)
            yield cells
        failed = {name: found[name]["failed"] for name in self.subjects if "failed" in found[name]}
        if failed:
            yield ["not measured", *(failed.get(name, "") for name in self.subjects)]

    def text(self, part):
        rows = list(self.rows(part))
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return f"{self.parts[part]['title']}  ({part}; {self.parts[part]['noise']})\n" + "\n".join("  " + line for line in lines)

    def markdown(self):
        lines = [f"{self.machine}.", ""]
        for part, result in self.parts.items():
            head, *rows = self.rows(part)
            lines += [f"### {result['title']}", "", "| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
            lines += ["| " + " | ".join(row) + " |" for row in rows]
            lines += ["", f"`--only {part}`; {result['noise']}.", ""]
        return "\n".join(lines)

    def as_json(self):
        return {"machine": self.machine, "parts": self.parts}
