# SPDX-License-Identifier: Apache-2.0
"""One kind of fault on the three systems, each on a unit of its own with the same schedule, and what is
told of it: values that were never true, values that were true once, the time called stale, recovery,
crashes and blocked questions."""

import dataclasses
import threading
import time

from rig import Failure, Rig, Simulator

SETTLES = 60.0  # seconds within which a system must show everything right, before the fault begins
WATCHED = 45.0  # after its end
LOOKS = 0.25
LOAD_CHANGES = [(10.0, "quantity load 42.5")]  # in every kind, so that an old value can be told from a new one
INPUTS = {"upslink_input_voltage_maximum_volts", "upslink_input_voltage_minimum_volts"}


@dataclasses.dataclass
class Told:
    """Of one system under one kind of fault. Seconds are from the beginning of the fault; None: never."""

    wrong: dict = dataclasses.field(default_factory=dict)  # name: one wrong value
    wrong_seconds: float = 0.0
    old: set = dataclasses.field(default_factory=set)
    old_seconds: float = 0.0
    stale_seconds: float = 0.0
    stale_after: float | None = None
    recovered: float | None = None  # after the end of the fault, for good
    missing: list = dataclasses.field(default_factory=list)  # at the end
    ended: list = dataclasses.field(default_factory=list)  # exit statuses of its processes
    blocked: float = 0.0  # the longest question
    failed: str | None = None

    def plain(self):
        found = dataclasses.asdict(self)
        return found | {"old": sorted(map(label, self.old)), "wrong": {label(k): str(v) for k, v in self.wrong.items()}}


def label(name):
    if isinstance(name, str):
        return name
    first, rest = name
    return f"{first}.{rest}" if isinstance(rest, str) else first + "".join(f" {value}" for _, value in rest)


class Reader(threading.Thread):
    """Watches one system on one unit until it is told to stop."""

    def __init__(self, system, simulator, lock, unit):
        super().__init__(daemon=True)
        self.system, self.simulator, self.lock, self.unit = system, simulator, lock, unit
        self.truths = []  # (since, until, {name: value}), newest last
        self.told = Told()
        self.right_once = threading.Event()
        self.began = self.ended = None
        self.last_bad = None
        self.over = False

    def learn(self):
        with self.lock:
            state = self.simulator.ask(f"@{self.unit} state")
        now = time.monotonic()
        if self.truths and not (state["plugged"] and state["answering"]):
            return  # what it would say is not known to anybody
        right = self.system.expected(state)
        if not self.truths or self.truths[-1][2] != right:
            self.truths.append([now, now, right])
        self.truths[-1][1] = now

    def verdict(self, name, shown, now):
        """right, old or wrong."""
        known = [(until, right[name]) for _, until, right in self.truths if name in right]
        if name[0] in INPUTS:
            known += [(until, right[key]) for _, until, right in self.truths for key in right if key[0] == "upslink_input_voltage_volts"]
        ends = [until for until, right in known if self.system.fits(name, shown, right)]
        if not ends:
            return "wrong"
        return "right" if max(ends) >= now - self.system.may_be_old(name) else "old"

    def look(self):
        self.learn()
        asked = time.monotonic()
        shown = self.system.read()
        now = time.monotonic()
        took = now - asked
        verdicts = {} if shown.stale else {n: self.verdict(n, v, now) for n, v in shown.values.items()}
        if "wrong" in verdicts.values():  # or the truth is another one since it was looked at
            self.learn()
            verdicts = {n: self.verdict(n, v, now) for n, v in shown.values.items()}
        missing = set(self.truths[-1][2]) - set(shown.values)
        good = not shown.stale and not missing and set(verdicts.values()) == {"right"}
        if good:
            self.right_once.set()
        if self.began is not None:
            self.note(shown, verdicts, missing, good, took, now)

    def note(self, shown, verdicts, missing, good, took, now):
        told, lasted = self.told, now - self.looked
        self.looked = now
        told.blocked = max(told.blocked, took)
        for name, verdict in verdicts.items():
            if verdict == "wrong":
                told.wrong.setdefault(name, sorted(shown.values[name]) if isinstance(shown.values[name], frozenset) else shown.values[name])
            elif verdict == "old":
                told.old.add(name)
        told.wrong_seconds += lasted if "wrong" in verdicts.values() else 0
        told.old_seconds += lasted if "old" in verdicts.values() else 0
        told.stale_seconds += lasted if shown.stale else 0
        if shown.stale and told.stale_after is None:
            told.stale_after = now - self.began
        told.missing = sorted(map(label, missing))
        if not good:
            self.last_bad = now

    def begin(self):
        self.looked = self.began = time.monotonic()

    def run(self):
        while not self.over:
            began = time.monotonic()
            try:
                self.look()
            except (OSError, ValueError, Failure) as trouble:
                if self.began is not None:  # it may take a moment to start
                    self.told.failed = f"{type(trouble).__name__}: {trouble}"
            time.sleep(max(0.02, began + LOOKS - time.monotonic()))

    def conclude(self):
        told = self.told
        if self.last_bad is None or self.last_bad < self.ended:
            told.recovered = 0.0
        elif self.last_bad < time.monotonic() - 2:
            told.recovered = self.last_bad - self.ended
        return told


def run_case(case, systems, simulator_program, seed):
    """{name of the system: Told}."""
    with Rig() as field:
        simulator = Simulator(field, simulator_program, count=len(systems), log=False)
        lock = threading.Lock()
        rigs = [Rig() for _ in systems]
        readers = []
        try:
            for unit, (system, rig) in enumerate(zip(systems, rigs)):
                readers.append(Reader(system(rig, f"{simulator.link}{unit}"), simulator, lock, unit))
                readers[-1].start()
            end = time.monotonic() + SETTLES
            for reader in readers:
                if not reader.right_once.wait(max(0, end - time.monotonic())):
                    reader.told.failed = "not everything was right before the fault began"

            def everywhere(command):
                with lock:
                    simulator.ask("@* " + with_seed(command, seed))

            for reader in readers:
                reader.begin()
            began = time.monotonic()
            steps = case.steps() + [(at, "during", command) for at, command in LOAD_CHANGES]
            for at, _, command in sorted(steps, key=lambda step: step[0]):
                time.sleep(max(0, began + at - time.monotonic()))
                everywhere(command)
            time.sleep(max(0, began + case.lasts - time.monotonic()))
            for reader in readers:
                reader.ended = time.monotonic()
            time.sleep(WATCHED)
            for reader in readers:
                reader.over = True
                reader.join(15)
                reader.told.ended = [child.poll() for child in reader.system.children if child.poll() is not None]
                if reader.is_alive():
                    reader.told.failed = "a question is not answered any more"
            return {reader.system.name: reader.conclude() for reader in readers}
        finally:
            for reader in readers:
                reader.over = True
            for rig in rigs:
                rig.__exit__(None, None, None)
            simulator.close()


def with_seed(command, seed):
    starts = command.startswith("fault ") and not command.endswith("off")
    return f"{command} seed={seed}" if starts else command


def run_wave(cases, systems, simulator_program, seed):
    """Several kinds at the same time."""
    found = {}

    def one(case):
        try:
            found[case.name] = run_case(case, systems, simulator_program, seed)
        except Exception as trouble:  # the others go on
            found[case.name] = {s.name: Told(failed=f"{type(trouble).__name__}: {trouble}") for s in systems}

    threads = [threading.Thread(target=one, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
