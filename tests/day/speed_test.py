#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""That a faster rule differs from the rule in its times, and in nothing else."""

import subprocess
import tempfile
import unittest

import yaml

import speed

FASTER = speed.Speed(30, {"UpsBoostOrTrimLong": 720})


class Durations(unittest.TestCase):
    def test_are_divided(self):
        for slow, fast in (("30s", "1s"), ("5m", "10s"), ("1h", "120s"), ("1d", "2880s"), ("1h30m", "180s"),
                           ("10s", "333ms"), ("1s", "33ms"), ("1ms", "1ms"), ("0s", "0s"), ("2w", "40320s"), ("1y", "1051200s")):
            self.assertEqual(FASTER.duration(slow), fast)

    def test_what_is_none_is_refused(self):
        for text in ("", "5", "m", "5 m", "1.5h", "-5m", "5M", "5mm"):
            with self.assertRaises(ValueError, msg=text):
                FASTER.duration(text)


class Expressions(unittest.TestCase):
    def test_ranges_steps_and_offsets_are_divided(self):
        for slow, fast in (
                ("rate(x[5m])", "rate(x[10s])"),
                ("max_over_time(x[1h:5m])", "max_over_time(x[120s:10s])"),
                ("max_over_time(x[1h:])", "max_over_time(x[120s:])"),
                ("x offset 5m", "x offset 10s"),
                ("x offset -5m", "x offset -10s"),
                ("rate(x[ 5m ] offset 1h)", "rate(x[ 10s ] offset 120s)")):
            self.assertEqual(FASTER.expression(slow), fast)

    def test_nothing_else_is(self):
        for text in ('x{flag="[5m]"} == 5', "x{a='offset 5m'}", "x{a=`[5m]`}", 'x{a="\\"[5m]"}', "x > 300 # [5m]",
                     "x @ 1700000000", 'x{schedule="7_days"}', "time() - x > 86400 * 365", "x5m", "rate_5m"):
            self.assertEqual(FASTER.expression(text), text)

    def test_a_quote_ends(self):
        self.assertEqual(FASTER.expression("""x{a="[5m]"}[5m] + y{b='it"s'}[5m]"""), """x{a="[5m]"}[10s] + y{b='it"s'}[10s]""")


class Rules(unittest.TestCase):
    RULES = """
groups:
  - name: a
    interval: 30s
    rules:
      - {record: "upslink:threshold:runtime_seconds", expr: vector(600)}
      - {alert: UpsBoostOrTrimLong, expr: "changes(x[12h]) > 0", for: 6h}
      - alert: UpsOnBattery
        expr: upslink_status{flag="on_battery"} == 1 and rate(x[5m]) > 300
        for: 5m
        keep_firing_for: 30s
        labels: {severity: critical}
        annotations: {summary: "on battery for 5m"}
  - {name: b, rules: []}
"""

    def test_every_time_is_divided(self):
        first, second = FASTER.rules(yaml.safe_load(self.RULES))["groups"]
        threshold, long, alert = first["rules"]
        self.assertEqual(first["interval"], "1s")
        self.assertEqual(threshold["expr"], "vector(600)")
        self.assertEqual(long, {"alert": "UpsBoostOrTrimLong", "expr": "changes(x[60s]) > 0", "for": "30s"})
        self.assertEqual(alert, {
            "alert": "UpsOnBattery", "expr": 'upslink_status{flag="on_battery"} == 1 and rate(x[10s]) > 300', "for": "10s",
            "keep_firing_for": "1s", "labels": {"severity": "critical"}, "annotations": {"summary": "on battery for 5m"}})
        self.assertEqual(second, {"name": "b", "rules": []})

    def test_promtool_takes_them(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as page:
            yaml.safe_dump(FASTER.rules(yaml.safe_load(self.RULES)), page)
            page.flush()
            done = subprocess.run(["promtool", "check", "rules", page.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
