#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The exporter on real serial drivers: those of Debian's kernel, in a virtual machine that interprets it.

The simulator stands outside, on the far ends of a serial port of the PC (driver 8250, /dev/ttyS1) and of an
FTDI adapter on USB (driver ftdi_sio, /dev/ttyUSB0). The exporter runs inside, as a user of the group dialout.

    drivers_test.py --guest DIR --exporter PROGRAM --simulator PROGRAM [test...]

DIR is where unpack_guest.sh puts the kernel; it is called if that has not been done.
"""

import argparse
import contextlib
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import initramfs  # noqa: E402
import machine as virtual  # noqa: E402
import stand  # noqa: E402
import truth  # noqa: E402

BY_ID = f"/dev/serial/by-id/usb-QEMU_{virtual.ADAPTER_SERIAL}-if00-port0"
PORTS = {"native": "/dev/ttyS1", "adapter": BY_ID}
BOOT_WITHIN = 100  # 4 s of a core that is free
REPLUGS = 6
# From the adapter's return to a UPS that is up. Without a watch on the path it would take up to 30 s; the
# kernel alone takes about half a second to greet the adapter, and this one is interpreted.
BACK_WITHIN = 8

# Messages to an FTDI adapter: vendor requests to the device.
SET_MODEM_LINES, SET_FLOW_CONTROL, SET_BAUD, SET_LATENCY = 0x4001, 0x4002, 0x4003, 0x4009
DTR_ON, RTS_OFF = 0x0101, 0x0200


class GuestExporter(stand.Exporter):
    """upslink_exporter in the guest; scrapes go through the port that QEMU forwards."""

    def __init__(self, machine, ups):
        self.name = "exporter in the guest"
        self.machine = machine
        self.connection = None
        self.port = machine.forwarded
        flags = "".join(f" --ups {name}={address}" for name, address in ups.items())
        self.pid = int(machine.shell(
            "su ups -c 'exec upslink_exporter --snmp.agentx-address off" + flags +
            "' </dev/null >/tmp/exporter.log 2>&1 & echo $!"))
        stand.until("the exporter in the guest listens", lambda: 'msg="listening"' in self.log())

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print(f"--- the machine: {self.machine.log()}", file=sys.stderr)
        if self.machine.running():
            if kind is not None:
                print(f"--- {self.name} said\n{self.log()[-6000:]}", file=sys.stderr)
            self.stop()

    def log(self):
        return self.machine.shell("cat /tmp/exporter.log")

    def running(self):
        return self.machine.shell(f"[ -d /proc/{self.pid} ] && echo yes || true") != ""

    def stop(self, number=15, within=None):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        self.machine.shell(f"kill -{number} {self.pid}; while [ -d /proc/{self.pid} ]; do usleep 20000; done")

    def is_up(self, ups):
        return self.value("upslink_up", ups=ups) == 1

    def descriptors(self):
        """What it has open apart from connections of clients, as the kernel sees it."""
        listed = self.machine.shell(f"ls -l /proc/{self.pid}/fd")
        return sorted(re.sub(r"\[\d+\]", "", target) for target in re.findall(r"-> (\S+)", listed)
                      if not target.startswith("socket"))


def setUpModule():
    global machine, simulator
    if shutil.which("qemu-system-x86_64") is None:
        raise stand.Failure("there is no qemu-system-x86_64; install qemu-system-x86 (tests/packages.sh)")
    subprocess.run([HERE / "unpack_guest.sh", guest_files], check=True)
    s = unittest.enterModuleContext(stand.Stand())
    initramfs.build(s.folder / "initramfs", guest_files, stand.programs.exporter)
    simulator = s.simulator("--profile", "su700", "--profile", "rt", "--count", 2, "--tcp", "127.0.0.1:0", "--smart")
    machine = s.started(virtual.Machine(s.folder, guest_files / "vmlinuz", s.folder / "initramfs",
                                        *simulator.addresses))
    print(f"the guest is up after {machine.wait_for_guest(BOOT_WITHIN):.1f} s", flush=True)


def differences(exporter, name, unit):
    """What /metrics lacks or says otherwise than the unit."""
    said = truth.Truth(simulator.state(unit))
    shown = exporter.samples(name)
    wrong = [(series, shown.get(series), value) for series, value in said.values.items()
             if series not in shown or not truth.close(shown[series], value, said.commands[series])]
    info = next((dict(labels) for series, labels in shown if series == "upslink_info"), {})
    return wrong + [(label, info.get(label), text) for label, text in said.info.items()
                    if text is not None and info.get(label) != text]


class DriversTest(unittest.TestCase):
    @staticmethod
    def unplug():
        """While a question waits for its answer. QEMU 7.2 itself fails (usb_wakeup() without a bus) when a byte
        comes just as the adapter goes, so nothing comes then."""
        simulator.ask("silence 60", 1)
        time.sleep(0.1)
        machine.unplug()

    @staticmethod
    def plug_in():
        simulator.ask("silence 0", 1)
        machine.plug_in()

    def setUp(self):
        if not machine.plugged_in:
            self.plug_in()
        stand.until("the adapter has its name", lambda: self.guest_has(BY_ID))

    @staticmethod
    def guest_has(path):
        return machine.shell(f"[ -e {path} ] && echo yes || true") != ""

    @contextlib.contextmanager
    def exporter(self, **ups):
        """All of them are up."""
        with GuestExporter(machine, ups or PORTS) as exporter:
            for name in ups or PORTS:
                stand.until(f"{name} is up", lambda name=name: exporter.is_up(name))
            yield exporter

    def check_failures(self, exporter, name):
        """None but a few that an interpreted machine has when it is kept from the processor for long."""
        failures = {dict(labels)["reason"]: value for (series, labels), value in exporter.samples(name).items()
                    if series == "upslink_request_failures_total"}
        self.assertIn("timeout", failures)
        self.assertLessEqual(sum(failures.values()), 5, failures)
        if any(failures.values()):
            print(f"{name}: {failures}", flush=True)

    def test_reads_through_both_drivers(self):
        with self.exporter() as exporter:
            for unit, name in enumerate(PORTS):
                with self.subTest(name):
                    wrong = ["not yet asked"]

                    def agrees(name=name, unit=unit):
                        nonlocal wrong
                        wrong = differences(exporter, name, unit)
                        return not wrong

                    try:
                        stand.until("all values are as the unit has them", agrees, within=40)
                    except stand.Failure as late:
                        self.fail(f"{late}: {wrong}")
                    self.check_failures(exporter, name)
            simulator.ask("line voltage 221.4", 1)
            self.addCleanup(simulator.ask, "line voltage 233.2", 1)
            stand.until("a change is seen", lambda: exporter.value(
                "upslink_input_voltage_volts", ups="adapter") == 221.4)

    def test_sets_up_the_lines(self):
        before = len(machine.told_adapter())
        with self.exporter():
            # The 8250's own registers: DTR and RTS among what the driver says of the port.
            native = re.search(r"^1: (.*)$", machine.shell("cat /proc/tty/driver/serial"), re.M)[1]
            self.assertIn("DTR", native)
            self.assertNotIn("RTS", native)
            settings = machine.shell("stty -F /dev/ttyS1 -a").replace(";", "").split()
            for setting in ("2400", "cs8", "-parenb", "-cstopb", "-crtscts", "clocal", "-ixon", "-ixoff", "-echo",
                            "-icanon", "-opost", "inpck", "-ignpar"):
                self.assertIn(setting, settings)
            told = machine.told_adapter()[before:]
            last = dict(told)
            self.assertEqual(last[SET_BAUD] & 0x3fff, 3000000 // 2400)
            self.assertEqual(last[SET_FLOW_CONTROL], 0)
            self.assertEqual(last[SET_LATENCY], 1, "the adapter collects bytes")
            lines = [value for request, value in told if request == SET_MODEM_LINES]
            self.assertIn(DTR_ON, lines)
            self.assertEqual(lines[-1], RTS_OFF)
            # Opening raises RTS. Once it has been lowered nothing raises it again, and that is soon.
            first_low = told.index((SET_MODEM_LINES, RTS_OFF))
            self.assertFalse([value for request, value in told[first_low:]
                              if request == SET_MODEM_LINES and value & 0x0200 and value & 0x0002])
            self.assertLess(first_low - told.index((SET_MODEM_LINES, 0x0303)), 10, told)

    def test_lists_the_ports_and_opens_none(self):
        with self.exporter(native=PORTS["native"]) as exporter:
            told = machine.told_adapter()
            listed = json.loads(machine.shell("su ups -c 'upslink_exporter probe --list --format json'"))["ports"]
            self.assertEqual(machine.told_adapter(), told, "the adapter was opened")
            self.assertEqual([port["path"] for port in listed], ["/dev/ttyS0", "/dev/ttyS1", "/dev/ttyUSB0"])
            holder = f"upslink_exporte (pid {exporter.pid})"  # the kernel keeps 15 letters
            self.assertEqual(listed[1], {
                "path": "/dev/ttyS1", "transport": "native", "description": "ttyS1", "usb_vendor_id": None,
                "usb_product_id": None, "manufacturer": None, "product": None, "serial_number": None, "by_id": None,
                "in_use_by": holder})
            self.assertEqual(listed[2], {
                "path": "/dev/ttyUSB0", "transport": "usb", "description": "QEMU USB SERIAL - UPSLINK7",
                "usb_vendor_id": "0403", "usb_product_id": "6001", "manufacturer": "QEMU", "product": "QEMU USB SERIAL",
                "serial_number": virtual.ADAPTER_SERIAL, "by_id": BY_ID, "in_use_by": None})
            # Another user does not see what the exporter has open, but its lock.
            table = machine.shell("su other -c 'upslink_exporter probe --list'").splitlines()
            self.assertEqual(table[2].split(), ["/dev/ttyS1", "native", "-", "ttyS1", "-", *holder.split(), "-"])
            self.assertIn("0403:6001", table[3])

    def test_a_second_reader_changes_nothing(self):
        with self.exporter() as exporter:
            holder = f"upslink_exporte (pid {exporter.pid})"
            told = machine.told_adapter()
            for path in ("/dev/ttyUSB0", "/dev/ttyS1"):
                for user in ("ups", "root"):  # TIOCEXCL does not stop root
                    said = machine.shell(f"su {user} -c 'upslink_exporter probe {path}' || true")
                    self.assertIn(f"{path} is in use by {holder}; stop it: one line can have one reader", said)
            self.assertEqual(machine.told_adapter(), told)
            self.assertNotIn("RTS", re.search(r"^1: (.*)$", machine.shell("cat /proc/tty/driver/serial"), re.M)[1])
            self.assertTrue(exporter.is_up("native") and exporter.is_up("adapter"))

    def test_says_what_is_wrong_with_a_port(self):
        absent = machine.shell("upslink_exporter probe /dev/ttyUSB7 || true")
        self.assertIn("/dev/ttyUSB7 is not there; plug the adapter in or correct the address", absent)
        no_chip = machine.shell("upslink_exporter probe /dev/ttyS3 || true")  # a name without a UART
        self.assertIn("/dev/ttyS3 is not there", no_chip)
        denied = machine.shell("su other -c 'upslink_exporter probe /dev/ttyS1' || true")
        self.assertIn("add the user that runs this program to the group dialout", denied)

    def test_comes_through_a_break(self):
        with self.exporter() as exporter:
            for chardev in ("ups", "adapter"):
                machine.send_break(chardev)
            stand.until("the 8250 saw it", lambda: " brk:1" in machine.shell("cat /proc/tty/driver/serial"))
            since = {name: exporter.value("upslink_link_bytes_total", ups=name, direction="received") for name in PORTS}
            for unit, name in enumerate(PORTS):
                stand.until(f"{name} goes on", lambda name=name: exporter.is_up(name) and exporter.value(
                    "upslink_link_bytes_total", ups=name, direction="received") > since[name] + 100)
                stand.until(f"{name} is right", lambda name=name, unit=unit: not differences(exporter, name, unit), 40)
                self.assertEqual(exporter.value("upslink_link_opens_total", ups=name), 1)

    # --- the adapter goes and comes

    def replug(self, exporter):
        """Seconds from the adapter's return until the UPS is up."""
        self.unplug()
        stand.until("it is down", lambda: exporter.value("upslink_up", ups="adapter") == 0, within=5)
        stand.until("its name is gone", lambda: not self.guest_has("/dev/ttyUSB0"))
        began = time.monotonic()
        self.plug_in()
        stand.until("it is up again", lambda: exporter.is_up("adapter"), within=BACK_WITHIN)
        return time.monotonic() - began

    def check_replugs(self, path):
        with self.exporter(native=PORTS["native"], adapter=path) as exporter:
            descriptors = exporter.descriptors()
            self.assertEqual(descriptors.count("/dev/ttyUSB0"), 1)
            took = []
            for opens in range(2, REPLUGS + 2):
                took.append(self.replug(exporter))
                self.assertEqual(exporter.value("upslink_link_opens_total", ups="adapter"), opens)
                self.assertEqual(machine.shell("ls /dev/ttyUSB*").split(), ["/dev/ttyUSB0"])
                self.assertEqual(exporter.descriptors(), descriptors)
            self.assertEqual(exporter.value("upslink_link_opens_total", ups="native"), 1)
            self.check_failures(exporter, "native")
            stand.until("the values are right", lambda: not differences(exporter, "adapter", 1), 40)
            self.check_log(exporter, path)
            own = self.own_times(exporter)
            print(f"{path}: back after {statistics.median(took):.2f} s, at the worst {max(took):.2f} s; of this "
                  f"from the port's name to the first answer {statistics.median(own):.2f} and {max(own):.2f} s",
                  flush=True)

    def check_log(self, exporter, path):
        said = [line["msg"] for line in exporter.log_lines() if line.get("ups") == "adapter"]
        self.assertEqual(said.count("the connection to the UPS is lost; trying to get it back"), REPLUGS)
        self.assertEqual(said.count(f"{path} is not there; plug the adapter in or correct the address"), REPLUGS)
        self.assertEqual(said.count("the UPS answers"), REPLUGS + 1)
        self.assertEqual([line for line in said if "no permission" in line], [])

    @staticmethod
    def own_times(exporter):
        """From the kernel's word that there is a port to "the UPS answers", for each replug. The kernel's word
        has the guest's time since its start, the log the time of the day: the tick of a second gives both."""
        second, uptime = machine.shell("now=$(date +%s); while [ $(date +%s) = $now ]; do :; done; "
                                       "echo $((now + 1)) $(cut -d ' ' -f 1 /proc/uptime)").split()
        start = float(second) - float(uptime)
        answers = [virtual.seconds(line["ts"]) for line in exporter.log_lines()
                   if line.get("ups") == "adapter" and line["msg"] == "the UPS answers"]
        added = [start + float(line.split()[0]) for line in machine.shell("cat /tmp/uevents").splitlines()
                 if " add " in line]
        return [answer - name for name, answer in zip(added[-REPLUGS:], answers[-REPLUGS:])]

    def test_finds_an_adapter_again_by_its_identity(self):
        self.check_replugs(BY_ID)

    def test_finds_an_adapter_again_by_its_number(self):
        self.check_replugs("/dev/ttyUSB0")

    def test_a_loose_plug_does_no_harm(self):
        with self.exporter() as exporter:
            descriptors = exporter.descriptors()
            for pause in (0, 0.3, 0.6, 0.9, 1.2):
                self.unplug()
                self.plug_in()
                time.sleep(pause)  # comes back and goes in every stage of being found
            stand.until("it is up", lambda: exporter.is_up("adapter"))
            stand.until("the values are right", lambda: not differences(exporter, "adapter", 1), 40)
            self.assertEqual(machine.shell("ls /dev/ttyUSB*").split(), ["/dev/ttyUSB0"])
            self.assertEqual(exporter.descriptors(), descriptors)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--guest", type=lambda path: pathlib.Path(path).resolve(), required=True)
    own, sys.argv[1:] = parser.parse_known_args()
    guest_files = own.guest
    stand.main()
