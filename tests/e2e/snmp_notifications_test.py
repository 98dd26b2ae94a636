#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the agent sends by itself, as snmptrapd receives it: once, in order, with what the MIBs say belongs to
it, and also after the master agent was away.

    snmp_notifications_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import itertools
import signal
import time
import unittest

import snmp_stand as snmp
import stand
from snmp_stand import NOTIFICATIONS, OBJECTS, POWERNET, UPS_MIB

LOST, RESTORED, ON_BATTERY, LINE_RESTORED, BATTERY_LOW, ADDED, REMOVED, ALERT = (
    f"{NOTIFICATIONS}.{n}" for n in range(1, 9))
TRAP_ON_BATTERY, TRAP_TEST, TRAP_ADDED, TRAP_REMOVED = (f"{UPS_MIB}.2.{n}" for n in range(1, 5))
NAME = OBJECTS + ".2.1.2"
SOON = 1.0      # after an alert of the UPS
BY_ASKING = 3.0  # what is found by asking for the status
QUIET = 5.0     # the least time between two that say the same
FURTHER = {TRAP_ON_BATTERY: [".1.2.3.0", ".1.2.2.0", ".1.9.7.0"], TRAP_ADDED: [".1.6.2.1.1.", ".1.6.2.1.2."],
           TRAP_REMOVED: [".1.6.2.1.1.", ".1.6.2.1.2."],
           TRAP_TEST: [".1.7.1.0", ".1.7.2.0", ".1.7.3.0", ".1.7.4.0", ".1.7.5.0", ".1.7.6.0"]}
# Settings seldom: among them is a text, and an alert in front of it cannot be told from it.
QUICK = "cadence: {status: 500ms, fast: 1s, slow: 2s, settings: 60s}"


def well_known(number):
    return f"{UPS_MIB}.1.6.3.{number}"


def says(trap):
    """What it is about: its kind, the UPS, and the alarm or alert."""
    name = [value for oid, _, value in trap.varbinds if snmp.below(NAME, oid)]
    about = [value for _, kind, value in trap.varbinds if kind == "OID"]
    alert = [snmp.key(oid)[-1] for oid, _, _ in trap.varbinds if snmp.below(OBJECTS + ".9", oid)]
    return trap.oid, tuple(name), tuple(about), tuple(sorted(set(alert)))


class Watched(snmp.Scene):
    def __init__(self, case, *options, **more):
        super().__init__(case, *options, traps=True, **{"keys": QUICK, **more})
        for name in self.names:
            self.await_known(name)
        self.traps.traps.clear()
        self.mib = snmp.own_mib(self.stand.folder)

    def check_form(self, case):
        """Each has the objects of its definition, in their order, and then the name of its UPS."""
        own = {node.oid: [self.mib[name].oid for name in node.numbers] for node in self.mib.values()
               if node.kind == "notification"}
        for trap in self.traps.of():
            oids = [oid for oid, _, _ in trap.varbinds]
            if snmp.below(NOTIFICATIONS, trap.oid):
                for oid, wanted in itertools.zip_longest(oids, own[trap.oid], fillvalue="0"):
                    case.assertTrue(snmp.below(wanted, oid), (trap, own[trap.oid]))
            elif snmp.below(UPS_MIB, trap.oid):
                wanted = [UPS_MIB + suffix for suffix in FURTHER[trap.oid]]
                case.assertEqual(len(oids), len(wanted) + 1, trap)
                for oid, start in zip(oids, wanted):
                    case.assertTrue(oid.startswith(start), trap)
                case.assertTrue(snmp.below(NAME, oids[-1]), trap)
            else:
                case.assertEqual(oids[0].removesuffix(".1.0").removesuffix(".3.0"), POWERNET + ".2.3", trap)
            names = [value.decode() for oid, _, value in trap.varbinds if snmp.below(NAME, oid)]
            if not snmp.below(POWERNET, trap.oid):
                case.assertEqual(len(names), 1, trap)
                case.assertIn(names[0], self.names)

    def marker(self, unit=None):
        """Waits until what came before has arrived: the answer to an alert that means nothing."""
        name = self.names[unit or 0]
        stand.until("it is read", lambda: self.metric("upslink_load_ratio", ups=name) is not None)
        before = len(self.traps.of(ALERT))

        def sent_again():  # in front of an answer that is a text, an alert cannot be told from it
            self.sim.ask("alert |", unit)
            end = time.monotonic() + 1
            while time.monotonic() < end:
                if any(says(t)[3] == (ord("|"),) for t in self.traps.of(ALERT)[before:]):
                    return True
                time.sleep(0.02)
            return False

        stand.until("the marker", sent_again)

    def until_flag(self, flag, value):
        stand.until(f"{flag} is {value}", lambda: self.metric("upslink_status", ups="a", flag=flag) == value, 4)

    def counts(self):
        found = {}
        for trap in self.traps.of():
            kind, _, about, alert = says(trap)
            if alert != (ord("|"),):
                found[kind, about + alert] = found.get((kind, about + alert), 0) + 1
        return found


class EventsTest(unittest.TestCase):
    def test_line(self):
        scene = Watched(self)
        scene.sim.ask("line fail cause=T")
        sent = scene.until("the alert", lambda: scene.sim.ask("stats")["alert_log"][0]["sent_ns"]) / 1e9
        trap = scene.traps.wait(ON_BATTERY, 1, SOON)
        self.assertLess(trap.at - sent, 0.3 + stand.SLACK)
        scene.traps.wait(TRAP_ON_BATTERY, 1, SOON)
        scene.traps.wait(TRAP_ADDED, 1, 8, alarm=well_known(6))
        scene.sim.ask("line restore")
        scene.traps.wait(LINE_RESTORED, 1, SOON)
        scene.traps.wait(TRAP_REMOVED, 1, 8, alarm=well_known(6))
        scene.traps.wait(TRAP_REMOVED, 1, 8, alarm=well_known(2))
        scene.marker()
        scene.check_form(self)
        self.assertEqual(set(scene.counts().values()), {1}, scene.counts())
        kinds = {kind for kind, _ in scene.counts()}
        self.assertEqual(kinds & {LOST, RESTORED, BATTERY_LOW}, set())
        self.assertNotIn((TRAP_ADDED, (well_known(2),)), scene.counts())
        self.assertEqual([t.oid for t in scene.traps.of(ON_BATTERY, LINE_RESTORED)], [ON_BATTERY, LINE_RESTORED])
        self.assertEqual(scene.traps.of(POWERNET), [])
        arrived = len(scene.traps.of())

        def counted():  # once snmpd has acknowledged it, which may be after snmptrapd has it
            pages = scene.exporter.scrape().samples
            return sum(v for (name, _), v in pages.items() if name == "upslink_exporter_notifications_total")

        stand.until(f"{arrived} notifications are counted", lambda: counted() >= arrived)
        self.assertEqual(counted(), len(scene.traps.of()))

    def test_the_alert_is_enough(self):
        """The line's failure, low battery and the line's return leave before the status is read again."""
        scene = Watched(self)
        for alert, oid in (("!", ON_BATTERY), ("%", BATTERY_LOW), ("$", LINE_RESTORED)):
            scene.sim.ask("set Q silent")
            began = time.monotonic()
            scene.sim.ask(f"alert {alert}")
            trap = scene.traps.wait(oid, 1, SOON)
            self.assertLess(trap.at - began, 0.3 + stand.SLACK, alert)
            scene.sim.ask("unset Q")

    def test_quiet_failure(self):
        scene = Watched(self)
        scene.sim.ask("line fail quiet cause=R")
        scene.traps.wait(ON_BATTERY, 1, BY_ASKING)
        scene.traps.wait(TRAP_ON_BATTERY, 1, 1)
        scene.sim.ask("line restore quiet")
        scene.traps.wait(LINE_RESTORED, 1, BY_ASKING)
        scene.marker()
        self.assertEqual(set(scene.counts().values()), {1}, scene.counts())
        scene.check_form(self)

    def test_low_battery(self):
        scene = Watched(self)
        scene.sim.ask("line fail cause=T")
        scene.traps.wait(ON_BATTERY, 1, SOON)
        scene.sim.ask("battery low")
        scene.traps.wait(BATTERY_LOW, 1, SOON)
        scene.traps.wait(TRAP_ADDED, 1, SOON, alarm=well_known(3))
        scene.sim.ask("battery ok")
        scene.traps.wait(TRAP_REMOVED, 1, BY_ASKING, alarm=well_known(3))
        scene.traps.wait(REMOVED, 1, BY_ASKING, alarm=well_known(3))
        scene.marker()
        self.assertEqual(scene.counts()[BATTERY_LOW, ()], 1)
        scene.check_form(self)

    def test_overload(self):
        scene = Watched(self)
        scene.sim.ask("overload on")
        for oid in (ADDED, TRAP_ADDED):
            scene.traps.wait(oid, 1, BY_ASKING, alarm=well_known(8))
        scene.sim.ask("overload off")
        for oid in (REMOVED, TRAP_REMOVED):
            scene.traps.wait(oid, 1, BY_ASKING, alarm=well_known(8))
        scene.marker()
        added, removed = (next(t for t in scene.traps.of(oid)) for oid in (TRAP_ADDED, TRAP_REMOVED))
        self.assertEqual(added.varbinds, removed.varbinds)  # the same row
        self.assertEqual({k: n for k, n in scene.counts().items() if k[0] != ALERT},
                         {(oid, (well_known(8),)): 1 for oid in (ADDED, TRAP_ADDED, REMOVED, TRAP_REMOVED)})
        scene.check_form(self)

    def test_communication(self):
        scene = Watched(self, keys="")
        scene.sim.ask("unplug")
        for oid in (LOST, TRAP_ADDED):
            scene.traps.wait(oid, 1, 6)
        scene.traps.wait(TRAP_ADDED, 1, 1, alarm=well_known(20))
        scene.sim.ask("replug")
        scene.traps.wait(RESTORED, 1, 6)
        scene.traps.wait(TRAP_REMOVED, 1, 2, alarm=well_known(20))
        scene.marker()
        self.assertEqual(set(scene.counts().values()), {1}, scene.counts())
        self.assertEqual(scene.traps.of(ON_BATTERY, LINE_RESTORED, BATTERY_LOW), [])
        scene.check_form(self)

    def test_each_alert(self):
        scene = Watched(self)
        for alert in "!$%+?=*#&|":
            scene.sim.ask(f"alert {alert}")
            scene.until(f"alert {alert}", lambda alert=alert: [
                t for t in scene.traps.of(ALERT) if says(t)[3] == (ord(alert),)], SOON)
        scene.check_form(self)

    def test_self_test(self):
        scene = Watched(self)
        scene.sim.ask("self-test")
        scene.traps.wait(ON_BATTERY, 1, SOON)
        trap = scene.traps.wait(TRAP_TEST, 1, 20)
        self.assertEqual((trap.varbinds[0][2], trap.varbinds[2][2]), (UPS_MIB + ".1.7.7.3", 1))
        scene.marker()
        kinds = {kind for kind, about in scene.counts() if well_known(24) in about}
        self.assertLessEqual(kinds, {ADDED, REMOVED})
        self.assertEqual(len(scene.traps.of(TRAP_TEST)), 1)
        scene.check_form(self)

    def test_on_battery_repeats(self):
        scene = Watched(self)
        scene.sim.ask("line fail cause=T")
        first, second = scene.traps.wait(TRAP_ON_BATTERY, 1, SOON), scene.traps.wait(TRAP_ON_BATTERY, 2, 63)
        self.assertAlmostEqual(second.at - first.at, 60, delta=2 + stand.SLACK)
        self.assertAlmostEqual(second.varbinds[1][2] - first.varbinds[1][2], 60, delta=2 + stand.SLACK)
        self.assertEqual(len(scene.traps.of(ON_BATTERY)), 1)

    def test_two_units(self):
        scene = Watched(self, names=("a", "b"))
        scene.sim.ask("line fail cause=T", 1)
        trap = scene.traps.wait(ON_BATTERY, 1, SOON)
        self.assertEqual(says(trap)[1], (b"b",))
        self.assertTrue([oid for oid, _, _ in trap.varbinds if oid == NAME + ".2"])
        scene.marker(0)
        self.assertEqual({says(t)[1] for t in scene.traps.of()[:-1] if says(t)[3] != (ord("|"),)}, {(b"b",)})

    def test_not_more_often_than_every_five_seconds(self):
        scene = Watched(self)
        for _ in range(4):
            for command, flag in (("on", 1), ("off", 0)):
                scene.sim.ask(f"overload {command}")
                scene.until_flag("overload", flag)
        scene.sim.ask("overload on")
        stand.until("the last word", lambda: scene.traps.of(ADDED, REMOVED)
                    and scene.traps.of(ADDED, REMOVED)[-1].oid == ADDED
                    and time.monotonic() - scene.traps.of(ADDED, REMOVED)[-1].at > QUIET, 25)
        for oid in (ADDED, REMOVED, TRAP_ADDED, TRAP_REMOVED):
            times = [trap.at for trap in scene.traps.of(oid)]
            for before, after in zip(times, times[1:]):
                self.assertGreater(after - before, QUIET - 0.2, oid)


class PowernetTest(unittest.TestCase):
    def test_traps(self):
        scene = Watched(self, flags=("--snmp.powernet-traps", "on"))
        text = POWERNET + ".2.3.3.0"
        for command, number, within in (
                ("line fail cause=T", 5, SOON), ("battery low", 7, SOON), ("battery ok", 11, SOON),
                ("line restore", 9, SOON), ("overload on", 2, BY_ASKING), ("overload off", 33, BY_ASKING),
                ("battery replace", 17, SOON), ("battery good", 36, BY_ASKING), ("trim on", 31, BY_ASKING),
                ("trim auto", 35, BY_ASKING), ("boost on", 6, BY_ASKING), ("boost auto", 34, BY_ASKING),
                ("register fault3 80", 53, 4), ("register fault3 auto", 54, 4),
                ("unplug", 1, 6), ("replug", 8, 6)):
            with self.subTest(command=command):
                scene.sim.ask(command)
                trap = scene.traps.wait(f"{POWERNET}.0.{number}", 1, within)
                self.assertEqual([oid for oid, _, _ in trap.varbinds][:1], [text])
                self.assertTrue(trap.varbinds[0][2])
        scene.marker()
        self.assertEqual([n for n in scene.counts().values() if n != 1], [], scene.counts())


class MasterAwayTest(unittest.TestCase):
    """What happens, more than a second apart, while snmpd is not there arrives in order when it is back."""

    steps = [("line fail cause=T", ON_BATTERY, ()), ("battery low", BATTERY_LOW, ()),
             ("battery ok", REMOVED, (well_known(3),)), ("line restore", LINE_RESTORED, ()),
             ("overload on", ADDED, (well_known(8),))]
    seen = [("on_battery", 1), ("battery_low", 1), ("battery_low", 0), ("on_battery", 0), ("overload", 1)]

    def away(self, leave, come_back, most=1):
        scene = Watched(self)
        leave(scene)
        for (command, _, _), (flag, value) in zip(self.steps, self.seen):
            scene.sim.ask(command)
            scene.until_flag(flag, value)
            stand.until("a second", lambda at=time.monotonic() + 1.2: time.monotonic() > at)
        stand.until("some seconds", lambda at=time.monotonic() + 4: time.monotonic() > at)
        self.assertEqual(scene.traps.of(), [])
        back = time.monotonic()
        come_back(scene)
        wanted = [(oid, about) for _, oid, about in self.steps]

        def came():
            seen = [says(t)[::2] for t in scene.traps.of() if says(t)[::2] in wanted]
            return seen if set(seen) == set(wanted) else None

        stand.until("all of them", came, 15)
        self.assertLess(scene.traps.of()[0].at - back, 4 + stand.SLACK)
        scene.marker()
        seen = came()
        self.assertEqual(list(dict.fromkeys(seen)), wanted)
        self.assertEqual(list(dict.fromkeys(reversed(seen))), wanted[::-1])
        self.assertEqual([about for about, n in scene.counts().items() if n > most], [])
        scene.check_form(self)

    def test_stopped(self):
        self.away(lambda scene: scene.snmpd.stop(), lambda scene: scene.snmpd.start())

    def test_killed(self):
        self.away(lambda scene: scene.snmpd.stop(signal.SIGKILL), lambda scene: scene.snmpd.start())

    def test_frozen(self):
        """What it had not acknowledged is sent again when it wakes, for it could be lost."""
        self.away(lambda scene: scene.snmpd.send(signal.SIGSTOP), lambda scene: scene.snmpd.send(signal.SIGCONT), 2)


if __name__ == "__main__":
    stand.main(at_once=6)
