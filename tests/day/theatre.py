# SPDX-License-Identifier: Apache-2.0
"""The day's stage: simulated units under two exporters, Prometheus with the rules at speed, Alertmanager, and
the receiver. A scene plays on one unit and says what its owner must be told, in order.

    def outage(unit):
        unit.tell("line fail cause=T")
        unit.told("UpsOnBattery warning firing")
        unit.tell("line restore")
        unit.told("UpsOnBattery warning resolved")

    with Theatre(stand, rules) as theatre:
        theatre.play({"outage": outage})        every scene on its unit, all at once

Scenes run in threads. What a unit is told is found by the label `ups`, so no scene sees another's alerts.
"""

import collections
import concurrent.futures
import datetime
import json
import time
import urllib.parse

import stand

import monitoring

CADENCE = "{status: 500ms, fast: 500ms, slow: 1s, settings: 2s}"
PATIENCE = 60 + 3 * stand.SLACK  # for one alert
JOB = "upslink"


class Surprise(AssertionError):
    """The receiver was told something else than a scene says, or nothing."""


class Listener:
    """Reads what the receiver is told about one thing, which `labels` name, in its order."""

    def __init__(self, theatre, scene, **labels):
        self.theatre, self.scene, self.labels = theatre, scene, labels
        self.heard = 0  # events that a scene has accounted for

    def events(self):
        return self.theatre.receiver.of(**self.labels)

    def story(self):
        """Everything so far; for a report."""
        began = self.theatre.began
        return [f"{event.seconds - began:.1f} s {event.text()}" for event in self.events()]

    def told(self, *expected, within=PATIENCE):
        """The next that comes are these, in any order among themselves, and nothing else is between them."""
        wanted = collections.Counter(expected)

        def decided():
            new = [event.text() for event in self.events()[self.heard:self.heard + len(expected)]]
            return len(new) == len(expected) or collections.Counter(new) - wanted

        self.theatre.receiver.wait(decided, within + stand.SLACK)
        new = [event.text() for event in self.events()[self.heard:self.heard + len(expected)]]
        if collections.Counter(new) != wanted:
            raise Surprise(f"{self.scene}: told {new}, not {list(expected)}, after {self.story()}")
        self.heard += len(expected)

    def nothing_more(self):
        """An alert of the test's own goes all the way, and until it has come nothing else did."""
        receiver = self.theatre.receiver
        receiver.sentinel(self.scene, 1)
        came = receiver.wait(lambda: self.sentinels("firing") > self.sentinels("resolved"), PATIENCE)
        new = [event.text() for event in self.events()[self.heard:]]
        receiver.sentinel(self.scene, 0)
        gone = receiver.wait(lambda: self.sentinels("firing") == self.sentinels("resolved"), PATIENCE)
        if new:
            raise Surprise(f"{self.scene}: told {new}, which nobody should be, after {self.story()}")
        if not came or not gone:
            raise Surprise(f"{self.scene}: the alert of the test itself did not come")

    def sentinels(self, status):
        return sum(event.status == status for event in self.theatre.receiver.of(alertname="DaySentinel", scene=self.scene))

    def sees(self, expression, within=PATIENCE):
        """Waits until Prometheus finds the expression to be true of it."""
        stand.until(f"{self.scene}: {expression}", lambda: self.theatre.prometheus.query(expression), within)


class Unit(Listener):
    """One UPS, by its name, and its place in the simulator."""

    def __init__(self, theatre, name, number):
        super().__init__(theatre, name, ups=name)
        self.number = number

    def tell(self, *commands):
        for command in commands:
            self.theatre.simulator.ask(command, self.number)

    def sees(self, expression, within=PATIENCE):
        """With `{}` for the matcher of this unit: `upslink_load_ratio{} > 1`, `upslink_status{flag="on_line",} == 1`."""
        expression = expression.replace("{}", f'{{ups="{self.scene}"}}').replace(",}", f',ups="{self.scene}"}}')
        super().sees(expression, within)


class Theatre:
    """`units`: names to profiles. `rules`: as of monitoring.Prometheus, already at speed."""

    def __init__(self, place, units, rules, inhibit_rules=()):
        self.stand, self.names = place, list(units)
        self.receiver = monitoring.Receiver()
        place.cleanup.callback(self.receiver.close)
        self.began = time.monotonic()
        profiles = [f"--profile={profile}" for profile in units.values()]
        self.simulator = place.simulator("--smart", *profiles, "--count", len(units), "--baud", "0",
                                         "--link", place.folder / "ups")
        self.units = {name: Unit(self, name, number) for number, name in enumerate(units)}
        for unit in self.units.values():
            unit.tell(*in_good_order())
        config = place.folder / "config.yaml"
        config.write_text("ups:\n" + "".join(
            f"  - {{name: {name}, address: '{self.simulator.links[number]}', nominal_power_watts: 450, cadence: {CADENCE}}}\n"
            for number, name in enumerate(units)))
        self.exporter = place.exporter({}, "--config.file", config)
        self.alertmanager = monitoring.Alertmanager(place, self.receiver, inhibit_rules)
        self.prometheus = monitoring.Prometheus(place, [
            {"job_name": JOB, "static_configs": [{"targets": [f"127.0.0.1:{self.exporter.port}"]}]},
            {"job_name": "receiver", "static_configs": [{"targets": [self.receiver.address]}]},
        ], {**rules, "sentinel.yml": {"groups": [{"name": "sentinel", "rules": [monitoring.SENTINEL]}]}}, self.alertmanager)
        self.began_at = time.time()
        stand.until("every unit is known", lambda: len(self.prometheus.query(
            f'upslink_output_voltage_nominal_volts{{job="{JOB}"}}')) == len(units))

    def play(self, scenes):
        """Runs `scenes`, names of units to functions, at once; what went wrong, by name."""
        with concurrent.futures.ThreadPoolExecutor(len(scenes)) as pool:
            running = {name: pool.submit(scene, self.units[name]) for name, scene in scenes.items()}
            return {name: future.exception() for name, future in running.items() if future.exception()}


def in_good_order():
    """What makes any profile a unit of which there is nothing to tell: a young battery, tested yesterday."""
    replaced = datetime.date.today() - datetime.timedelta(days=100)
    return (f"eeprom x {replaced:%m/%d/%y} quiet", "quantity self_test_age 24", "charge 100", "quantity load 25")
