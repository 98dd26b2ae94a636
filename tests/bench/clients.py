# SPDX-License-Identifier: Apache-2.0
"""The three that read UPSes, each as somebody asks it: this exporter, NUT and apcupsd. The latter are
found as tests/simulator/clients_test.py finds them. Values are asked over each one's own network
protocol, on connections that are kept open.

Each is made with the devices that it is to read, and has `began` (before the first exec, nanoseconds) and
`children`; of its first UPS `read()`, what it shows, `is_on(word)`, its status, and `differences(shown, answers)`,
what it shows wrongly or not at all; of all of them `up()`, how many it shows as on line."""

import contextlib
import functools
import getpass
import socket
import time
from subprocess import DEVNULL

from rig import Exporter, Failure, clients_test, now, series_of
from page_truth import Truth, same

QUIET = {"stdout": DEVNULL, "stderr": DEVNULL}
# Both peers send in small pieces and wait for each to be acknowledged, which a client's kernel may put off for
# 40 ms. That is no time of theirs.
AT_ONCE = (socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def connected(address):
    stream = socket.create_connection(address, timeout=10)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


class Ours:
    """upslink_exporter, with its own cadences."""

    on_battery, on_line = b'ups="u0",flag="on_battery"} 1\n', b'ups="u0",flag="on_battery"} 0\n'

    def __init__(self, program, stand, links):
        self.exporter = Exporter(stand, program, [(f"u{i}", link) for i, link in enumerate(links)])
        self.began, self.children = self.exporter.exec_ns, [self.exporter.child]
        self.scraper = self.exporter.scraper()
        self.truth = Truth("u0")

    def read(self):
        return series_of(self.scraper.get())

    def is_on(self, word):
        return word in self.scraper.get()

    def up(self):
        return self.scraper.get().count(b'flag="on_line"} 1\n')

    def differences(self, shown, answers):
        """Of what NUT shows as well: the same work."""
        found = []
        for command in clients_test.NUT.keys() & answers.keys():
            for name, value in self.truth.series(command, answers[command]).items():
                if name not in shown or not same(shown[name], value):
                    found.append(f"{name} is {shown.get(name)}, {command} answered {answers[command]!r}")
        info = self.truth.info_of(shown)
        for label, text in self.truth.info_labels(answers).items():
            if info.get(label) != text:
                found.append(f"info {label} is {info.get(label)}, it should be {text!r}")
        return found


class Peer:
    """What the two others have in common."""

    def differences(self, shown, answers):
        return clients_test.differences(shown, answers, self.table, self.rounding)


class Nut(Peer):
    """An apcsmart for each UPS, and one upsd."""

    table, rounding, on_battery, on_line = clients_test.NUT, 1e-9, "OB", "OL"

    def __init__(self, interval, stand, links):
        folder = stand.folder
        self.address = clients_test.free_address(150)
        self.count, self.stream = len(links), None
        user = getpass.getuser()
        folders = dict.fromkeys(("NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"), str(folder))
        options = {**QUIET, "env": clients_test.environment(**folders), "cwd": folder}
        files = {
            "ups.conf": "".join(f"[u{i}]\ndriver = apcsmart\nport = {link}\npollinterval = {interval}\n"
                                for i, link in enumerate(links)),
            "upsd.conf": f"LISTEN {self.address[0]} {self.address[1]}\nSTATEPATH {folder}\n",
            "upsd.users": "",
        }
        for name, text in files.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        driver = clients_test.find_program("lib/nut/apcsmart")
        self.began = now()
        self.children = [stand.start([driver, "-D", "-a", f"u{i}", "-u", user], **options) for i in range(len(links))]
        for i in range(len(links)):
            clients_test.wait_for("the driver's socket", lambda: ((folder / f"apcsmart-u{i}").exists(), "nothing"))
        server = clients_test.find_program("lib/nut/upsd")
        self.children.append(stand.start([server, "-F", "-u", user], **options))

    def _ask(self, question, last):
        """The lines of the answer, to the one that begins with `last`."""
        if self.stream is None:
            self.stream = connected(self.address)
        self.stream.sendall(question.encode() + b"\n")
        received = b""
        while True:
            self.stream.setsockopt(*AT_ONCE)
            more = self.stream.recv(65536)
            if not more:
                self.stream = None
                return []
            received += more
            if received.endswith(b"\n") and received[received.rfind(b"\n", 0, -1) + 1 :].startswith((last.encode(), b"ERR")):
                return received.decode(errors="replace").splitlines()

    def read(self):
        fields = (line.split(" ", 3) for line in self._ask("LIST VAR u0", "END") if line.startswith("VAR"))
        return {field[2]: field[3].strip('"') for field in fields}

    def _status(self, name):
        answer = self._ask(f"GET VAR {name} ups.status", "VAR")[-1:]
        return answer[0].rpartition('"')[0].split('"')[-1].split() if answer else []

    def is_on(self, word):
        return word in self._status("u0")

    def up(self):
        return sum(self.on_line in self._status(f"u{i}") for i in range(self.count))


class Apcupsd(Peer):
    """An apcupsd for each UPS."""

    table, rounding, on_battery, on_line = clients_test.APCUPSD, 0.0501, "ONBATT", "ONLINE"

    def __init__(self, interval, stand, links):
        program = clients_test.find_program("sbin/apcupsd", "usr/sbin/apcupsd")
        control = stand.folder / "apccontrol"
        control.write_text("#!/bin/sh\nexit 0\n")
        control.chmod(0o755)
        self.addresses, self.streams, commands = [], {}, []
        for i, link in enumerate(links):
            folder = stand.folder / f"apcupsd{i}"
            folder.mkdir()
            self.addresses.append(clients_test.free_address(i % 250))
            host, port = self.addresses[-1]
            config = folder / "apcupsd.conf"
            config.write_text(
                "## apcupsd.conf v1.1 ##\n"
                f"UPSCABLE smart\nUPSTYPE apcsmart\nDEVICE {link}\nLOCKFILE {folder}\nSCRIPTDIR {stand.folder}\n"
                f"PWRFAILDIR {folder}\nNOLOGINDIR {folder}\nNOLOGON disable\nPOLLTIME {interval}\n"
                "ONBATTERYDELAY 0\nBATTERYLEVEL -1\nMINUTES -1\nTIMEOUT 0\nANNOY 0\nKILLDELAY 0\n"
                f"UPSCLASS standalone\nUPSMODE disable\nNETSERVER on\nNISIP {host}\nNISPORT {port}\n"
                f"STATTIME 0\nSTATFILE {folder}/status\nEVENTSFILE {folder}/events\nLOGSTATS off\n"
            )
            commands.append([program, "-b", "-f", config, "-P", folder / "pid"])
        options = {**QUIET, "env": clients_test.environment(), "cwd": stand.folder}
        self.began = now()
        self.children = [stand.start(command, **options) for command in commands]

    def read(self, number=0):
        """Nothing when the server ends two connections in a row; it ends one now and then."""
        for _ in range(2):
            try:
                return self._ask(number)
            except OSError:
                if number in self.streams:
                    self.streams.pop(number).close()
        return {}

    def _ask(self, number):
        if number not in self.streams:
            self.streams[number] = connected(self.addresses[number])
        stream = self.streams[number]
        stream.sendall(b"\0\x06status")
        received = b""
        while not received.endswith(b"\n\0\0"):
            stream.setsockopt(*AT_ONCE)
            more = stream.recv(65536)
            if not more:
                raise ConnectionResetError
            received += more
        found = {}
        while len(received) > 2:
            length = int.from_bytes(received[:2], "big")
            key, _, value = received[2 : 2 + length].decode(errors="replace").partition(":")
            found[key.strip()] = value.strip()
            received = received[2 + length :]
        return found

    def is_on(self, word, number=0):
        return word in self.read(number).get("STATUS", "").split()

    def up(self):
        return sum(self.is_on(self.on_line, i) for i in range(len(self.addresses)))


def subjects(exporter):
    """{name: how to make one of it}; each is called with the stand and the devices."""
    return {
        "upslink_exporter": functools.partial(Ours, exporter),
        "NUT, pollinterval 2": functools.partial(Nut, 2),
        "NUT, pollinterval 1": functools.partial(Nut, 1),
        "apcupsd, POLLTIME 60": functools.partial(Apcupsd, 60),
        "apcupsd, POLLTIME 1": functools.partial(Apcupsd, 1),
    }


def wait_status(client, word, patience, pause=0.005):
    """When the client showed `word` in its status; None if not within `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(OSError, Failure):
            if client.is_on(word):
                return now()
        time.sleep(pause)
    return None
