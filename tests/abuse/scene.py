# SPDX-License-Identifier: Apache-2.0
"""A simulated UPS, an exporter in one of four kinds, a client that behaves (scraper.py), and the question
whether what somebody else does hurts either of them:

    scene = Scene(test, "password")
    with scene.abuse("what is done to it"):
        ...

Kinds: "plain", "password" (plain HTTP), "tls" (and a password), "mutual" (and a client's certificate of a
given name). How long a scrape may take is no matter of a test on a machine that does other work:
tests/bench measures it. Here the median and p90 are compared, generously, with those of the moment before.
"""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import ssl
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import stand  # noqa: E402
from certificates import SCRAPER, Certificates  # noqa: E402

USER, PASSWORD = "prometheus", "correct horse"
# Of PASSWORD, at the cost that documentation recommends.
HASH = "$2b$10$Ab3dEf6hIj9lMn2pQr5tUulP1cCBp1Fu6CZ/NME6EFHhd6yJtnVPK"
SCHEMES = {"plain": "http", "password": "http", "tls": "https", "mutual": "https"}

SANITIZED = stand.SLACK > 0
QUIET_SECONDS = 0.5
LINES_A_MINUTE = 11  # what clients can provoke in the log: ten sentences, and how many were left out
# What the allocator may keep of what a thousand connections needed; a sanitizer keeps what was freed.
KEPT_MEMORY = (400 if SANITIZED else 24) << 20


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def in_milliseconds(times):
    return f"p50 {statistics.median(times) * 1e3:.1f}, p99 {percentile(times, 0.99) * 1e3:.1f}, worst {max(times) * 1e3:.1f}"


class Door:
    """How to get in: a port, what to trust, which certificate to show, and a password or none."""

    def __init__(self, port, context=None, authorization=None):
        self.port, self.context, self.authorization = port, context, authorization

    def connect(self, patience=None):
        connection = socket.create_connection(("127.0.0.1", self.port), patience or stand.PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context is None:
            return connection
        return self.context.wrap_socket(connection, server_hostname="localhost")

    def ask(self, path="/metrics", method="GET", headers=None, authorization=None, body=None):
        """An answer, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=stand.PATIENCE)
        connection.sock = self.connect()
        authorization = authorization or self.authorization
        own = {"Authorization": authorization} if authorization else {}
        try:
            connection.request(method, path, headers=own | (headers or {}), body=body)
            return stand.Answer(connection.getresponse())
        finally:
            connection.close()


class Footprint:
    """What the exporter has of the system."""

    def __init__(self, pid):
        self.descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        self.threads = len(os.listdir(f"/proc/{pid}/task"))
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        self.memory = int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) << 10

    def is_as(self, before):
        # The scraper may have a connection more at one of the two moments.
        return (abs(self.descriptors - before.descriptors) <= 1 and self.threads == before.threads
                and self.memory - before.memory <= KEPT_MEMORY)

    def __str__(self):
        return f"{self.descriptors} descriptors, {self.threads} threads, {self.memory / (1 << 20):.1f} MB"


def ends_well(test, exporter):
    """Also for sanitizers, which say by the status or in the log what they have found."""
    test.assertEqual(exporter.stop(), 0, exporter.log()[-4000:])
    test.assertNotIn("runtime error", exporter.log())


class Scene:
    def __init__(self, test, kind, *flags, tls="", certificates=None, scraped=True):
        self.test = test
        self.stand = test.enterContext(stand.Stand())
        self.sim = self.stand.simulator("--smart")
        self.kind = kind
        secure = SCHEMES[kind] == "https"
        if secure:
            self.certificates = certificates or Certificates(self.stand.folder)
        self.web = self.stand.folder / "web.yml"
        self.web.write_text(self.configuration(kind, tls))
        if kind != "plain":
            flags = ("--web.config.file", self.web, *flags)
        self.exporter = self.stand.exporter({"rack": self.sim.links[0]}, *flags)
        test.addCleanup(ends_well, test, self.exporter)
        self.pid = self.exporter.child.pid
        context = self.context("client") if secure else None
        self.stranger = Door(self.exporter.port, context)
        self.known = Door(self.exporter.port, context, basic(USER, PASSWORD) if kind != "plain" else None)
        self.stand.wait("the UPS answers", lambda: 'upslink_up{ups="rack"} 1\n' in self.known.ask().text)
        self.scraper = self.start_scraper(kind) if scraped else None

    def configuration(self, kind, tls):
        text = ""
        if SCHEMES[kind] == "https":
            text += (f"tls_server_config:\n  cert_file: {self.certificates.file('server')}\n"
                     f"  key_file: {self.certificates.key('server')}\n{tls}")
        if kind == "mutual":
            text += (f"  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {self.certificates.file('authority')}\n"
                     f"  client_allowed_sans: [{SCRAPER}]\n")
        return text + (f"basic_auth_users:\n  {USER}: {HASH}\n" if kind != "plain" else "")

    def context(self, client=None):
        """What a client of this server trusts and shows."""
        context = ssl.create_default_context(cafile=self.certificates.file("authority"))
        if client:
            context.load_cert_chain(self.certificates.file(client), self.certificates.key(client))
        return context

    def start_scraper(self, kind):
        command = [sys.executable, HERE / "scraper.py", self.exporter.port]
        if kind != "plain":
            command += ["--authorization", basic(USER, PASSWORD)]
        if SCHEMES[kind] == "https":
            command += ["--authority", self.certificates.file("authority"), "--certificate", self.certificates.file("client"),
                        "--key", self.certificates.key("client")]
        child = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.test.addCleanup(lambda: (child.communicate(timeout=stand.PATIENCE), child.kill()))
        self.test.assertEqual(child.stdout.readline(), "ready\n", self.exporter.log())
        return child

    def scrapes(self, fewest=3):
        """Those since the last call, when there are so many of each kind."""
        self.scraper.stdin.write(f"{fewest}\n")
        self.scraper.stdin.flush()
        return json.loads(self.scraper.stdout.readline())

    @contextlib.contextmanager
    def abuse(self, name):
        """What is done in the block harms nobody: every scrape succeeds, in about the time that it takes
        otherwise; afterwards the exporter has what it had, and has logged little."""
        self.scrapes()
        time.sleep(QUIET_SECONDS)  # so that there is something to compare with
        quiet = self.scrapes(20)
        before, lines, began = Footprint(self.pid), len(self.exporter.log_lines()), time.monotonic()
        yield
        during = self.scrapes()
        took = time.monotonic() - began
        test = self.test
        after = lambda: Footprint(self.pid)
        print(f"  {name} ({took:.1f} s):", *(f"{kind} {in_milliseconds(during[kind])} ms of {len(during[kind])}"
              f" (quiet {in_milliseconds(quiet[kind])});" for kind in ("kept", "fresh") if during[kind]), flush=True)
        test.assertEqual(quiet["failures"] + during["failures"], [], name)
        for kind in ("kept", "fresh"):
            for part, least in ((0.5, 0.05), (0.9, 0.25)):
                bound = least + stand.SLACK / 10 + 10 * percentile(quiet[kind], part)
                test.assertLess(percentile(during[kind], part), bound, f"{name}: {kind}, {part}")
        try:
            stand.until("all is given back", lambda: after().is_as(before))
        except stand.Failure:
            test.fail(f"{name}: {before} before, {after()} now")
        grown = len(self.exporter.log_lines()) - lines
        test.assertLessEqual(grown, LINES_A_MINUTE * (2 + took // 60), self.exporter.log()[-4000:])
        print(f"    {before} before, {after()} after; {grown} lines of log", flush=True)


def keep_on(seconds, act):
    """Does it again and again; how often."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        act()
        count += 1
    return count


def run(*command, within=60):
    """A program of the machine's: (exit status, stdout, stderr)."""
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, timeout=within + stand.SLACK,
                          check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
