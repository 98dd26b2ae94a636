# SPDX-License-Identifier: Apache-2.0
"""What SNMP tests need beside the stand: a private snmpd and snmptrapd, and a reader of the agent.

    with stand.Stand() as s:
        snmpd = Snmpd(s, contexts=["b"])
        traps = TrapReceiver(s, snmpd)
        exporter = s.exporter({"a": link}, *snmpd.flags())
        values = Reader(snmpd).walk(UPS_MIB)

Both daemons have folders, an address and ports of their own and run as nobody when the tests run as root.
OIDs are text without a leading dot; values are int, bytes, or text for an OID.
"""

import ast
import collections
import contextlib
import dataclasses
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import stand
import truth

BASE = "1.3.6.1.4.1.8072.9999.9999.2400"
OBJECTS, NOTIFICATIONS = BASE + ".1", BASE + ".0"
UPS_MIB = "1.3.6.1.2.1.33"
POWERNET = "1.3.6.1.4.1.318"
ENTITY, SENSOR = "1.3.6.1.2.1.47.1.1.1", "1.3.6.1.2.1.99.1"
SYS_UPTIME, TRAP_OID = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.1.1.4.1.0"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
V3 = ["-v3", "-u", "reader", "-l", "authPriv", "-a", "SHA", "-A", "readerpass1", "-x", "AES", "-X", "readerpriv1"]

Trap = collections.namedtuple("Trap", "oid varbinds at uptime")
STUBS = pathlib.Path(__file__).resolve().parent.parent / "mib" / "stubs"
HOST = f"127.{os.getpid() >> 8 & 0xff}.{os.getpid() & 0xff}.9"
given_ports = set()


class SnmpError(Exception):
    """The agent answered with an error, or not at all."""


def tool(name, package):
    """The path of a program that has to be there."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/lib/nut")
    if path is None:
        raise stand.Failure(f"{name} is not there; install the package {package}")
    return path


def free_port(host=HOST, kind=socket.SOCK_DGRAM):
    """A port on an address of this process alone, and none of those that the kernel gives to clients."""
    while True:
        port = random.randrange(10000, 30000)
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind((host, port))
            if port not in given_ports:
                given_ports.add(port)
                return port


def tcp_port():
    return free_port("127.0.0.1", socket.SOCK_STREAM)


def key(oid):
    return tuple(map(int, oid.split(".")))


def below(root, oid):
    return (oid + ".").startswith(root + ".")


def own_folder(s, name):
    """A folder that the daemons can write into, and everybody can reach."""
    s.folder.chmod(0o755)
    folder = s.folder / name
    (folder / "etc").mkdir(parents=True)  # what snmpd remembers has the name of its configuration
    (folder / "etc" / "snmp.conf").write_text("hexOutputLength 0\n")
    if NOBODY:
        os.chown(folder, 65534, 65534)
    return folder


def environment(folder):
    return dict(os.environ, SNMP_PERSISTENT_DIR=f"{folder}", SNMPCONFPATH=f"{folder}/etc", HOME=f"{folder}", MIBS="")


class Daemon:
    """A program that tests end and start again. Knows to the stand as one of its programs."""

    def __init__(self, s, name, command, folder):
        self.name, self.command, self.folder = name, [*NOBODY, *command], folder
        self.out_path, self.log_path = folder / "out", folder / "log"
        self.child = None
        s.programs.append(self)

    def launch(self):
        with open(self.out_path, "ab") as out, open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                                          env=environment(self.folder), cwd=self.folder)

    def out(self):
        return self.out_path.read_text(errors="replace")

    def log(self):
        return self.log_path.read_text(errors="replace")

    def send(self, number):
        self.child.send_signal(number)

    def stop(self, number=signal.SIGTERM, within=None):
        del within
        if self.child is None or self.child.poll() is not None:
            return None
        self.child.send_signal(number)
        if number == signal.SIGTERM:
            self.child.send_signal(signal.SIGCONT)  # a stopped one cannot end
        return self.child.wait(stand.PATIENCE)


class Snmpd(Daemon):
    """A master agent. Communities: public, private (may write), public-CONTEXT; v3 user: reader."""

    def __init__(self, s, transport="unix", contexts=(), traps=None, extra=(), start=True):
        folder = own_folder(s, f"snmpd{sum(isinstance(p, Snmpd) for p in s.programs)}")
        self.port = free_port()
        self.agentx = f"unix:{folder}/agentx" if transport == "unix" else f"tcp:127.0.0.1:{tcp_port()}"
        self.config = folder / "etc" / "snmpd.conf"
        lines = [
            f"agentaddress udp:{HOST}:{self.port}", "master agentx",
            f"agentXSocket {self.agentx.removeprefix('unix:')}", "agentXPerms 0777 0755", "agentXTimeout 2",
            "agentXRetries 1", "dontLogTCPWrappersConnects yes", "view all included .1",
            "com2sec reading default public", "com2sec writing default private",
            'access readers "" any noauth exact all none none', 'access writers "" any noauth exact all all none',
            "createUser reader SHA readerpass1 AES readerpriv1", 'rouser reader authPriv -V all ""',
            *(f"group {group} {version} {name}" for version in ("v1", "v2c")
              for group, name in (("readers", "reading"), ("writers", "writing"))),
        ]
        for context in contexts:
            lines += [f"com2sec -Cn {context} of-{context} default public-{context}",
                      f"group readers-{context} v1 of-{context}", f"group readers-{context} v2c of-{context}",
                      f"access readers-{context} {context} any noauth exact all none none",
                      f"rouser reader authPriv -V all {context}"]
        if traps is not None:
            lines.append(f"trap2sink {HOST}:{traps.port} public")
        self.config.write_text("\n".join([*lines, *extra]) + "\n")
        self.config.chmod(0o644)
        command = ["-f", "-Le", "-C", "-c", self.config, "-p", folder / "pid", "-I", "-smux"]
        super().__init__(s, folder.name, [tool("snmpd", "snmpd"), *command], folder)
        if start:
            self.start()

    def start(self):
        self.launch()
        reader = Reader(self, timeout=0.2)

        def answers():
            if self.child.poll() is not None:
                raise stand.Failure(f"snmpd ended with {self.child.returncode}: {self.log()}")
            try:
                return reader.get(SYS_UPTIME)
            except SnmpError:
                return None

        stand.until("snmpd answers", answers)

    def restart(self, number=signal.SIGTERM):
        self.stop(number)
        self.start()

    def flags(self, *more):
        return ["--snmp.agentx-address", self.agentx, *more]


class Reader:
    """Asks a master agent through net-snmp's tools."""

    def __init__(self, snmpd, version="2c", community="public", context=None, timeout=5):
        self.where = f"udp:{HOST}:{snmpd.port}"
        self.env = environment(snmpd.folder)
        if version == "3":
            self.options = [*V3, *(["-n", context] if context else [])]
        else:
            self.options = [f"-v{version}", "-c", f"public-{context}" if context else community]
        self.options += ["-t", str(timeout), "-r", "0", "-m", "", "-On", "-Oe", "-Ox"]

    def run(self, program, *arguments, options=()):
        command = [tool(program, "snmp"), *options, *self.options, self.where, *map(str, arguments)]
        done = subprocess.run(command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=120, check=False)
        if done.returncode != 0:
            raise SnmpError((done.stderr + done.stdout).strip())
        return parse(done.stdout)

    def get(self, *oids):
        return self.run("snmpget", *oids)

    def getnext(self, *oids):
        return self.run("snmpgetnext", *oids)

    def set(self, oid, kind, value):
        return self.run("snmpset", oid, kind, value)

    def walk(self, root, program="snmpwalk", *options):
        return {oid: v for oid, v in self.run(program, root, options=options).items() if v[0] != "nosuch"}

    def bulkwalk(self, root, repetitions=25):
        return self.walk(root, "snmpbulkwalk", f"-Cr{repetitions}")

    def value(self, oid):
        """One value; None if it is not there."""
        kind, value = self.get(oid).get(oid, ("nosuch", None))
        return None if kind == "nosuch" else value


LINE = re.compile(r"\.(1[.\d]*) = (.*)")


def parse(text):
    """What the tools print with -On -Oe -Ox, in their order, as {oid: (type, value)}."""
    found = {}
    for line in text.splitlines():
        match = LINE.fullmatch(line.rstrip())
        if match is None:
            raise SnmpError(f"not understood: {line!r}")
        if match[2].startswith("No more variables"):
            continue
        if match[1] in found:
            raise SnmpError(f"{match[1]} came twice")
        found[match[1]] = parse_value(match[2])
    return found


def parse_value(text):
    if text.startswith("No Such"):
        return "nosuch", text
    if text == '""':
        return "STRING", b""
    kind, _, rest = text.partition(": ")
    if kind == "Hex-STRING":
        return "STRING", bytes.fromhex(rest)
    if kind == "STRING":
        return "STRING", rest.strip('"').encode()
    if kind == "OID":
        return kind, rest.removeprefix(".")
    if kind == "Timeticks":
        return kind, int(re.match(r"\((\d+)\)", rest)[1])
    if kind in ("INTEGER", "Gauge32", "Counter32", "Counter64"):
        return kind, int(rest)
    return kind, rest


class TrapReceiver(Daemon):
    """snmptrapd, and what it has received."""

    def __init__(self, s):
        folder = own_folder(s, "snmptrapd")
        self.port = free_port()
        (folder / "etc" / "snmptrapd.conf").write_text("disableAuthorization yes\n")
        super().__init__(s, "snmptrapd", [
            tool("snmptrapd", "snmptrapd"), "-f", "-Lo", "-p", folder / "pid", "-On", "-Oe", "-Ox",
            "-F", "%V|%v|\n", f"udp:{HOST}:{self.port}"], folder)
        self.traps = []
        self.launch()
        stand.until("snmptrapd listens", lambda: f":{self.port:04X} " in pathlib.Path("/proc/net/udp").read_text())
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        with open(self.out_path, encoding="ascii", errors="replace") as lines:
            rest = ""
            while self.child.poll() is None:
                rest += lines.readline()
                if not rest.endswith("\n"):
                    time.sleep(0.005)
                    continue
                if rest.startswith("."):
                    fields = [LINE.fullmatch(field) for field in rest.strip().rstrip("|").split("|")]
                    values = [(field[1], *parse_value(field[2].strip())) for field in fields]
                    self.traps.append(Trap(values[1][2], values[2:], time.monotonic(), values[0][2]))
                rest = ""

    def of(self, *roots):
        """Those received below these OIDs; without any, all but snmpd's own."""
        own = ("1.3.6.1.6.3.1.1.5", "1.3.6.1.4.1.8072.4")
        return [trap for trap in list(self.traps) if any(below(root, trap.oid) for root in roots)
                or not roots and not any(below(root, trap.oid) for root in own)]

    def wait(self, oid, count=1, within=None, **where):
        """The count-th trap of that kind whose varbinds hold `where` (by value)."""
        def there():
            found = [t for t in self.of(oid) if all(v in [b[2] for b in t.varbinds] for v in where.values())]
            return found[count - 1] if len(found) >= count else None

        try:
            return stand.until(f"trap {oid} {where or ''}", there, within)
        except stand.Failure as failure:
            raise stand.Failure(f"{failure}; there are {[t.oid for t in self.of()]}") from None


def question_times(simulator, byte=b"Q", unit=0):
    """When the simulated UPS received a command, in seconds of time.monotonic()."""
    wanted = f" {unit} received {byte.hex()}"
    return [int(line.split()[0]) / 1e6 for line in simulator.bytes_path.read_text().splitlines()
            if line.endswith(wanted)]


Node = dataclasses.make_dataclass("Node", "name oid kind access type numbers units".split(), eq=False)


def mib_path(folder):
    """The folders that hold UPSLINK-MIB, once own_mib() was called, and what it needs. Nothing else may lie
    there: net-snmp opens and reads each file of such a folder, and a UPS's terminal would lose its answers."""
    return f"{STUBS}:{folder}/mibs"


def own_mib(folder):
    """UPSLINK-MIB as the exporter prints it, by name; the numbers of a notification are its objects."""
    status, text, err, _ = stand.run_exporter("describe", "mib")
    if status != 0:
        raise stand.Failure(f"describe mib: {err}")
    (folder / "mibs").mkdir(exist_ok=True)
    (folder / "mibs" / "UPSLINK-MIB.txt").write_text(text)
    done = subprocess.run([tool("smidump", "smitools"), "-c", "/dev/null", "-k", "-f", "python", "UPSLINK-MIB"],
                          env=dict(os.environ, SMIPATH=mib_path(folder)), capture_output=True, text=True,
                          check=True)
    module = ast.literal_eval(done.stdout.split("\nMIB = ", 1)[1])
    found = {name: Node(name, node["oid"], "notification", None, None, list(node.get("objects", ())), None)
             for name, node in module.get("notifications", {}).items()}
    for name, node in module["nodes"].items():
        syntax = node.get("syntax", {}).get("type", {})
        named = module.get("typedefs", {}).get(syntax.get("name"), {})
        syntax = named if named.get("basetype") in ("Bits", "Enumeration") else syntax
        numbers = {label: int(value["number"]) for label, value in syntax.items()
                   if isinstance(value, dict) and "number" in value}
        found[name] = Node(name, node["oid"], node["nodetype"], node.get("access"),
                           syntax.get("name", syntax.get("basetype")), numbers, node.get("units"))
    return found


class Scene:
    """Simulated UPSes, named `names`, an exporter with an agent, its snmpd, and a trap receiver."""

    def __init__(self, case, *options, names=("a",), flags=(), traps=False, keys="", transport="unix", start=True):
        self.stand = case.enterContext(stand.Stand())
        self.names = names
        self.sim = self.stand.simulator("--smart", "--count", len(names), *options)
        self.traps = TrapReceiver(self.stand) if traps else None
        self.snmpd = Snmpd(self.stand, transport, names, self.traps, start=start)
        self.config = self.stand.folder / "config.yaml"
        rows = [f"  - {{name: {name}, address: '{link}'{', ' * bool(keys)}{keys}}}\n"
                for name, link in zip(names, self.sim.links)]
        self.config.write_text("ups:\n" + "".join(rows))
        self.flags = flags if "--snmp.agentx-address" in flags else self.snmpd.flags(*flags)
        self.exporter = self.stand.exporter({}, "--config.file", self.config, *self.flags)
        self.reader = Reader(self.snmpd)

    def until(self, what, condition, within=None):
        def calm():
            try:
                return condition()
            except SnmpError:
                return None

        return stand.until(what, calm, within)

    def see(self, oid, value, within=None, context=None):
        """Waits until the agent says so."""
        reader = Reader(self.snmpd, context=context) if context else self.reader
        seen = [None]

        def same():
            seen[0] = reader.value(oid)
            return seen[0] == value

        try:
            self.until("", same, within)
        except stand.Failure as failure:
            raise stand.Failure(f"{oid} is {seen[0]!r}, not {value!r}: {failure}") from None

    def in_calm(self, root, check, tries=5):
        """What check(walk) gives or raises between two walks of `root` that find the same instances. What ages
        out, comes back or is first heard meanwhile is no fault of what was checked: then it is checked anew."""
        for _ in range(tries):
            walk, trouble, result = self.reader.bulkwalk(root), None, None
            try:
                result = check(walk)
            except (AssertionError, SnmpError) as raised:
                trouble = raised
            changed = walk.keys() ^ self.reader.bulkwalk(root).keys()
            if not changed and trouble is not None:
                raise trouble
            if not changed:
                return result
        raise stand.Failure(f"below {root} instances came or went in each of {tries} tries, at last "
                            f"{sorted(changed, key=key)[:10]}; {trouble or 'else all was well'}") from trouble

    def await_known(self, name=None, within=120):
        """Waits until every command of a UPS was asked: what is not known by then is not there."""
        name = name or self.names[0]
        answers = truth.answers_of(self.sim.state(self.names.index(name)))
        asked = {truth.printed(c) for c in answers if c in truth.ASKED}
        asked -= {truth.printed(c) for c, a in answers.items() if a and truth.malformed(c, a)}
        stand.until("every command is known", lambda: asked <= {
            dict(labels)["command"] for n, labels in self.exporter.samples(name) if n == "upslink_command_supported"},
            within)

    def alarms(self, context=None):
        """The numbers of the well-known alarms in upsAlarmTable."""
        reader = Reader(self.snmpd, context=context) if context else self.reader
        rows = reader.bulkwalk(UPS_MIB + ".1.6.2.1.2")
        return {key(value)[-1] for _, value in rows.values() if below(UPS_MIB + ".1.6.3", value)}

    def metric(self, name, **labels):
        return self.exporter.value(name, **labels)
