#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people read: the texts of alerts, as promtool renders them, and the pages about alerts.

    texts_test.py             compares the texts with texts.yml
    texts_test.py --write     writes texts.yml; then read what has changed
"""

import pathlib
import re
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import played  # noqa: E402

GOLDEN = pathlib.Path(__file__).parent / "texts.yml"
PREFIX = "https://upslink-exporter.example.org/docs/runbooks/"
README = played.FOLDER / "README.md"


def case_named(path):
    subject, name = path.split("/")
    return next(case for s in played.SUBJECTS if s.name == subject for case in s.cases if case.name == name)


def occasions():
    """(path of a case, seconds, alert): when each rule, with each of its labels, fires for the first time."""
    seen, result = set(), []
    for subject in played.SUBJECTS:
        for case in subject.cases:
            for firing in case.firing:
                key = (firing.alert, *sorted(firing.labels.items()))
                if key not in seen:
                    seen.add(key)
                    result.append((f"{subject.name}/{case.name}", firing.begin, firing.alert))
    return sorted(set(result))


def play(expected):
    """What promtool says to occasions with the alerts that they should have, those of one interval at once."""
    codes, outputs = [], []
    for interval in sorted({case_named(path).interval for path, _, _ in expected}):
        plays = [(case_named(path).input_series(), [(time, alert, alerts)])
                 for (path, time, alert), alerts in expected.items() if case_named(path).interval == interval]
        with tempfile.TemporaryDirectory(prefix="rules") as folder:
            file = played.written(pathlib.Path(folder), "texts", played.ALERTING, interval, *plays)
            code, output = played.promtool("test", "rules", file)
        codes.append(code)
        outputs.append(output)
    return max(codes), "".join(outputs)


def expected_of(occasion, texts):
    """With the labels that a case has, for the alerts that fire then."""
    path, time, alert = occasion
    case = case_named(path)
    firing = [f for f in case.firing if f.alert == alert and f.at(time)]
    return [{"exp_labels": case.labels(f, alert in played.names_of_the_exporter()),
             "exp_annotations": texts[key_of(f)] | {"runbook_url": f"{PREFIX}{alert}.md"}} for f in firing]


def key_of(firing):
    return " ".join(f"{key}={value}" if key != "severity" else value
                    for key, value in sorted(firing.labels.items()) if value)


class Texts(unittest.TestCase):
    def test_they_are_those_that_were_read(self):
        golden = {(entry["case"], entry["seconds"], entry["alert"]): entry["texts"]
                  for entry in yaml.safe_load(GOLDEN.read_text())}
        self.assertEqual(sorted(golden), occasions())
        code, output = play({occasion: expected_of(occasion, texts) for occasion, texts in golden.items()})
        self.assertEqual(code, 0, output)

    def test_each_bit_has_a_text_of_its_own(self):
        texts = [text["description"] for entry in yaml.safe_load(GOLDEN.read_text())
                 if entry["case"] in ("fault/faults", "fault/bypass-faults")
                 for key, text in entry["texts"].items()]
        self.assertEqual(len(texts), 13)
        self.assertEqual(len(set(texts)), 13)

    def test_annotations(self):
        for rule in played.rules():
            with self.subTest(alert=rule["alert"]):
                self.assertRegex(rule["alert"], r"^(Ups|Upslink)([A-Z][a-z]+)+$")
                self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info"))
                texts = rule["annotations"]
                self.assertEqual(texts["runbook_url"], f"{PREFIX}{rule['alert']}.md")
                who = "{{ $labels.instance }}" if rule["alert"] in played.names_of_the_exporter() else "{{ $labels.ups }}"
                self.assertIn(who, texts["description"])
                self.assertFalse(re.findall(r"\{\{ *\$value *\}\}", texts["summary"] + texts["description"]))


class Pages(unittest.TestCase):
    def test_each_alert_has_a_runbook_and_each_runbook_an_alert(self):
        self.assertEqual({path.stem for path in played.RUNBOOKS.glob("*.md")} - {"README"}, set(played.names()))

    def test_runbooks_have_one_form_and_ask_for_what_is_there(self):
        page = (played.ROOT / "docs" / "metrics.md").read_text()
        recorded = {rule["record"] for rule in played.recorded()}
        for name in played.names():
            with self.subTest(runbook=name):
                text = (played.RUNBOOKS / f"{name}.md").read_text()
                self.assertEqual(re.findall(r"(?m)^#+ .*$", text),
                                 [f"# {name}", "## What it means", "## What to look at", "## What to do"])
                self.assertLessEqual(len(text.splitlines()), 45)
                for metric in re.findall(r"\bupslink[_:][\w:]+", re.sub(r"`upslink_exporter [^`]*`", "", text)):
                    self.assertTrue(metric in recorded or f"| `{metric}` |" in page or metric == "upslink_exporter", metric)

    def test_both_tables_list_the_alerts(self):
        severities = {name: ", ".join(dict.fromkeys(rule["labels"]["severity"] for rule in played.rules()
                                                   if rule["alert"] == name)) for name in played.names()}
        for path, link in ((README, "../../docs/runbooks/"), (played.RUNBOOKS / "README.md", "")):
            rows = re.findall(r"(?m)^\| \[(\w+)\]\(([^)]*)\) \| ([^|]*) \| ([^|]+) \|$", path.read_text())
            self.assertEqual([(name, target, severity) for name, target, severity, _ in rows],
                             [(name, f"{link}{name}.md", severities[name]) for name in played.names()], path)

    def test_the_table_of_thresholds(self):
        rows = dict(re.findall(r"(?m)^\| `upslink:threshold:(\w+)` \| ([^|]+) \|$", README.read_text()))
        wanted = {rule["record"].rsplit(":", 1)[1]: re.fullmatch(r"vector\((.+)\)", rule["expr"])[1]
                  for rule in played.recorded() if ":threshold:" in rule["record"]}
        self.assertEqual({name: re.match(r"[\d.]+", text)[0] for name, text in rows.items()}, wanted)


def write():
    """What promtool got in place of the nothing that it is told to expect."""
    _, output = play({occasion: [] for occasion in occasions()})
    found = {}
    for labels, annotations in re.findall(r"Labels:(\{.*?\})\s+Annotations:(\{.*\})", output):
        pairs, said = (dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text)) for text in (labels, annotations))
        key = " ".join(f"{k}={v}" if k != "severity" else v for k, v in sorted(pairs.items())
                       if k not in ("alertname", "job", "instance", "ups"))
        found.setdefault((pairs.get("instance"), pairs["alertname"]), {}).setdefault(key, said)
    entries = []
    for path, time, alert in occasions():
        case = case_named(path)
        firing = [f for f in case.firing if f.alert == alert and f.at(time)]
        instance = case.labels(firing[0], True).get("instance")
        texts = {key_of(f): {name: found[instance, alert][key_of(f)][name] for name in ("summary", "description")}
                 for f in firing}
        entries.append({"case": path, "seconds": time, "alert": alert, "texts": texts})
    GOLDEN.write_text("# SPDX-License-Identifier: Apache-2.0\n# Written by texts_test.py --write.\n" +
                      yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=118))


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        unittest.main(verbosity=2)
