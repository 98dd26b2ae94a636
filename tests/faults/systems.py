# SPDX-License-Identifier: Apache-2.0
"""The three systems side by side, each as a reader of one unit: start it, ask what it shows now, and say
what it would have to show. NUT and apcupsd are run as tests/bench/clients.py does it."""

import clients
import exposition
import truth
from rig import Exporter, Failure

# Words for the bits of the status register, from bit 0.
NUT_WORDS = ["CAL", "TRIM", "BOOST", "OL", "OB", "OVER", "LB", "RB"]
APCUPSD_WORDS = ["CAL", "TRIM", "BOOST", "ONLINE", "ONBATT", "OVERLOAD", "LOWBATT", "REPLACEBATT"]


INFO = set(truth.INFO.values())


OLD = 10.0  # for so many seconds what was true may still be shown
OLD_IF_SLOW = 20.0  # of what is read every 10 s, by design


class Shown:
    """What a system shows at one moment. `stale`: it says itself that this is not current."""

    def __init__(self, values, stale=False):
        self.values, self.stale = values, stale


def words_of(answers, words):
    bits = int(answers["Q"], 16)
    return frozenset(word for bit, word in enumerate(words) if bits >> bit & 1)


class _Client:
    """What NUT and apcupsd have in common."""

    def __init__(self, rig, link):
        self.client = self.kind(1, rig, [link])
        self.children = self.client.children

    def expected(self, state):
        """{name: value} that a right reader shows now."""
        answers = {command: answer for command, answer in state["answers"].items() if answer not in (None, "NA")}
        found = {"status": words_of(answers, self.words)} if "Q" in answers else {}
        for command, (name, read) in self.kind.table.items():
            if command in answers:
                found[name] = read(answers[command])
        return found

    def may_be_old(self, name):
        return OLD

    def fits(self, name, shown, right):
        if name == "status":
            return shown == right
        if isinstance(right, str):
            return shown.strip() == right
        try:  # apcupsd appends units ("229.5 Volts")
            return abs(float(shown.split()[0]) - right) <= self.kind.rounding + 0.02 * abs(right)
        except (ValueError, IndexError):
            return False

    def shown(self, status, found):
        values = {name: found[name] for name, _ in self.kind.table.values() if found.get(name, "N/A") != "N/A"}
        return values | {"status": frozenset(status) & frozenset(self.words)}


class NutSystem(_Client):
    name, kind, words = "NUT", clients.Nut, NUT_WORDS

    def read(self):
        found = self.client.read()
        if not found.get("driver.name"):
            return Shown({}, stale=True)  # upsd says "data stale" or "driver not connected"
        return Shown(self.shown(found.get("ups.status", "").split(), found))


class ApcupsdSystem(_Client):
    name, kind, words = "apcupsd", clients.Apcupsd, APCUPSD_WORDS

    def read(self):
        found = self.client.read()
        status = found.get("STATUS", "").split()
        if not status or "COMMLOST" in status:
            return Shown({}, stale=True)
        return Shown(self.shown(status, found))


class ExporterSystem:
    """Everything that is published is compared, settings and identity included."""

    name = "upslink_exporter"
    program = None

    def __init__(self, rig, link):
        self.exporter = Exporter(rig, self.program, [("u", link)])
        self.children = [self.exporter.child]
        self.scraper = None

    def expected(self, state):
        what = truth.Truth(state)
        self.commands = what.commands
        found = dict(what.values)
        return found | {("info", label): right for label, right in what.info.items() if right}

    def may_be_old(self, name):
        return OLD_IF_SLOW if self.commands.get(name) in truth.SLOW else OLD

    def fits(self, name, shown, right):
        if name[0] == "info":
            return shown == right
        return truth.close(shown, right, self.commands.get(name, "Q"))

    def read(self):
        try:
            self.scraper = self.scraper or self.exporter.scraper()
            body = self.scraper.get().decode()
        except (OSError, Failure):
            self.scraper = None
            return Shown({}, stale=True)
        values, up = {}, 0.0
        for line in body.splitlines():
            if not line or line.startswith("#"):
                continue
            (name, labels), value = exposition.sample(line)
            rest = tuple(pair for pair in labels if pair[0] != "ups")
            if name == "upslink_up":
                up = value
            elif name == "upslink_info":
                values |= {("info", label): text for label, text in rest if text and label in INFO}
            elif name in truth.FAMILIES:
                values[name, rest] = value
        return Shown(values, stale=not up)


SYSTEMS = [NutSystem, ApcupsdSystem, ExporterSystem]
