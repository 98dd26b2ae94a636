#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of deploy/prometheus: promtool takes them, plays the cases beside this file through them, and each
alert has the cases that it needs. What people read of them is looked at in texts_test.py."""

import pathlib
import re
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import played  # noqa: E402


def differences(output):
    """What promtool expected and got: a line for each alert, with the times at which it is missing or too much."""
    found = {}
    for block in re.split(r"(?=alertname:)", output):
        head = re.match(r"alertname: ?(\w+), time: ?(\w+)", block)
        sides = re.split(r"got:", block)
        if head and len(sides) == 2:
            wanted, got = (set(re.findall(r"Labels:(\{[^}]*\})", side)) for side in sides)
            for what, labels in (("missing", wanted - got), ("too much", got - wanted)):
                for one in labels:
                    found.setdefault(f"{what} {one}", []).append(head[2])
    return "\n".join(f"{what}: {' '.join(times)}" for what, times in sorted(found.items())) or output


class Rules(unittest.TestCase):
    def test_promtool_takes_them(self):
        code, output = played.promtool("check", "rules", "--lint=all", "--lint-fatal", played.RECORDING, played.ALERTING)
        self.assertEqual(code, 0, output)

    def test_every_limit_is_used_and_every_used_one_is_there(self):
        text = played.ALERTING.read_text()
        thresholds = {rule["record"] for rule in played.recorded() if ":threshold:" in rule["record"]}
        self.assertEqual(thresholds, set(re.findall(r"upslink:threshold:\w+", text)))
        for rule in played.rules():
            self.assertFalse(re.findall(r"[<>]=? *[2-9]\d*\b", rule["expr"]), f"{rule['alert']}: a limit of its own")

    def test_a_limit_counts_once_though_it_is_recorded_twice(self):
        """As it is where a server has those of several others."""
        for rule in played.rules():
            self.assertEqual(rule["expr"].count("upslink:threshold:"), rule["expr"].count("scalar(max(upslink:threshold:"))

    def test_they_ask_for_what_is_published(self):
        page = (played.ROOT / "docs" / "metrics.md").read_text()
        recorded = {rule["record"] for rule in played.recorded()}
        for rule in [*played.recorded(), *played.rules()]:
            for name in re.findall(r"\bupslink[_:][\w:]+", rule["expr"]):
                known = name in recorded if ":" in name else f"| `{name}` |" in page
                self.assertTrue(known, f"{name} in {rule}")
            for name, label, value in re.findall(r'(upslink_\w+)\{(\w+)!?=~?"([\w|]+)"\}', rule["expr"]):
                section = re.search(rf"### {name}\n.*?(?=\n##)", page, re.DOTALL)
                listed = section[0] if section else next(line for line in page.splitlines() if f"| `{name}` |" in line)
                for one in value.split("|"):
                    self.assertIn(f"`{one}`", listed, rule)

    def test_every_fault_bit_has_a_rule(self):
        section = re.search(r"### upslink_fault\n.*?(?=\n##)", (played.ROOT / "docs" / "metrics.md").read_text(), re.DOTALL)[0]
        flags = re.findall(r"\| `[23]` \| `(\w+)`", section)
        self.assertEqual(len(flags), 16)
        asked = [flag for rule in played.rules() for value in re.findall(r'upslink_fault\{flag=~?"([\w|]+)"', rule["expr"])
                 for flag in value.split("|")]
        self.assertEqual(sorted(asked), sorted(flags))


class Cases(unittest.TestCase):
    """A test for each subject is added below."""

    def play(self, subject):
        with tempfile.TemporaryDirectory(prefix="rules") as folder:
            code, output = played.play(pathlib.Path(folder), subject)
        self.assertEqual(code, 0, differences(output))

    def test_a_case_can_fail(self):
        subject, = (s for s in played.SUBJECTS if s.name == "nobody")
        subject.cases[0].firing[0].begin += subject.interval
        try:
            with tempfile.TemporaryDirectory(prefix="rules") as folder:
                code, output = played.play(pathlib.Path(folder), subject)
        finally:
            subject.cases[0].firing[0].begin -= subject.interval
        self.assertNotEqual(code, 0)
        self.assertRegex(differences(output), r'too much \{alertname="UpslinkExporterDown", severity="critical"\}: 2m$')


for each in played.SUBJECTS:
    setattr(Cases, f"test_{each.name}", lambda self, subject=each: self.play(subject))


def shown():
    """Which kinds of cases each alert has."""
    kinds = {name: set() for name in played.names()}
    for case in (case for subject in played.SUBJECTS for case in subject.cases):
        fired = {f.alert for f in case.firing}
        for f in case.firing:
            kinds[f.alert].add("fires")
            if f.end is not None:
                kinds[f.alert].add("resolves")
        if case.with_a_restart():
            for name in {f.alert for f in case.with_a_restart().firing}:
                kinds[name].add("restart")
        for tag, names in case.tags.items():
            for name in names:
                assert tag != "test" or name not in fired, f"{case.name}: {name} fires in a test"
                kinds[name].add(tag)
    return kinds


class Coverage(unittest.TestCase):
    def test_every_alert_has_all_kinds_of_cases_that_it_can_have(self):
        table = yaml.safe_load((pathlib.Path(__file__).parent / "coverage.yml").read_text())
        excused = {kind: {name for reason in reasons.values() for name in reason} for kind, reasons in table.items()}
        for name, kinds in shown().items():
            for kind in ("fires", "quiet", "resolves", "test", "missing", "restart"):
                with self.subTest(alert=name, kind=kind):
                    self.assertEqual(kind in kinds, name not in excused.get(kind, ()),
                                     "either a case shows it, or coverage.yml says why none does")

    def test_every_rule_fires(self):
        """Several rules of one alert differ in severity or in a label."""
        fired = [(f.alert, f.labels) for subject in played.SUBJECTS for case in subject.cases for f in case.firing]
        for rule in played.rules():
            self.assertTrue([labels for alert, labels in fired if alert == rule["alert"] and
                             rule["labels"].items() <= labels.items()], rule)


if __name__ == "__main__":
    unittest.main(verbosity=2)
