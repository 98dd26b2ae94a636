#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The exporter, built for another architecture and run by qemu, reads a native simulator over TCP, and
says the same as a native exporter does.

    cross_test.py --exporter PROGRAM --simulator PROGRAM --native PROGRAM --qemu PROGRAM --sysroot DIR
"""

import argparse
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import stand  # noqa: E402

# Samples that tell of the line and of the moment, not of the UPS.
MOMENT = re.compile(r"\w+_total|upslink_(last_success|alert_last)_timestamp_seconds|upslink_poll_duration_seconds")
LAST = {"upslink_info", "upslink_battery_replaced_timestamp_seconds"}  # read with the settings, once an hour


def readings(exporter):
    return {key: value for key, value in exporter.samples("rack").items() if not MOMENT.fullmatch(key[0])}


class Cross(unittest.TestCase):
    def test_it_is_not_native(self):
        head = pathlib.Path(stand.programs.exporter).read_bytes()[:20]
        native = pathlib.Path(options.native).read_bytes()[:20]
        self.assertEqual(head[:4], b"\x7fELF")
        self.assertNotEqual(head[18:20], native[18:20], "both are for the same machine")

    def test_version_help_and_mistakes(self):
        status, out, err, _ = stand.run_exporter("--version", wrapper=EMULATOR)
        self.assertEqual(status, 0, err)
        self.assertIn("upslink_exporter ", out)
        status, _, err, _ = stand.run_exporter("--ups", "rack", wrapper=EMULATOR)
        self.assertEqual(status, 2)
        self.assertIn("NAME=ADDRESS", err)

    def test_what_is_described_is_the_same(self):
        for page in ("metrics", "mib", "dashboard"):
            _, foreign, _, _ = stand.run_exporter("describe", page, wrapper=EMULATOR)
            with self.subTest(page=page), stand.Stand() as s:
                native = s.program(page, [options.native, "describe", page])
                native.child.wait(stand.PATIENCE)
                self.assertEqual(foreign, native.out())
                self.assertGreater(len(foreign), 1000)

    def test_probe(self):
        with stand.Stand() as s:
            address = s.simulator("--profile", "su700", "--smart", "--tcp", "127.0.0.1:0").addresses[0]
            status, out, err, _ = stand.run_exporter("probe", address, wrapper=EMULATOR)
            self.assertEqual(status, 0, err)
            self.assertRegex(out, r'(?m)^model +\^A +SMART-UPS 700 +"SMART-UPS 700"')
            self.assertRegex(out, r"(?m)^input_voltage +L +\d{3}\.\d +[\d.]+ volts")

    def test_a_scrape_has_the_values_that_a_native_exporter_has(self):
        with stand.Stand() as s:
            exporters = []
            for wrapper, program in ((EMULATOR, stand.programs.exporter), ((), options.native)):
                # Units of their own that behave alike: one line has one reader.
                unit = s.simulator("--profile", "su700", "--smart", "--tcp", "127.0.0.1:0")
                unit.ask("quantity input_voltage 228.1")
                stand.programs.exporter, kept = program, stand.programs.exporter
                exporters.append(s.exporter({"rack": unit.addresses[0]}, wrapper=wrapper))
                stand.programs.exporter = kept
            for exporter in exporters:
                s.wait("it is up", lambda e=exporter: e.value("upslink_up", ups="rack") == 1)
            foreign, native = exporters
            s.wait("both say the same, and all of it", within=60, condition=lambda: (
                LAST <= {name for name, _ in readings(native)} and alike(readings(foreign), readings(native))))
            self.assertEqual(foreign.value("upslink_input_voltage_volts", ups="rack"), 228.1)
            for exporter in exporters:
                self.assertEqual(exporter.stop(), 0)


def alike(one, other):
    """Whether two units that behave alike look alike: the same series, and the same values but for noise."""
    return one.keys() == other.keys() and all(
        abs(one[key] - other[key]) <= 0.02 * max(abs(one[key]), abs(other[key])) for key in one)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--native", required=True, help="an exporter for this machine")
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--sysroot", required=True)
    options, rest = parser.parse_known_args()
    EMULATOR = [shutil.which(options.qemu) or options.qemu, "-L", str(pathlib.Path(options.sysroot).resolve())]
    sys.argv[1:] = rest
    stand.main()
