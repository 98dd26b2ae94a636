# SPDX-License-Identifier: Apache-2.0
"""The stand on which the real programs run: a folder of its own, a simulator, an exporter, and what
tests need around them - scrapes, conditions with a deadline, exit codes, logs when something fails.

    with Stand() as stand:
        sim = stand.simulator("--profile", "su700", "--smart")
        exporter = stand.exporter({"rack": sim.links[0]})
        stand.wait("up", lambda: exporter.value("upslink_up", ups="rack") == 1)

Only processes that were started here are ended, by their own id. Every test script takes the options
--exporter and --simulator; further arguments go to unittest. UPSLINK_TEST_SLACK (seconds) is what a slow
build or machine may take longer than a requirement says.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import io
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest

import exposition

SLACK = float(os.environ.get("UPSLINK_TEST_SLACK", "0"))
PATIENCE = 20 + 3 * SLACK  # for what has to happen, without a requirement on when
OPENMETRICS = "application/openmetrics-text; version=1.0.0"

programs = argparse.Namespace(exporter=None, simulator=None)


class Failure(AssertionError):
    pass


def flattened(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flattened(test)
        else:
            yield test


class AtOnce:
    """Runs several tests at a time, in threads, for they mostly wait. Without fixtures of classes."""

    def __init__(self, threads):
        self.threads = threads

    def one(self, test):
        said = io.StringIO()
        began = time.monotonic()
        result = unittest.TextTestRunner(said, verbosity=0).run(test)
        word = "ok" if result.wasSuccessful() else "FAILED"
        word = "skipped" if result.skipped else "failed as expected" if result.expectedFailures else word
        report = "" if result.wasSuccessful() else said.getvalue()
        print(f"{test.id()} ... {word} ({time.monotonic() - began:.1f} s)\n{report}", end="", flush=True)
        return result.wasSuccessful()

    def run(self, suite):
        with concurrent.futures.ThreadPoolExecutor(self.threads) as pool:
            good = list(pool.map(self.one, flattened(suite)))
        print(f"Ran {len(good)} tests, {good.count(False)} failed", flush=True)
        return types.SimpleNamespace(wasSuccessful=lambda: all(good) and bool(good))


def main(module="__main__", at_once=1):
    """Runs the tests of a script, some of them at once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--exporter", required=True, help="the program upslink_exporter")
    parser.add_argument("--simulator", required=True, help="the program ups-simulator")
    own, rest = parser.parse_known_args()
    programs.exporter, programs.simulator = os.path.abspath(own.exporter), os.path.abspath(own.simulator)
    runner = AtOnce(at_once) if at_once > 1 else None
    unittest.main(module=module, argv=[sys.argv[0], *rest], verbosity=2, testRunner=runner)


def clean_environment(**more):
    """The environment without what would configure the exporter."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("UPSLINK_")}
    return dict(kept, **more)


class Program:
    """A child process with its output in files."""

    def __init__(self, folder, name, command, env=None):
        self.name = name
        self.out_path = folder / f"{name}.out"
        self.log_path = folder / f"{name}.log"
        with open(self.out_path, "wb") as out, open(self.log_path, "wb") as log:
            self.child = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                env=clean_environment() if env is None else env, cwd=folder)

    def out(self):
        return self.out_path.read_text(errors="replace")

    def log(self):
        return self.log_path.read_text(errors="replace")

    def running(self):
        return self.child.poll() is None

    def stop(self, number=signal.SIGTERM, within=None):
        """Its exit status; a Failure when it takes longer than `within` seconds."""
        began = time.monotonic()
        if self.running():
            self.child.send_signal(number)
        try:
            status = self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise Failure(f"{self.name} did not end") from None
        took = time.monotonic() - began
        if within is not None and took > within + SLACK:
            raise Failure(f"{self.name} took {took:.2f} s to end")
        return status


class Simulator(Program):
    def __init__(self, folder, name, options, log=True):
        self.control_path = folder / f"{name}.control"
        self.bytes_path = folder / f"{name}.bytes" if log else os.devnull
        options = [str(option) for option in options]
        if "--link" not in options and "--tcp" not in options:
            options += ["--link", str(folder / f"{name}.ups")]
        super().__init__(folder, name, [programs.simulator, *options, "--control", self.control_path,
                                        "--log", self.bytes_path])
        line = until(f"{name} is ready", lambda: "ready " in self.out() and self.out())
        words = dict(word.split("=", 1) for word in line.split()[1:])
        self.links = words.get("link", "").split(",")
        self.addresses = ["tcp://" + tcp for tcp in words.get("tcp", "").split(",")]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(self.control_path))
        self.lines = self.socket.makefile("rw")
        self.lock = threading.Lock()

    def ask_raw(self, command, unit=None):
        with self.lock:
            self.lines.write((f"@{unit} " if unit is not None else "") + command + "\n")
            self.lines.flush()
            reply = self.lines.readline().strip()
        if not reply or reply.startswith("error"):
            raise Failure(f"{command}: {reply}")
        return reply

    def ask(self, command, unit=None):
        reply = self.ask_raw(command, unit)
        return json.loads(reply) if reply[0] in "[{" else reply

    def state(self, unit=None):
        return self.ask("state", unit)

    def stop(self, number=signal.SIGTERM, within=None):
        self.socket.close()
        return super().stop(number, within)


class Answer:
    """What came back over HTTP; header names in lower case."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()
        self.text = self.body.decode("utf-8", "replace")


class Exporter(Program):
    """The exporter at work. `ups`: names to addresses."""

    def __init__(self, folder, name, ups, flags=(), env=None, wrapper=(), listen=True):
        command = [*wrapper, programs.exporter]
        if listen:
            command += ["--web.listen-address", "127.0.0.1:0"]
        for ups_name, address in (ups or {}).items():
            command += ["--ups", f"{ups_name}={address}"]
        if not any(str(flag).startswith("--snmp.agentx-address") for flag in flags):
            command += ["--snmp.agentx-address", "off"]  # not the system's
        super().__init__(folder, name, [*command, *flags], env)
        pattern = r'(?:msg="listening"|"msg":"listening").*?address"?[=:]"?([^ ",]*:(\d+))'

        def listening():
            if not self.running():
                raise Failure(f"{name} ended with {self.child.returncode}: {self.log()}")
            return re.search(pattern, self.log())

        self.port = int(until(f"{name} listens", listening)[2])
        self.connection = None

    def get(self, path="/metrics", method="GET", headers=None):
        """An answer, over a connection that is kept."""
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            try:
                self.connection.request(method, path, headers=headers or {})
                return Answer(self.connection.getresponse())
            except (http.client.HTTPException, OSError):
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise

    def scrape(self):
        answer = self.get()
        if answer.status != 200:
            raise Failure(f"/metrics answered {answer.status}")
        return exposition.read_text(answer.text)

    def samples(self, ups):
        """The series of one UPS, without its label."""
        found = {}
        for (name, labels), value in self.scrape().samples.items():
            if ("ups", ups) in labels:
                found[name, tuple(pair for pair in labels if pair[0] != "ups")] = value
        return found

    def value(self, name, **labels):
        """One value, or None."""
        return self.scrape().samples.get((name, tuple(sorted(labels.items()))))

    def log_lines(self):
        return [logfmt(line) for line in self.log().splitlines()]

    def stop(self, number=signal.SIGTERM, within=None):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        return super().stop(number, within)


LOGFMT = re.compile(r'([a-z_]+)=("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}))*"|[^\s"=]+)')


def logfmt(line):
    """One line of the log as a dict; a ValueError unless all of it is logfmt."""
    fields = {}
    at = 0
    while at < len(line):
        match = LOGFMT.match(line, at)
        if match is None or match[1] in fields:
            raise ValueError(f"no logfmt at {at}: {line!r}")
        value = match[2]
        if value.startswith('"'):
            value = re.sub(r'\\(["\\])', r"\1", value[1:-1])
        fields[match[1]] = value
        at = match.end()
        if at < len(line):
            if line[at] != " ":
                raise ValueError(f"no blank at {at}: {line!r}")
            at += 1
    if not {"ts", "level", "msg"} <= fields.keys():
        raise ValueError(f"ts, level or msg is missing: {line!r}")
    return fields


def until(what, condition, within=None):
    """The first true result of condition(); a Failure that says `what` after `within` seconds."""
    within = PATIENCE if within is None else within + SLACK
    end = time.monotonic() + within
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise Failure(f"not within {within:g} s: {what}")
        time.sleep(0.02)


class Stand:
    def __init__(self):
        self.programs = []
        self.cleanup = contextlib.ExitStack()

    def __enter__(self):
        self.folder = pathlib.Path(self.cleanup.enter_context(tempfile.TemporaryDirectory(prefix="e2e")))
        return self

    def __exit__(self, kind, value, trace):
        for program in reversed(self.programs):
            try:
                program.stop(signal.SIGTERM)
            except (Failure, OSError) as trouble:
                print(trouble, file=sys.stderr)
        if kind is not None and kind is not unittest.SkipTest:
            for program in self.programs:
                log = program.log()
                print(f"--- {program.name} ended with {program.child.returncode}; the end of its log:\n"
                      f"{log[-6000:]}", file=sys.stderr)
            keep = os.environ.get("UPSLINK_TEST_KEEP")
            if keep:
                import shutil
                shutil.copytree(self.folder, keep, dirs_exist_ok=True, symlinks=True,
                                ignore=shutil.ignore_patterns("*.control"))
        self.cleanup.close()

    def started(self, program):
        """Takes care of a program: its end, and its log if something fails."""
        self.programs.append(program)
        return program

    def _name(self, kind):
        return f"{kind}{sum(p.name.startswith(kind) for p in self.programs) + 1}"

    def simulator(self, *options, **more):
        return self.started(Simulator(self.folder, self._name("simulator"), options, **more))

    def exporter(self, ups=None, *flags, **more):
        return self.started(Exporter(self.folder, self._name("exporter"), ups, flags, **more))

    def program(self, name, command, env=None):
        return self.started(Program(self.folder, self._name(name), command, env))

    @staticmethod
    def wait(what, condition, within=None):
        return until(what, condition, within)


def run_exporter(*arguments, env=None, within=None, cwd=None, wrapper=()):
    """Runs it to its end: (exit status, stdout, stderr, seconds)."""
    began = time.monotonic()
    done = subprocess.run([*wrapper, programs.exporter, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, env=clean_environment() if env is None else env, cwd=cwd,
                          timeout=PATIENCE + 60, check=False)
    took = time.monotonic() - began
    if within is not None and took > within + SLACK:
        raise Failure(f"{arguments} took {took:.2f} s")
    return (done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), took)
