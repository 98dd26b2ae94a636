#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The dashboards and docs/dashboards.md are as dashboards/make.py makes them, and show what there is to show:
every metric about a UPS, in the words of the catalogue, under names that exist.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAKE = ROOT / "dashboards" / "make.py"
MADE = ["dashboards/upslink-fleet.json", "dashboards/upslink-ups.json", "docs/dashboards.md"]
sys.path.insert(0, str(ROOT / "dashboards"))
from source import words  # noqa: E402

# Of the readings, what "UPS" does not show, and why.
NOT_SHOWN = {
    "upslink_environment_alarm_register": "nobody knows what its bits mean, and it is read only when switched on",
}

CHOICES = {"cause": "upslink_transfer_cause", "result": "upslink_self_test_result"}


def make(*arguments):
    return subprocess.run([sys.executable, "-B", MAKE, *arguments], capture_output=True, text=True, check=False)


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def expressions(dashboard):
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield target["expr"]
    for mark in dashboard["annotations"]["list"]:
        if "expr" in mark:
            yield mark["expr"]


def asked(*names):
    """The metrics that dashboards ask for."""
    found = set()
    for name in names:
        for expr in expressions(json.loads((ROOT / "dashboards" / name).read_text())):
            found |= set(re.findall(r"([A-Za-z_:][\w:]*)\{", expr))
    return found


class Fresh(unittest.TestCase):
    def test_what_is_made_is_as_it_would_be_made(self):
        done = make("--check")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_stale_file_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            tree = pathlib.Path(folder)
            for path in MADE:
                (tree / path).parent.mkdir(exist_ok=True)
                shutil.copy(ROOT / path, tree / path)
            self.assertEqual(make("--check", "--root", tree).returncode, 0)
            for path in MADE:
                with self.subTest(stale=path):
                    whole = (tree / path).read_text()
                    (tree / path).write_text(whole.replace("UPSes by state", "UPSes by colour").replace(
                        "Charge now", "Charge then"))
                    done = make("--check", "--root", tree)
                    self.assertEqual(done.returncode, 1, done.stdout)
                    self.assertEqual(done.stdout, f"{path} is stale: run dashboards/make.py\n")
                    self.assertEqual(make("--root", tree).returncode, 0)
                    self.assertEqual((tree / path).read_text(), whole)

    def test_a_page_without_markers_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "docs").mkdir()
            (pathlib.Path(folder) / "docs" / "dashboards.md").write_text("# Dashboards\n")
            done = make("--root", folder)
            self.assertEqual(done.returncode, 1)
            self.assertIn("docs/dashboards.md has not once the lines", done.stderr)


class Complete(unittest.TestCase):
    def test_metrics_exist(self):
        of_prometheus = {"up", "ALERTS", "ALERTS_FOR_STATE"}
        for name in ("upslink-fleet.json", "upslink-ups.json"):
            self.assertEqual(asked(name) - words.metrics() - of_prometheus, set())

    def test_every_reading_of_a_ups_is_shown(self):
        sections = ("Status", "Power", "Slow", "Settings", "Identity", "The line")
        all_of_them = {metric for section in sections for metric in words.metrics_of(section)}
        self.assertGreater(len(all_of_them), 60)
        self.assertEqual(all_of_them - asked("upslink-ups.json"), set(NOT_SHOWN))

    def test_states_are_told_by_flags_that_exist(self):
        """And no expression asks for a member that the catalogue does not have."""
        for name in ("upslink-fleet.json", "upslink-ups.json"):
            for expr in expressions(json.loads((ROOT / "dashboards" / name).read_text())):
                for metric, rest in re.findall(r"(upslink_\w+)\{([^}]*)\}", expr):
                    for label, values in re.findall(r'(flag|cause|result|alert)=~?"([^"$]+)"', rest):
                        known = words.alerts() if label == "alert" else words.members(CHOICES.get(label, metric))
                        for value in values.split("|"):
                            self.assertIn(value, known, f"{metric} {label}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
