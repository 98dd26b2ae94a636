#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what a fleet costs: simulated UPSes, exporters, and sharded servers of Debian's Prometheus.

    fleet.py [--exporters 10] [--upses 100] [--servers 2] [--minutes 5] [--quick]
             [--exporter PATH] [--simulator PATH] [--json FILE] [--markdown FILE] [--nice N]

Prometheus runs with deploy/prometheus/fleet/shard.yml as it is, rules included, but for the targets. The units'
mains and load change every scrape interval, so that there is something to store. docs/scaling.md has the figures.
"""

import argparse
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import threading
import time

import ready
import rig
import run
from figures import Row
from rig import ROOT, Exporter, Failure, Noise, Rig, Simulator, now

sys.path.insert(0, str(ROOT / "tests" / "deploy"))
import prometheus_server  # noqa: E402

# What Prometheus 2.42 asks with.
ACCEPT = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"


def until(what, condition):
    end = time.monotonic() + 10 * rig.PATIENCE  # a thousand units, on a machine that may do other work
    while not condition():
        if time.monotonic() > end:
            raise Failure(f"did not come: {what}")
        time.sleep(0.2)


class Place:
    """One exporter and the simulator of its units, which are behind TCP as behind a terminal server: each serial
    port would take an inotify instance, of which a user has 128."""

    def __init__(self, stack, programs, number, upses):
        own = stack.enter_context(Rig())
        self.simulator = Simulator(own, programs["simulator"], count=upses, log=False, tcp=True)
        stack.callback(self.simulator.close)
        named = [(f"place{number}-ups{i}", address) for i, address in enumerate(self.simulator.addresses)]
        self.exporter = Exporter(own, programs["exporter"], named)
        self.upses = upses
        self.pid = self.exporter.child.pid
        self.address = "{}:{}".format(*self.exporter.address)

    def change(self, unit, dice):
        """Another voltage, frequency and load, none of which is a reason to transfer."""
        for command in (f"line voltage {dice.uniform(224, 236):.1f}", f"line frequency {dice.uniform(49.95, 50.05):.2f}",
                        f"quantity load {dice.uniform(20, 40):.1f}"):
            self.simulator.ask(f"@{unit} {command}")

    def scraped(self, packed):
        """A body as Prometheus gets it."""
        connection = http.client.HTTPConnection(*self.exporter.address, timeout=rig.PATIENCE)
        headers = {"Accept": ACCEPT, "Accept-Encoding": "gzip" if packed else "identity"}
        connection.request("GET", "/metrics", headers=headers)
        body = connection.getresponse().read()
        connection.close()
        return body


class Life:
    """Changes every unit once in `seconds`, in a thread, until it is left."""

    def __init__(self, places, seconds):
        self.units = [(place, unit) for place in places for unit in range(place.upses)]
        self.pause = seconds / len(self.units)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.go_on)

    def go_on(self):
        dice = random.Random(1)
        due = time.monotonic()
        while True:
            for place, unit in self.units:
                place.change(unit, dice)
                due += self.pause
                if self.over.wait(max(0.0, due - time.monotonic())):
                    return

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class Server:
    """A Prometheus that is one shard."""

    def __init__(self, own, folder, number):
        text = (folder / f"shard-{number}.yml").read_text()
        self.interval = int(re.search(r"scrape_interval: (\d+)s", text)[1])
        path = folder / f"started-{number}.yml"
        path.write_text(re.sub(r"(?ms)^alerting:\n.*?^(?=\w)", "", text))  # nobody is there to alert
        self.storage = own.folder / f"storage{number}"
        log = own.folder / f"prometheus{number}.log"
        with open(log, "wb") as written:
            self.child = own.start(prometheus_server.command(path, self.storage, "--web.enable-admin-api"), stderr=written)
        until("Prometheus listens", lambda: prometheus_server.address_in(log.read_text()) or self.child.poll() is not None)
        self.api = prometheus_server.Api(prometheus_server.address_in(log.read_text()))
        until("Prometheus is ready", self.api.ready)
        self.pid = self.child.pid
        self.rss = []

    def own(self, name):
        """A value of its own /metrics, which nobody stores."""
        connection = http.client.HTTPConnection(self.api.address, timeout=rig.PATIENCE)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((name + " ", name + "{")))

    def wal_bytes(self):
        return sum(path.stat().st_size for path in (self.storage / "wal").rglob("*") if path.is_file())

    def block(self):
        """The head as the block that it will become: (meta.json's counts, bytes of chunks, bytes of index)."""
        name = self.api.get("/api/v1/admin/tsdb/snapshot", "POST")["name"]
        folder, = (self.storage / "snapshots" / name).iterdir()
        stats = json.loads((folder / "meta.json").read_text())["stats"]
        chunks = sum(path.stat().st_size for path in (folder / "chunks").iterdir())
        return stats, chunks, (folder / "index").stat().st_size


def shards(own, count, quick):
    """The folder deploy/prometheus, with the files of `count` shards in its fleet/."""
    folder = own.folder / "prometheus" / "fleet"
    shutil.copytree(ROOT / "deploy" / "prometheus", folder.parent)
    for path in folder.glob("targets/*"):
        path.unlink()
    subprocess.run([folder / "shards.sh", str(count)], check=True)
    if quick:
        for path in folder.glob("shard-*.yml"):
            path.write_text(path.read_text().replace("_interval: 15s", "_interval: 2s"))
    return folder


def measured(programs, options):
    """The rows, from beginning to end."""
    with contextlib.ExitStack() as stack:
        own = stack.enter_context(Rig())
        folder = shards(own, options.servers, options.quick)
        servers = [Server(own, folder, number) for number in range(options.servers)]
        places = [Place(stack, programs, number, options.upses) for number in range(options.exporters)]
        total = options.exporters * options.upses
        time.sleep(servers[0].interval)
        bare = [rig.rss_mb(server.pid) for server in servers]
        targets = [{"labels": {"site": f"place{i}"}, "targets": [place.address]} for i, place in enumerate(places)]
        (folder / "targets" / "all.yml").write_text(json.dumps(targets))  # which is YAML
        stack.enter_context(Life(places, servers[0].interval))
        until("all UPSes are up", lambda: sum(s.api.value("sum(upslink_up)") or 0 for s in servers) == total)
        time.sleep(4 * servers[0].interval)  # what is read seldom is read
        costs = over(options.minutes * 60, places, servers)
        yield from of_scrapes(places, servers, total, options.minutes)
        yield from of_processes(places, servers, bare, costs, total)
        yield from of_storage(servers, costs, total)


def over(seconds, places, servers):
    """What is used in so long, by sums: seconds of CPU, samples, bytes of WAL."""

    def now_used():
        return {
            "clock": now() / 1e9,
            "exporters": sum(rig.cpu_ns(place.pid) for place in places) / 1e9,
            "servers": sum(rig.cpu_ns(server.pid) for server in servers) / 1e9,
            "samples": sum(server.own("prometheus_tsdb_head_samples_appended_total") for server in servers),
            "wal": sum(server.wal_bytes() for server in servers),
            "rules": sum(server.own("prometheus_rule_group_last_duration_seconds") for server in servers),
        }

    before = now_used()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(servers[0].interval, seconds))
        for server in servers:
            server.rss.append(rig.rss_mb(server.pid))
    after = now_used()
    return {name: after[name] - before[name] for name in before} | {"rules": after["rules"]}


def of_scrapes(places, servers, total, minutes):
    place = places[0]
    plain, packed = place.scraped(False), place.scraped(True)
    if gzip.decompress(packed).count(b"\n") != plain.count(b"\n"):
        raise Failure("a scrape differs from its packed form")
    series = rig.series_of(plain)
    of_upses = sum(' ups="' in name or '{ups="' in name for name in series)
    note = f"{of_upses} series of {place.upses} UPSes in one scrape, and {len(series) - of_upses} of the exporter itself"
    yield Row("series per UPS", of_upses / place.upses, note=note)
    note = f"OpenMetrics, as Prometheus asks for it; {place.upses} UPSes in one scrape"
    yield Row("bytes of a scrape per UPS, plain", len(plain) / place.upses, note=note)
    yield Row("the same, gzip, which Prometheus takes", len(packed) / place.upses, note=note)
    window = f"[{max(1, round(minutes * 60))}s]"
    scraped = [server for server in servers if server.api.targets()]
    median = [s.api.value(f"quantile(0.5, quantile_over_time(0.5, scrape_duration_seconds{window}))") for s in scraped]
    worst = [s.api.value(f"max(max_over_time(scrape_duration_seconds{window}))") for s in scraped]
    spread = " and ".join(str(len(server.api.targets())) for server in servers)
    note = f"of {place.upses} UPSes each; {len(places)} exporters, {spread} by the hash of the address; as Prometheus saw it"
    yield Row("a scrape: median", max(median) * 1000, "ms", note=note)
    yield Row("a scrape: worst", max(worst) * 1000, "ms")
    failed = sum(s.api.value(f"sum(count_over_time(up{window}) - sum_over_time(up{window}))") for s in scraped)
    yield Row("scrapes that failed", failed)


def of_processes(places, servers, bare, costs, total):
    note = f"{len(places)} processes, {places[0].upses} UPSes each; VmRSS"
    memory = sum(rig.rss_mb(place.pid) for place in places)
    yield Row("exporters: memory per UPS", memory / total * 1024, "kB", note=note)
    note = f"over {costs['clock']:.0f} s; polling included"
    yield Row("exporters: CPU per UPS", costs["exporters"] / costs["clock"] / total * 1e6, "µs/s", note=note)
    heads = sum(server.own("prometheus_tsdb_head_series") for server in servers)
    yield Row("Prometheus: series in the head per UPS", heads / total, note=f"{heads:.0f} in all, those of rules included")
    grown = sum(max(server.rss) - before for server, before in zip(servers, bare))
    note = f"{sum(max(s.rss) for s in servers):.0f} MB in {len(servers)} processes, at most, less {sum(bare):.0f} MB before they had targets"
    yield Row("Prometheus: memory per UPS", grown / total * 1024, "kB", note=note)
    yield Row("Prometheus: memory per series", grown / heads * 1024, "kB")
    note = f"scraping, storing and rules, over {costs['clock']:.0f} s; nobody queries"
    yield Row("Prometheus: CPU per UPS", costs["servers"] / costs["clock"] / total * 1e6, "µs/s", note=note)
    yield Row("Prometheus: CPU per sample", costs["servers"] / costs["samples"] * 1e6, "µs", note=f"{costs['samples']:.0f} samples")
    yield Row("Prometheus: one evaluation of all rules, all servers", costs["rules"] * 1000, "ms", note="wall clock, the last one")


def of_storage(servers, costs, total):
    rate = costs["samples"] / costs["clock"]
    yield Row("samples per second and UPS", rate / total, "/s", note=f"a scrape every {servers[0].interval} s")
    yield Row("WAL per sample", costs["wal"] / costs["samples"], "B", note="growth of wal/, as it is written first; kept about three hours")
    blocks = [server.block() for server in servers if server.api.targets()]
    samples, series, pieces = (sum(b[0][name] for b in blocks) for name in ("numSamples", "numSeries", "numChunks"))
    chunks, index = (sum(block[part] for block in blocks) for part in (1, 2))
    note = f"the head compacted to a block by a snapshot: {samples} samples of {series} series, {samples / pieces:.0f} per chunk"
    yield Row("block: chunks per sample", chunks / samples, "B", note=note)
    yield Row("block: index per series", index / series, "B", note="once for each block: 2 hours at first, days later")
    yield Row("block: all of it per sample", (chunks + index) / samples, "B")


def markdown(rows):
    lines = ["| figure | measured | |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {r.figure} | {run.with_unit(r.value, r.unit)} | {r.note} |" for r in rows]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exporter", help="default: that of build/release, which is built if it is missing")
    parser.add_argument("--simulator", help="the same")
    parser.add_argument("--exporters", type=int, default=10, metavar="N")
    parser.add_argument("--upses", type=int, default=100, metavar="N", help="of each exporter")
    parser.add_argument("--servers", type=int, default=2, metavar="N", help="of Prometheus")
    parser.add_argument("--minutes", type=float, default=5, help="of measurement, after about two until all is read")
    parser.add_argument("--quick", action="store_true", help="2 exporters, 3 UPSes each, 12 s, a scrape every 2 s")
    parser.add_argument("--json", help="a file to write the figures to")
    parser.add_argument("--markdown", help="a file to write the table of docs/scaling.md to")
    parser.add_argument("--nice", type=int, default=0, help="e.g. -10 on a machine that is busy otherwise")
    options = parser.parse_args()
    if options.quick:
        options.exporters, options.upses, options.minutes = 2, 3, 0.2
    try:
        programs = ready.programs(options, ("exporter", "simulator"))
        ready.packages("prometheus_packages")
        rig.take_priority(options.nice)
        began = time.monotonic()
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, nice {os.nice(0)}", flush=True)
        with Noise() as noise:
            rows = list(measured(programs, options))
    except Failure as failure:
        print(f"fleet.py: {failure}", file=sys.stderr)
        return 1
    result = {"rows": rows, "seconds": time.monotonic() - began, "noise": noise}
    run.TITLES["fleet"] = f"{options.exporters} exporters, {options.upses} UPSes each, {options.servers} servers"
    run.report("fleet", result)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(run.as_json({"fleet": result}, options), indent=1) + "\n")
    if options.markdown:
        pathlib.Path(options.markdown).write_text(markdown(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
