# SPDX-License-Identifier: Apache-2.0
"""What a dashboard may speak of: metrics with their labels, alerts, and other dashboards."""

import dataclasses
import pathlib
import re

import metrics_page

ROOT = pathlib.Path(__file__).resolve().parents[2]
OF_ALERTS = {"alertname", "alertstate", "severity", "job", "instance", "ups"}


@dataclasses.dataclass
class Known:
    families: dict
    recorded: set = dataclasses.field(default_factory=set)  # names of recording rules
    alerts: set = dataclasses.field(default_factory=set)
    uids: dict = dataclasses.field(default_factory=dict)  # names of files by uid
    tags: set = dataclasses.field(default_factory=set)

    def is_counter(self, metric):
        family = self.families.get(metric)
        return metric.endswith("_total") if family is None else family.kind == "counter"

    def labels(self, metric):
        """Its labels with their values; None if nothing is known of them."""
        if metric in self.families:
            return self.families[metric].labels
        if metric == "up":
            return dict.fromkeys(metrics_page.OF_EVERY_TARGET)
        if metric in ("ALERTS", "ALERTS_FOR_STATE"):
            values = dict.fromkeys(OF_ALERTS)
            values["alertstate"] = {"pending", "firing"}
            values["severity"] = {"critical", "warning", "info"}
            values["alertname"] = self.alerts or None
            return values
        return None

    def is_metric(self, name):
        return name in self.recorded or self.labels(name) is not None


def named_in(folder, key):
    """The names of recording rules (`record`) or alerts (`alert`) in a folder of rules."""
    names = set()
    for path in sorted(folder.glob("*.yml")):
        names |= set(re.findall(rf"^\s*(?:- )?{key}: ([\w:]+)$", path.read_text(encoding="utf-8"), re.M))
    return names


def knowledge(boards, root=ROOT):
    rules = root / "deploy" / "prometheus"
    known = Known(metrics_page.families(root / "docs" / "metrics.md"), named_in(rules, "record"),
                  named_in(rules, "alert"))
    for board in boards:
        known.uids.setdefault(board.model.get("uid"), board.file)
        known.tags |= set(board.model.get("tags", []))
    return known
