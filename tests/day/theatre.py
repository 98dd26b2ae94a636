# SPDX-License-Identifier: Apache-2.0
"""The day's stage: simulated units under two exporters, Prometheus with the rules at speed, Alertmanager, and
the receiver. A scene plays on one unit and says what its owner must be told, in order.

    def outage(unit):
        unit.tell("line fail cause=T")
        unit.told("UpsOnBattery warning firing")
        unit.tell("line restore")
        unit.told("UpsOnBattery warning resolved")

    theatre = Theatre(stand, {"office": "su700"}, annex="office")
    theatre.prometheus.load(rules)
    theatre.play({"office": outage})        every scene on its unit, all at once

Scenes run in threads. What is told of a unit is found by its labels, so no scene hears another's alerts.
"""

import collections
import concurrent.futures
import datetime
import time

import stand

import monitoring
from annex import Annex

CADENCE = "{status: 500ms, fast: 500ms, slow: 1s, settings: 2s}"
PATIENCE = 90 + 3 * stand.SLACK  # for one alert


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


class Unit(Listener):
    """One UPS, by its name, and its place in the simulator."""

    def __init__(self, theatre, name, number, instance):
        super().__init__(theatre, name, ups=name, instance=instance)
        self.number = number

    def tell(self, *commands):
        for command in commands:
            self.theatre.simulator.ask(command, self.number)

    def sees(self, expression, within=PATIENCE):
        """Waits until Prometheus finds the expression to be true of this unit, whose matchers go into `{}` and `,}`."""
        own = f'ups="{self.scene}",job="upslink"}}'
        expression = expression.replace("{}", "{" + own).replace(",}", "," + own)
        stand.until(f"{self.scene}: {expression}", lambda: self.theatre.prometheus.query(expression), within)


class Theatre:
    """`units`: names to profiles. `annex`: the name of the unit, one of these, that the annex has once more.
    `commands`: names of units to what the simulator is told before anybody reads them. `inhibit_rules`: those of a second
    Alertmanager, which tells `second_receiver`."""

    def __init__(self, place, units, annex, commands=(), inhibit_rules=()):
        self.stand = place
        self.receiver = monitoring.Receiver()
        place.cleanup.callback(self.receiver.close)
        self.began = time.monotonic()
        profiles = [*units.values(), units[annex]]
        self.simulator = place.simulator("--smart", *(f"--profile={profile}" for profile in profiles), "--count",
                                         len(profiles), "--baud", "0", "--link", place.folder / "ups")
        for number in range(len(profiles)):
            self.put_in_good_order(number)
        for name, wanted in dict(commands).items():
            for command in wanted:
                self.simulator.ask(command, list(units).index(name))
        self.exporter = place.exporter({}, "--config.file", self.configuration(units))
        self.annex = Annex(place, self.simulator, annex, len(units), CADENCE)
        # The first Alertmanager tells everything; the second holds back what its rules say.
        self.second_receiver = monitoring.Receiver()
        place.cleanup.callback(self.second_receiver.close)
        alertmanagers = (monitoring.Alertmanager(place, self.receiver),
                         monitoring.Alertmanager(place, self.second_receiver, inhibit_rules, "inhibiting"))
        instance = f"127.0.0.1:{self.exporter.port}"
        self.prometheus = monitoring.Prometheus(place, [
            {"job_name": "upslink", "static_configs": [{"targets": [instance]}]},
            self.annex.job(),
            {"job_name": "receiver", "static_configs": [{"targets": [self.receiver.address]}]},
        ], *alertmanagers)
        self.units = {name: Unit(self, name, number, instance) for number, name in enumerate(units)}
        self.annex_owner = Listener(self, "annex", instance=self.annex.address)
        self.main_owner = Listener(self, "exporter", instance=instance, ups="")
        self.began_at = time.time()
        stand.until("every unit is known", lambda: len(self.prometheus.query(
            "upslink_poll_duration_seconds")) == len(profiles), PATIENCE)

    def configuration(self, units):
        path = self.stand.folder / "config.yaml"
        path.write_text("ups:\n" + "".join(
            f"  - {{name: {name}, address: '{link}', nominal_power_watts: 450, read_latched: true, cadence: {CADENCE}}}\n"
            for name, link in zip(units, self.simulator.links)))
        return path

    def put_in_good_order(self, number):
        """Makes any profile a unit of which there is nothing to tell: a young battery, tested yesterday."""
        if "x" in self.simulator.state(number)["settings"]:
            self.simulator.ask(f"eeprom x {recently()} quiet", number)
        for command in ("quantity self_test_age 24", "charge 100", "quantity load 25"):
            self.simulator.ask(command, number)

    def listeners(self):
        return [*self.units.values(), self.annex_owner, self.main_owner]

    def play(self, scenes):
        """Plays `scenes`, names of units to functions, and the annex's, all at once; what went wrong, by name."""
        with concurrent.futures.ThreadPoolExecutor(len(scenes) + 1) as pool:
            running = {name: pool.submit(scene, self.units[name]) for name, scene in scenes.items()}
            running["annex"] = pool.submit(self.annex.scene, self.annex_owner)
            return {name: future.exception() for name, future in running.items() if future.exception()}


def recently():
    """The date of a young battery, as a UPS has it."""
    return f"{datetime.date.today() - datetime.timedelta(days=100):%m/%d/%y}"
