#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every kind of unit that the simulator knows: all that it says is published, right, and nothing else.

All units stand in one simulator and are read by one exporter, which takes as long as the slowest of them.

    profiles_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import concurrent.futures
import json
import re
import subprocess
import time
import unittest

import stand
import truth

ACCESSORIES = {"measure-ups-1": "1", "measure-ups-2": "2"}
# What the exporter counts and sums up for a UPS; the readings are truth.FAMILIES.
LINE_FAMILIES = {
    "upslink_up", "upslink_last_success_timestamp_seconds", "upslink_poll_duration_seconds",
    "upslink_alerts_total", "upslink_alert_last_timestamp_seconds", "upslink_transfers_total",
    "upslink_on_battery_seconds_total", "upslink_output_power_watts", "upslink_output_energy_joules_total",
    "upslink_requests_total", "upslink_request_failures_total", "upslink_link_bytes_total",
    "upslink_link_opens_total", "upslink_command_supported", "upslink_info",
}
PROBED = ["su700", "g2", "rt", "matrix", "bkpro"]


def profiles():
    """The profiles of units, without accessories."""
    listed = subprocess.run([stand.programs.simulator, "--list-profiles"], capture_output=True, text=True,
                            check=True).stdout
    return [line.split()[0] for line in listed.splitlines() if line.split()[0] not in ACCESSORIES]


class Zoo:
    """One unit of each profile, and a su700 with each Measure-UPS, read by one exporter."""

    def __init__(self, s):
        names = profiles()
        options = [word for name in names for word in ("--profile", name)]
        self.sim = s.simulator(*options, "--count", len(names))
        self.units = {name: (self.sim, number) for number, name in enumerate(names)}
        addresses = dict(zip(names, self.sim.links))
        for name, kind in ACCESSORIES.items():
            sim = s.simulator("--profile", "su700", "--measure-ups", kind)
            self.units[name] = (sim, 0)
            addresses[name] = sim.links[0]
        self.exporter = s.exporter(addresses)

    def truth(self, name):
        sim, number = self.units[name]
        return truth.Truth(sim.state(number))

    def support(self, page, name):
        return {dict(labels)["command"]: value for (family, labels), value in page.items()
                if family == "upslink_command_supported" and ("ups", name) in labels}


def of(page, ups):
    return {(name, tuple(pair for pair in labels if pair[0] != "ups")): value
            for (name, labels), value in page.items() if ("ups", ups) in labels}


def setUpModule():
    """One zoo for all tests: the wait until all is known is the longest part, and starts here."""
    global shared, zoo
    shared = unittest.enterModuleContext(stand.Stand())
    zoo = Zoo(shared)


class ProfilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.zoo = zoo
        cls.truths = {name: cls.zoo.truth(name) for name in cls.zoo.units}

        def unknown():
            """What is not known yet."""
            page = cls.zoo.exporter.scrape().samples
            missing = {}
            for name, what in cls.truths.items():
                support = cls.zoo.support(page, name)
                asked = {truth.printed(c) for c in what.answers} - {truth.printed(c) for c in truth.NOT_PUBLISHED}
                asked -= {truth.printed(c) for c, a in what.answers.items() if a and truth.malformed(c, a)}
                left = asked - support.keys()
                left |= {str(series) for series in what.values.keys() - of(page, name).keys()}
                if left:
                    missing[name] = left
            return missing

        began = time.monotonic()
        end = began + 100 + 6 * stand.SLACK
        while (missing := unknown()) and time.monotonic() < end:
            time.sleep(0.5)
        print(f"waited for {time.monotonic() - began:.1f} s; not known: {missing}", flush=True)
        cls.page = cls.zoo.exporter.scrape().samples
        cls.truths = {name: cls.zoo.truth(name) for name in cls.zoo.units}

    def each(self, check):
        for name in self.zoo.units:
            with self.subTest(profile=name):
                check(name, self.truths[name], of(self.page, name))

    def test_every_quantity_is_published_as_it_is(self):
        def check(_name, what, series):
            self.assertGreater(len(what.values), 5)
            for key, right in what.values.items():
                self.assertIn(key, series)
                self.assertTrue(truth.close(series[key], right, what.commands[key]),
                                f"{key} is {series[key]}, right is {right}")
            self.assertEqual(series["upslink_up", ()], 1)

        self.each(check)

    def test_nothing_else_is_published(self):
        def check(_name, what, series):
            for key in series:
                if key[0] in truth.FAMILIES and key[0] != "upslink_accessory_info":
                    self.assertIn(key, what.values)
                elif key not in what.values:
                    self.assertIn(key[0], LINE_FAMILIES, key)

        self.each(check)

    def test_who_it_is_stands_in_the_info(self):
        def check(name, what, series):
            infos = [dict(labels) for family, labels in series if family == "upslink_info"]
            self.assertEqual(len(infos), 1)
            self.assertEqual(infos[0]["link"], "tty")
            self.assertTrue(infos[0]["model"] or not (what.info["firmware"] or what.info["firmware_code"]))
            self.assertRegex(infos[0]["manufactured"], r"^(\d{4}-\d\d-\d\d)?$")
            for label, right in what.info.items():
                if right is not None:
                    self.assertEqual(infos[0][label], right, label)

        self.each(check)

    def test_every_command_that_has_an_answer_has_a_place(self):
        def check(name, what, series):
            support = self.zoo.support(self.page, name)
            published = {what.commands[key] for key in what.values}
            for command, answer in what.answers.items():
                if command in truth.NOT_PUBLISHED:
                    self.assertNotIn(truth.printed(command), support)
                    continue
                if answer and truth.malformed(command, answer):
                    self.assertNotEqual(support.get(truth.printed(command)), 1)
                    continue
                gives = answer not in (None, "NA")
                self.assertEqual(support.get(truth.printed(command)), gives, truth.printed(command))
                if gives and command not in published:  # a label, or what says that there is no value
                    self.assertTrue(command in truth.INFO or truth.says_nothing(command, answer),
                                    f"{truth.printed(command)} answers {answer!r}")
            for command in support:
                self.assertIn(truth.command_byte(command), truth.ASKED)

        self.each(check)

    def test_only_reading_bytes_were_sent(self):
        for name, (sim, number) in self.zoo.units.items():
            with self.subTest(profile=name):
                self.assertEqual(sim.ask("bytes", number)["not_read_only"], {})

    def test_nothing_is_wrong_on_a_good_line(self):
        def check(name, _what, series):
            failures = {dict(labels)["reason"]: value for (family, labels), value in series.items()
                        if family == "upslink_request_failures_total" and value}
            failures.pop("timeout", None)  # units that say nothing for NA
            self.assertEqual(failures, {})
            warnings = [line for line in self.zoo.exporter.log_lines()
                        if line.get("ups") == name and line["level"] != "info"]
            self.assertEqual(warnings, [])

        self.each(check)


class ProbeTest(unittest.TestCase):
    """`probe` decodes everything that a unit has."""

    @classmethod
    def setUpClass(cls):
        forms = ["text", "json"]
        options = [word for name in PROBED for _ in forms for word in ("--profile", name)]
        cls.sim = shared.simulator(*options, "--count", len(PROBED) * len(forms))
        wanted = [(name, form) for name in PROBED for form in forms]
        with concurrent.futures.ThreadPoolExecutor(len(wanted)) as pool:
            runs = {what: pool.submit(stand.run_exporter, "probe", link, "--format", what[1])
                    for what, link in zip(wanted, cls.sim.links)}
        cls.results = {what: run.result() for what, run in runs.items()}
        cls.unit = {what: number for number, what in enumerate(wanted)}

    def each(self, form, check):
        for name in PROBED:
            with self.subTest(profile=name):
                status, out, err, _ = self.results[name, form]
                self.assertEqual((status, err), (0, ""))
                self.assertEqual(self.sim.ask("bytes", self.unit[name, form])["not_read_only"], {})
                check(name, truth.answers_of(self.sim.state(self.unit[name, form])), out)

    def test_json(self):
        def check(name, answers, out):
            report = json.loads(out)
            self.assertEqual(report["address"], self.sim.links[self.unit[name, "json"]])
            rows = {}
            for row in report["quantities"]:
                self.assertEqual(set(row), {"quantity", "command", "status", "reply", "value", "unit"})
                rows.setdefault(truth.command_byte(row["command"]), []).append(row)
            self.assertEqual(set(rows), truth.ASKED | truth.NOT_PUBLISHED)
            for command, answer in answers.items():
                for row in rows[command]:
                    self.check_row(command, answer, row)

        self.each("json", check)

    def check_row(self, command, answer, row):
        if command == "J":
            self.assertEqual(row["status"], "not_asked")
        elif answer is None:
            self.assertEqual((row["status"], row["reply"]), ("timeout", None), row)
        elif answer == "NA":
            self.assertEqual((row["status"], row["reply"]), ("not_available", None), row)
        elif truth.malformed(command, answer):
            self.assertEqual(row["status"], "malformed", row)
        elif truth.says_nothing(command, answer) or row["quantity"] in ("uptime", "ambient_temperature_2") \
                or row["quantity"].endswith("_2"):
            self.assertIn(row["status"], ("ok", "no_value"), row)
        else:
            self.assertEqual(row["status"], "ok", row)
            self.assertIsNotNone(row["value"], row)
            number = truth.number_of(command, answer)
            if number is not None:
                self.assertTrue(truth.close(row["value"], number, command), row)

    def test_text(self):
        def check(name, answers, out):
            head, *lines = out.splitlines()
            self.assertRegex(head, r"^QUANTITY +COMMAND +REPLY +VALUE$")
            seen = {}
            for line in lines:
                match = re.fullmatch(r"([a-z_0-9]+) +(\S+) +(.*?) {1,}(.+)", line)
                self.assertIsNotNone(match, line)
                seen.setdefault(truth.command_byte(line[28:37].strip()), []).append(line)
            self.assertEqual(set(seen), truth.ASKED | truth.NOT_PUBLISHED)
            for command, answer in answers.items():
                for line in seen[command]:
                    good = answer not in (None, "NA") and command != "J" and not truth.says_nothing(command, answer) \
                        and not truth.malformed(command, answer)
                    if not line.split()[0].endswith("_2") and line.split()[0] != "uptime":
                        self.assertEqual(not line[59:].startswith("- "), good, line)

        self.each("text", check)


if __name__ == "__main__":
    stand.main()
