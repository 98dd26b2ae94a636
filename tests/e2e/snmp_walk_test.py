#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the agent answers to whom: versions of SNMP, kinds of requests, contexts, writers, a silent UPS.

    snmp_walk_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import subprocess
import unittest

import snmp_stand as snmp
import stand
from snmp_stand import BASE, ENTITY, OBJECTS, POWERNET, SENSOR, UPS_MIB

ROOTS = (BASE, UPS_MIB, POWERNET, ENTITY, SENSOR)
NAME = OBJECTS + ".2.1.2"  # upslinkUpsName
MOVING = (OBJECTS + ".2.1.13.", OBJECTS + ".10.1.5.")  # upslinkPollDuration, upslinkCommandAge: alike twice by chance
MODEL = {UPS_MIB + ".1.1.2.0", POWERNET + ".1.1.1.1.1.1.0"}


def chunks(items, size):
    return [items[at:at + size] for at in range(0, len(items), size)]


class RequestsTest(unittest.TestCase):
    """Two units of different kinds, with a Measure-UPS each."""

    def scene(self, *flags, **more):
        scene = snmp.Scene(self, "--profile", "su700", "--profile", "matrix", "--measure-ups", "1",
                           "--speed", "0.001", names=("a", "b"), flags=flags, **more)
        scene.await_known("a")
        scene.await_known("b")
        return scene

    def check_order(self, root, walk):
        keys = [snmp.key(oid) for oid in walk]
        self.assertTrue(keys, root)
        for before, after in zip(keys, keys[1:]):
            self.assertLess(before, after)
        for oid in walk:
            self.assertTrue(snmp.below(root, oid), oid)

    def check_versions(self, scene, root, first):
        """All ways of asking agree in what is there, and in the values that stand still."""
        others = {"v2c next": scene.reader.walk(root), "v1": snmp.Reader(scene.snmpd, "1").walk(root),
                  "v3": snmp.Reader(scene.snmpd, "3").bulkwalk(root)}
        for repetitions in (1, 7, 100):
            others[f"bulk {repetitions}"] = scene.reader.bulkwalk(root, repetitions)
        last = scene.reader.bulkwalk(root)
        self.assertEqual(list(first), list(last))
        counting = ("Counter32", "Counter64", "Timeticks")
        stable = {oid for oid, (kind, value) in first.items() if (kind, value) == last[oid]
                  and kind not in counting and not str(value).endswith("+\\x00\\x00'")  # no DateAndTime
                  and not oid.startswith(MOVING)}
        self.assertGreater(len(stable), len(first) // 3)
        for way, walk in others.items():
            self.check_order(root, walk)
            there = {oid for oid in first if way != "v1" or first[oid][0] != "Counter64"}
            self.assertEqual(set(walk), there, way)
            self.assertEqual([oid for oid in stable & there if walk[oid] != first[oid]], [], way)
        return stable

    def check_single(self, scene, root, walk, stable):
        """GET gives what the walk gave; GETNEXT the one after, also from where nothing is."""
        oids = list(walk)
        for some in chunks(oids, 40):
            got = scene.reader.get(*some)
            self.assertEqual(list(got), some)
            for oid in some:
                self.assertEqual(got[oid][0], walk[oid][0], oid)
                if oid in stable:
                    self.assertEqual(got[oid], walk[oid], oid)
        for some in chunks(list(zip(oids, oids[1:])), 40):
            for suffix in ("", ".0", ".4294967295"):
                after = list(scene.reader.getnext(*(oid + suffix for oid, _ in some)))
                self.assertEqual(after, [oid for _, oid in some])
        before = snmp.key(root)[:-1] + (snmp.key(root)[-1] - 1, 4294967295, 4294967295)
        for start in (root, ".".join(map(str, before)), oids[0].rsplit(".", 1)[0]):
            self.assertEqual(list(scene.reader.getnext(start)), oids[:1])
        after = list(scene.reader.getnext(oids[-1]))[0]
        self.assertFalse(snmp.below(root, after) and after != oids[-1], after)

    def check_missing(self, scene):
        for oid in (NAME, NAME + ".0", NAME + ".3", NAME + ".1.1", OBJECTS, OBJECTS + ".200", BASE + ".1.1.1",
                    UPS_MIB + ".1.1.2", UPS_MIB + ".1.1.2.1", POWERNET + ".1.1.1.1.1.1", OBJECTS + ".2.1.1.1"):
            self.assertEqual(scene.reader.get(oid)[oid][0], "nosuch", oid)
            with self.assertRaisesRegex(snmp.SnmpError, "noSuchName"):
                snmp.Reader(scene.snmpd, "1").get(oid)

    def test_all_ways_agree(self):
        scene = self.scene()
        for root in ROOTS:
            def check(walk, root=root):
                self.check_single(scene, root, walk, self.check_versions(scene, root, walk))

            with self.subTest(root=root):
                scene.in_calm(root, check)
        self.check_missing(scene)
        self.assertGreater(scene.metric("upslink_exporter_snmp_requests_total"), 100)
        self.assertEqual(scene.metric("upslink_exporter_snmp_connected"), 1)

    def test_over_tcp(self):
        scene = self.scene(transport="tcp")
        for root in ROOTS:
            self.check_order(root, scene.reader.bulkwalk(root))

    def test_another_base(self):
        other = "1.3.6.1.4.1.32473.7"
        scene = self.scene("--snmp.base-oid", other)
        self.assertEqual(scene.reader.bulkwalk(BASE), {})
        walk = scene.reader.bulkwalk(other)
        self.check_order(other, walk)
        self.assertEqual(walk[other + ".1.2.1.2.2"], ("STRING", b"b"))

    def test_switches(self):
        scene = self.scene("--snmp.powernet", "off", "--snmp.entity-sensor", "off")
        for root, there in ((POWERNET, False), (ENTITY, False), (SENSOR, False), (UPS_MIB, True), (BASE, True)):
            self.assertEqual(bool(scene.reader.bulkwalk(root)), there, root)

    def test_off(self):
        scene = snmp.Scene(self, flags=("--snmp.agentx-address", "off"))
        scene.await_known()
        self.assertEqual(scene.reader.bulkwalk(BASE), {})
        self.assertIn(scene.metric("upslink_exporter_snmp_connected"), (None, 0))

    def test_nobody_writes(self):
        scene = self.scene()
        writer = snmp.Reader(scene.snmpd, community="private")
        table = {
            UPS_MIB + ".1.1.5.0": ("s", "x"), UPS_MIB + ".1.8.2.0": ("i", 10), UPS_MIB + ".1.7.1.0": ("o", "1.3"),
            UPS_MIB + ".1.9.9.0": ("i", 200), UPS_MIB + ".1.99.0": ("i", 1), NAME + ".1": ("s", "x"),
            NAME + ".9": ("s", "x"), OBJECTS + ".6.1.1.1": ("i", 1), POWERNET + ".1.1.1.1.1.2.0": ("s", "x"),
            POWERNET + ".1.1.1.6.2.1.0": ("i", 2), ENTITY + ".1.2.1": ("s", "x"),
        }
        before = scene.reader.get(*table)
        for oid, (kind, value) in table.items():
            with self.subTest(oid=oid):
                with self.assertRaisesRegex(snmp.SnmpError, "notWritable"):
                    writer.set(oid, kind, value)
                with self.assertRaisesRegex(snmp.SnmpError, "noAccess"):
                    scene.reader.set(oid, kind, value)
        self.assertEqual(scene.reader.get(*table), before)
        self.assertEqual(scene.sim.ask("bytes", 0)["not_read_only"], {})
        self.assertEqual(scene.sim.ask("bytes", 1)["not_read_only"], {})


class TablesTest(unittest.TestCase):
    def snmptable(self, scene, table):
        """Its lines, cut into fields. It tells on stderr what it could not read of the folders of MIBs."""
        done = subprocess.run(
            [snmp.tool("snmptable", "snmp"), "-v2c", "-c", "public", "-M", snmp.mib_path(scene.stand.folder),
             "-m", "UPSLINK-MIB", "-Ci", "-Cf", ";", scene.reader.where, f"UPSLINK-MIB::{table}"],
            env=scene.reader.env, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        lines = [line.split(";") for line in done.stdout.splitlines() if ";" in line]
        self.assertTrue(lines, done.stdout)
        return lines

    def test_snmptable_prints_every_table(self):
        """By name, from the MIB: each row of a table once, under the columns that it has."""
        scene = snmp.Scene(self, "--measure-ups", "1")
        scene.await_known("a")
        scene.sim.ask("battery replace")  # a row of upslinkAlarmTable
        mib = snmp.own_mib(scene.stand.folder)
        tables = [node for node in mib.values() if node.kind == "table"]
        self.assertGreater(len(tables), 10)
        names = {node.oid: node.name for node in mib.values()}
        for table in tables:
            def check(walk, table=table):
                column = len(snmp.key(table.oid)) + 1
                rows = {snmp.key(oid)[column + 1:] for oid in walk}
                columns = {names[".".join(oid.split(".")[:column + 1])] for oid in walk}
                lines = self.snmptable(scene, table.name)
                self.assertLessEqual(columns, set(lines[0]), lines)
                self.assertEqual(len(lines) - 1, len(rows), lines)

            with self.subTest(table=table.name):
                scene.until(f"{table.name} has rows", lambda table=table: scene.reader.bulkwalk(table.oid))
                scene.in_calm(table.oid, check)


class ContextsTest(unittest.TestCase):
    def models(self, reader):
        return {reader.value(oid) for oid in MODEL}

    def check(self, default, *flags):
        scene = snmp.Scene(self, "--profile", "su700", "--profile", "sua1500", names=("a", "b"), flags=flags)
        right = {}
        for unit, name in enumerate("ab"):
            scene.stand.wait("who it is", lambda name=name: [
                labels for n, labels in scene.exporter.samples(name) if n == "upslink_info"
                and dict(labels)["model"]])
            right[name] = {scene.sim.state(unit)["answers"]["^A"].strip().encode()}
        self.assertNotEqual(right["a"], right["b"])
        for version in ("1", "2c", "3"):
            self.assertEqual(self.models(snmp.Reader(scene.snmpd, version)), right[default], version)
            for name in "ab":
                reader = snmp.Reader(scene.snmpd, version, context=name)
                self.assertEqual(self.models(reader), right[name], (version, name))
                keys = [snmp.key(oid) for oid in reader.walk(UPS_MIB)]
                self.assertEqual(keys, sorted(set(keys)))
                self.assertTrue(keys)
        names = scene.reader.walk(NAME)
        self.assertEqual([value for _, value in names.values()], [b"a", b"b"])

    def test_the_first_is_the_default(self):
        self.check("a")

    def test_another_default(self):
        self.check("b", "--snmp.default-ups", "b")


class SilenceTest(unittest.TestCase):
    """A UPS that does not answer: who it is stays, what it measured goes, what can be told is told."""

    identity = (UPS_MIB + ".1.1.1.0", UPS_MIB + ".1.1.2.0", UPS_MIB + ".1.1.3.0", UPS_MIB + ".1.1.5.0",
                POWERNET + ".1.1.1.1.1.1.0", POWERNET + ".1.1.1.1.2.1.0", POWERNET + ".1.1.1.1.2.3.0",
                NAME + ".1", OBJECTS + ".2.1.4.1", OBJECTS + ".2.1.7.1")
    measured = (UPS_MIB + ".1.2.3.0", UPS_MIB + ".1.2.4.0", UPS_MIB + ".1.2.5.0", UPS_MIB + ".1.2.7.0",
                UPS_MIB + ".1.3.3.1.2.1", UPS_MIB + ".1.3.3.1.3.1", UPS_MIB + ".1.4.4.1.2.1", UPS_MIB + ".1.4.4.1.5.1",
                POWERNET + ".1.1.1.2.2.1.0", POWERNET + ".1.1.1.2.2.3.0", POWERNET + ".1.1.1.3.2.1.0",
                POWERNET + ".1.1.1.3.3.1.0", POWERNET + ".1.1.1.4.2.3.0", POWERNET + ".1.1.1.4.3.1.0",
                OBJECTS + ".3.1.1.1", OBJECTS + ".4.1.1.1", OBJECTS + ".4.1.7.1", OBJECTS + ".5.1.1.1")
    told = {UPS_MIB + ".1.2.1.0": (2, 1), UPS_MIB + ".1.4.1.0": (3, 1), POWERNET + ".1.1.1.2.1.1.0": (2, 1),
            POWERNET + ".1.1.1.4.1.1.0": (2, 1), POWERNET + ".1.1.1.8.1.0": (1, 2), OBJECTS + ".2.1.11.1": (1, 2)}
    flags = POWERNET + ".1.1.1.11.1.1.0"

    def silence_and_back(self, begin, end):
        scene = snmp.Scene(self)
        scene.await_known()
        who = scene.reader.get(*self.identity)
        for oid, value in who.items():
            self.assertNotEqual(value[0], "nosuch", oid)
        for oid, (well, _) in self.told.items():
            scene.see(oid, well)
        for oid in self.measured:
            self.assertIsNotNone(scene.reader.value(oid), oid)
        self.assertEqual((len(scene.reader.value(self.flags)), scene.reader.value(self.flags)[5:6]), (64, b"1"))
        self.assertNotIn(20, scene.alarms())
        scene.sim.ask(begin)
        for oid, (_, ill) in self.told.items():
            scene.see(oid, ill, 8)
        for oid in self.measured:
            scene.see(oid, None, 5)
        self.assertEqual(scene.reader.get(*self.identity), who)
        self.assertEqual(scene.reader.value(self.flags), b"0" * 64)
        scene.until("alarm 20", lambda: 20 in scene.alarms(), 3)
        self.assertEqual(scene.reader.value(UPS_MIB + ".1.6.1.0"), len(scene.alarms()))
        sensors = scene.reader.bulkwalk(SENSOR + ".1.1.1.5")  # entPhySensorOperStatus: 1 is ok
        self.assertNotIn(1, {value for _, value in sensors.values()})
        left = set(scene.reader.bulkwalk(OBJECTS + ".3")) | set(scene.reader.bulkwalk(OBJECTS + ".4"))
        self.assertLessEqual({oid[len(OBJECTS) + 1:] for oid in left}, {"3.1.14.1", "4.1.13.1"})
        scene.sim.ask(end)
        for oid, (well, _) in self.told.items():
            scene.see(oid, well, 10)
        for oid in self.measured:
            scene.until(oid, lambda oid=oid: scene.reader.value(oid) is not None)
        scene.until("no alarm 20", lambda: 20 not in scene.alarms(), 3)
        self.assertEqual(scene.reader.value(self.flags)[5:6], b"1")

    def test_silence(self):
        self.silence_and_back("fault silence", "fault silence off")

    def test_unplugged(self):
        self.silence_and_back("unplug", "replug")

    def test_never_there(self):
        """Before it was ever heard nothing is told of it, and nothing is made up."""
        scene = snmp.Scene(self, names=("a",))
        scene.exporter.stop()
        scene.sim.ask("fault silence")
        scene.exporter = scene.stand.exporter({}, "--config.file", scene.config, *scene.flags)
        scene.see(UPS_MIB + ".1.2.1.0", 1)
        scene.see(POWERNET + ".1.1.1.8.1.0", 2)
        scene.until("alarm 20", lambda: scene.alarms() == {20}, 8)
        walk = {**scene.reader.bulkwalk(UPS_MIB), **scene.reader.bulkwalk(POWERNET)}
        for oid in (*self.measured, UPS_MIB + ".1.1.2.0", POWERNET + ".1.1.1.1.2.3.0"):
            self.assertNotIn(oid, walk)


if __name__ == "__main__":
    stand.main(at_once=4)
