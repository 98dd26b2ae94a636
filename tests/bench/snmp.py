# SPDX-License-Identifier: Apache-2.0
"""The figures of the SNMP agent: with Debian's snmpd as its master, asked by a client of libnetsnmp
(snmp_client.cpp), and with snmptrapd as the receiver of notifications. Both run privately: on
loopback, with files in the stand's own folder."""

import json
import os
import queue
import re
import socket
import subprocess
import threading
import time

import rig
from figures import Row, settle
from rig import Exporter, Failure, Rig, Simulator, median, now, percentile

BASE = ".1.3.6.1.4.1.8072.9999.9999.2400"
SYS_UP_TIME = ".1.3.6.1.2.1.1.3.0"
INPUT_VOLTAGE = f"{BASE}.1.4.1.1.1"
FOUR_VIEWS = [BASE, ".1.3.6.1.2.1.33", ".1.3.6.1.4.1.318.1.1", ".1.3.6.1.2.1.47.1.1.1", ".1.3.6.1.2.1.99.1"]
ALERT_RECEIVED = f"{BASE}.0.8"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Master:
    """A private snmpd that sends its traps to a private snmptrapd."""

    def __init__(self, stand):
        self.stand = stand
        folder = stand.folder / "snmp"
        (folder / "state").mkdir(parents=True)
        self.socket = folder / "agentx"
        self.address = f"127.0.0.1:{free_port()}"
        self.traps_to = f"127.0.0.1:{free_port()}"
        (folder / "snmpd.conf").write_text(
            f"agentaddress udp:{self.address}\nmaster agentx\nagentXSocket unix:{self.socket}\n"
            f"dontLogTCPWrappersConnects yes\nrocommunity public 127.0.0.1\ntrap2sink {self.traps_to} public\n"
        )
        (folder / "snmptrapd.conf").write_text("disableAuthorization yes\n")
        self.environment = os.environ | {
            "SNMP_PERSISTENT_DIR": str(folder / "state"), "SNMPCONFPATH": str(folder), "MIBS": "",
        }
        self.arrivals = queue.Queue()
        receiver = self.start(
            ["snmptrapd", "-f", "-Lo", "-C", "-c", folder / "snmptrapd.conf", "-On", "-F", "%v\n",
             f"udp:{self.traps_to}"], stdout=subprocess.PIPE, text=True, bufsize=1,
        )
        threading.Thread(target=self._listen, args=(receiver,), daemon=True).start()
        self.start(["snmpd", "-f", "-Lf", folder / "log", "-C", "-c", folder / "snmpd.conf", "-I", "-smux"])
        end = time.monotonic() + rig.PATIENCE
        while not self.socket.exists():
            if time.monotonic() > end:
                raise Failure("snmpd did not start")
            time.sleep(0.01)

    def start(self, command, **options):
        return self.stand.start(command, env=self.environment, **options)

    def _listen(self, receiver):
        for line in receiver.stdout:
            self.arrivals.put((now(), line))

    def arrival(self, trap, patience=rig.PATIENCE):
        """When the next notification with this OID came."""
        while True:
            at, line = self.arrivals.get(timeout=patience)
            if re.search(rf"= OID: {re.escape(trap)}\b", line):
                return at


def client(bench, master, *words):
    command = [bench.snmp_client, master.address, "public", *words]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise Failure(done.stderr.strip())
    return json.loads(done.stdout)


def served(stand, bench, upses):
    master = Master(stand)
    exporter = Exporter(stand, bench.exporter, upses, flags=["--snmp.agentx-address", f"unix:{master.socket}"])
    return master, exporter


def gets(bench):
    with Rig() as stand:
        simulator = Simulator(stand, bench.simulator, log=False)
        master, _ = served(stand, bench, [("u", simulator.link)])
        settle(bench)
        took = client(bench, master, "get", bench.long(20, 3), SYS_UP_TIME, INPUT_VOLTAGE)
        walks = [client(bench, master, "walk", *FOUR_VIEWS) for _ in range(bench.long(20, 3))]
        simulator.close()
    own, others = took[INPUT_VOLTAGE], took[SYS_UP_TIME]
    note = f"{own['p50'] / 1000:.0f} us after {others['p50'] / 1000:.0f} us; {own['count']} of each in turn"
    yield Row("GET through the agent over GET sysUpTime: p50", own["p50"] / others["p50"], "", 1.4, note=note)
    yield Row("the same, p99", own["p99"] / others["p99"])
    yield Row("walk of one UPS, four views: median", median([w["ns"] for w in walks]) / 1e6, "ms", 100,
              note=f"{walks[0]['instances']} instances")
    yield Row("the same, worst", max(w["ns"] for w in walks) / 1e6, "ms")


def memory(bench):
    """The same UPS with SNMP and without, side by side."""
    with Rig() as stand:
        units = Simulator(stand, bench.simulator, count=2, log=False)
        master, with_snmp = served(stand, bench, [("u", f"{units.link}0")])
        without = Exporter(stand, bench.exporter, [("u", f"{units.link}1")])
        settle(bench)
        client(bench, master, "walk", *FOUR_VIEWS)
        both = [rig.rss_mb(exporter.child.pid) for exporter in (with_snmp, without)]
        units.close()
    yield Row("memory (RSS) that SNMP adds, 1 UPS", both[0] - both[1], "MB", 8, note=f"{both[0]:.1f} and {both[1]:.1f} MB")


def hundred(bench):
    with Rig() as stand:
        units = Simulator(stand, bench.simulator, count=100, log=False)
        master, exporter = served(stand, bench, [(f"u{i}", f"{units.link}{i}") for i in range(100)])
        settle(bench)
        time.sleep(bench.long(10, 5))
        walks = [client(bench, master, "walk", BASE) for _ in range(bench.long(5, 2))]
        began, cpu = now(), rig.cpu_ns(exporter.child.pid)
        time.sleep(bench.long(30, 5))
        share = (rig.cpu_ns(exporter.child.pid) - cpu) / (now() - began) * 100
        size = rig.rss_mb(exporter.child.pid)
        units.close()
    yield Row("walk of UPSLINK-MIB of 100 UPSes: median", median([w["ns"] for w in walks]) / 1e9, "s", 5,
              note=f"{walks[0]['instances']} instances")
    yield Row("memory (RSS) after it, 100 UPSes", size, "MB")
    yield Row("CPU with SNMP, 100 UPSes, nobody asks", share, "%")


def notification(bench):
    trials = bench.long(24, 6)
    took = []
    with Rig() as stand:
        simulator = Simulator(stand, bench.simulator)
        master, _ = served(stand, bench, [("u", simulator.link)])
        settle(bench)
        for _ in range(trials):
            simulator.ask("line fail")
            at = master.arrival(ALERT_RECEIVED)
            took.append(at - simulator.alert_sent("!"))
            time.sleep(0.7)
            simulator.ask("line restore")
            master.arrival(ALERT_RECEIVED)
            time.sleep(0.7)
        simulator.close()
    yield Row("`!` to the notification at snmptrapd: median", median(took) / 1e6, "ms", 20, note=f"{trials} trials")
    yield Row("the same, p90", percentile(took, 0.9) / 1e6, "ms")
    yield Row("the same, worst", max(took) / 1e6, "ms")


def snmp(bench):
    for part in (gets, memory, hundred, notification):
        yield from part(bench)
