#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`probe --format json` is what docs/probe.md promises: every field, its type, every status, the example.

    probe_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import json
import pathlib
import re
import threading
import unittest

import stand

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "probe.md"
TYPES = {"number": (int, float), "string": str, "array": list, "null": type(None)}


def tables(text):
    """Each table of a page as (its head, the cells of its rows)."""
    found = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.M):
        head, rule, *rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in block.splitlines()]
        if not all(set(cell) <= set("-|") for cell in rule):
            raise ValueError(block)
        found.append((head, rows))
    return found


def name(cell):
    return re.fullmatch(r"`(\w+)`", cell)[1]


class Promise:
    """What the page says."""

    def __init__(self):
        text = PAGE.read_text().partition("\n## JSON\n")[2]
        whole, row, statuses = tables(text)
        self.whole = self.fields(whole)
        self.row = self.fields(row)
        self.statuses = {name(cells[0]) for cells in statuses[1]}
        self.version = int(re.search(r"of this format: (\d+)", text)[1])
        unit = next(cells[2] for cells in row[1] if cells[0] == "`unit`")
        self.units = set(re.findall(r"`(\w+)`", unit))
        self.example = json.loads(re.search(r"```json\n(.*?)```", text, re.S)[1])

    @staticmethod
    def fields(table):
        head, rows = table
        if head != ["field", "type", "meaning"]:
            raise ValueError(head)
        return {name(cells[0]): tuple(TYPES[word] for word in re.findall(r"[a-z]+", cells[1]) if word != "or")
                for cells in rows}


def is_one_of(value, types):
    flat = tuple(kind for each in types for kind in (each if isinstance(each, tuple) else (each,)))
    return isinstance(value, flat) and not isinstance(value, bool)


class ProbeFormatTest(unittest.TestCase):
    """Runs on every status at once."""

    @classmethod
    def setUpClass(cls):
        cls.promise = Promise()
        with stand.Stand() as s:
            full, broken, lost = s.simulator("--profile", "su1400rm", "--measure-ups", "2"), s.simulator(), s.simulator()
            broken.ask("set O nonsense")
            broken.ask("set P silent")
            broken.ask("set B SM")
            broken.ask(r'set n "a\"\xe4b\\c \x01 "')
            broken.ask("set j >>>>:")
            broken.ask("register status a5")

            def unplug():
                stand.until("half is read", lambda: lost.ask("stats")["commands"].get("C", 0) >= 1)
                lost.ask("unplug")

            puller = threading.Thread(target=unplug)
            puller.start()
            cls.reports = [cls.probe(sim.links[0]) for sim in (lost, full, broken)]
            puller.join()
        cls.rows = [row for report in cls.reports for row in report["quantities"]]

    @classmethod
    def probe(cls, address):
        status, out, err, _ = stand.run_exporter("probe", address, "--format", "json")
        if (status, err) != (0, ""):
            raise stand.Failure(f"probe ended with {status}: {err}")
        return dict(json.loads(out), asked=address)

    def test_the_whole_has_the_fields_of_the_page(self):
        for report in self.reports:
            self.assertEqual(report.pop("asked", report["address"]), report["address"])
            self.assertEqual(list(report), list(self.promise.whole))
            self.assertEqual(report["version"], self.promise.version)
            for field, types in self.promise.whole.items():
                self.assertTrue(is_one_of(report[field], types), (field, report[field]))

    def test_every_quantity_has_the_fields_of_the_page(self):
        for row in self.rows:
            self.assertEqual(list(row), list(self.promise.row), row)
            for field, types in self.promise.row.items():
                self.assertTrue(is_one_of(row[field], types), (field, row))

    def test_every_type_of_the_page_comes_and_no_field_has_another(self):
        for field, types in self.promise.row.items():
            for each in types:
                self.assertTrue(any(is_one_of(row[field], (each,)) for row in self.rows), (field, each))

    def test_the_statuses_are_those_of_the_page(self):
        self.assertEqual({row["status"] for row in self.rows}, self.promise.statuses)

    def test_the_units_are_those_of_the_page(self):
        self.assertEqual({row["unit"] for row in self.rows} - {None}, self.promise.units)

    def test_what_goes_with_a_status(self):
        for row in self.rows:
            self.assertEqual(row["value"] is not None, row["status"] == "ok", row)
            if row["status"] in ("ok", "no_value"):
                self.assertIsNotNone(row["reply"], row)
            if row["status"] in ("not_available", "not_asked", "timeout", "link"):
                self.assertIsNone(row["reply"], row)
            if isinstance(row["value"], list):
                self.assertTrue(all(isinstance(flag, str) for flag in row["value"]), row)
            self.assertRegex(row["command"], r"^([!-~]|\^[A-Z]|0x[0-9a-f]{2})$")

    def test_bytes_are_shown_as_the_page_says(self):
        found = {row["quantity"]: row for row in self.reports[2]["quantities"]}
        self.assertEqual(found["serial_number"]["reply"], r'a"\xe4b\c')
        self.assertEqual(found["status"]["value"], ["runtime_calibration", "smart_boost", "overload", "replace_battery"])
        self.assertEqual((found["battery_runtime"]["status"], found["battery_runtime"]["reply"]), ("no_value", ">>>>:"))

    def test_the_order_is_always_the_same(self):
        orders = [[row["quantity"] for row in report["quantities"]] for report in self.reports]
        self.assertEqual(orders[0], orders[1])
        self.assertEqual(len(set(orders[0])), len(orders[0]))

    def test_the_example_of_the_page(self):
        example = self.promise.example
        self.assertEqual(list(example), list(self.promise.whole))
        self.assertEqual(example["version"], self.promise.version)
        known = {row["quantity"]: row for row in self.rows}
        for row in example["quantities"]:
            self.assertEqual(list(row), list(self.promise.row))
            for field in ("command", "unit"):
                self.assertEqual(row[field], known[row["quantity"]][field])
            self.assertIn(row["status"], self.promise.statuses)


if __name__ == "__main__":
    stand.main()
