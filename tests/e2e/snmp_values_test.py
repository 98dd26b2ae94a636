#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The values that the agent serves of one unit of each profile: equal to /metrics, complete as the MIB
has it, and as they were when the golden walks were made.

    snmp_values_test.py --exporter PROGRAM --simulator PROGRAM [test...]

UPSLINK_UPDATE_GOLDEN=1 writes golden_walks/PROFILE.txt anew.
"""

import datetime
import os
import pathlib
import re
import subprocess
import unittest

import exposition
import snmp_stand as snmp
import stand
import truth
from snmp_stand import ENTITY, OBJECTS, POWERNET, SENSOR, UPS_MIB

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden_walks"
ACCESSORIES = {"measure-ups-1": "1", "measure-ups-2": "2"}
INDEX = {7: "probe", 9: "alert", 10: "command", 11: "cause", 12: "reason", 14: "direction"}
# Objects whose metrics have other names than they: (metric, labels), or (metric, label) for a text.
NAMES = {
    "fault_2": ("fault", {"register": "2"}), "fault_3": ("fault", {"register": "3"}),
    "contacts": ("contact_closed", {}), "dip_switches": ("dip_switch", {}),
    "environment_alarms_1": ("environment_alarm_register", {"register": "1"}),
    "environment_alarms_2": ("environment_alarm_register", {"register": "2"}),
    **{f"calibration_constant_{n}": ("calibration_constant", {"register": n}) for n in "0456"},
    "on_battery_time": ("on_battery_seconds_total", {}), "alert_count": ("alerts_total", {}),
    "alert_last": ("alert_last_timestamp_seconds", {}), "transfer_count": ("transfers_total", {}),
    "failure_count": ("request_failures_total", {}), "traffic_bytes": ("link_bytes_total", {}),
    "accessory_firmware": ("accessory_info", "firmware"), "link_kind": ("info", "link"),
    **{label: ("info", label) for label in
       ("name", "model", "firmware", "firmware_code", "serial_number", "manufactured", "protocol")},
}
ALERTS = {"line_fail": "!", "line_restored": "$", "battery_low": "%", "battery_recovered": "+", "abnormal": "?",
          "abnormal_cleared": "=", "turning_off": "*", "replace_battery": "#", "environment": "&",
          "eeprom_changed": "|"}
SNMP_ONLY = {"ups_name", "ups_count", "agent_version", "alarm_descr", "alarm_time", "alarm_text",
             "command_replies", "command_failures", "command_age"}
WANDERS = re.compile("LastSuccess|PollDuration|CommandAge|AlertLast|Energy|AgentVersion|TrafficBytes")
SELF_TEST_DATE = POWERNET + ".1.1.1.7.2.4.0"  # upsAdvTestLastDiagnosticsDate
DATE = re.compile(r"\d\d/\d\d/\d{4}")


def snake(name):
    return re.sub(r"(?<!^)(?<=[a-z0-9])([A-Z])|(?<=[a-z])(\d)", r"_\1\2", name.removeprefix("upslink")).lower()


def plain(word, label=""):
    """Names of members as the MIB and the metrics both could write them."""
    return ((label if word[0].isdigit() else "") + word).replace("_", "").lower()


def date_and_time(octets):
    year, month, day, hour, minute, second, tenth = int.from_bytes(octets[:2], "big"), *octets[2:8]
    if octets[8:] not in (b"", b"+\0\0"):
        raise ValueError(f"not in UTC: {octets!r}")
    utc = datetime.timezone.utc
    return datetime.datetime(year, month, day, hour, minute, second, tenth * 100000, utc).timestamp()


def readable(octets):
    """A text as it is, and anything else, such as a date, in hexadecimal."""
    printable = all(0x20 <= octet < 0x7f for octet in octets)
    return octets.decode("ascii") if printable else octets.hex(" ")


class OwnMib:
    """UPSLINK-MIB, and what a page of metrics means in it."""

    def __init__(self, folder):
        self.nodes = snmp.own_mib(folder)
        self.readable = {n.oid: n for n in self.nodes.values()
                         if n.access == "readonly" and n.kind in ("column", "scalar")}

    def node(self, oid):
        parts = oid.split(".")
        return next((self.readable[".".join(parts[:n])] for n in range(len(parts), 8, -1)
                     if ".".join(parts[:n]) in self.readable), None)

    def table(self, node):
        return snmp.key(node.oid)[len(snmp.key(OBJECTS))]

    def index(self, table, label, value):
        """The number behind upslinkUpsIndex of the row for this label."""
        if label == "command":
            return ord(truth.command_byte(value))
        if label == "probe":
            return int(value)
        if label == "alert":
            return ord(ALERTS[value])
        row = f"{OBJECTS}.{table}.1."
        numbers = next(n.numbers for n in self.nodes.values() if n.oid == row + "1")
        return {plain(name): number for name, number in numbers.items()}[plain(value)]

    def metric(self, node, families):
        name = snake(node.name)
        if name in NAMES:
            return "upslink_" + NAMES[name][0], NAMES[name][1]
        units = ["", *("_" + unit for unit in exposition.UNITS), "_timestamp_seconds"]
        endings = [a + b for a in units for b in ("", "_total")]
        found = [f"upslink_{name}{end}" for end in endings if f"upslink_{name}{end}" in families]
        if len(found) > 1:
            raise stand.Failure(f"{node.name} is several of the metrics: {found}")
        return found[0] if found else None, {}  # None: no unit has it

    def expected(self, samples, families):
        """{(node, what follows the UPS's index): value in base units, set of flags, or text}"""
        found = {}
        for node in self.readable.values():
            if snake(node.name) in SNMP_ONLY:
                continue
            name, labels = self.metric(node, families)
            label = INDEX.get(self.table(node))
            for (metric, pairs), value in samples.items():
                had = dict(pairs)
                if metric != name:
                    continue
                if isinstance(labels, str):
                    if had[labels]:
                        text = had[labels]
                        found[node, ()] = {plain(text)} if node.type == "Enumeration" else text
                    continue
                if not labels.items() <= had.items():
                    continue
                tail = (self.index(self.table(node), label, had.pop(label)),) if label else ()
                rest = {k: v for k, v in had.items() if k not in labels}
                if node.type in ("Bits", "Enumeration"):
                    members = found.setdefault((node, tail), set())
                    members |= {plain(word, kind) for kind, word in rest.items() if value}
                else:
                    found[node, tail] = value * (100 if name.endswith("_ratio") else 1)
        return found


def decoded(node, value):
    """A served value as `expected` has it, and how exact it is."""
    if node.type == "Bits":
        bits = {number for octet, byte in enumerate(value) for number in range(octet * 8, octet * 8 + 8)
                if byte >> (7 - number % 8) & 1}
        return {plain(name) for name, number in node.numbers.items() if number in bits}, None
    if node.type == "Enumeration":
        return {plain(name) for name, number in node.numbers.items() if number == value}, None
    if node.type == "TruthValue":
        return {1: 1, 2: 0}[value], 0
    if node.type == "DateAndTime":
        return date_and_time(value), 0.1
    if isinstance(value, bytes):
        return value.decode(), None
    return (value / 100, 0.0051) if "Hundredths" in node.type else (value, 1 if "Counter" in node.type else 0.51)


def differences(mib, index, walk, pages, families):
    """What the agent says otherwise than two pages of metrics, taken before and after the walk."""
    wrong = []
    before, after = (mib.expected(page, families) for page in pages)
    seen = set()
    for oid, (_, value) in walk.items():
        node = mib.node(oid)
        if node is None:
            wrong.append(f"{oid} is not in the MIB")
            continue
        tail = snmp.key(oid)[len(snmp.key(node.oid)):]
        if node.kind == "scalar" or tail[0] != index or snake(node.name) in SNMP_ONLY:
            continue
        place = node, tail[1:]
        seen.add(place)
        served, exact = decoded(node, value)
        ends = [page[place] for page in (before, after) if place in page]
        good = bool(ends) and (
            served in ends if exact is None else min(ends) - exact <= served <= max(ends) + exact)
        if not good:
            wrong.append(f"{node.name}.{tail} is {served}, metrics say {ends}")
    wrong += [f"{node.name} of {tail} is not served; metrics say {before[node, tail]}"
              for node, tail in (before.keys() & after.keys()) - seen]
    return wrong


def zoo_of_all(case):
    """One unit of each profile under one exporter, when all of them is known."""
    listed = subprocess.run([stand.programs.simulator, "--list-profiles"], capture_output=True, text=True, check=True)
    names = [line.split()[0] for line in listed.stdout.splitlines() if line.split()[0] not in ACCESSORIES]
    options = [word for name in names for word in ("--profile", name)]
    zoo = snmp.Scene(case, *options, "--speed", "0.001", names=names)
    for name in names:
        zoo.await_known(name)
    return zoo


def setUpModule():
    global zoo
    zoo = zoo_of_all(type("Module", (), {"enterContext": staticmethod(unittest.enterModuleContext)}))


class ProfilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mib = OwnMib(zoo.stand.folder)

    def pages(self, name):
        page = zoo.exporter.scrape()
        return {(metric, tuple(pair for pair in labels if pair[0] != "ups")): value
                for (metric, labels), value in page.samples.items() if ("ups", name) in labels}

    def walk(self, root, name=None):
        return (snmp.Reader(zoo.snmpd, context=name) if name else zoo.reader).bulkwalk(root)

    def test_own_mib_equals_metrics(self):
        for index, name in enumerate(zoo.names, 1):
            with self.subTest(profile=name):
                families = zoo.exporter.scrape().type
                before = self.pages(name)
                walk = self.walk(OBJECTS)
                self.assertEqual(walk[f"{OBJECTS}.2.1.2.{index}"], ("STRING", name.encode()))
                self.assertEqual(differences(self.mib, index, walk, (before, self.pages(name)), families), [])

    def test_own_mib_has_the_types_of_the_mib(self):
        kinds = {"Bits": "STRING", "Enumeration": "INTEGER", "TruthValue": "INTEGER", "DateAndTime": "STRING",
                 "SnmpAdminString": "STRING", "DisplayString": "STRING", "AutonomousType": "OID", "Gauge32": "Gauge32",
                 "TimeStamp": "Timeticks", "Counter32": "Counter32", "Counter64": "Counter64", "Unsigned32": "Gauge32",
                 "UpslinkHundredths": "INTEGER", "Integer32": "INTEGER"}
        for oid, (kind, _) in self.walk(OBJECTS).items():
            self.assertEqual(kind, kinds[self.mib.node(oid).type], oid)

    def test_every_object_is_served_by_some_unit(self):
        served = set()
        limits = ('set [ "40,35"', 'set ] "10,05"', 'set { "80,85"', 'set } "10,15"')
        for options, read, commands in ((("--measure-ups", "1"), "true", limits), (("--measure-ups", "2"), "false", ()),
                                        (("--profile", "matrix"), "false", ("set w 10", "set T 00123.4"))):
            scene = snmp.Scene(self, *options, keys=f"read_latched: {read}, nominal_power_watts: 500")
            for command in commands:
                scene.sim.ask(command)
            scene.await_known()
            scene.sim.ask("line fail")
            scene.until("alarm 2", lambda scene=scene: 2 in scene.alarms())
            served |= {self.mib.node(oid) for oid in scene.reader.bulkwalk(OBJECTS)}
        served |= {self.mib.node(oid) for oid in self.walk(OBJECTS)}
        self.assertNotIn(None, served)
        self.assertEqual({n.name for n in self.mib.readable.values()} - {n.name for n in served}, set())

    def test_sensors_are_as_the_metrics_say(self):
        """Each of ENTITY-SENSOR-MIB's has a row in ENTITY-MIB, within a chassis that names the UPS."""
        zoo.in_calm(SENSOR, self.check_sensors)

    def check_sensors(self, sensors):
        entities = self.walk(ENTITY)
        column = {n: {snmp.key(oid)[-1]: value for oid, (_, value) in entities.items()
                      if snmp.below(f"{ENTITY}.1.{n}", oid)} for n in (2, 4, 5, 7, 11, 12, 13)}
        rows = {snmp.key(oid)[-1] for oid in sensors}
        self.assertGreaterEqual(len(rows), 5 * len(zoo.names))
        kinds = {3: ("volts",), 4: ("volts",), 5: ("amperes",), 6: ("watts",), 7: ("hertz",), 8: ("celsius",)}
        for row in rows:
            kind, scale, precision, value, status = (
                sensors[f"{SENSOR}.1.1.{n}.{row}"][1] for n in (1, 2, 3, 4, 5))
            self.assertEqual(column[5][row], 8, row)  # a sensor
            chassis = column[4][row]
            self.assertIn(column[5][chassis], (3, 6, 9))  # chassis, power supply, module
            self.assertEqual((scale, status), (9, 1), row)
            ups = next(name for name in zoo.names if name.encode() in (column[7][chassis], column[2][chassis]))
            if kind in kinds:
                page = [v for (metric, _), v in self.pages(ups).items() if metric.endswith(kinds[kind])]
                same = any(abs(value / 10 ** precision - v) < 0.0051 for v in page)
                self.assertTrue(same, (row, column[2][row], value))
            self.assertTrue(column[2][row] and column[7][row])

    def golden(self, number, name):
        """A walk of everything of one unit, with its times and counters masked, as lines of text."""
        lines = []
        own = self.walk(OBJECTS, None)
        supported = f"{OBJECTS}.10.1.2.{number + 1}."  # upslinkCommandSupported of this unit
        has = {snmp.key(oid)[-1] for oid, (_, value) in own.items() if oid.startswith(supported) and value == 1}
        for root, context in ((OBJECTS, None), (UPS_MIB, name), (POWERNET, name)):
            for oid, (kind, value) in (own if root == OBJECTS else self.walk(root, context)).items():
                node = self.mib.node(oid) if root == OBJECTS else None
                if root == OBJECTS:
                    tail = snmp.key(oid)[len(snmp.key(node.oid)):]
                    if node.kind == "scalar" or tail[0] != number + 1:
                        continue
                    if snmp.below(OBJECTS + ".10", oid) and tail[-1] not in has:
                        continue  # what the unit lacks is asked for again and again, in its own time
                    oid = ".".join(map(str, (node.name, 1, *tail[1:])))
                if kind in ("Timeticks", "Counter32", "Counter64") or node is not None and WANDERS.search(node.name):
                    value = "*"
                elif oid == UPS_MIB + ".1.1.4.0":
                    value = "*"  # the exporter's version
                elif oid == SELF_TEST_DATE and DATE.fullmatch(value.decode()):
                    value = "*"  # told from the age of the self test and today
                shown = readable(value) if isinstance(value, bytes) else value
                lines.append(f"{oid} = {kind}: {shown}")
        return "\n".join(lines) + "\n"

    def test_golden_walks(self):
        for number, name in enumerate(zoo.names):
            with self.subTest(profile=name):
                path = GOLDEN / f"{name}.txt"
                walk = self.golden(number, name)
                if os.environ.get("UPSLINK_UPDATE_GOLDEN"):
                    GOLDEN.mkdir(exist_ok=True)
                    path.write_text(walk)
                self.assertEqual(walk.splitlines(), path.read_text().splitlines())


if __name__ == "__main__":
    stand.main()
