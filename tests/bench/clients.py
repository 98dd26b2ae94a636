# SPDX-License-Identifier: Apache-2.0
"""The same questions to NUT and apcupsd, each on a simulated unit of its own. They are found and run
as tests/simulator/clients_test.py does it; values are asked over their own network protocols, on
connections that are kept open."""

import contextlib
import getpass
import random
import socket
import threading
import time
from subprocess import DEVNULL

import rig
from rig import MAIN, REGISTERS, Rig, Simulator, clients_test, median, now

PAUSE = 0.005  # between two questions for the status


class Nut:
    """apcsmart and upsd."""

    table, rounding, on_battery, on_line = clients_test.NUT, 1e-9, "OB", "OL"

    def __init__(self, stand, link, address, interval):
        folder, (host, port) = stand.folder, address
        user = getpass.getuser()
        folders = dict.fromkeys(("NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"), str(folder))
        env = clients_test.environment(**folders)
        files = {
            "ups.conf": f"[sim]\ndriver = apcsmart\nport = {link}\npollinterval = {interval}\n",
            "upsd.conf": f"LISTEN {host} {port}\nSTATEPATH {folder}\n",
            "upsd.users": "",
        }
        for name, text in files.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        driver = clients_test.find_program("lib/nut/apcsmart")
        self.began = now()
        quiet = {"stdout": DEVNULL, "stderr": DEVNULL, "env": env, "cwd": folder}
        self.children = [stand.start([driver, "-D", "-a", "sim", "-u", user], **quiet)]
        clients_test.wait_for("the driver's socket", lambda: ((folder / "apcsmart-sim").exists(), "nothing"))
        server = clients_test.find_program("lib/nut/upsd")
        self.children.append(stand.start([server, "-F", "-u", user], **quiet))
        self.address, self.lines = address, None

    def _ask(self, question, last):
        """The lines of the answer, to the one that begins with `last`."""
        if self.lines is None:
            connection = socket.create_connection(self.address, timeout=10)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.lines = connection.makefile("rw", errors="replace")
        self.lines.write(question + "\n")
        self.lines.flush()
        answer = []
        while True:
            line = self.lines.readline()
            if not line:
                self.lines = None
                return []
            answer.append(line.rstrip("\n"))
            if line.startswith((last, "ERR")):
                return answer

    def read(self):
        fields = (line.split(" ", 3) for line in self._ask("LIST VAR sim", "END") if line.startswith("VAR"))
        return {field[2]: field[3].strip('"') for field in fields}

    def status(self):
        return self._ask("GET VAR sim ups.status", "VAR")[-1:]

    def is_on(self, word):
        return any(word in line.rpartition('"')[0].split('"')[-1].split() for line in self.status())


class Apcupsd:
    table, rounding, on_battery, on_line = clients_test.APCUPSD, 0.0501, "ONBATT", "ONLINE"

    def __init__(self, stand, link, address, interval):
        folder, (host, port) = stand.folder, address
        control = folder / "apccontrol"
        control.write_text("#!/bin/sh\nexit 0\n")
        control.chmod(0o755)
        config = folder / "apcupsd.conf"
        config.write_text(
            "## apcupsd.conf v1.1 ##\n"
            f"UPSCABLE smart\nUPSTYPE apcsmart\nDEVICE {link}\nLOCKFILE {folder}\nSCRIPTDIR {folder}\n"
            f"PWRFAILDIR {folder}\nNOLOGINDIR {folder}\nNOLOGON disable\nPOLLTIME {interval}\n"
            "ONBATTERYDELAY 0\nBATTERYLEVEL -1\nMINUTES -1\nTIMEOUT 0\nANNOY 0\nKILLDELAY 0\n"
            f"UPSCLASS standalone\nUPSMODE disable\nNETSERVER on\nNISIP {host}\nNISPORT {port}\n"
            f"STATTIME 0\nSTATFILE {folder}/status\nEVENTSFILE {folder}/events\nLOGSTATS off\n"
        )
        program = clients_test.find_program("sbin/apcupsd", "usr/sbin/apcupsd")
        self.began = now()
        self.children = [
            stand.start(
                [program, "-b", "-f", config, "-P", folder / "pid"],
                stdout=DEVNULL,
                stderr=DEVNULL,
                env=clients_test.environment(),
                cwd=folder,
            )
        ]
        self.address, self.stream = address, None

    def read(self):
        """Nothing when the server ends the connection, as it does now and then."""
        try:
            if self.stream is None:
                connection = socket.create_connection(self.address, timeout=10)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.stream = connection
            self.stream.sendall(b"\0\x06status")
            received = b""
            while not received.endswith(b"\n\0\0"):
                # It sends in small pieces and waits for each to be acknowledged.
                self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                more = self.stream.recv(65536)
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
        except OSError:
            self.stream = None
            return {}

    def is_on(self, word):
        return word in self.read().get("STATUS", "").split()


def right_at(client, simulator, patience=60):
    """Seconds from the start to all values right, and what was shown wrong before."""
    wrong = set()
    end = client.began + patience * 10**9
    answers = simulator.answers()
    while now() < end:
        shown = {}
        with contextlib.suppress(OSError):
            shown = client.read()
        at = (now() - client.began) / 1e9
        bad = clients_test.differences(shown, answers, client.table, client.rounding) if shown else ["nothing"]
        if not bad:
            return at, wrong
        with contextlib.suppress(ValueError):
            wrong |= {
                line.split(" is ")[0] for line in bad if " is None," not in line and line != "nothing" and "is N/A" not in line
            }
        time.sleep(0.02)
    return None, wrong


def wait_status(client, word, patience):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if client.is_on(word):
            return now()
        time.sleep(PAUSE)
    return None


def trials(client, simulator, quiet, pauses, patience, restore):
    """Seconds from each line failure to the client's word for it; None where it did not come."""
    found = []
    for pause in pauses:
        time.sleep(pause)
        began = now()
        simulator.ask("line fail quiet" if quiet else "line fail")
        seen = wait_status(client, client.on_battery, patience)
        if not quiet:
            began = simulator.alert_sent("!")
        found.append((seen - began) / 1e9 if seen else None)
        for command in restore:
            simulator.ask(command)
        wait_status(client, client.on_line, patience)
    return found


def measured(bench, kind, interval, number):
    slow = interval > 10
    with Rig() as stand:
        simulator = Simulator(stand, bench.simulator)
        address = clients_test.free_address(150 + number)
        client = kind(stand, simulator.link, address, interval)
        start, wrong = right_at(client, simulator)
        result = {"start": start, "wrong": sorted(wrong)}
        time.sleep(3)
        window = (70 if slow else 60) if not bench.quick else (66 if slow else 12)
        since = now()
        cpu = [rig.cpu_ns(child.pid) for child in client.children]
        time.sleep(window)
        until = now()
        cpu = sum(rig.cpu_ns(child.pid) for child in client.children) - sum(cpu)
        result["cpu"] = cpu / (until - since) * 100
        result["rss"] = sum(rig.rss_mb(child.pid) for child in client.children)
        if slow:
            since = client.began  # so that there are two polls
        exchanges = [e for e in rig.read_log(simulator.log_path, since) if e.ended < until]
        polls = [p for p in bursts(exchanges) if len(p) >= 10]
        whole = polls[-1:] if slow else polls[1:-1] or polls
        result["ratio"] = median([rig.poll_ratio(p) for p in whole])
        result["commands"] = median([len(p) for p in whole])
        result["poll"] = median([(p[-1].ended - p[0].began) / 1e9 for p in whole])
        for name, commands in (("main", MAIN + "Q"), ("registers", REGISTERS)):
            gaps = [max(g) for g in rig.intervals(exchanges, commands).values() if g]
            result[name] = max(gaps) if gaps else None
        count = bench.long(24, 5)
        if slow:
            few = bench.long(6, 2)
            pauses = [random.uniform(1, 4) for _ in range(few)]
            result["alert"] = trials(client, simulator, False, pauses, 30, ["line restore"])
            if not bench.quick:
                # Spread over the interval; `$` makes it look again, which begins the next interval.
                pauses = [10, 30, 50]
                result["quiet"] = trials(client, simulator, True, pauses, 70, ["line restore quiet", "alert $"])
        else:
            pauses = [random.uniform(1, 1 + interval + 1) for _ in range(count)]
            result["alert"] = trials(client, simulator, False, pauses, 30, ["line restore"])
            result["quiet"] = trials(client, simulator, True, pauses, 30, ["line restore quiet"])
        simulator.close()
    return result


def bursts(exchanges):
    """Exchanges that follow each other without a pause."""
    found = []
    for exchange in exchanges:
        if not found or exchange.began - found[-1][-1].ended > 0.15e9:
            found.append([])
        found[-1].append(exchange)
    return found


SUBJECTS = {
    "NUT, pollinterval 2": (Nut, 2),
    "NUT, pollinterval 1": (Nut, 1),
    "apcupsd, POLLTIME 60": (Apcupsd, 60),
    "apcupsd, POLLTIME 1": (Apcupsd, 1),
}


def compare(bench):
    results = {}

    def one(name, number):
        kind, interval = SUBJECTS[name]
        try:
            results[name] = measured(bench, kind, interval, number)
        except (OSError, ValueError, rig.Failure, clients_test.Failure) as failure:
            results[name] = {"failed": f"{type(failure).__name__}: {failure}"}

    running = [threading.Thread(target=one, args=(name, n)) for n, name in enumerate(SUBJECTS)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return {"rows": [], "clients": results, "text": text(results)}


def seconds(value, digits=2):
    return "never" if value is None else f"{value:.{digits}f} s"


def latencies(values):
    if not values:
        return "-"
    missed = values.count(None)
    came = [v for v in values if v is not None]
    end = f", {missed} not seen" if missed else ""
    if not came:
        return f"none of {missed} seen"
    return f"{median(came):.2f} / {max(came):.2f} s ({len(values)}){end}"


LINES = {
    "commands per poll; time; over the ideal": lambda r: f"{r['commands']:.0f}; {r['poll']:.3f} s; {r['ratio']:.3f}",
    "age of the main values, worst": lambda r: seconds(r["main"]),
    "age of the registers ~ ' 8, worst": lambda r: seconds(r["registers"]),
    "line failure with `!`: median / worst (trials)": lambda r: latencies(r.get("alert")),
    "line failure, Q bit only: median / worst (trials)": lambda r: latencies(r.get("quiet")),
    "start to all values right": lambda r: seconds(r["start"]),
    "values shown wrong before": lambda r: str(len(r["wrong"])),
    "memory (RSS)": lambda r: f"{r['rss']:.1f} MB",
    "CPU of one core": lambda r: f"{r['cpu']:.3f} %",
}


def text(results):
    """A column for each subject."""
    found = []
    for name in SUBJECTS:
        result = results[name]
        found.append(name)
        if "failed" in result:
            found.append("  not measured: " + result["failed"])
            continue
        for figure, show in LINES.items():
            found.append(f"  {figure.ljust(52)}{show(result)}")
    return found
