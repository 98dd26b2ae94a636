# SPDX-License-Identifier: Apache-2.0
"""What is measured of each that reads a UPS (clients.py), in the same way for all: on one simulated unit of its
own, on many, and by asking it as fast as it answers. Every function returns {figure: samples or number}."""

import contextlib
import random
import sys
import threading
import time

import rig
from clients import Ours, wait_status
from rig import MAIN, REGISTERS, Failure, Rig, Simulator, now

BURST = 0.05e9  # a longer pause separates two polls, nanoseconds


class Pace:
    """How a unit answers: options of the simulator, and what its wire's ideal is."""

    def __init__(self, title, profile="su700", turnaround=None, byte=None):
        self.title, self.profile = title, profile
        self.options = [] if turnaround is None else ["--turnaround", turnaround, "--byte-ms", byte]
        self.turnaround = rig.TURNAROUND_SECONDS if turnaround is None else turnaround / 1000
        self.byte = rig.BYTE_SECONDS if byte is None else byte / 1000

    def simulator(self, stand, program, count=1, log=True):
        return Simulator(stand, program, count, log, self.profile, self.options)

    def ideal(self, exchange):
        return rig.BYTE_SECONDS + self.turnaround + exchange.length * self.byte


DEFAULT = Pace("25 ms to a reply, 2400 baud")
PACES = {
    "real": Pace("20 ms to a reply, 5 ms from byte to byte", turnaround=20, byte=5),
    "real RT": Pace("20 ms to a reply, 10 ms from byte to byte, profile of a Smart-UPS RT", "rt", 20, 10),
}


def right_at(client, simulator, patience=60):
    """Seconds from the start to all values right; and what was shown wrong before."""
    wrong = set()
    end = client.began + patience * 10**9
    answers = simulator.answers()
    while now() < end:
        shown = {}
        with contextlib.suppress(OSError, Failure):
            shown = client.read()
        at = (now() - client.began) / 1e9
        bad = client.differences(shown, answers) if shown else ["nothing"]
        if not bad:
            return at, wrong
        wrong |= {line.split(" is ")[0] for line in bad if line != "nothing" and " is None," not in line and " is N/A" not in line}
        time.sleep(0.02)
    print(f"{type(client).__name__} is not right after {patience} s: {'; '.join(bad)}", file=sys.stderr)
    return None, wrong


def polls(exchanges):
    """Exchanges that follow each other without a pause; who never pauses begins anew with each `L`."""
    found = []
    for exchange in exchanges:
        pause = not found or exchange.began - found[-1][-1].ended > BURST
        again = exchange.command == MAIN[0] and found and any(e.command == MAIN[0] for e in found[-1])
        if pause or again:
            found.append([])
        found[-1].append(exchange)
    return [poll for poll in found if len(poll) >= 10]


def ratio(poll, pace):
    """The time that a poll took over what the wire needs for it."""
    return (poll[-1].ended - poll[0].began) / 1e9 / sum(pace.ideal(e) for e in poll)


def costs(client):
    pids = [child.pid for child in client.children]
    return {"rss": sum(rig.rss_mb(pid) for pid in pids), "pss": sum(rig.pss_mb(pid) for pid in pids)}


def cpu_of(client):
    return sum(rig.cpu_ns(child.pid) for child in client.children)


def steady(make, bench, pace, seconds):
    """One unit: from the start to steady state, and `seconds` of that."""
    with Rig() as stand:
        simulator = pace.simulator(stand, bench.simulator)
        client = make(stand, [simulator.link])
        start, wrong = right_at(client, simulator)
        time.sleep(3)
        since, cpu = now(), cpu_of(client)
        time.sleep(seconds)
        until, cpu = now(), cpu_of(client) - cpu
        found = {"start": start, "wrong": len(wrong), "cpu": cpu / (until - since) * 100, **costs(client)}
        # Who polls once a minute has been polled twice only if one begins with the start.
        from_start = seconds if seconds > 60 else 0
        exchanges = [e for e in rig.read_log(simulator.log_path, client.began if from_start else since) if e.ended < until]
        simulator.close()
    whole = polls(exchanges)
    found["ratio"] = [ratio(poll, pace) for poll in whole]
    found["poll"] = [(poll[-1].ended - poll[0].began) / 1e9 for poll in whole]
    found["commands"] = [len(poll) for poll in whole]
    for name, commands in (("main", MAIN + "Q"), ("registers", REGISTERS)):
        gaps = [max(gap) for gap in rig.intervals(exchanges, commands).values() if gap]
        found[name] = max(gaps) if gaps else None
    return found


# --- a line failure


def failures(make, bench, pace, quiet, period, trials, copies):
    """Seconds from each line failure to the client's word for it, or None; spread over `period`, the
    longest time between two polls; by several units side by side."""
    spread = [1 + period * (i + random.random()) / trials for i in range(trials)]
    random.shuffle(spread)
    found, threads = [], []
    for copy in range(copies):
        arguments = (make, bench, pace, quiet, spread[copy::copies], 30 + 2 * period, found)
        threads.append(threading.Thread(target=some_failures, args=arguments))
        threads[-1].start()
    for thread in threads:
        thread.join()
    if len(found) != trials:
        raise Failure(f"{trials - len(found)} of {trials} trials failed")
    return found


def some_failures(make, bench, pace, quiet, pauses, patience, found):
    with Rig() as stand:
        simulator = pace.simulator(stand, bench.simulator, log=False)
        client = make(stand, [simulator.link])
        if wait_status(client, client.on_line, 60) is None:
            return
        time.sleep(8)
        for pause in pauses:
            time.sleep(pause)
            began = now()
            simulator.ask("line fail quiet" if quiet else "line fail")
            seen = wait_status(client, client.on_battery, patience)
            if not quiet:
                began = simulator.alert_sent("!")
            found.append((seen - began) / 1e9 if seen else None)
            simulator.ask("line restore quiet" if quiet else "line restore")
            wait_status(client, client.on_line, patience)
        simulator.close()


# --- many units


def crowd(make, bench, count, seconds):
    """What `count` units cost, and how many are shown."""
    with Rig() as stand:
        simulator = DEFAULT.simulator(stand, bench.simulator, count, log=False)
        links = [f"{simulator.link}{i}" for i in range(count)] if count > 1 else [simulator.link]
        client = make(stand, links)
        at = (now() - client.began) / 1e9 if most_up(client, count, 180) == count else None
        time.sleep(20)  # until everything was read once
        since, cpu = now(), cpu_of(client)
        time.sleep(seconds)
        share = (cpu_of(client) - cpu) / (now() - since) * 100
        found = {"up": most_up(client, count, 10), "all up": at, "cpu": share, **costs(client)}
        found["processes"] = len(client.children)
        found["threads"] = sum(rig.threads(child.pid) for child in client.children)
        simulator.close()
    return found


def most_up(client, count, patience):
    """How many units are shown as on line, asked until it is all of them. A server may have ended a connection
    that was long idle, which is no fault of its own."""
    end, most = time.monotonic() + patience, 0
    while most < count and time.monotonic() < end:
        with contextlib.suppress(OSError, Failure):
            most = max(most, client.up())
        time.sleep(0.1 if most < count else 0)
    return most


# --- being asked


def scrapes(make, bench, seconds):
    """How long one question for everything takes, by each one's own protocol on an open connection, and
    how many are answered in a second, one after the other."""
    with Rig() as stand:
        simulator = DEFAULT.simulator(stand, bench.simulator, log=False)
        client = make(stand, [simulator.link])
        if wait_status(client, client.on_line, 60) is None:
            raise Failure("the unit was not read")
        time.sleep(8)
        ask = client.scraper.get if isinstance(client, Ours) else client.read
        found = {"asked": timed(ask, seconds, 0.001), "rate": len(timed(ask, seconds, 0)) / seconds}
        simulator.close()
    return found


def timed(ask, seconds, pause):
    """Milliseconds of each question."""
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = now()
        if not ask():
            continue  # the server ended the connection
        took.append((now() - began) / 1e6)
        if pause:
            time.sleep(pause)
    return took
