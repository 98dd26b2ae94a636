#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's own SNMP clients read the agent as an APC UPS: NUT's snmp-ups by PowerNet and by RFC 1628,
prometheus-snmp-exporter with the subtrees of upstream's module `apcups`, and apcupsd.

    snmp_clients_test.py --exporter PROGRAM --simulator PROGRAM [test...]

They are found as tests/simulator/clients_test.py says. A program that is not there is a failure.
"""

import os
import pathlib
import pwd
import subprocess
import sys
import unittest
import urllib.request

import exposition
import snmp_stand as snmp
import stand
from snmp_stand import POWERNET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "simulator"))
from clients_test import environment, find_program  # noqa: E402

QUICK = "cadence: {status: 500ms, fast: 1s, slow: 1s, settings: 2s}"
USER = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


class Nut:
    """snmp-ups, which prints once what it found."""

    def __init__(self, scene, mibs, version="v2c"):
        self.folder = snmp.own_folder(scene.stand, f"nut-{mibs}-{version}")
        (self.folder / "ups.conf").write_text("")
        self.command = [
            find_program("lib/nut/snmp-ups"), "-s", "lab", "-x", f"port={snmp.HOST}:{scene.snmpd.port}",
            "-x", f"mibs={mibs}", "-x", f"snmp_version={version}", "-x", "community=public", "-u", USER, "-d", "1"]

    def read(self):
        env = environment(NUT_CONFPATH=str(self.folder), NUT_STATEPATH=str(self.folder),
                          NUT_ALTPIDPATH=str(self.folder), SNMPCONFPATH=str(self.folder), MIBS="",
                          SNMP_PERSISTENT_DIR=str(self.folder))
        done = subprocess.run(self.command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, check=False)
        found = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
        if done.returncode or "ups.status" not in found:
            raise stand.Failure(f"snmp-ups: {done.returncode} {done.stdout[-2000:]} {done.stderr[-2000:]}")
        return found


# A client's name for what the unit answers to a command: (command, factor).
VALUES = {
    "battery.charge": ("f", 1), "battery.runtime": ("j", 60), "battery.voltage": ("B", 1),
    "input.voltage": ("L", 1), "output.voltage": ("O", 1), "input.frequency": ("F", 1),
    "output.frequency": ("F", 1), "ups.load": ("P", 1),
}
BY_POWERNET = {
    **VALUES, "ups.temperature": ("C", 1), "battery.voltage.nominal": ("g", 1), "input.transfer.high": ("u", 1),
    "input.transfer.low": ("l", 1), "battery.runtime.low": ("q", 60), "battery.charge.restart": ("e", 1), "output.voltage.nominal": ("o", 1),
}
BY_RFC1628 = {**VALUES, "battery.temperature": ("C", 1)}
COARSE = dict.fromkeys(
    ("input.voltage", "output.voltage", "battery.temperature", "ups.load", "battery.charge"), 0.5)


def number(answer):
    return float(answer.rstrip(":"))


class ClientCase(unittest.TestCase):
    def scene(self, *options):
        scene = snmp.Scene(self, *options, keys=QUICK)
        scene.await_known()
        return scene

    def answers(self, scene):
        return {c: a for c, a in scene.sim.state()["answers"].items() if a not in (None, "NA")}


class NutTest(ClientCase):
    def check_values(self, mibs, table, exact):
        for profile in ("su700", "matrix", "sua1500"):
            with self.subTest(profile=profile):
                scene = self.scene("--profile", profile, "--speed", "0.001")
                seen, answers = Nut(scene, mibs).read(), self.answers(scene)
                if answers.get("^A"):
                    self.assertEqual(seen["ups.model"].strip(), answers["^A"].strip())
                self.assertTrue(seen["ups.model"])
                self.assertEqual(seen["ups.status"].split(), ["OL"])
                self.assertEqual(seen["ups.mfr"], "APC")
                if "b" in answers:
                    self.assertEqual(seen["ups.firmware"], answers["b"].strip())
                if mibs == "ietf" and "\\" in answers:  # the greater of both loads
                    answers["P"] = max(answers["P"], answers["\\"], key=number)
                for name, (command, factor) in table.items():
                    if command in answers:
                        self.assertIn(name, seen)
                        self.assertAlmostEqual(float(seen[name]), number(answers[command]) * factor,
                                               delta=0.06 if exact else COARSE.get(name, 0.06), msg=name)

    def test_powernet_is_found_by_itself(self):
        self.check_values("auto", BY_POWERNET, True)

    def test_rfc1628(self):
        self.check_values("ietf", BY_RFC1628, False)

    def test_version_1(self):
        scene = self.scene()
        self.assertEqual(Nut(scene, "auto", "v1").read()["ups.model"].strip(), "SMART-UPS 700")

    def check_status(self, profile, steps):
        scene = self.scene("--profile", profile)
        clients = {mibs: Nut(scene, mibs) for mibs in ("auto", "ietf")}
        for commands, by_powernet, by_rfc1628 in steps:
            for command in commands:
                scene.sim.ask(command)
            for mibs, right in (("auto", by_powernet), ("ietf", by_rfc1628)):
                seen = [None]

                def same(mibs=mibs, right=right, seen=seen):
                    seen[0] = set(clients[mibs].read()["ups.status"].split())
                    return right is None or seen[0] == set(right.split())

                with self.subTest(commands=commands, mibs=mibs):
                    try:
                        stand.until(right, same, 10)
                    except stand.Failure:
                        self.fail(f"{mibs}: {seen[0]}, not {right}")

    def test_status(self):
        self.check_status("su700", [
            ((), "OL", "OL"),
            (("line fail cause=T",), "OB", "OB"),
            (("battery low",), "OB LB", "OB LB"),
            (("battery auto", "line restore"), "OL", "OL"),
            (("battery replace",), "OL RB", None),
            (("battery good", "trim on"), "OL TRIM", "OL TRIM"),
            (("trim auto", "boost on"), "OL BOOST", "OL BOOST"),
            (("boost auto",), "OL", "OL"),
            (("charge 100", "calibrate"), None, None),
        ])

    def test_calibration(self):
        scene = self.scene("--profile", "su700")
        scene.sim.ask("charge 100")
        scene.sim.ask("calibrate")
        for mibs in ("auto", "ietf"):
            client = Nut(scene, mibs)
            stand.until(f"CAL by {mibs}", lambda c=client: "CAL" in c.read()["ups.status"].split(), 10)

    def test_bypass(self):
        self.check_status("matrix", [
            (("register state 20",), "BYPASS", "OL BYPASS"), (("register state auto",), "OL", "OL"),
            (("bypass on",), None, "OL BYPASS"), (("bypass off",), "OL", "OL")])

    def test_silent_ups(self):
        """What it says then is neither on line nor on battery."""
        scene = self.scene("--profile", "su700")
        client = Nut(scene, "ietf")
        scene.sim.ask("fault silence")
        scene.see(snmp.UPS_MIB + ".1.4.1.0", 1, 8)
        scene.see(snmp.UPS_MIB + ".1.2.4.0", None, 8)
        seen = client.read()
        self.assertNotIn("battery.charge", seen)
        self.assertEqual(set(seen["ups.status"].split()) & {"OL", "OB", "LB"}, set())


# Those of upstream's v0.21.0 module `apcups` that have a unit like ours, below PowerNet's `ups`.
MODULE = {
    "upsBasicBatteryStatus": "2.1.1", "upsBasicBatteryTimeOnBattery": "2.1.2", "upsAdvBatteryCapacity": "2.2.1",
    "upsAdvBatteryTemperature": "2.2.2", "upsAdvBatteryRunTimeRemaining": "2.2.3",
    "upsAdvBatteryReplaceIndicator": "2.2.4", "upsAdvBatteryNominalVoltage": "2.2.7",
    "upsAdvBatteryActualVoltage": "2.2.8", "upsHighPrecBatteryCapacity": "2.3.1",
    "upsHighPrecBatteryTemperature": "2.3.2", "upsHighPrecBatteryActualVoltage": "2.3.4",
    "upsBasicInputPhase": "3.1.1", "upsAdvInputLineVoltage": "3.2.1", "upsAdvInputFrequency": "3.2.4",
    "upsAdvInputLineFailCause": "3.2.5", "upsHighPrecInputLineVoltage": "3.3.1",
    "upsHighPrecInputFrequency": "3.3.4",
    "upsBasicOutputStatus": "4.1.1", "upsAdvOutputVoltage": "4.2.1", "upsAdvOutputLoad": "4.2.3",
    "upsHighPrecOutputVoltage": "4.3.1", "upsHighPrecOutputLoad": "4.3.3", "upsAdvTestDiagnosticSchedule": "7.2.1",
    "upsAdvTestDiagnosticsResults": "7.2.3", "upsCommStatus": "8.1",
}
WALKED = [".1.1.1.2", ".1.1.1.3", ".1.1.1.4", ".1.1.1.7.2", ".1.1.1.8", ".1.1.1.12", ".1.1.10.2.3.2"]
SAME = {  # our metric, and theirs divided by that
    "upslink_battery_charge_ratio": ("upsHighPrecBatteryCapacity", 1000),
    "upslink_battery_runtime_seconds": ("upsAdvBatteryRunTimeRemaining", 100),
    "upslink_battery_voltage_volts": ("upsHighPrecBatteryActualVoltage", 10),
    "upslink_internal_temperature_celsius": ("upsHighPrecBatteryTemperature", 10),
    "upslink_input_voltage_volts": ("upsHighPrecInputLineVoltage", 10),
    "upslink_input_frequency_hertz": ("upsHighPrecInputFrequency", 10),
    "upslink_output_voltage_volts": ("upsHighPrecOutputVoltage", 10),
    "upslink_load_ratio": ("upsHighPrecOutputLoad", 1000),
    "upslink_battery_voltage_nominal_volts": ("upsAdvBatteryNominalVoltage", 1),
}


class SnmpExporterTest(ClientCase):
    def module(self, version):
        lines = ["apcups:", f"  version: {version}", "  auth: {community: public}", "  walk:"]
        lines += [f"    - {POWERNET}{suffix}" for suffix in WALKED] + ["  metrics:"]
        for name, suffix in MODULE.items():
            lines += [f"    - {{name: {name}, oid: {POWERNET}.1.1.1.{suffix}, type: gauge, help: {name}}}"]
        return "\n".join(lines) + "\n"

    def test_equal_to_ours(self):
        scene = self.scene("--profile", "su700", "--speed", "0.001")
        for version in (1, 2):
            port = snmp.tcp_port()
            config = scene.stand.folder / f"snmp{version}.yml"
            config.write_text(self.module(version))
            daemon = scene.stand.program(f"snmp-exporter{version}-", [
                find_program("usr/bin/prometheus-snmp-exporter"),
                f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"])
            scene.stand.wait("it listens", lambda daemon=daemon: "Listening on" in daemon.log())

            def theirs(port=port):
                url = f"http://127.0.0.1:{port}/snmp?target={snmp.HOST}:{scene.snmpd.port}&module=apcups"
                with urllib.request.urlopen(url, timeout=stand.PATIENCE) as answer:
                    page = exposition.read_text(answer.read().decode())
                return {name: value for (name, _), value in page.samples.items()}

            seen = theirs()
            self.assertEqual(set(MODULE) - set(seen), set())
            for ours, (their, factor) in SAME.items():
                right = scene.metric(ours, ups="a")
                self.assertAlmostEqual(seen[their] / factor, right, delta=0.501 / factor, msg=ours)
            status = [seen[name] for name in ("upsBasicOutputStatus", "upsBasicBatteryStatus", "upsCommStatus")]
            self.assertEqual(status, [2, 2, 1])
            scene.sim.ask("line fail")
            stand.until("on battery", lambda t=theirs: t()["upsBasicOutputStatus"] == 3, 5)
            stand.until("time on battery", lambda t=theirs: t()["upsBasicBatteryTimeOnBattery"] > 0, 5)
            scene.sim.ask("line restore")
            stand.until("on line", lambda t=theirs: t()["upsBasicOutputStatus"] == 2, 5)


class ApcupsdTest(ClientCase):
    values = {"LINEV": "L", "OUTPUTV": "O", "LINEFREQ": "F", "BATTV": "B", "BCHARGE": "f", "LOADPCT": "P",
              "ITEMP": "C", "TIMELEFT": "j", "HITRANS": "u", "LOTRANS": "l", "NOMOUTV": "o"}
    texts = {"MODEL": "^A", "SERIALNO": "n", "FIRMWARE": "b"}

    def test_reads_it_as_a_card(self):
        scene = self.scene("--profile", "su700", "--speed", "0.001")
        folder = scene.stand.folder
        port = snmp.tcp_port()
        (folder / "apccontrol").write_text("#!/bin/sh\nexit 0\n")
        (folder / "apccontrol").chmod(0o755)
        (folder / "apcupsd.conf").write_text(
            "## apcupsd.conf v1.1 ##\nUPSCABLE ether\nUPSTYPE snmp\n"
            f"DEVICE {snmp.HOST}:{scene.snmpd.port}:APC_NOTRAP:public\nLOCKFILE {folder}\nSCRIPTDIR {folder}\n"
            f"PWRFAILDIR {folder}\nNOLOGINDIR {folder}\nNOLOGON disable\nPOLLTIME 1\n"
            "ONBATTERYDELAY 0\nBATTERYLEVEL -1\nMINUTES -1\nTIMEOUT 0\nANNOY 0\nKILLDELAY 0\n"
            "UPSCLASS standalone\nUPSMODE disable\nNETSERVER on\n"
            f"NISIP 127.0.0.1\nNISPORT {port}\nSTATTIME 0\nSTATFILE {folder}/status\n"
            f"EVENTSFILE {folder}/events\nLOGSTATS off\n")
        scene.stand.program("apcupsd", [find_program("sbin/apcupsd", "usr/sbin/apcupsd"), "-b", "-f",
                                        folder / "apcupsd.conf", "-P", folder / "pid"], environment())
        apcaccess = find_program("sbin/apcaccess", "usr/sbin/apcaccess")

        def read():
            done = subprocess.run([apcaccess, "-h", f"127.0.0.1:{port}"], env=environment(), capture_output=True,
                                  text=True, check=False, timeout=20)
            lines = [line.split(":", 1) for line in done.stdout.splitlines() if ":" in line]
            return {key.strip(): value.strip() for key, value in lines}

        def status():
            return read().get("STATUS", "").split()

        scene.stand.wait("it is on line", lambda: "ONLINE" in status(), 60)
        seen, answers = read(), self.answers(scene)
        for name, command in self.values.items():
            self.assertIn(name, seen)
            self.assertAlmostEqual(float(seen[name].split()[0]), number(answers[command]), delta=0.51, msg=name)
        for name, command in self.texts.items():
            self.assertEqual(seen[name], answers[command].strip(), name)
        scene.sim.ask("line fail")
        scene.stand.wait("it is on battery", lambda: "ONBATT" in status(), 60)
        scene.sim.ask("battery low")
        scene.stand.wait("the battery is low", lambda: "LOWBATT" in status(), 60)
        scene.sim.ask("battery auto")
        scene.sim.ask("line restore")
        scene.stand.wait("it is on line again", lambda: "ONLINE" in status() and "ONBATT" not in status(), 60)


if __name__ == "__main__":
    stand.main(at_once=4)
