# SPDX-License-Identifier: Apache-2.0
"""What a measurement stands on: processes, the simulator's control socket and byte log, a scraper,
and what a process costs. Times are nanoseconds of CLOCK_MONOTONIC, as the simulator's are."""

import contextlib
import gzip
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "simulator"))
import clients_test  # noqa: E402  (how NUT and apcupsd are found and run, and free addresses)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BYTE_SECONDS = 10 / 2400
TURNAROUND_SECONDS = 0.025
STATUS = "Q"
MAIN = "LOPfBjFMN9G"
REGISTERS = "~'8"
PATIENCE = 30


class Failure(Exception):
    pass


def now():
    return time.monotonic_ns()


def median(values):
    return statistics.median(values)


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


# --- processes


def take_priority(nice):
    """For this session, of which all programs that are started are. Not root: none."""
    with contextlib.suppress(OSError):
        os.nice(nice)
        if nice:  # among sessions only this counts, where the kernel groups processes by them
            pathlib.Path("/proc/self/autogroup").write_text(str(nice))


class Rig:
    """A temporary folder and the processes in it; ends what it started, by process id."""

    running = []  # of all rigs, for Noise

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="upslink-bench-")
        self.folder = pathlib.Path(self._folder.name)
        self.children = []

    def start(self, command, cores=None, **options):
        before = (lambda: os.sched_setaffinity(0, cores)) if cores else None
        child = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, preexec_fn=before, **options
        )
        self.children.append(child)
        Rig.running.append(child)
        return child

    def end(self, child):
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self.children.remove(child)
        Rig.running.remove(child)
        if child.stdout:
            child.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self.children[:]):
            self.end(child)
        self._folder.cleanup()


class Simulator:
    """A running ups-simulator with one unit or several."""

    def __init__(self, rig, program, count=1, log=True, profile="su700", options=(), tcp=False):
        self.log_path = rig.folder / "bytes"
        self.link = rig.folder / "ups"
        at = ["--tcp", "127.0.0.1:0"] if tcp else ["--link", self.link]
        command = [program, "--profile", profile, *at, "--control", rig.folder / "control", *options]
        if log:
            self.log_path.unlink(missing_ok=True)
            command += ["--log", self.log_path]
        if count > 1:
            command += ["--count", count]
        self.child = rig.start(command, stdout=subprocess.PIPE, text=True)
        ready = self.child.stdout.readline()
        if not ready.startswith("ready "):
            raise Failure("the simulator did not get ready")
        self.addresses = [f"tcp://{address}" for address in re.findall(r"127\.0\.0\.1:\d+", ready)]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(rig.folder / "control"))
        self.lines = self.socket.makefile("rw")

    def ask(self, command):
        self.lines.write(command + "\n")
        self.lines.flush()
        reply = self.lines.readline().strip()
        if reply.startswith("error"):
            raise Failure(f"{command}: {reply}")
        return json.loads(reply) if reply[0] in "[{" else reply

    def answers(self):
        return {k: v for k, v in self.ask("state")["answers"].items() if v not in (None, "NA")}

    def alert_sent(self, alert):
        """When the last of these alerts had passed the wire."""
        return [e["sent_ns"] for e in self.ask("stats")["alert_log"] if e["alert"] == alert][-1]

    def close(self):
        self.lines.close()
        self.socket.close()


class Exporter:
    """A running upslink_exporter that listens on a loopback address of its own."""

    numbers = 100

    def __init__(self, rig, program, upses, cores=None, flags=("--snmp.agentx-address", "off")):
        Exporter.numbers += 1
        self.address = clients_test.free_address(Exporter.numbers % 250)
        config = rig.folder / f"config{Exporter.numbers}.yaml"
        blocks = "".join(f"  - {{name: {name}, address: {address}}}\n" for name, address in upses)
        config.write_text(f"ups:\n{blocks}")
        log = open(rig.folder / "exporter.log", "wb")
        listen = "{}:{}".format(*self.address)
        self.url = f"http://{listen}/metrics"
        self.exec_ns = now()
        self.child = rig.start(
            [program, "--config.file", config, "--web.listen-address", listen, *flags], stderr=log, cores=cores
        )
        log.close()

    def scraper(self, **options):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return Scraper(self.address, **options)
            except ConnectionRefusedError:
                if time.monotonic() > end or self.child.poll() is not None:
                    raise Failure("the exporter does not listen") from None
                time.sleep(0.001)


# --- scraping


class Scraper:
    """GET /metrics over one connection that is kept open; as little Python as it takes."""

    def __init__(self, address, packed=False):
        self.packed = packed
        self.socket = socket.create_connection(address, timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        encoding = b"Accept-Encoding: gzip\r\n" if packed else b""
        self.request = b"GET /metrics HTTP/1.1\r\nHost: bench\r\n" + encoding + b"\r\n"

    def get(self):
        """The body, as it came."""
        self.socket.sendall(self.request)
        received = self.socket.recv(1 << 20)
        head = received.find(b"\r\n\r\n")
        while head < 0:
            more = self.socket.recv(1 << 20)
            if not more:
                raise Failure("the exporter closed the connection")
            received += more
            head = received.find(b"\r\n\r\n")
        if not received.startswith(b"HTTP/1.1 200"):
            raise Failure(f"the exporter answered {received[:40]!r}")
        length = int(re.search(rb"\r\nContent-Length: (\d+)", received[: head + 4])[1])
        missing = head + 4 + length - len(received)
        parts = [received[head + 4 :]]
        while missing > 0:
            parts.append(self.socket.recv(1 << 20))
            if not parts[-1]:
                raise Failure("the exporter closed the connection")
            missing -= len(parts[-1])
        return b"".join(parts)

    def series(self):
        body = self.get()
        return series_of(gzip.decompress(body) if self.packed else body)

    def until(self, text, pause=0.001, patience=PATIENCE):
        """Scrapes until the body has `text`; when that scrape ended, and how long each took."""
        end = now() + int(patience * 1e9)
        took = []
        while True:
            began = now()
            body = self.get()
            ended = now()
            took.append(ended - began)
            if text in body:
                return ended, took
            if ended > end:
                raise Failure(f"{text.decode()} did not come")
            time.sleep(pause)

    def close(self):
        self.socket.close()


def series_of(body):
    """{name with labels: value} of an exposition."""
    lines = (line.rsplit(" ", 1) for line in body.decode().splitlines() if line and line[0] != "#")
    return {name: float(value) for name, value in lines}


# --- the byte log


class Exchange:
    """One command and its reply on the wire."""

    __slots__ = ("command", "began", "ended", "length")

    def __init__(self, command, began):
        self.command, self.began, self.ended, self.length = command, began, None, 0

    def ideal(self):
        return (1 + self.length) * BYTE_SECONDS + TURNAROUND_SECONDS


def read_log(path, since=0):
    """The complete exchanges that began at `since` or later. `received` is the moment at which the
    simulator read a byte; its time on the wire begins there, so an exchange lasts from there."""
    exchanges = []
    for line in open(path, encoding="ascii"):
        fields = line.split()
        if len(fields) != 4:
            continue  # the last line may be on its way
        at, _, direction, byte = int(fields[0]) * 1000, fields[1], fields[2], int(fields[3], 16)
        if direction == "received":
            exchanges.append(Exchange(chr(byte), at))
        elif direction == "sent" and exchanges and exchanges[-1].ended is None:
            exchanges[-1].length += 1
            if byte == 0x0A:
                exchanges[-1].ended = at
    return [e for e in exchanges if e.ended is not None and e.began >= since]


def poll_ratio(exchanges):
    """The time that these took together over what the wire needs for them."""
    took = (exchanges[-1].ended - exchanges[0].began) / 1e9
    return took / sum(e.ideal() for e in exchanges)


def intervals(exchanges, commands):
    """Seconds between successive complete replies, for each of the commands."""
    found = {}
    for command in commands:
        ends = [e.ended for e in exchanges if e.command == command]
        found[command] = [(b - a) / 1e9 for a, b in zip(ends, ends[1:])]
    return found


# --- what a process costs


def cpu_ns(pid):
    """Of all its threads, also those that have ended: the process's CPU-time clock."""
    return time.clock_gettime_ns(~pid << 3 | 2)


def rss_mb(pid, which="VmRSS"):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{which}:\s+(\d+) kB", status)[1]) / 1024


def pss_mb(pid):
    """Memory with what is shared divided among those who share it."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"\nPss:\s+(\d+) kB", rollup)[1]) / 1024


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def memory_parts(pid):
    """kB of resident memory by what it is."""
    parts = dict.fromkeys(
        ("heap", "thread stacks and other anonymous", "main stack", "own data", "own code", "library data", "library code"), 0
    )
    libraries = {}
    own = os.path.realpath(f"/proc/{pid}/exe")
    name = ""
    values = {}

    def add():
        if not values:
            return
        dirty, clean = values["Private_Dirty"], values["Rss"] - values["Private_Dirty"]
        if name.startswith("/"):
            kind = "own" if name == own else "library"
            parts[f"{kind} data"] += dirty
            parts[f"{kind} code"] += clean
            libraries[os.path.basename(name)] = libraries.get(os.path.basename(name), 0) + values["Rss"]
        elif name in ("[heap]", "[stack]"):
            parts["heap" if name == "[heap]" else "main stack"] += values["Rss"]
        else:
            parts["thread stacks and other anonymous"] += values["Rss"]

    for line in open(f"/proc/{pid}/smaps", encoding="ascii", errors="replace"):
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            add()
            values = {}
            name = line.split(None, 5)[5].strip() if len(line.split(None, 5)) > 5 else ""
        else:
            key, _, rest = line.partition(":")
            if key in ("Rss", "Private_Dirty"):
                values[key] = int(rest.split()[0])
    add()
    parts["largest files"] = dict(sorted(libraries.items(), key=lambda item: -item[1])[:8])
    return parts


# --- what else the machine did


class Noise:
    """Of the cores' time, how much others took, and how much the machine below took away."""

    def __enter__(self):
        self._began = self._sample()
        return self

    def __exit__(self, *_):
        cores, busy, stolen, own = (b - a for a, b in zip(self._began, self._sample()))
        self.others = max(0.0, busy - own) / cores if cores else 0.0
        self.stolen = stolen / cores if cores else 0.0

    def __str__(self):
        return f"others used {self.others:.0%} of the cores, {self.stolen:.1%} stolen"

    @staticmethod
    def _sample():
        fields = list(map(int, open("/proc/stat", encoding="ascii").readline().split()[1:9]))
        idle = fields[3] + fields[4]
        times = os.times()
        own = sum(times[:4]) * os.sysconf("SC_CLK_TCK")
        for child in list(Rig.running):
            with contextlib.suppress(OSError, IndexError):
                stat = pathlib.Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
                own += int(stat[11]) + int(stat[12])
        return sum(fields), sum(fields) - idle - fields[7], fields[7], own
