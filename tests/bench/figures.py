# SPDX-License-Identifier: Apache-2.0
"""The figures of the exporter itself: each function measures some and yields rows of the table."""

import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

import rig
from rig import MAIN, REGISTERS, STATUS, Exporter, Failure, Rig, Scraper, Simulator, median, now, percentile
from page_truth import Truth, same

UP = b'upslink_up{ups="u"} 1\n'
ALERTED = 'upslink_alerts_total{{ups="u",alert="line_fail"}} {}\n'
ON_BATTERY = b'upslink_status{ups="u",flag="on_battery"} 1\n'
ON_LINE = b'upslink_status{ups="u",flag="on_battery"} 0\n'
FAST = [*MAIN, *REGISTERS]


class Row:
    """One line of the table. `reach` is the target, which `value` must not exceed (or, for `more`,
    not fall below)."""

    def __init__(self, figure, value, unit="", reach=None, more=False, note=""):
        self.figure, self.value, self.unit = figure, value, unit
        self.reach, self.more, self.note = reach, more, note

    def met(self):
        if self.reach is None or self.value is None:
            return None
        return self.value >= self.reach if self.more else self.value <= self.reach


class Bench:
    """What is measured with: the programs, and how long."""

    def __init__(self, exporter, simulator, snmp_client, quick):
        self.exporter, self.simulator, self.snmp_client = exporter, simulator, snmp_client
        self.quick = quick

    def long(self, whole, quick):
        return quick if self.quick else whole

    def one_unit(self, stand, **options):
        """A simulated unit, an exporter that reads it, and a scraper, in steady state."""
        simulator = Simulator(stand, self.simulator)
        exporter = Exporter(stand, self.exporter, [("u", simulator.link)], **options)
        scraper = exporter.scraper()
        scraper.until(UP, 0.02)
        return simulator, exporter, scraper


def settle(bench):
    """Until everything was read once, and most of what the unit may have was asked for."""
    time.sleep(bench.long(20, 12))


# --- the wire


def cycles(exchanges):
    """The fast cycles: from the first command of one to the last, with what came between them."""
    found = []
    begun, left = None, set()
    for index, exchange in enumerate(exchanges):
        if exchange.command not in FAST:
            continue
        last = exchanges[begun].began if begun is not None else 0
        if exchange.command == MAIN[0] and exchange.began - last > 0.5e9:
            begun, left = index, set(FAST)
        if exchange.command in left:
            left.discard(exchange.command)
            if not left:
                found.append(exchanges[begun : index + 1])
    return found


def publication(log_path, scraper, seconds):
    """How long after the last bit of a reply a scrape shows that it was received."""
    seen = {}
    last = None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        body = scraper.get()
        at = now()
        count = int(re.search(rb'direction="received"} (\d+)', body)[1])
        if count != last:
            seen[count] = at
            last = count
        time.sleep(0.001)
    sent, lags = 0, []
    for line in open(log_path, encoding="ascii"):
        fields = line.split()
        if len(fields) == 4 and fields[2] == "sent":
            sent += 1
            if sent in seen and fields[3] == "0a":
                lags.append((seen[sent] - int(fields[0]) * 1000) / 1e9)
    return [lag for lag in lags[1:]]


def wire(bench):
    """Poll time and ages, from one run."""
    with Rig() as stand:
        simulator, _, scraper = bench.one_unit(stand)
        settle(bench)
        seconds = bench.long(60, 16)
        since = now()
        own = own_durations(scraper, seconds)
        until = now()
        lags = publication(simulator.log_path, scraper, bench.long(10, 4))
        exchanges = rig.read_log(simulator.log_path, since)
        simulator.close()
    steady = [e for e in exchanges if e.ended < until]
    fast = cycles(steady)
    ratios = [rig.poll_ratio(cycle) for cycle in fast]
    lengths = [(c[-1].ended - c[0].began) / 1e9 for c in fast]
    note = f"{len(fast)} cycles of {median(len(c) for c in fast):.0f} commands, median {median(lengths):.3f} s"
    yield Row("poll over the wire's ideal: median", median(ratios), "", 1.02, note=note)
    yield Row("the same, worst cycle", max(ratios), "")
    ends = [(c[-1].ended, sum(e.ideal() for e in c)) for c in cycles(exchanges)]
    against = []
    for at, length in own:
        before = [ideal for ended, ideal in ends if ended <= at]
        if before:
            against.append(length / before[-1])
    note = f"{len(against)} of the same cycles, worst {max(against):.3f}"
    yield Row("upslink_poll_duration_seconds over the ideal: median", median(against), "", 1.02, note=note)
    lag = max(lags)
    note = f"reply's last bit to a scrape that shows it, {len(lags)} replies; median {median(lags) * 1000:.1f} ms"
    yield Row("publication, worst", lag * 1000, "ms", note=note)
    gaps = rig.intervals(steady, [STATUS, *FAST])
    note = f"longest interval of replies in {seconds} s plus the worst publication"
    yield Row("age of Q, worst", max(gaps[STATUS]) + lag, "s", 1.1, note=note)
    for name, commands in (("main values", MAIN), ("registers ~ ' 8", REGISTERS)):
        worst = max(commands, key=lambda c: max(gaps[c]))
        figure = f"age of the {'other ' if commands == MAIN else ''}{name}, worst"
        yield Row(figure, max(gaps[worst]) + lag, "s", 2.2, note=f"the same; {worst} is the oldest")


def own_durations(scraper, seconds):
    """(when, upslink_poll_duration_seconds) each time that it changes."""
    found = []
    last = None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        match = re.search(rb"upslink_poll_duration_seconds\{[^}]*\} (\S+)", scraper.get())
        if match and match[1] != last:
            if last is not None:
                found.append((now(), float(match[1])))
            last = match[1]
        time.sleep(0.2)
    return found


# --- alerts


def failures(bench, quiet, trials):
    """Seconds from each line failure on the wire to its alert and to its status in a scrape."""
    to_alert, to_status, scrapes = [], [], []
    order = random.sample(range(trials), trials)
    with Rig() as stand:
        simulator, _, scraper = bench.one_unit(stand)
        time.sleep(bench.long(8, 5))
        for trial in range(trials):
            # Evenly over two seconds, the length of a cycle: the last failure's end came with a status.
            time.sleep(1.5 + 2 * (order[trial] + random.random()) / trials)
            before = now()
            simulator.ask("line fail quiet" if quiet else "line fail")
            if not quiet:
                alert_seen, took = scraper.until(ALERTED.format(trial + 1).encode())
                scrapes += took
            status_seen, took = scraper.until(ON_BATTERY)
            scrapes += took
            if quiet:
                to_status.append((status_seen - before) / 1e9)
            else:
                sent = simulator.alert_sent("!")
                to_alert.append((alert_seen - sent) / 1e9)
                to_status.append((status_seen - sent) / 1e9)
            simulator.ask("line restore quiet" if quiet else "line restore")
            scraper.until(ON_LINE, 0.02)
        simulator.close()
    return to_alert, to_status, scrapes


def alert(bench):
    trials = bench.long(24, 8)
    to_alert, to_status, scrapes = failures(bench, False, trials)
    note = f"{trials} trials; scrapes every {(median(scrapes) + 1e6) / 1e6:.1f} ms, of which {median(scrapes) / 1e6:.2f} ms the scrape"
    yield Row("`!` to upslink_alerts_total: median", median(to_alert) * 1000, "ms", 10, note=note)
    yield Row("the same, worst", max(to_alert) * 1000, "ms")
    yield Row("`!` to on_battery 1: median", median(to_status) * 1000, "ms", 80, note="one status exchange alone is 37.5 ms")
    yield Row("the same, worst", max(to_status) * 1000, "ms", 160)


def quiet(bench):
    trials = bench.long(24, 8)
    _, to_status, _ = failures(bench, True, trials)
    note = f"{trials} trials; the Q bit alone, no `!`; mean {statistics.mean(to_status):.3f} s"
    yield Row("line failure without `!` to on_battery 1: median", median(to_status), "s", 0.6, note=note)
    yield Row("the same, worst", max(to_status), "s")


# --- the start


def started(bench, last_group):
    """Seconds from exec to the first sample, main values right, all listed right, everything right;
    and what was wrong before."""
    with Rig() as stand:
        simulator = Simulator(stand, bench.simulator)
        truth = Truth("u")
        allowed = [simulator.answers()]
        exporter = Exporter(stand, bench.exporter, [("u", simulator.link)])
        scraper = exporter.scraper()
        listed = allowed[0]["a"].split(".")[2]
        moments, wrong, refreshed = {}, set(), 0
        last = None
        while last_group not in moments and now() - exporter.exec_ns < 25e9:
            body = scraper.get()
            at = (now() - exporter.exec_ns) / 1e9
            shown = {k: v for k, v in rig.series_of(body).items() if k.startswith("upslink_") and "_total" not in k}
            if shown == last:
                time.sleep(0.002)
                continue
            last = shown
            if at - refreshed > 0.2:  # reading M and N changes them, and nothing else does
                allowed = [allowed[0], simulator.answers()]
                refreshed = at
            right, bad = compare(truth, allowed, shown)
            if bad:  # or the truth is another one since it was looked at
                allowed = [allowed[0], simulator.answers()]
                right, bad = compare(truth, allowed, shown)
            wrong |= bad
            groups = {
                "main": {STATUS, *FAST},
                "listed": {c for c in right if c in listed or c in truth.replies and len(c) > 1},
                "everything": set(right),
            }
            for group, commands in groups.items():
                if group not in moments and all(right[c] for c in commands):
                    moments[group] = at
        simulator.close()
    return moments, wrong


def compare(truth, allowed, shown):
    """{command: whether all its series are shown and right}, and those that are shown and wrong."""
    right, wrong = {}, set()
    for command in allowed[0]:
        choices = [truth.series(command, answers[command]) for answers in allowed if command in answers]
        if not choices[0]:
            continue
        present = [name for name in choices[0] if name in shown]
        fits = any(all(same(shown[n], c[n]) for n in present) for c in choices)
        right[command] = fits and len(present) == len(choices[0])
        if not fits:
            wrong.add(command)
    expected = truth.info_labels(allowed[0])
    info = truth.info_of(shown)
    right["info"] = info == expected
    if any(expected.get(label) != text for label, text in info.items()):
        wrong.add("info")
    return right, wrong


def start(bench):
    runs = [started(bench, "everything" if i == 0 else "listed") for i in range(bench.long(5, 2))]
    wrong = sorted(set().union(*(w for _, w in runs)))
    note = f"{len(runs)} starts, each of a unit that is not in smart mode yet; scrapes every few ms"

    def times(group):
        waited_for = runs[:1] if group == "everything" else runs
        return [moments.get(group, float("inf")) for moments, _ in waited_for]

    yield Row("start to the main values and registers right: median", median(times("main")), "s", 2, note=note)
    yield Row("the same, worst", max(times("main")), "s")
    note = f"every quantity that the unit lists, with identity and settings; worst {max(times('listed')):.2f} s"
    yield Row("start to everything right: median", median(times("listed")), "s", 4.5, note=note)
    note = "with what the unit answers though it does not list it: the calibration constants 0 4 5 6; one start"
    yield Row("start to the unlisted right as well", median(times("everything")), "s", note=note)
    note = "of commands " + " ".join(wrong) if wrong else "compared with the simulator's `state` in every scrape"
    yield Row("wrong values before", len(wrong), "", 0, note=note)


# --- scrapes


def scrape(bench):
    with Rig() as stand:
        simulator, exporter, scraper = bench.one_unit(stand)
        time.sleep(bench.long(12, 5))
        for packed in (False, True):
            client = Scraper(exporter.address, packed)
            length = len(client.get())
            took = []
            end = time.monotonic() + bench.long(5, 2)
            while time.monotonic() < end:
                began = now()
                client.get()
                took.append((now() - began) / 1e6)
                time.sleep(0.001)
            client.close()
            form = "gzip" if packed else "plain"
            reach = (None, None) if packed else (0.2, 1)
            note = f"{len(took)} scrapes of {length} bytes, 1 ms between them, keep-alive, loopback"
            yield Row(f"one scrape, {form}: p50", percentile(took, 0.5), "ms", reach[0], note=note)
            yield Row("the same, p99", percentile(took, 0.99), "ms", reach[1])
        took = anew(scraper, bench.long(10, 4))
        note = f"{len(took)} scrapes, 100 ms between them, that had other bytes of the line than the one before"
        yield Row("one scrape of a text made anew, plain: p50", percentile(took, 0.5), "ms", note=note)
        yield Row("the same, p99", percentile(took, 0.99), "ms")
        first_core = {min(os.sched_getaffinity(0))}
        for task in os.listdir(f"/proc/{exporter.child.pid}/task"):
            os.sched_setaffinity(int(task), first_core)
        for packed in (False, True):
            yield from load(bench, exporter, packed)
        simulator.close()


def anew(scraper, seconds):
    """Milliseconds of the scrapes for which the exporter had to make the text: something came since
    the last one."""
    took, last = [], None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = now()
        body = scraper.get()
        ended = now()
        count = re.search(rb'direction="received"} (\d+)', body)[1]
        if last not in (None, count):
            took.append((ended - began) / 1e6)
        last = count
        time.sleep(0.1)
    return took


def load(bench, exporter, packed):
    form = "gzip" if packed else "plain"
    if not shutil.which("wrk"):
        yield Row(f"scrapes per second, {form}", None, "/s", note="wrk is not installed")
        return
    rates, per_core = [], []
    header = ["-H", "Accept-Encoding: gzip"] if packed else []
    last_core = max(os.sched_getaffinity(0))
    for _ in range(bench.long(3, 1)):
        cpu = rig.cpu_ns(exporter.child.pid)
        done = subprocess.run(
            ["taskset", "-c", str(last_core), "wrk", "-t1", "-c8", f"-d{bench.long(4, 2)}s", *header, exporter.url],
            capture_output=True,
            text=True,
            check=True,
        )
        cpu = (rig.cpu_ns(exporter.child.pid) - cpu) / 1e9
        if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
            raise Failure(done.stdout)
        rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]))
        per_core.append(int(re.search(r"(\d+) requests in", done.stdout)[1]) / cpu)
    note = f"median of {len(rates)} runs of wrk -t1 -c8 on the other core; {median(per_core):.0f} per second of CPU time"
    yield Row(f"scrapes per second on one core, {form}", median(rates), "/s", 15000, more=True, note=note)


# --- slow clients


def slow(bench):
    with Rig() as stand:
        simulator, exporter, scraper = bench.one_unit(stand)
        program = os.path.join(os.path.dirname(__file__), "slow_clients.py")
        address = list(map(str, exporter.address))
        clients = subprocess.Popen(
            [sys.executable, program, *address, "500", "500"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            if clients.stdout.readline() != "ready\n":
                raise Failure("the slow clients did not get ready")
            kept, fresh = [], []
            end = time.monotonic() + bench.long(25, 6)
            while time.monotonic() < end:
                began = now()
                scraper.get()
                kept.append((now() - began) / 1e6)
                began = now()
                newcomer = Scraper(exporter.address)
                newcomer.get()
                fresh.append((now() - began) / 1e6)
                newcomer.close()
                time.sleep(0.01)
            opened = int(clients.communicate("", timeout=30)[0])
        finally:
            clients.kill()
            clients.wait()
        simulator.close()
    note = f"{len(kept)} scrapes, 500 idle and 500 slow clients, {opened} connections in all; p50 {median(kept):.2f} ms"
    yield Row("scrape beside 1,000 slow connections, keep-alive: worst", max(kept), "ms", 50, note=note)
    note = f"p50 {median(fresh):.2f} ms, connecting included"
    yield Row("the same, each on a new connection: worst", max(fresh), "ms", 50, note=note)


# --- memory and processor


def cost(bench):
    """One unit and a hundred, side by side."""
    seconds = bench.long(60, 15)
    with Rig() as stand, Rig() as crowd:
        one = Simulator(stand, bench.simulator, log=False)
        many = Simulator(crowd, bench.simulator, count=100, log=False)
        single = Exporter(stand, bench.exporter, [("u", one.link)])
        hundred = Exporter(crowd, bench.exporter, [(f"u{i}", f"{many.link}{i}") for i in range(100)])
        settle(bench)
        time.sleep(bench.long(10, 0))
        idle = over(seconds, single, hundred)
        scrapers = [single.scraper(), hundred.scraper()]
        busy = over(seconds, single, hundred, lambda: [s.get() for s in scrapers])
        shown = scrapers[1].series()
        up = sum(value for name, value in shown.items() if name.startswith("upslink_up{"))
        rss = [rig.rss_mb(e.child.pid) for e in (single, hundred)]
        parts = [rig.memory_parts(e.child.pid) for e in (single, hundred)]
        counts = [rig.threads(e.child.pid) for e in (single, hundred)]
        one.close()
        many.close()
    for index, (name, memory, share) in enumerate((("1 UPS", 12, 0.2), ("100 UPSes", 40, 15))):
        kinds = ", ".join(f"{k} {v / 1024:.1f}" for k, v in parts[index].items() if isinstance(v, int) and v)
        row = Row(f"memory (RSS), {name}", rss[index], "MB", memory, note=f"{kinds}; {counts[index]} threads")
        row.parts = parts[index]
        yield row
        note = f"of one core, over {seconds} s" + (f"; {up:.0f} UPSes up" if index else "")
        yield Row(f"CPU, {name}, no scrapes", idle[index], "%", share, note=note)
        yield Row(f"CPU, {name}, a scrape every 15 s", busy[index], "%", share)


def over(seconds, *exporters_and_scrape):
    """CPU in percent of a core of each exporter, with a scrape every 15 s if there is one."""
    exporters = [e for e in exporters_and_scrape if isinstance(e, Exporter)]
    scrape_all = next((e for e in exporters_and_scrape if callable(e)), None)
    began = now()
    cpu = [rig.cpu_ns(e.child.pid) for e in exporters]
    while now() - began < seconds * 1e9:
        if scrape_all:
            scrape_all()
        time.sleep(min(15, seconds))
    took = now() - began
    return [(rig.cpu_ns(e.child.pid) - c) / took * 100 for e, c in zip(exporters, cpu)]
