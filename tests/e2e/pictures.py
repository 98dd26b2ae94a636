#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of the status page for README: simulated UPSes, to which the same things happen in
each run, and windows of fixed sizes. docs/images/make.sh runs it.

    pictures.py --exporter PROGRAM --simulator PROGRAM FOLDER MINUTES
"""

import argparse
import math
import pathlib
import time

import browser
import stand

NAMES = {"rack1": "su700", "rack2": "sua1500", "lab": "matrix", "office": "rt2000", "vault": "su1400xl"}


class Days:
    """What happens to the UPSes, by the part of the time that has passed."""

    def __init__(self, sim):
        self.sim = sim
        self.later = [(0.30, 0, "line voltage 201"), (0.32, 0, "line voltage 229"),
                      (0.60, 0, "line fail cause=T"), (0.64, 0, "line restore"),
                      (0.72, 1, "eeprom s L"), (0.85, 2, "battery replace")]

    def pass_to(self, part):
        for unit, (volts, load) in enumerate([(229, 31), (117, 44), (231, 39), (232, 63), (230, 22)]):
            phase = 40 * part + unit
            self.sim.ask(f"quantity load {load + 3 * math.sin(phase) + 2 * math.sin(3.7 * phase):.1f}", unit)
            if not any(number == unit and "voltage" in command for _, number, command in self.later[:1]):
                wander = 1.6 * math.sin(0.6 * phase) + 0.7 * math.sin(4.1 * phase)
                if self.sim.state(unit)["line"]["on_battery"] is False:
                    self.sim.ask(f"line voltage {volts + wander:.1f}", unit)
        while self.later and self.later[0][0] <= part:
            _, unit, command = self.later.pop(0)
            self.sim.ask(command, unit)


def picture(url, path, shown, **looks):
    with browser.Browser(**looks) as one:
        one.open(url)
        one.until(f"{path.name} can be taken", shown)
        one.picture(path)
        print(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--exporter", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("minutes", type=float)
    own = parser.parse_args()
    stand.programs.exporter = str(pathlib.Path(own.exporter).resolve())
    stand.programs.simulator = str(pathlib.Path(own.simulator).resolve())
    plots = "document.querySelectorAll('.plot path.line').length >= 3"
    with stand.Stand() as ground:
        profiles = [word for profile in NAMES.values() for word in ("--profile", profile)]
        sim = ground.simulator("--smart", "--count", str(len(NAMES)), *profiles)
        exporter = ground.exporter(dict(zip(NAMES, sim.links)))
        for unit in range(len(NAMES)):
            sim.ask("eeprom x 03/14/23 quiet", unit)
        url = f"http://127.0.0.1:{exporter.port}/"
        days = Days(sim)
        began = time.monotonic()
        while (part := (time.monotonic() - began) / (60 * own.minutes)) < 1:
            days.pass_to(part)
            time.sleep(2)
        picture(url + "#ups=rack1", own.folder / "status-desktop.png", plots, width=1280, height=1080)
        sim.ask("line fail cause=T", 1)
        sim.ask("unplug", 3)
        ground.wait("a silent UPS", lambda: '"silent"' in exporter.get("/api/v1/ups?detail=").text)
        time.sleep(20)  # so that the battery has run down a little
        picture(url, own.folder / "status-dark.png", "document.querySelectorAll('.card.warning').length === 2",
                width=1280, height=470, dark=True)
        picture(url + "#ups=rack2", own.folder / "status-phone.png", plots, width=390, height=844, scale=1.5)


if __name__ == "__main__":
    main()
