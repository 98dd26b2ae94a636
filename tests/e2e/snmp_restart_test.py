#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The master agent goes and comes: the UPS is asked as before, and SNMP is back soon and right.

    snmp_restart_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import signal
import time
import unittest

import snmp_stand as snmp
import stand
from snmp_stand import BASE, ENTITY, OBJECTS, POWERNET, SENSOR, SYS_UPTIME, UPS_MIB

BACK = 2.0  # seconds after the master is there
QUICK = "cadence: {status: 500ms, fast: 1s, slow: 2s, settings: 4s}"
CONNECTED = "upslink_exporter_snmp_connected"
REQUESTS, UP = OBJECTS + ".2.1.14.1", OBJECTS + ".2.1.11.1"
ALARM_TIME = UPS_MIB + ".1.6.2.1.3"


class Polled(snmp.Scene):
    def __init__(self, case, **more):
        super().__init__(case, keys=QUICK, **more)
        self.case = case
        self.await_known()
        self.began = time.monotonic()

    def pass_time(self, seconds):
        end = time.monotonic() + seconds
        stand.until("time passes", lambda: time.monotonic() > end, seconds + 5)

    def gaps(self, since, until):
        times = [t for t in snmp.question_times(self.sim) if since <= t <= until]
        return [b - a for a, b in zip(times, times[1:])]

    def undisturbed(self):
        """How often the status was asked in eight good seconds."""
        self.pass_time(8)
        return self.gaps(self.began, time.monotonic())

    def same_pace(self, before, since):
        now = self.gaps(since, time.monotonic())
        self.case.assertGreater(len(now), 4)
        self.case.assertLess(max(now), max(before) + 0.2 + stand.SLACK)
        self.case.assertAlmostEqual(sum(now) / len(now), sum(before) / len(before), delta=0.1 + stand.SLACK / 10)
        self.case.assertEqual(self.metric("upslink_request_failures_total", ups="a", reason="timeout"), 0)
        self.case.assertEqual(self.metric("upslink_link_opens_total", ups="a"), 1)

    def connected(self, value, within):
        began = time.monotonic()
        stand.until(f"{CONNECTED} is {value}", lambda: self.metric(CONNECTED) == value, within)
        return time.monotonic() - began

    def answers(self, within=1.0):
        """Each subtree is registered by itself: that one is there says nothing of the others."""
        self.see(UP, 1, within)
        for root in (BASE, UPS_MIB, POWERNET, ENTITY, SENSOR):
            self.until(f"{root} is there", lambda root=root: self.reader.bulkwalk(root), within)


class RestartTest(unittest.TestCase):
    def test_not_there_at_the_start(self):
        scene = Polled(self, start=False)
        self.assertEqual(scene.metric(CONNECTED), 0)
        before = scene.undisturbed()
        began = time.monotonic()
        scene.snmpd.start()
        scene.connected(1, BACK)
        scene.answers()
        scene.pass_time(4)
        scene.same_pace(before, began)

    def goes_and_comes(self, leave, away, come_back, notices=2.5):
        scene = Polled(self)
        before = scene.undisturbed()
        began = time.monotonic()
        leave(scene)
        scene.connected(0, notices)
        scene.pass_time(away)
        self.assertEqual(scene.metric(CONNECTED), 0)
        come_back(scene)
        scene.connected(1, BACK)
        scene.answers()
        scene.same_pace(before, began)
        self.assertLessEqual(len([line for line in scene.exporter.log_lines() if line["level"] == "warn"]), 1)
        self.assertEqual([line for line in scene.exporter.log_lines() if line["level"] == "error"], [])
        return scene

    def test_stopped(self):
        self.goes_and_comes(lambda s: s.snmpd.stop(), 5, lambda s: s.snmpd.start())

    def test_killed(self):
        self.goes_and_comes(lambda s: s.snmpd.stop(signal.SIGKILL), 5, lambda s: s.snmpd.start())

    def test_frozen_for_twenty_seconds(self):
        self.goes_and_comes(lambda s: s.snmpd.send(signal.SIGSTOP), 20, lambda s: s.snmpd.send(signal.SIGCONT), 6)

    def test_over_tcp(self):
        scene = Polled(self, transport="tcp")
        scene.answers()
        for number in (signal.SIGTERM, signal.SIGKILL):
            scene.snmpd.restart(number)
            scene.until("it is back", lambda: scene.reader.value(UP) == 1, BACK + 0.5)

    def test_restarted_many_times(self):
        scene = Polled(self)
        before, began = scene.undisturbed(), time.monotonic()
        for number in [signal.SIGTERM, signal.SIGKILL] * 5:
            scene.snmpd.restart(number)
            scene.see(UP, 1, BACK + 0.5)
        scene.answers()
        scene.same_pace(before, began)
        self.assertEqual(scene.exporter.stop(within=1), 0)

    def test_reread_configuration(self):
        scene = Polled(self)
        before, began = scene.undisturbed(), time.monotonic()
        for _ in range(3):
            scene.snmpd.send(signal.SIGHUP)
            scene.see(UP, 1, BACK + 0.5)
        scene.pass_time(3)
        scene.answers(BACK)
        scene.same_pace(before, began)

    def test_ends_at_once(self):
        """The exporter ends within a second, whatever the master does."""
        for leave in (lambda s: None, lambda s: s.snmpd.stop(), lambda s: s.snmpd.send(signal.SIGSTOP)):
            scene = snmp.Scene(self)
            scene.see(OBJECTS + ".2.1.2.1", b"a")
            leave(scene)
            self.assertEqual(scene.exporter.stop(within=1), 0)


class AfterwardsTest(unittest.TestCase):
    def test_counters_and_times(self):
        """Counters go on; what began before the master did has time 0, what begins later its uptime."""
        scene = Polled(self)
        scene.sim.ask("line fail cause=T")
        scene.until("alarms", lambda: {2, 6} <= scene.alarms(), 4)
        scene.pass_time(3)
        uptime = scene.reader.value(SYS_UPTIME)
        first = {oid: value for oid, (_, value) in scene.reader.bulkwalk(ALARM_TIME).items()}
        self.assertEqual(len(first), 2)
        for value in first.values():
            self.assertLess(uptime - value, 1000)
            self.assertGreater(uptime - value, 200)
        requests = scene.reader.value(REQUESTS)
        on_battery = scene.reader.value(UPS_MIB + ".1.2.2.0")
        scene.snmpd.restart()
        scene.answers(BACK + 0.5)
        self.assertGreaterEqual(scene.reader.value(REQUESTS), requests)
        self.assertEqual(scene.reader.value(UPS_MIB + ".1.3.1.0"), 1)
        self.assertGreaterEqual(scene.reader.value(UPS_MIB + ".1.2.2.0"), on_battery)
        again = {oid: value for oid, (_, value) in scene.reader.bulkwalk(ALARM_TIME).items()}
        self.assertEqual(again, dict.fromkeys(first, 0))
        scene.sim.ask("overload on")
        scene.until("alarm 8", lambda: 8 in scene.alarms(), 4)
        uptime = scene.reader.value(SYS_UPTIME)
        times = [value for _, value in scene.reader.bulkwalk(ALARM_TIME).values() if value]
        self.assertEqual(len(times), 1)
        self.assertTrue(uptime - 500 < times[0] <= uptime, (times, uptime))
        ids = [snmp.key(oid)[-1] for oid in scene.reader.bulkwalk(ALARM_TIME)]
        self.assertEqual(len(set(ids)), 3)

    def test_values_go_on(self):
        scene = Polled(self)
        scene.snmpd.restart()
        scene.sim.ask("line voltage 233")
        scene.see(OBJECTS + ".4.1.1.1", 23300, 5)
        scene.see(UPS_MIB + ".1.3.3.1.3.1", 233, 5)
        requests = scene.metric("upslink_exporter_snmp_requests_total")
        scene.reader.value(UP)
        stand.until("it counts", lambda: scene.metric("upslink_exporter_snmp_requests_total") > requests, 2)

    def test_taken_by_another_agent(self):
        """Another subagent has RFC 1628's place: the rest is served, and that is said."""
        scene = snmp.Scene(self, start=False)
        scene.exporter.stop()
        scene.snmpd.start()
        other = snmp.own_folder(scene.stand, "other")
        config, answer = other / "etc" / "snmpd.conf", other / "answer"
        answer.write_text(f"#!/bin/sh\ncase \"$1 $2\" in '-g .{UPS_MIB}.9.0'|'-n .{UPS_MIB}'|'-n .{UPS_MIB}.0')\n"
                          f"printf '.{UPS_MIB}.9.0\\ninteger\\n1\\n';; esac\n")
        answer.chmod(0o755)
        config.write_text(f"agentXSocket {scene.snmpd.agentx.removeprefix('unix:')}\npass .{UPS_MIB} {answer}\n")
        command = ["-X", "-f", "-Le", "-C", "-c", config, "-p", other / "pid", "-I", "pass"]
        daemon = snmp.Daemon(scene.stand, "other", [snmp.tool("snmpd", "snmpd"), *command], other)
        daemon.launch()
        stand.until("it has it", lambda: scene.reader.bulkwalk(UPS_MIB))
        scene.exporter = scene.stand.exporter({}, "--config.file", scene.config, *scene.flags)
        scene.see(OBJECTS + ".2.1.2.1", b"a")
        for root in (POWERNET, ENTITY, SENSOR):
            scene.until(root, lambda root=root: scene.reader.bulkwalk(root))
        self.assertEqual(set(scene.reader.bulkwalk(UPS_MIB)), {UPS_MIB + ".9.0"})
        warnings = scene.until("it is said", lambda: [
            line for line in scene.exporter.log_lines()
            if line["level"] == "warn" and UPS_MIB in " ".join(line.values())])
        self.assertEqual(len(warnings), 1, warnings)
        self.assertEqual(scene.metric("upslink_exporter_snmp_registrations_refused_total"), 1)
        self.assertEqual(scene.metric(CONNECTED), 1)
        self.assertTrue(snmp.Reader(scene.snmpd, context="a").bulkwalk(UPS_MIB))  # the other has no context


if __name__ == "__main__":
    stand.main(at_once=4)
