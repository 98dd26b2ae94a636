# SPDX-License-Identifier: Apache-2.0
"""What the exporter must show for what the simulator says, from docs/metrics.md and nothing else of
the exporter."""

import calendar
import re

from rig import ROOT

PAGE = ROOT / "docs" / "metrics.md"
TIMES = {"j": 60, "q": 60, "w": 60, "d": 3600}  # minutes and hours to seconds
REGISTERS = {"'": "2", "8": "3"}  # the numbers of the fault registers


def cells(line):
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]


def full(year):
    """Of the two digits that a UPS says."""
    return year + (1900 if year > 69 else 2000)


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


class Truth:
    """Knows for a command which series its answer makes."""

    def __init__(self, ups):
        self.ups = ups
        self.metrics = {}  # command: [(metric, unit, labels)]
        self.replies = {}  # command: form of the reply
        self.members = {}  # (metric, register if it has one): [(label value, bit or replies)]
        self.member_label = {}
        section, header = "", []
        lines = PAGE.read_text(encoding="utf-8").splitlines()
        for line, following in zip(lines, [*lines[1:], ""]):
            if line.startswith("#"):
                section = line.lstrip("# ")
            elif following.startswith("| ---"):
                header = cells(line)
            elif line.startswith("| ") and not line.startswith("| ---"):
                self._row(section, dict(zip(header, cells(line))))

    def _row(self, section, row):
        if section == "upslink_info":
            return
        if section.startswith("upslink_"):
            key = "Bit" if "Bit" in row else "Reply"
            label = next(h for h in row if h.startswith("`") and h != "`register`")
            self.member_label[section] = quoted(label)[0]
            meant = int(row[key]) if key == "Bit" else quoted(row[key])
            register = quoted(row.get("`register`", ""))
            self.members.setdefault((section, *register), []).append((quoted(row[label])[0], meant))
        elif section == "Commands" and row.get("Command", "").startswith("`"):
            self.replies[quoted(row["Command"])[0]] = row["Reply"]
        elif "Command" in row and row["Metric"].startswith("`") and row["Type"] == "gauge":
            metric = quoted(row["Metric"])[0]
            for command in quoted(row["Command"]):
                labelled = "`register`" in row["Labels"]
                labels = {"register": REGISTERS.get(command, command)} if labelled else {}
                self.metrics.setdefault(command, []).append((metric, row["Unit"], labels))

    def _name(self, metric, labels):
        text = "".join(f',{key}="{value}"' for key, value in labels.items())
        return f'{metric}{{ups="{self.ups}"{text}}}'

    def series(self, command, answer):
        """{series: value} of one answer; nothing for what only upslink_info shows."""
        found = {}
        for metric, unit, labels in self.metrics.get(command, []):
            if metric in ("upslink_info", "upslink_accessory_info"):
                continue
            reply = self.replies[command]
            members = (metric, *labels.values())
            if members in self.members:
                label = self.member_label[metric]
                for value, key in self.members[members]:
                    on = int(answer, 16) >> key & 1 if isinstance(key, int) else answer in key
                    found[self._name(metric, {**labels, label: value})] = float(on)
            elif "hex" in reply:
                found[self._name(metric, labels)] = float(int(answer, 16))
            elif "`FF`" in reply:
                found[self._name(metric, labels)] = float(answer == "FF")
            elif "date" in reply:
                month, day, year = map(int, answer.split("/"))
                year = full(year)
                found[self._name(metric, labels)] = float(calendar.timegm((year, month, day, 0, 0, 0)))
            else:
                number = float(answer.rstrip(":"))
                scale = 0.01 if unit == "ratio" else TIMES.get(command, 1)
                found[self._name(metric, labels)] = number * scale
        return found

    def info_labels(self, answers):
        labels = {"name": answers["c"].strip(), "model": answers["^A"].strip(), "firmware": answers["b"]}
        labels |= {"firmware_code": answers["V"], "serial_number": answers["n"]}
        month, day, year = answers["m"].split("/")
        labels |= {"manufactured": f"{full(int(year))}-{month}-{day}", "protocol": answers["a"].split(".")[0]}
        return labels

    def info_of(self, shown):
        """The labels of upslink_info, without those that are empty."""
        for name in shown:
            if name.startswith("upslink_info{"):
                return {k: v for k, v in re.findall(r'(\w+)="([^"]*)"', name) if v and k not in ("ups", "link")}
        return {}


def same(a, b):
    return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))
