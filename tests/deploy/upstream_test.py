#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/upstream: that the drafts say of the metrics, alerts and dashboards what is shipped.

    upstream_test.py --exporter PROGRAM --simulator PROGRAM
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import upstream
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import stand  # noqa: E402

DRAFTS = ROOT / "docs" / "upstream"
OUTAGE = """
rule_files: [rules.yml]
evaluation_interval: 15s
tests:
  - interval: 15s
    input_series:
      - {series: 'upslink_status{job="j", instance="i", ups="outage", flag="on_battery"}', values: 0x4 1x16}
      - {series: 'upslink_transfer_cause{job="j", instance="i", ups="outage", cause="test"}', values: 0x20}
      - {series: 'upslink_status{job="j", instance="i", ups="test", flag="on_battery"}', values: 0x4 1x16}
      - {series: 'upslink_transfer_cause{job="j", instance="i", ups="test", cause="test"}', values: 1x20}
    promql_expr_test:
      - expr: 'count by (ups) (ALERTS{alertname="UpsOnBattery", alertstate="firing"})'
        eval_time: 3m
        exp_samples: [{labels: '{ups="outage"}', value: 1}]
"""


def rendered(name):
    """The name of an alert as the list's site makes it of a rule's."""
    return "".join(word.capitalize() for word in name.split())


class Alerts(unittest.TestCase):
    def setUp(self):
        self.chosen = [entry for entries in upstream.selected().values() for entry in entries]

    def test_the_draft_is_made_of_what_is_shipped(self):
        path = DRAFTS / "awesome-prometheus-alerts.yml"
        self.assertEqual(path.read_text(), upstream.draft(),
                         f"make it again: tests/deploy/upstream.py > {path.relative_to(ROOT)}")

    def test_it_is_yaml_with_the_fields_in_their_order(self):
        exporter, = yaml.safe_load((DRAFTS / "awesome-prometheus-alerts.yml").read_text())
        self.assertEqual(exporter["rules"], [{k: v + "\n" if k == "comments" else v for k, v in fields.items()}
                                             for _, fields in self.chosen])
        order = ["name", "description", "query", "severity", "for", "comments"]
        for rule in exporter["rules"]:
            self.assertEqual([field for field in order if field in rule], list(rule))

    def test_names_are_those_of_the_alerts_and_nothing_needs_other_rules(self):
        for shipped, fields in self.chosen:
            self.assertEqual(rendered(fields["name"]), shipped["alert"])
            self.assertNotIn("upslink:", fields["query"])
            self.assertNotIn("'", fields["query"], "the list's site puts queries between apostrophes")
        self.assertEqual(len({fields["name"] for _, fields in self.chosen}), len(self.chosen))

    def test_promtool_takes_them_and_a_self_test_is_no_outage(self):
        rules = [{"alert": rendered(fields["name"]), "expr": fields["query"], "for": fields.get("for", "0m"),
                  "labels": {"severity": fields["severity"]}, "annotations": {"description": fields["description"]}}
                 for _, fields in self.chosen]
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "draft", "rules": rules}]}))
            (pathlib.Path(folder) / "test.yml").write_text(OUTAGE)
            for command in (["check", "rules", "--lint-fatal", "rules.yml"], ["test", "rules", "test.yml"]):
                done = subprocess.run(["promtool", *command], cwd=folder, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Exporters(unittest.TestCase):
    def test_samples_are_those_of_a_scrape(self):
        samples = re.findall(r"(?m)^ {8}((?:# |upslink_).+)$", (DRAFTS / "exporters.md").read_text())
        self.assertGreater(len(samples), 6)
        with stand.Stand() as s:
            unit = s.simulator("--profile", "su700", "--smart")
            exporter = s.exporter({"rack1": unit.links[0]})
            s.wait("all samples are there", lambda: set(samples) <= set(exporter.get().text.splitlines()))

    def test_the_port_is_the_exporters(self):
        listed = re.search(r"(?m)^ {4}\| (\d+) \| \[", (DRAFTS / "exporters.md").read_text())[1]
        self.assertIn(f"Default: :{listed} ", (ROOT / "tests" / "app" / "help.txt").read_text().replace("\n", " "))


class Dashboards(unittest.TestCase):
    def test_each_has_a_section_and_asks_for_its_data_source(self):
        page = (DRAFTS / "grafana.md").read_text()
        found = {path.name: json.loads(path.read_text()) for path in (ROOT / "dashboards").glob("*.json")}
        self.assertEqual(set(re.findall(r"File `dashboards/(.+?\.json)`", page)), set(found))
        for name, dashboard in found.items():
            self.assertIn(f"## {dashboard['title']}\n\nFile `dashboards/{name}`, uid `{dashboard['uid']}`.\n", page)
            variables = {variable["name"]: variable["type"] for variable in dashboard["templating"]["list"]}
            self.assertEqual(variables["datasource"], "datasource", "it would need an export for sharing")
            section = page.split(f"## {dashboard['title']}\n")[1].split("\n## ")[0]
            named = {"data source" if name == "datasource" else name for name in variables}
            listed = re.search(r"Variables: ([\w, ]+)\.", section.replace("\n> ", " "))[1]
            self.assertEqual(set(listed.split(", ")), named, name)


if __name__ == "__main__":
    stand.main()
