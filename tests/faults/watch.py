# SPDX-License-Identifier: Apache-2.0
"""One exporter with many units, each watched on its own: what is published is compared, many times a
second, with what the simulator says is true. Absent is not wrong."""

import re
import time

import exposition
import stand
import truth

# For how long what was true may still be published, by cadence (three of them, and a cycle).
STALE = {"status": 3.5, "fast": 8.0, "slow": 32.0, "settings": 12.0, "identity": 1e9}
INPUT = ("upslink_input_voltage_volts", ())
LINES_REMEMBERED = 200_000
TRUTHS_REMEMBERED = 120.0  # seconds; longer than all of these but identity, which does not change here
EXTREMES = "MN"  # reading one makes another of it, perhaps before anybody has seen it


class Unit:
    """One unit of the simulator as it should and does look."""

    def __init__(self, number, case):
        self.number = number
        self.case = case
        self.ups = f"{number:02}-{case.name}"[:32].rstrip("-")
        self.raw = None
        self.truths = []         # (since, Truth), newest last
        self.accepted = set()    # lines that are right as long as the truth does not change
        self.wrong = {}          # line: (first seen, last seen, what would be right)
        self.began = self.ended = self.down = self.recovered = None
        self.missing = {"all"}
        self.up = None
        self.first_complete = None
        self.late = None

    def learn(self, raw, now):
        """Notes the state of this moment."""
        bare = re.sub(r'"time_ns":\d+,', "", raw)
        if bare != self.raw:
            self.raw = bare
            state = stand.json.loads(raw)
            if not self.truths or state["answering"]:
                self.truths.append((now, truth.Truth(state)))
                self.accepted = set()
                while len(self.truths) > 1 and self.truths[1][0] < now - TRUTHS_REMEMBERED:
                    del self.truths[0]

    def true_within(self, seconds, now):
        """The truths of the last seconds."""
        found = []
        for since, what in reversed(self.truths):
            found.append(what)
            if since < now - seconds:
                break
        return found

    def expected_command(self, missing):
        command = self.truths[-1][1].commands.get(missing)
        return truth.printed(command) if command else missing

    def judge(self, line, series, value, now, learn_again):
        name, labels = series
        labels = tuple(pair for pair in labels if pair[0] != "ups")
        if name != "upslink_info" and name not in truth.FAMILIES:
            return
        good = self.fits(name, labels, value, now)
        if not good:  # or the truth is another one since it was looked at
            learn_again()
            good = self.fits(name, labels, value, now)
        if good:
            if len(self.truths) == 1 or now - self.truths[-1][0] > 40:
                self.accepted.add(line)
        else:
            first = self.wrong.get(line, (now,))[0]
            right = [t.values.get((name, labels)) for t in self.true_within(1, now)]
            self.wrong[line] = first, now, right

    def fits(self, name, labels, value, now):
        if name == "upslink_info":
            return self.info_is_true(dict(labels), now)
        return self.is_true((name, labels), value, now)

    def is_true(self, series, value, now):
        for what in self.true_within(1e9, now):
            command = what.commands.get(series)
            if command is not None:
                allowed = self.true_within(STALE[truth.cadence(command)] + stand.SLACK, now)
                if any(series in t.values and truth.close(value, t.values[series], command) for t in allowed):
                    return True
                inputs = [t.values[INPUT] for t in allowed if INPUT in t.values]
                return command in EXTREMES and any(truth.close(value, volts, command) for volts in inputs)
        return False

    def info_is_true(self, labels, now):
        for what in self.true_within(STALE["settings"], now):
            if all(right is None or labels[label] in ("", right) for label, right in what.info.items()):
                return True
        return False

    def follow(self, present, info, up, now):
        """Whether it is down, and whether everything is there."""
        expected = self.truths[-1][1]
        self.missing = {series for series in expected.values if series not in present}
        self.missing |= {label for label, right in expected.info.items() if right and not info.get(label)}
        if self.began is not None and self.ended is None and up == 0 and self.down is None:
            self.down = now - self.began
        if not self.missing and up == 1:
            self.first_complete = self.first_complete or now
            if self.ended is not None and self.recovered is None:
                self.recovered = now - self.ended
        elif self.ended is not None and self.recovered is None:
            self.late = now - self.ended, up, [self.expected_command(s) for s in self.missing]


class Watch:
    def __init__(self, stand_, seed, cases, *flags, log=True):
        self.units = [Unit(number, case) for number, case in enumerate(cases)]
        profiles = [word for case in cases for word in ("--profile", case.profile)]
        self.sim = stand_.simulator(*profiles, "--count", len(cases), "--seed", seed, log=log)
        self.addresses = dict(zip((unit.ups for unit in self.units), self.sim.links))
        self.exporter = self.start_exporter(stand_, flags)
        self.by_name = {unit.ups: unit for unit in self.units}
        self.parsed = {}  # line: (ups, series, value)
        self.slowest = 0.0
        self.start = time.monotonic()

    def start_exporter(self, stand_, flags):
        return stand_.exporter(self.addresses, *flags)

    def watched(self):
        """The units that the exporter is to read now."""
        return self.units

    def learn(self, unit):
        unit.learn(self.sim.ask_raw("state", unit.number), time.monotonic())

    def look(self):
        """One scrape against one state of all units."""
        began = time.monotonic()
        for unit in self.watched():
            self.learn(unit)
        text = self.exporter.get().text
        now = time.monotonic()
        present = {unit.ups: set() for unit in self.units}
        info = {unit.ups: {} for unit in self.units}
        up = {}
        for line in text.split("\n"):
            if not line or line.startswith("#"):
                continue
            if line not in self.parsed:
                if len(self.parsed) > LINES_REMEMBERED:
                    self.parsed.clear()
                series, value = exposition.sample(line)
                self.parsed[line] = dict(series[1]).get("ups"), series, value
            ups, series, value = self.parsed[line]
            if ups is None:
                continue
            unit = self.by_name[ups]
            if not unit.truths:
                continue  # it is on its way out
            name, labels = series
            if name == "upslink_up":
                up[ups] = value
            elif name == "upslink_info":
                info[ups] = dict(labels)
            present[ups].add((name, tuple(pair for pair in labels if pair[0] != "ups")))
            if line not in unit.accepted:
                unit.judge(line, series, value, now, lambda unit=unit: self.learn(unit))
        for unit in self.watched():
            unit.up = up.get(unit.ups)
            unit.follow(present[unit.ups], info[unit.ups], unit.up, now)
        self.slowest = max(self.slowest, now - began)

    def run(self, steps):
        """Runs (time, unit, begin, during or end, command), in the order of time."""
        for at, unit, kind, command in sorted(steps, key=lambda step: step[0]):
            self.watch(at)
            self.learn(unit)
            self.sim.ask_raw(command, unit.number)
            self.learn(unit)
            if kind == "begin":
                unit.began = time.monotonic()
            elif kind == "end":
                unit.ended = time.monotonic()

    def watch(self, until):
        while (now := time.monotonic()) < until:
            self.look()
            time.sleep(max(0, now + 0.1 - time.monotonic()))

