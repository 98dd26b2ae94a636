#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A day in minutes: Debian's Prometheus scrapes simulated UPSes with the rules that the project ships, and
Debian's Alertmanager tells of them. Exactly what scenes.py says must be told, in its order, and nothing else.
Then every expression that the project ships is asked over that day.

    day_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import collections
import pathlib
import sys
import time
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "tests" / "dashboards")]
import stand  # noqa: E402

import expressions  # noqa: E402
import scenes  # noqa: E402
import speed  # noqa: E402
import theatre  # noqa: E402

RULES = [path for path in sorted((ROOT / "deploy" / "prometheus").glob("*.yml")) if expressions.is_rules_file(path)]
DASHBOARDS = sorted((ROOT / "dashboards").glob("*.json"))
FASTER = speed.Speed(scenes.FACTOR, scenes.OWN_FACTORS)


class Day(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        place = cls.enterClassContext(stand.Stand())
        inhibit_rules = yaml.safe_load((ROOT / "deploy/compose/alertmanager.yml").read_text())["inhibit_rules"]
        units = {name: profile for name, (profile, _) in scenes.UNITS.items()}
        cls.theatre = theatre.Theatre(place, units, "office", scenes.PREPARED, inhibit_rules)
        cls.prometheus = cls.theatre.prometheus
        cls.prometheus.load({path.name: FASTER.rules(yaml.safe_load(path.read_text())) for path in RULES})
        cls.failures = cls.theatre.play({name: scene for name, (_, scene) in scenes.UNITS.items() if scene})
        cls.theatre.main_owner.nothing_more()
        cls.ended_at = time.time()

    def test_each_owner_is_told_what_happens_in_order(self):
        for name in [*scenes.UNITS, "annex"]:
            with self.subTest(scene=name):
                if name in self.failures:
                    raise self.failures[name]

    def test_nobody_is_told_anything_else(self):
        accounted = 0
        for owner in self.theatre.listeners():
            with self.subTest(owner=owner.scene):
                self.assertEqual(owner.story()[owner.heard:], [])
                accounted += owner.heard
        sentinels = len(self.theatre.receiver.of(alertname="DaySentinel"))
        self.assertEqual(len(self.theatre.receiver.events), accounted + sentinels)

    def test_nothing_critical_is_held_back(self):
        """By the inhibit rules of deploy/compose, which keep what is no news from who knows it already."""
        all_told, news = self.theatre.receiver, self.theatre.second_receiver
        self.assertTrue(news.wait(lambda: len(news.of(alertname="DaySentinel")) == len(all_told.of(alertname="DaySentinel")), 60))

        def began(receiver, **labels):
            return collections.Counter((event.labels["alertname"], event.labels.get("instance"), event.labels.get("ups"))
                                       for event in receiver.of(**labels) if event.status == "firing")

        self.assertEqual(began(news, severity="critical"), began(all_told, severity="critical"))
        # A voltage is read a little later than the status that says that an outage is over, so now and then one is told.
        known = {"alertname": "UpsInputVoltageOutOfRange"}
        self.assertLess(sum(began(news, **known).values()), sum(began(all_told, **known).values()))

    def test_every_alert_was_told(self):
        shipped = {(rule["alert"], rule["labels"]["severity"]) for path in RULES
                   for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"] if "alert" in rule}
        told = {(event.labels["alertname"], event.labels["severity"]) for event in self.theatre.receiver.events}
        self.assertEqual(shipped - told, set())

    def test_what_is_told_are_sentences(self):
        for event in self.theatre.receiver.events:
            for text in event.annotations.values():
                self.assertNotRegex(text, r"<no value>|<error|%!|NaN|\{\{|  |\n", event.text())
                self.assertTrue(text.strip(), event.text())
            if event.labels["alertname"] != "DaySentinel":
                self.assertLessEqual({"summary", "description", "runbook_url"}, event.annotations.keys())

    def test_no_rule_has_a_problem(self):
        for group in self.prometheus.ask("rules")["groups"]:
            for rule in group["rules"]:
                self.assertEqual(rule.get("lastError", ""), "", rule["name"])
                self.assertEqual(rule["health"], "ok", rule["name"])

    # --- every expression

    def ask(self, expression, text):
        """What is wrong with an expression, over the day; None if nothing is."""
        fast = FASTER.own.get(expression.where, FASTER).expression(text)
        self.prometheus.query(text)
        self.prometheus.query(fast)
        found = self.prometheus.query_range(fast, self.theatre.began_at, self.ended_at)
        values = [value for series in found for _, value in series["values"] if value != "NaN"]
        return None if values else f"nothing in the whole day: {expression}"

    def wrong(self, pairs):
        """What is wrong with expressions, given with the texts to ask for."""
        found = []
        for expression, text in pairs:
            try:
                trouble = self.ask(expression, text)
            except stand.Failure as failure:
                trouble = f"{expression}: {failure}"
            if trouble:
                found.append(trouble)
        return found

    def test_every_expression_of_a_rule_has_an_answer(self):
        self.assertTrue(RULES, "there are no rules in deploy/prometheus")
        for path in RULES:
            found = expressions.of_rules(path)
            self.assertEqual("\n".join(self.wrong((expression, expression.text) for expression in found)), "")
            for name in {rule.where for rule in found if rule.recorded}:
                recorded = self.prometheus.query_range(name, self.theatre.began_at, self.ended_at)
                self.assertTrue(recorded, f"{name} was never recorded")

    def test_every_expression_of_a_dashboard_has_an_answer(self):
        self.assertTrue(DASHBOARDS, "there are no dashboards")
        for path in DASHBOARDS:
            with self.subTest(dashboard=path.name):
                board = self.resolved(path)
                chosen = board.chosen()
                asked = [(expression, board.substituted(expression.text, chosen)) for expression in board.expressions]
                self.assertTrue(asked)
                self.assertEqual("\n".join(self.wrong(asked)), "")

    def test_a_dashboard_survives_every_choice(self):
        """Each unit by itself, among them some that lack most series: no error."""
        for path in DASHBOARDS:
            board = self.resolved(path)
            for name, values in board.values.items():
                for value in values:
                    chosen = dict(board.chosen(), **{name: expressions.escape(value)})
                    for expression in board.expressions:
                        self.prometheus.query(FASTER.expression(board.substituted(expression.text, chosen)))

    def resolved(self, path):
        """A dashboard whose variables have been asked for."""
        board = expressions.Board(path)
        board.resolve(self.prometheus, self.theatre.began_at, self.ended_at)
        return board


if __name__ == "__main__":
    stand.main()
