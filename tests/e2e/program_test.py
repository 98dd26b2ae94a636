#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program as its operator meets it: mistakes, what is not there yet, how it ends, what it logs.

    program_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import stand

NOWHERE = "/nowhere/tty"  # an address that is well formed and leads to nothing
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def refused_port():
    """A TCP port that nobody listens on: one that was just given back."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Listener:
    """Listens, and does with a connection what `serve` does; none: its backlog is full."""

    def __init__(self, full=False):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(0 if full else 8)
        self.port = self.socket.getsockname()[1]
        self.others = []
        for _ in range(4 if full else 0):  # Linux takes one more than the backlog says
            other = socket.socket()
            other.setblocking(False)
            other.connect_ex(("127.0.0.1", self.port))
            self.others.append(other)

    def close(self):
        for each in [self.socket, *self.others]:
            each.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Talker(Listener):
    """Says the same to all, or back what it hears."""

    def __init__(self, says=None):
        super().__init__()
        self.says = says
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                with connection, contextlib.suppress(OSError):
                    while heard := connection.recv(100):
                        connection.sendall(heard if self.says is None else self.says)


class MistakesTest(unittest.TestCase):
    """What is wrong in itself: one line, exit status 2, at once. 1 is for what the machine does not let it do."""

    def check(self, arguments, *words, env=None, cwd=None, expected=2):
        with self.subTest(arguments=arguments):
            status, out, err, _ = stand.run_exporter(*arguments, env=env, within=5, cwd=cwd)
            self.assertEqual((status, out), (expected, ""), err)
            self.assertEqual(err.count("\n"), 1, err)
            self.assertTrue(err.startswith("upslink_exporter: "), err)
            for word in words:
                self.assertIn(word, err)

    def test_arguments(self):
        self.check([], "no UPS")
        self.check(["--nonsense"], "--nonsense")
        self.check(["--webb.listen-address", ":0"], "did you mean --web.listen-address?")
        self.check(["nonsense"], "nonsense")
        self.check(["probe"], "address of one UPS")
        self.check(["probe", "/dev/null", "--format", "xml"], "xml")
        self.check(["--ups", f"a={NOWHERE}", "--ups", f"a={NOWHERE}2"], "two UPSes are named a")
        self.check(["--ups", f"a={NOWHERE}", "--ups", f"b={NOWHERE}"], NOWHERE)
        self.check(["--ups", f"a b={NOWHERE}"], "a b")
        self.check(["--ups", f"={NOWHERE}"])
        self.check(["--ups", f"{'x' * 33}={NOWHERE}"])
        self.check(["--ups", NOWHERE], "NAME=ADDRESS")
        self.check(["--ups", "a=nowhere"], "nowhere")
        for tcp in ("tcp://", "tcp://host", "tcp://host:", "tcp://host:0", "tcp://host:65536", "tcp://:1",
                    "tcp://host:port", "udp://host:1"):
            self.check(["--ups", f"a={tcp}"], tcp)
        self.check(["--ups", f"a={NOWHERE}", "--log.level", "loud"], "loud")
        self.check(["--ups", f"a={NOWHERE}", "--log.format", "xml"], "xml")
        self.check(["--ups", f"a={NOWHERE}", "--web.telemetry-path", "/-/ready"], "/-/ready")
        self.check(["--ups", f"a={NOWHERE}", "--web.listen-address", "nonsense"], "nonsense")

    def test_environment(self):
        self.check([], "UPSLINK_LOG_LEVEL", env=stand.clean_environment(
            UPSLINK_UPS=f"a={NOWHERE}", UPSLINK_LOG_LEVEL="loud"))
        self.check([], env=stand.clean_environment(UPSLINK_UPS="a"))

    def test_addresses_that_are_no_device(self):
        with tempfile.TemporaryDirectory(prefix="e2e") as folder:
            regular = pathlib.Path(folder, "file")
            regular.write_text("")
            self.check(["--ups", f"a={regular}"], str(regular))
            self.check(["--ups", f"a={folder}"], folder)
            self.check(["probe", regular], str(regular))
            self.check(["probe", folder], folder)

    def test_file(self):
        ups = f"ups:\n  - name: a\n    address: {NOWHERE}\n"
        cases = [
            ("ups: [", "config.yaml:1:"),
            ("ups:\n  - name: a\n   address: b\n", "config.yaml:3:"),
            (ups + "web:\n  listen_adresses: [':0']\n", "config.yaml:5:3: ", "did you mean listen_addresses?"),
            (ups + "nonsense: 1\n", "config.yaml:4:1: ", "nonsense"),
            (ups + "    colour: blue\n", "config.yaml:4:5: ", "colour"),
            (ups + "    cadence: {fast: 5}\n", "config.yaml:4:21: ", '"5"'),
            (ups + "    cadence: {fast: 1ms}\n", "config.yaml:4:21: "),
            (ups + "    battery_date_order: ydm\n", "config.yaml:4:25: ", "ydm"),
            (ups + f"  - name: a\n    address: {NOWHERE}2\n", "config.yaml:4:", "a"),
            (ups + f"  - name: b\n    address: {NOWHERE}\n", "a and b are on the same line", NOWHERE),
            ("ups:\n  - name: a/b\n    address: /x\n", "config.yaml:2:11: ", "a/b"),
            ("ups:\n  - name: a\n", "config.yaml:2:", "address"),
            ("ups:\n  - address: /nowhere/x\n", "config.yaml:2:", "name"),
            ("log: {level: info}\n", "no UPS"),
            (ups + "log: {level: loud}\n", "config.yaml:4:14: ", "loud"),
            (ups + "ups: []\n", "config.yaml:4:1: ", "ups"),
        ]
        with tempfile.TemporaryDirectory(prefix="e2e") as folder:
            for text, *words in cases:
                with self.subTest(text=text):
                    pathlib.Path(folder, "config.yaml").write_text(text)
                    self.check(["--config.file", "config.yaml"], *words, cwd=folder)
            self.check(["--config.file", "missing.yaml"], "missing.yaml", cwd=folder)
            self.check(["--config.file", "."], cwd=folder)

    def test_taken_port(self):
        with Listener() as taken:
            address = f"127.0.0.1:{taken.port}"
            self.check(["--ups", f"a={NOWHERE}", "--web.listen-address", address], address, expected=1)


class NotThereTest(unittest.TestCase):
    """What may be right later: the program runs, says so once, and takes it when it comes."""

    def check(self, s, ups, *words, put_right=None, wrapper=(), good=None):
        """`ups`: addresses by name; "bad" is the one that is not there."""
        exporter = s.exporter(ups, wrapper=wrapper)

        def warnings():
            return [line for line in exporter.log_lines()
                    if line["level"] == "warn" and line.get("ups") == "bad"]

        s.wait("it is said", warnings)
        for name in ups:
            if name != "bad":
                s.wait(f"{name} is up", lambda name=name: exporter.value("upslink_up", ups=name) == 1)
                s.wait(f"{name} has a load",
                       lambda name=name: exporter.value("upslink_load_ratio", ups=name) is not None)
        self.assertEqual(exporter.value("upslink_up", ups="bad"), 0)
        s.wait("it was tried again", lambda: exporter.value(
            "upslink_request_failures_total", ups="bad", reason="link") >= (1 if "not there" in words[0] else 2))
        self.assertEqual(len(warnings()), 1, exporter.log())
        for word in words:
            self.assertIn(word, warnings()[0]["msg"])
        if put_right is not None:
            put_right()
            s.wait("it is up when put right", lambda: exporter.value("upslink_up", ups="bad") == 1, 40)
            self.assertEqual(len(warnings()), 1, exporter.log())
        self.assertEqual(exporter.stop(within=1), 0)

    def probe(self, address, *words, wrapper=()):
        """`probe` in the same case."""
        status, out, err, _ = stand.run_exporter("probe", address, wrapper=wrapper)
        self.assertEqual((status, out), (1, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith("upslink_exporter: "), err)
        for word in words:
            self.assertIn(word, err)

    def test_missing_path(self):
        with stand.Stand() as s:
            sim = s.simulator()
            path = s.folder / "later"
            self.probe(path, f"{path} is not there", "plug the adapter in or correct the address")
            self.check(s, {"bad": path, "good": sim.links[0]}, f"{path} is not there", "plug the adapter in",
                       put_right=lambda: s.simulator("--link", path))

    def test_busy_device(self):
        with stand.Stand() as s:
            sim, other = s.simulator(), s.simulator()
            holder = s.exporter({"mine": sim.links[0]})
            s.wait("the first has it", lambda: holder.value("upslink_up", ups="mine") == 1)
            who = f"upslink_exporte (pid {holder.child.pid})"
            self.probe(sim.links[0], f"{sim.links[0]} is in use by {who}", "stop it")
            self.check(s, {"bad": sim.links[0], "good": other.links[0]}, f"in use by {who}", "stop it",
                       put_right=holder.stop)

    def test_refused_connection(self):
        with stand.Stand() as s:
            sim = s.simulator()
            address = f"tcp://127.0.0.1:{refused_port()}"
            self.probe(address, f"{address} refuses the connection", "start the terminal server")
            self.check(s, {"bad": address, "good": sim.links[0]}, f"{address} refuses the connection",
                       "correct the port",
                       put_right=lambda: s.simulator("--tcp", address.removeprefix("tcp://")))

    @unittest.skipUnless(os.geteuid() == 0, "needs to be root to become nobody")
    def test_no_permission(self):
        with stand.Stand() as s:
            sim, other = s.simulator(), s.simulator()
            s.folder.chmod(0o755)
            for each, mode in ((sim, 0o600), (other, 0o666)):
                os.chmod(os.path.realpath(each.links[0]), mode)
            copy = s.folder / "exporter"  # where nobody can reach it
            copy.write_bytes(pathlib.Path(stand.programs.exporter).read_bytes())
            copy.chmod(0o755)
            before = stand.programs.exporter
            stand.programs.exporter = copy
            try:
                self.probe(sim.links[0], f"no permission to open {sim.links[0]}", wrapper=NOBODY)
                self.check(s, {"bad": sim.links[0], "good": other.links[0]}, "no permission to open",
                           put_right=lambda: os.chmod(os.path.realpath(sim.links[0]), 0o666), wrapper=NOBODY)
            finally:
                stand.programs.exporter = before

    def test_host_without_address(self):
        self.probe("tcp://no-such-host.invalid:4001", "cannot find the host", "check the name")

    def test_probe_says_what_it_looks_like(self):
        with stand.Stand() as s:
            sim = s.simulator("--count", 1)
            sim.ask("fault silence")
            probes = {sim.links[0]: ("heard nothing", "cable", "940-0024")}
            with Talker() as echo, Talker(bytes([0xf7, 0xfd, 0x00, 0x92, 0x8a, 0xff, 0x06, 0x81])) as binary, \
                    Talker(b"\r\nserver login: ") as login:
                probes[f"tcp://127.0.0.1:{echo.port}"] = ("echoes", "wiring")
                probes[f"tcp://127.0.0.1:{binary.port}"] = ("binary noise (f7 fd 00", "Microlink", "AP9620")
                probes[f"tcp://127.0.0.1:{login.port}"] = ("server login:", "another device")
                threads = [threading.Thread(target=self.keep, args=(address, words))
                           for address, words in probes.items()]
                self.troubles = []
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                self.assertEqual(self.troubles, [])

    def keep(self, address, words):
        try:
            self.probe(address, *words)
        except AssertionError as trouble:
            self.troubles.append(f"{address}: {trouble}")


class EndTest(unittest.TestCase):
    """SIGTERM and SIGINT end it with status 0 within a second, whatever it does."""

    def ends(self, begin):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name), stand.Stand() as s:
                exporter = begin(s)
                self.assertEqual(exporter.stop(number, within=1), 0)
                self.assertEqual([line["level"] for line in exporter.log_lines() if line["level"] == "error"], [])

    def test_busy_reading(self):
        def begin(s):
            exporter = s.exporter({"a": s.simulator().links[0]})
            s.wait("it reads", lambda: exporter.value("upslink_load_ratio", ups="a") is not None)
            return exporter

        self.ends(begin)

    def test_right_after_the_start(self):
        self.ends(lambda s: s.exporter({"a": s.simulator().links[0]}))

    def test_silent_ups(self):
        def begin(s):
            sim = s.simulator()
            sim.ask("fault silence")
            exporter = s.exporter({"a": sim.links[0]})
            s.wait("it asks", lambda: sim.ask("stats")["received"] > 0)
            return exporter

        self.ends(begin)

    def test_waiting_for_a_device(self):
        self.ends(lambda s: s.exporter({"a": s.folder / "later"}))

    def test_refused_and_waiting(self):
        self.ends(lambda s: s.exporter({"a": f"tcp://127.0.0.1:{refused_port()}"}))

    def test_connecting(self):
        with Listener(full=True) as full:
            def begin(s):
                exporter = s.exporter({"a": f"tcp://127.0.0.1:{full.port}"})
                wanted = f":{full.port:04X} 02 "  # SYN_SENT to it
                s.wait("it connects", lambda: wanted in pathlib.Path(
                    f"/proc/{exporter.child.pid}/net/tcp").read_text())
                return exporter

            self.ends(begin)

    def test_open_http_connections(self):
        with contextlib.ExitStack() as open_ones:
            def begin(s):
                exporter = s.exporter({"a": s.simulator().links[0]})
                for request in (b"", b"GET /metrics HT", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"):
                    client = socket.create_connection(("127.0.0.1", exporter.port))
                    open_ones.enter_context(client)
                    client.sendall(request)
                client.settimeout(stand.PATIENCE)
                self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 200 "))
                return exporter

            self.ends(begin)

    def test_endless_noise(self):
        def begin(s):
            sim = s.simulator()
            sim.ask("fault endless")
            exporter = s.exporter({"a": sim.links[0]})
            s.wait("it hears", lambda: exporter.value("upslink_link_bytes_total", ups="a", direction="received"))
            return exporter

        self.ends(begin)


class SettingsTest(unittest.TestCase):
    """A flag goes before the environment, that before the file, that before the default."""

    def test_precedence(self):
        with stand.Stand() as s:
            config = s.folder / "config.yaml"
            config.write_text(f"ups:\n  - {{name: a, address: {s.folder}/file, nominal_power_watts: 100}}\n"
                              f"  - {{name: b, address: {s.folder}/b}}\n"
                              "web: {telemetry_path: /file}\nlog: {format: json, level: warn}\n")
            file = ["--config.file", config]

            def running(*flags, **env):
                return s.exporter({}, *flags, env=stand.clean_environment(**env))

            def served(exporter, *paths):
                return [path for path in paths if exporter.get(path).status == 200]

            paths = ["/metrics", "/file", "/env", "/flag"]
            quiet = ["--log.level", "info"]  # the stand reads the port from the log
            self.assertEqual(served(running(*file, *quiet), *paths), ["/file"])
            env = {"UPSLINK_WEB_TELEMETRY_PATH": "/env", "UPSLINK_CONFIG_FILE": str(config)}
            self.assertEqual(served(running(*quiet, **env), *paths), ["/env"])
            last = running(*quiet, "--web.telemetry-path", "/flag", "--ups", f"a={s.folder}/flag",
                           UPSLINK_UPS=f"c={s.folder}/env", **env)
            self.assertEqual(served(last, *paths), ["/flag"])
            self.assertEqual(served(running("--ups", f"a={s.folder}/x", UPSLINK_WEB_TELEMETRY_PATH=""), *paths),
                             ["/metrics"])
            s.wait("both are said", lambda: f"{s.folder}/flag is not there" in last.log()
                   and f"{s.folder}/b is not there" in last.log())
            self.assertNotIn(f"{s.folder}/env", last.log())
            self.assertNotIn(f"{s.folder}/file", last.log())
            level = running(UPSLINK_LOG_LEVEL="info", UPSLINK_LOG_FORMAT="logfmt", **env)
            self.assertTrue(level.log_lines())

    def test_unknown_variable_is_said(self):
        with stand.Stand() as s:
            exporter = s.exporter({"a": s.folder / "x"}, env=stand.clean_environment(UPSLINK_LOG_LEVLE="debug"))
            warnings = [line["msg"] for line in exporter.log_lines() if line["level"] == "warn"]
            self.assertIn("UPSLINK_LOG_LEVLE", warnings[0])

    def test_nominal_power_from_the_file(self):
        with stand.Stand() as s:
            sim = s.simulator()
            config = s.folder / "config.yaml"
            config.write_text(f"ups:\n  - {{name: a, address: {sim.links[0]}, nominal_power_watts: 1000}}\n")
            exporter = s.exporter({}, "--config.file", config)
            load = s.wait("the power", lambda: exporter.value("upslink_output_power_watts", ups="a"))
            self.assertAlmostEqual(load, 1000 * sim.state()["quantities"]["load_ratio"], delta=20)


class LogTest(unittest.TestCase):
    """Every line is logfmt, or JSON, whatever a UPS says of itself."""

    def events(self, form):
        with stand.Stand() as s:
            sim = s.simulator()
            sim.ask(r'set ^A "SMART \"UPS\" \\ 700 = \xe4\x01x"')
            sim.ask(r'set n "a b=c \"d"')
            exporter = s.exporter({"a": sim.links[0], "b": s.folder / 'odd "name" \\ = \xe4'},
                                  "--log.level", "debug", "--log.format", form)
            s.wait("it says who it is", lambda: "this is the UPS" in exporter.log())
            sim.ask("unplug")
            s.wait("it is lost", lambda: "is lost" in exporter.log())
            sim.ask("replug")
            s.wait("it is back", lambda: exporter.value("upslink_up", ups="a") == 1)
            sim.ask("fault silence")
            s.wait("it is silent", lambda: "does not answer" in exporter.log())
            self.assertEqual(exporter.stop(), 0)
            self.assertTrue(exporter.log().endswith("\n"))
            exporter.log_path.read_bytes().decode("utf-8")  # raises unless it is UTF-8
            return exporter.log()

    def check(self, lines):
        self.assertEqual([line["msg"] for line in lines if line["level"] == "error"], [])
        for line in lines:
            self.assertRegex(line["ts"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(line["level"], ("debug", "info", "warn", "error"))
            self.assertTrue(line["msg"])
        who = [line for line in lines if line["msg"] == "this is the UPS"][0]
        self.assertEqual(who["ups"], "a")
        self.assertEqual(who["serial_number"], 'a b=c "d')
        self.assertIn('SMART "UPS"', who["model"])
        self.assertTrue([line for line in lines if 'odd "name"' in line["msg"]])

    def test_logfmt(self):
        self.check([stand.logfmt(line) for line in self.events("logfmt").splitlines()])

    def test_json(self):
        self.check([json.loads(line) for line in self.events("json").splitlines()])

    def test_nobody_reads_it(self):
        """A full pipe costs lines, never readings."""
        with stand.Stand() as s:
            sim = s.simulator()
            read, write = os.pipe()
            os.set_blocking(write, False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(write, b"x" * 4096)
            os.set_blocking(write, True)
            port = refused_port()
            child = subprocess.Popen(
                [stand.programs.exporter, "--ups", f"a={sim.links[0]}", "--web.listen-address",
                 f"127.0.0.1:{port}"], stderr=write, env=stand.clean_environment())
            try:
                s.wait("it reads all the same", lambda: sim.ask("stats")["replies"] > 20)
                began = time.monotonic()
                child.terminate()
                self.assertEqual(child.wait(stand.PATIENCE), 0)
                self.assertLess(time.monotonic() - began, 1 + stand.SLACK)
            finally:
                if child.poll() is None:
                    child.kill()
                    child.wait()
                os.close(read)
                os.close(write)


if __name__ == "__main__":
    stand.main()
