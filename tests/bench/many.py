# SPDX-License-Identifier: Apache-2.0
"""A thousand UPSes in one process: what they cost, and a scrape of them all."""

import contextlib
import pathlib
import re
import time

import rig
from figures import Row, over, settle
from rig import Exporter, Failure, Rig, Scraper, Simulator, now, percentile

COUNT = 1000


def sleeps(pid):
    """How often each thread of a process has slept, by thread: a wake-up ends each of them."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # it has just ended
            status = (task / "status").read_text()
            found[task.name] = int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", status)[1])
    return found


def wake_ups(pid, seconds):
    """Each second, of all threads together."""
    before, began = sleeps(pid), now()
    time.sleep(seconds)
    after, took = sleeps(pid), (now() - began) / 1e9
    return sum(count - before.get(task, 0) for task, count in after.items()) / took


def await_all(scraper):
    end = time.monotonic() + rig.PATIENCE
    while len(re.findall(rb"^upslink_up\{[^}]*\} 1$", scraper.get(), re.MULTILINE)) < COUNT:
        if time.monotonic() > end:
            raise Failure(f"not all of {COUNT} UPSes are up")
        time.sleep(0.5)


def times_of(client, trials):
    """Milliseconds that each scrape took, and the bytes of the last."""
    took, length = [], 0
    for _ in range(trials):
        began = now()
        length = len(client.get())
        took.append((now() - began) / 1e6)
        time.sleep(0.3)
    return took, length


def many(bench):
    seconds = bench.long(60, 15)
    with Rig() as stand:
        simulator = Simulator(stand, bench.simulator, count=COUNT, log=False)
        exporter = Exporter(stand, bench.exporter, [(f"u{i}", f"{simulator.link}{i}") for i in range(COUNT)])
        pid = exporter.child.pid
        await_all(exporter.scraper())
        settle(bench)
        before = exporter.scraper().series()
        awake = wake_ups(pid, seconds)
        idle = over(seconds, exporter)[0]
        busy = over(seconds, exporter, exporter.scraper().get)[0]
        times = {}
        for form in ("plain", "gzip"):
            client = Scraper(exporter.address, form == "gzip")
            times[form] = times_of(client, bench.long(100, 20))
            client.close()
        after = exporter.scraper().series()
        requests = [sum(v for k, v in s.items() if k.startswith("upslink_requests_total")) for s in (before, after)]
        failures = [sum(v for k, v in s.items() if k.startswith("upslink_request_failures_total")) for s in (before, after)]
        rss, parts = rig.rss_mb(pid), rig.memory_parts(pid)
        highest = rig.rss_mb(pid, "VmHWM")
        simulator.close()
    kinds = ", ".join(f"{k} {v / 1024:.1f}" for k, v in parts.items() if isinstance(v, int) and v)
    yield Row(f"memory (RSS), {COUNT:,} UPSes", rss, "MB", 64, note=f"after scrapes of both forms; {kinds}")
    yield Row("the same, highest", highest, "MB")
    asked, failed = requests[1] - requests[0], failures[1] - failures[0]
    note = f"of one core, over {seconds} s; {asked:.0f} questions meanwhile, {failed:.0f} of them failed"
    yield Row(f"CPU, {COUNT:,} UPSes, no scrapes", idle, "%", 25, note=note)
    yield Row(f"CPU, {COUNT:,} UPSes, a scrape every 15 s", busy, "%", 25)
    yield Row(f"wake-ups, {COUNT:,} UPSes", awake, "/s", note="sleeps that ended, of all threads")
    for form, (took, length) in times.items():
        note = f"{len(took)} scrapes of {length / 1e6:.2f} MB, 300 ms between them, keep-alive, loopback"
        yield Row(f"one scrape of {COUNT:,} UPSes, {form}: p50", percentile(took, 0.5), "ms", note=note)
        yield Row("the same, p99", percentile(took, 0.99), "ms", 200)
