#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""RFC 1628 and PowerNet, which other programs read: against what the simulator says is true, and in each
condition that a UPS can get into.

    snmp_views_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import datetime
import unittest

import snmp_stand as snmp
import snmp_values_test
import stand
import truth
from snmp_stand import POWERNET, UPS_MIB

OBJECTS_1628, OBJECTS_POWERNET = UPS_MIB + ".1", POWERNET + ".1.1.1"
SOME = object()  # it has to be there, whatever it is
MAY = object()   # it may be there


class Said:
    """What a simulated unit answers, as numbers, dates and texts; None for what it does not say."""

    def __init__(self, state):
        self.answers = {c: a for c, a in truth.answers_of(state).items() if a not in (None, "NA")}

    def number(self, command, factor=1):
        answer = self.answers.get(command, "")
        try:
            return float(answer.rstrip(":")) * factor
        except ValueError:
            return None

    def text(self, *commands):
        for command in commands:
            if command in self.answers:
                return truth.shown(self.answers[command]).encode() or None
        return None

    def date(self, command, form):
        if command not in self.answers:
            return None
        try:
            seconds = truth.epoch(self.answers[command])
        except (ValueError, KeyError):
            return MAY
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(form).encode()

    def choice(self, command, numbers):
        answer = self.answers.get(command, "").strip()
        return numbers.get(answer, MAY if answer else None)

    def load(self):
        both = [n for n in (self.number("P"), self.number("\\")) if n is not None]
        return max(both) if both else None


def rfc1628(state, name, watts):
    """{what follows upsObjects: value}; numbers may be rounded either way."""
    said = Said(state)
    n = said.number
    hertz = n("F")
    nominal = None if hertz is None else 500 if abs(hertz - 50) < abs(hertz - 60) else 600
    return {
        "1.1.0": b"APC", "1.2.0": said.text("\x01") or MAY, "1.3.0": said.text("b", "V"), "1.4.0": SOME,
        "1.5.0": name.encode(), "1.6.0": SOME,
        "2.1.0": 2, "2.2.0": 0, "2.3.0": n("j"), "2.4.0": n("f"), "2.5.0": n("B", 10), "2.7.0": n("C"),
        "3.1.0": SOME, "3.2.0": 1, "3.3.1.2.1": n("F", 10), "3.3.1.3.1": n("L"),
        "4.1.0": 3, "4.2.0": n("F", 10), "4.3.0": 1, "4.4.1.2.1": n("O"), "4.4.1.3.1": n("/", 10),
        "4.4.1.4.1": watts, "4.4.1.5.1": said.load(),
        "5.2.0": 0, "6.1.0": 0,
        "7.1.0": SOME, "7.2.0": 1, "7.3.0": said.choice("X", {"OK": 1, "BT": 3, "NG": 3, "NO": 6}) or 6,
        "7.4.0": SOME, "7.5.0": SOME, "7.6.0": SOME,
        "8.1.0": 1, "8.2.0": -1, "8.3.0": -1, "8.4.0": -1, "8.5.0": 1,
        "9.1.0": n("o"), "9.2.0": nominal, "9.3.0": n("o"), "9.4.0": nominal, "9.5.0": MAY, "9.6.0": MAY,
        "9.7.0": n("q"), "9.8.0": said.choice("k", {"0": 2, "T": 2, "L": 2, "N": 1}),
        "9.9.0": n("l"), "9.10.0": n("u"),
    }


def powernet(state, _name, watts):
    said = Said(state)
    n = said.number
    status = said.answers.get("Q")
    packs = n(">")
    flags = "".join("1" if flag in (4, 6, 19) else "0" for flag in range(1, 65)).encode()
    return {
        "1.1.1.0": said.text("\x01") or MAY, "1.1.2.0": said.text("c") or MAY, "1.1.3.0": MAY,
        "1.2.1.0": said.text("b", "V"), "1.2.2.0": said.date("m", "%m/%d/%y"), "1.2.3.0": said.text("n"),
        "2.1.1.0": 2, "2.1.2.0": 0, "2.1.3.0": said.date("x", "%m/%d/%Y"),
        "2.2.1.0": n("f"), "2.2.2.0": n("C"), "2.2.3.0": n("j", 6000), "2.2.4.0": status and 1, "2.2.5.0": packs,
        "2.2.6.0": n("<") if n("<") is not None else None if packs is None else 0, "2.2.7.0": n("g"),
        "2.2.8.0": n("B"), "2.3.1.0": n("f", 10), "2.3.2.0": n("C", 10), "2.3.3.0": n("g", 10),
        "2.3.4.0": n("B", 10),
        "3.1.1.0": 1, "3.2.1.0": n("L"), "3.2.2.0": n("M"), "3.2.3.0": n("N"), "3.2.4.0": n("F"),
        "3.2.5.0": said.choice("G", {"O": 1, "H": 2, "S": 9, "R": 10, "T": 7}) or MAY,
        "3.3.1.0": n("L", 10), "3.3.2.0": n("M", 10), "3.3.3.0": n("N", 10), "3.3.4.0": n("F", 10),
        "4.1.1.0": 2, "4.1.2.0": 1, "4.1.3.0": 2, "4.1.4.0": n("C"),
        "4.2.1.0": n("O"), "4.2.2.0": n("F"), "4.2.3.0": n("P"), "4.2.4.0": n("/"), "4.2.8.0": watts,
        "4.2.9.0": MAY,
        "4.3.1.0": n("O", 10), "4.3.2.0": n("F", 10), "4.3.3.0": n("P", 10), "4.3.4.0": n("/", 10),
        "5.2.1.0": n("o"), "5.2.2.0": n("u"), "5.2.3.0": n("l"),
        "5.2.4.0": said.choice("k", {"0": 1, "T": 1, "L": 2, "N": 3}),
        "5.2.5.0": said.choice("k", {"0": 500, "T": 3000}),
        "5.2.6.0": n("e"), "5.2.7.0": said.choice("s", {"A": 1, "L": 2, "M": 3, "H": 4}), "5.2.8.0": n("q", 6000),
        "5.2.9.0": n("r", 100), "5.2.10.0": n("p", 100),
        "7.2.1.0": said.choice("E", {"336": 2, "168": 3, "ON": 4, "OFF": 5}), "7.2.2.0": 1,
        "7.2.3.0": said.choice("X", {"OK": 1, "BT": 2, "NG": 2, "NO": 3}), "7.2.4.0": MAY, "7.2.5.0": 1,
        "7.2.6.0": MAY,
        "8.1.0": 1, "11.1.1.0": flags, "11.2.1.0": b"0" * 32,
    }


def differences(walk, right):
    """What a walk, as {suffix: value}, has otherwise."""
    wrong = [f"{oid} is {value!r}, and nothing is said of it" for oid, value in walk.items() if oid not in right]
    for oid, value in right.items():
        seen = walk.get(oid)
        if value is MAY or value is SOME and seen is not None:
            continue
        near = isinstance(value, (int, float)) and isinstance(seen, int) and abs(seen - value) <= 0.501
        if value is SOME or not near and seen != value:
            wrong.append(f"{oid} is {seen!r}, not {value!r}")
    return wrong


class ProfilesTest(unittest.TestCase):
    def check(self, zoo, root, truth_of):
        for number, name in enumerate(zoo.names):
            with self.subTest(profile=name, root=root):
                state = zoo.sim.state(number)
                watts = zoo.exporter.value("upslink_output_power_watts", ups=name)
                walk = snmp.Reader(zoo.snmpd, context=name).bulkwalk(root)
                values = {oid[len(root) + 1:]: value for oid, (_, value) in walk.items()}
                self.assertEqual(differences(values, truth_of(state, name, watts)), [])

    def test_each_unit(self):
        zoo = snmp_values_test.zoo_of_all(self)
        self.check(zoo, OBJECTS_1628, rfc1628)
        self.check(zoo, OBJECTS_POWERNET, powernet)
        for root in (".1.1.1.9", ".1.3", ".2"):  # managers that find tables of phases read nothing else
            self.assertEqual(zoo.reader.bulkwalk(POWERNET + root), {})


# What is done to a unit; upsOutputSource, upsBasicOutputStatus, alarms, flags of upsBasicStateOutputState.
NORMAL = (3, 2, set(), {4, 6, 19})
CONDITIONS = {
    "su700": [
        ("line fail cause=T", "line restore", 5, 3, {2, 6}, {2, 6, 19}),
        ("trim on", "trim auto", 7, 12, set(), {4, 6, 8, 19}),
        ("boost on", "boost auto", 6, 4, set(), {4, 6, 7, 19}),
        ("battery replace", "battery good", 3, 2, {1}, {4, 5, 6, 19}),
        ("battery low", "battery auto", 3, 2, {3}, {3, 4, 6, 19}),
        ("overload on", "overload off", 3, 2, {8}, {4, 6, 9, 19}),
        ("register fault3 20", "register fault3 auto", 3, 2, {13, 18}, {1, 4, 6, 19, 25}),
        ("register fault3 80", "register fault3 auto", 3, 2, {5, 18}, {1, 4, 6, 19, 45}),
    ],
    "matrix": [
        ("bypass on", "bypass off", 4, 6, {9}, {4, 6, 13, 19}),
        ("register state 20", "register state auto", 4, 9, {9}, {4, 6, 12, 19}),
        ("register state 02", "register state auto", 4, 10, {9, 18}, {1, 4, 6, 14, 19}),
        ("register fault2 01", "register fault2 auto", 3, 2, {16, 18}, {1, 4, 6, 19, 41}),
        ("register fault2 80", "register fault2 auto", 3, 2, {7, 18}, {1, 4, 6, 19, 24}),
        ("register fault2 10", "register fault2 auto", 3, 2, {18}, {1, 4, 6, 19, 37}),
        ("register fault2 40", "register fault2 auto", 3, 2, {18}, {1, 4, 6, 19, 23}),
    ],
}
QUICK = "cadence: {status: 500ms, fast: 1s, slow: 1s, settings: 2s}"


class ConditionsTest(unittest.TestCase):
    def scene(self, profile="su700", *options):
        scene = snmp.Scene(self, "--profile", profile, *options, keys="" if options else QUICK)
        scene.await_known()
        return scene

    def seen(self, scene):
        """Everything in one request: conditions have to agree at each moment."""
        source, status, again, text = scene.reader.get(
            OBJECTS_1628 + ".4.1.0", *(f"{OBJECTS_POWERNET}.{o}.0" for o in ("4.1.1", "4.1.3", "11.1.1"))).values()
        self.assertEqual(status, again)
        flags = {flag for flag, bit in enumerate(text[1].decode(), 1) if bit == "1"}
        return source[1], status[1], scene.alarms(), flags

    def become(self, scene, what, right):
        seen = [None]

        def same():
            seen[0] = self.seen(scene)
            return seen[0] == right

        try:
            scene.until(what, same, 30)  # these cadences fill the line, and a register may have to wait
        except stand.Failure:
            self.fail(f"{what}: {seen[0]}, not {right}")
        self.assertEqual(scene.reader.value(OBJECTS_1628 + ".6.1.0"), len(right[2]))

    def check(self, profile):
        scene = self.scene(profile)
        self.become(scene, "at first", NORMAL)
        for begin, end, *right in CONDITIONS[profile]:
            with self.subTest(condition=begin):
                scene.sim.ask(begin)
                try:
                    self.become(scene, begin, tuple(right))
                finally:
                    scene.sim.ask(end)
                    self.become(scene, end, NORMAL)

    def test_su700(self):
        self.check("su700")

    def test_matrix(self):
        self.check("matrix")

    def test_off_in_all_ways(self):
        scene = self.scene()
        for register, source, status, alarms in (
                ("state 40", 2, 7, {12, 14}), ("state 80", 2, 11, {14, 21}), ("fault3 08", 2, 5, {11, 14})):
            scene.sim.ask("register status 00")
            scene.sim.ask("register " + register)
            scene.until(register, lambda s=source, t=status, a=alarms: self.seen(scene)[:2] == (s, t)
                        and a <= self.seen(scene)[2], 10)
            self.assertNotIn(19, self.seen(scene)[3])
            scene.sim.ask(f"register {register.split()[0]} auto")
            scene.sim.ask("register status auto")
            self.become(scene, "on again", NORMAL)

    def test_low_battery(self):
        scene = self.scene()
        scene.sim.ask("line fail cause=T")
        scene.sim.ask("battery low")
        self.become(scene, "low", (5, 3, {2, 3, 6}, {2, 3, 6, 19, 30}))
        for oid in (OBJECTS_1628 + ".2.1.0", OBJECTS_POWERNET + ".2.1.1.0"):
            self.assertEqual(scene.reader.value(oid), 3)
        seconds = scene.until("seconds", lambda: scene.reader.value(OBJECTS_1628 + ".2.2.0"))
        self.assertLess(seconds, 60)
        ticks = scene.reader.get(OBJECTS_POWERNET + ".2.1.2.0")[OBJECTS_POWERNET + ".2.1.2.0"]
        self.assertEqual(ticks[0], "Timeticks")
        self.assertAlmostEqual(ticks[1] / 100, seconds, delta=2)
        scene.see(OBJECTS_1628 + ".3.1.0", 1, 5)

    def test_replace_battery(self):
        scene = self.scene()
        scene.sim.ask("battery replace")
        scene.see(OBJECTS_POWERNET + ".2.2.4.0", 2, 5)

    def test_self_test(self):
        for battery, summary, result in (("strong", 1, 1), ("weak", 3, 2)):
            scene = self.scene()
            scene.sim.ask(f"battery {battery}")
            scene.sim.ask("self-test")
            scene.see(OBJECTS_1628 + ".7.3.0", 5, 6)
            scene.see(OBJECTS_POWERNET + ".3.2.5.0", 9, 4)
            self.assertEqual(scene.reader.value(OBJECTS_POWERNET + ".4.1.1.0"), 3)
            self.assertIn(24, scene.alarms())
            self.assertIn(29, self.seen(scene)[3])
            self.assertEqual(scene.reader.value(OBJECTS_1628 + ".7.1.0"), UPS_MIB + ".1.7.7.3")
            scene.see(OBJECTS_1628 + ".7.3.0", summary, 15)
            scene.see(OBJECTS_POWERNET + ".7.2.3.0", result, 5)
            scene.until("alarms", lambda b=battery: scene.alarms() == ({1, 19} if b == "weak" else set()), 5)
            self.assertEqual(scene.reader.value(OBJECTS_POWERNET + ".7.2.4.0"),
                             datetime.datetime.now(datetime.timezone.utc).strftime("%m/%d/%Y").encode())

    def test_calibration(self):
        scene = self.scene()
        scene.sim.ask("charge 100")
        scene.sim.ask("calibrate")
        scene.see(OBJECTS_POWERNET + ".7.2.6.0", 3, 5)
        self.assertIn(24, scene.alarms())
        self.assertIn(10, self.seen(scene)[3])
        self.assertEqual(scene.reader.value(OBJECTS_1628 + ".7.1.0"), UPS_MIB + ".1.7.7.5")
        scene.sim.ask("calibrate stop")
        scene.until("it is over", lambda: 24 not in scene.alarms(), 5)
        self.assertNotEqual(scene.reader.value(OBJECTS_POWERNET + ".7.2.6.0"), 3)

    def test_causes(self):
        scene = self.scene()
        for count, (cause, number) in enumerate((("R", 10), ("H", 2), ("T", 7)), 1):
            scene.sim.ask(f"line fail cause={cause}")
            scene.see(OBJECTS_POWERNET + ".3.2.5.0", number, 5)
            scene.see(OBJECTS_1628 + ".3.1.0", count, 5)
            scene.sim.ask("line restore")
            scene.see(OBJECTS_POWERNET + ".4.1.1.0", 2, 5)
            asked = len(snmp.question_times(scene.sim))
            stand.until("it is read", lambda a=asked: len(snmp.question_times(scene.sim)) > a + 1)

    def test_measure_ups(self):
        scene = self.scene("su700", "--measure-ups", "1")
        quantities = scene.sim.state()["quantities"]
        right = {".1.1.2.1.1.0": quantities["ambient_temperature_celsius"],
                 ".1.1.2.1.2.0": 100 * quantities["ambient_humidity_ratio"]}
        for oid, value in right.items():
            seen = scene.until(oid, lambda oid=oid: scene.reader.value(POWERNET + oid))
            self.assertAlmostEqual(seen, value, delta=0.501)
        table = POWERNET + ".1.1.2.2.2.1.5."
        self.assertEqual(len(scene.reader.bulkwalk(table[:-1])), 4)
        scene.sim.ask("register contacts 20")
        scene.see(table + "2", 3, 15)
        self.assertEqual(scene.reader.value(table + "1"), 2)
        row = scene.reader.bulkwalk(POWERNET + ".1.1.10.2.3.2.1")
        self.assertEqual(row[POWERNET + ".1.1.10.2.3.2.1.3.1"][1], 2)
        self.assertAlmostEqual(row[POWERNET + ".1.1.10.2.3.2.1.4.1"][1], right[".1.1.2.1.1.0"], delta=0.501)


if __name__ == "__main__":
    stand.main(at_once=4)
