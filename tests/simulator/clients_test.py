#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's own readers of these UPSes against the simulator.

NUT's apcsmart (with upsd and upsc) and apcupsd (with apcaccess) must detect simulated units on a pty,
read what the simulator says is true, and notice a line failure and its end. Everything runs in a
temporary folder with configurations of its own: no service is started, nothing is shut down (apcupsd
gets an apccontrol that does nothing), and only processes started here are ended.

The programs are looked for in / and in $UPSLINK_CLIENTS_ROOT (default build/clients), where
unpack_clients.sh puts them: as packages, Debian lets only one of the two be installed.
UPSLINK_CLIENTS=skip skips the test.
"""

import argparse
import concurrent.futures
import getpass
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

PROFILES = ["su700", "su1400rm", "matrix", "g2", "rt"]
SKIPPED = 77
PATIENCE = 60  # seconds until a client must have got it right
BUILD = pathlib.Path(__file__).resolve().parents[2] / "build"
ROOTS = ["/", os.environ.get("UPSLINK_CLIENTS_ROOT", str(BUILD / "clients"))]


class Failure(Exception):
    pass


def find_program(*places):
    for root in ROOTS:
        for place in places:
            path = pathlib.Path(root) / place
            if os.access(path, os.X_OK):
                return str(path)
    raise Failure(
        f"{places[0]} is not there. Install it (NUT: nut-server; apcupsd: apcupsd), or unpack both with "
        "tests/simulator/unpack_clients.sh, or set UPSLINK_CLIENTS=skip."
    )


def environment(**more):
    libraries = [f"{ROOTS[1]}/{folder}/x86_64-linux-gnu" for folder in ("lib", "usr/lib")]
    merged = dict(os.environ, **more)
    merged["LD_LIBRARY_PATH"] = ":".join(libraries + [merged.get("LD_LIBRARY_PATH", "")])
    return merged


def free_address(number):
    """A loopback address that only this run uses, and a port that the kernel chose on it."""
    host = f"127.{os.getpid() >> 8 & 0xff}.{os.getpid() & 0xff}.{number + 2}"
    with socket.socket() as probe:
        probe.bind((host, 0))
        return host, probe.getsockname()[1]


def wait_for(what, check):
    """The first true result of check(); a Failure that says `what` and the last result otherwise."""
    end = time.monotonic() + PATIENCE
    while True:
        good, seen = check()
        if good:
            return seen
        if time.monotonic() > end:
            raise Failure(f"{what} did not come; last seen: {seen}")
        time.sleep(0.1)


class Processes:
    """Children, ended in reverse order by their own id."""

    def __init__(self, folder):
        self.folder = folder
        self.children = []

    def start(self, name, command, env):
        log = open(self.folder / f"{name}.log", "wb")
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, cwd=self.folder
        )
        self.children.append(child)
        return child

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


class Simulator:
    def __init__(self, program, profile, folder, processes):
        self.link = folder / "ups"
        control = folder / "control"
        child = subprocess.Popen(
            [program, "--profile", profile, "--link", self.link, "--control", control],
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.children.append(child)
        if not child.stdout.readline().startswith("ready "):
            raise Failure("the simulator did not get ready")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(control))
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


# How each client shows an answer: its name for it, and the answer in its own form.
def same_text(answer):
    return answer.strip()


def number(answer):
    return float(answer)


def minutes(answer):
    return float(answer.rstrip(":"))


NUT = {
    "L": ("input.voltage", number),
    "O": ("output.voltage", number),
    "F": ("input.frequency", number),
    "B": ("battery.voltage", number),
    "f": ("battery.charge", number),
    "P": ("ups.load", number),
    "C": ("ups.temperature", number),
    "j": ("battery.runtime", lambda answer: minutes(answer) * 60),
    "u": ("input.transfer.high", number),
    "l": ("input.transfer.low", number),
    "o": ("output.voltage.nominal", number),
    "g": ("battery.voltage.nominal", number),
    "s": ("input.sensitivity", same_text),
    "n": ("ups.serial", same_text),
    "m": ("ups.mfr.date", same_text),
    "x": ("battery.date", same_text),
    "c": ("ups.id", same_text),
    "b": ("ups.firmware", same_text),
    "^A": ("ups.model", same_text),
}

APCUPSD = {
    "L": ("LINEV", number),
    "O": ("OUTPUTV", number),
    "F": ("LINEFREQ", number),
    "B": ("BATTV", number),
    "f": ("BCHARGE", number),
    "P": ("LOADPCT", number),
    "C": ("ITEMP", number),
    "j": ("TIMELEFT", minutes),
    "u": ("HITRANS", number),
    "l": ("LOTRANS", number),
    "o": ("NOMOUTV", number),
    "g": ("NOMBATTV", number),
    "n": ("SERIALNO", same_text),
    "m": ("MANDATE", same_text),
    "x": ("BATTDATE", same_text),
    "c": ("UPSNAME", same_text),
    "^A": ("MODEL", same_text),
}


def differences(shown, answers, table, rounding):
    """What the client shows wrongly or not at all."""
    wrong = []
    for command, (name, read) in table.items():
        if command not in answers:
            continue
        expected = read(answers[command])
        seen = shown.get(name)
        if isinstance(expected, float):
            # apcupsd appends units ("229.5 Volts").
            good = seen is not None and abs(float(seen.split()[0]) - expected) <= rounding
        else:
            good = seen is not None and seen.strip() == expected
        if not good:
            wrong.append(f"{name} is {seen}, {command} answered {answers[command]!r}")
    return wrong


class NutClient:
    table = NUT
    rounding = 1e-9
    on_line, on_battery = "OL", "OB"

    def __init__(self, folder, link, address, processes):
        host, port = address
        self.ups = f"sim@{host}:{port}"
        user = getpass.getuser()
        self.env = environment(
            NUT_CONFPATH=str(folder), NUT_STATEPATH=str(folder), NUT_ALTPIDPATH=str(folder)
        )
        (folder / "ups.conf").write_text(f"[sim]\ndriver = apcsmart\nport = {link}\npollinterval = 1\n")
        (folder / "upsd.conf").write_text(f"LISTEN {host} {port}\nSTATEPATH {folder}\n")
        (folder / "upsd.users").write_text("")
        for name in ("ups.conf", "upsd.conf", "upsd.users"):
            (folder / name).chmod(0o600)
        self.upsc = find_program("bin/upsc", "usr/bin/upsc")
        processes.start(
            "apcsmart", [find_program("lib/nut/apcsmart"), "-D", "-a", "sim", "-u", user], self.env
        )
        wait_for("the driver's socket", lambda: ((folder / "apcsmart-sim").exists(), "nothing"))
        processes.start(
            "upsd", [find_program("lib/nut/upsd"), "-F", "-u", user], self.env
        )

    def read(self):
        done = subprocess.run(
            [self.upsc, self.ups], env=self.env, capture_output=True, text=True
        )
        lines = [line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line]
        return dict(lines)

    def status(self):
        return self.read().get("ups.status", "").split()


class ApcupsdClient:
    table = APCUPSD
    rounding = 0.0501  # it shows one decimal
    on_line, on_battery = "ONLINE", "ONBATT"

    def __init__(self, folder, link, address, processes):
        host, port = address
        self.server = f"{host}:{port}"
        self.env = environment()
        self.apcaccess = find_program("sbin/apcaccess", "usr/sbin/apcaccess")
        control = folder / "apccontrol"
        control.write_text("#!/bin/sh\nexit 0\n")
        control.chmod(0o755)
        config = folder / "apcupsd.conf"
        config.write_text(
            "## apcupsd.conf v1.1 ##\n"
            "UPSCABLE smart\nUPSTYPE apcsmart\n"
            f"DEVICE {link}\nLOCKFILE {folder}\nSCRIPTDIR {folder}\n"
            f"PWRFAILDIR {folder}\nNOLOGINDIR {folder}\nNOLOGON disable\n"
            "POLLTIME 1\nONBATTERYDELAY 0\nBATTERYLEVEL -1\nMINUTES -1\nTIMEOUT 0\n"
            "ANNOY 0\nKILLDELAY 0\nUPSCLASS standalone\nUPSMODE disable\n"
            f"NETSERVER on\nNISIP {host}\nNISPORT {port}\n"
            f"STATTIME 0\nSTATFILE {folder}/status\nEVENTSFILE {folder}/events\nLOGSTATS off\n"
        )
        processes.start(
            "apcupsd",
            [
                find_program("sbin/apcupsd", "usr/sbin/apcupsd"),
                *("-b", "-f", str(config), "-P", str(folder / "pid")),
            ],
            self.env,
        )

    def read(self):
        done = subprocess.run(
            [self.apcaccess, "-h", self.server],
            env=self.env,
            capture_output=True,
            text=True,
        )
        lines = [line.split(":", 1) for line in done.stdout.splitlines() if ":" in line]
        return {key.strip(): value.strip() for key, value in lines}

    def status(self):
        return self.read().get("STATUS", "").split()


CLIENTS = {"nut": NutClient, "apcupsd": ApcupsdClient}


def check_values(client, simulator):
    def check():
        shown = client.read()
        answers = simulator.answers()
        wrong = differences(shown, answers, client.table, client.rounding)
        return shown and not wrong, "; ".join(wrong) if shown else "nothing"

    wait_for("right values", check)
    # Both clients read M and N, so these restart; the changing ones follow.
    simulator.ask("quantity load 42.5")
    simulator.ask("line voltage 233.0")
    simulator.ask("charge 87")
    wait_for("changed values", check)


def check_line_failure(client, simulator):
    wait_for("on line", lambda: (client.on_line in (seen := client.status()), seen))
    simulator.ask("line fail")
    wait_for("on battery", lambda: (client.on_battery in (seen := client.status()), seen))
    simulator.ask("line restore")
    wait_for("on line again", lambda: (client.on_line in (seen := client.status()), seen))


def run(simulator_program, client_name, profile, number):
    with tempfile.TemporaryDirectory(prefix="ups-clients-") as name:
        folder = pathlib.Path(name)
        with Processes(folder) as processes:
            try:
                simulator = Simulator(simulator_program, profile, folder, processes)
                client = CLIENTS[client_name](
                    folder, simulator.link, free_address(number), processes
                )
                check_values(client, simulator)
                check_line_failure(client, simulator)
                return f"ok: {client_name} reads {profile}"
            except Failure as failure:
                ended = [str(child.args[0]) for child in processes.children if child.poll()]
                logs = f" (ended early: {', '.join(ended)})" if ended else ""
                logs += "".join(
                    f"\n--- {log.name}\n{log.read_text(errors='replace')[-3000:]}"
                    for log in sorted(folder.glob("*.log"))
                )
                raise Failure(f"{client_name} on {profile}: {failure}{logs}") from None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulator", required=True, help="the program ups-simulator")
    parser.add_argument("--client", required=True, choices=sorted(CLIENTS))
    parser.add_argument("--profile", action="append", help="instead of " + ", ".join(PROFILES))
    options = parser.parse_args()
    if os.environ.get("UPSLINK_CLIENTS") == "skip":
        print("skipped: UPSLINK_CLIENTS=skip")
        return SKIPPED
    profiles = options.profile or PROFILES
    failed = False
    with concurrent.futures.ThreadPoolExecutor(len(profiles)) as pool:
        runs = [
            pool.submit(run, options.simulator, options.client, each, number)
            for number, each in enumerate(profiles)
        ]
        for each in runs:
            try:
                print(each.result())
            except Failure as failure:
                failed = True
                print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
