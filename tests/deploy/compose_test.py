#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/compose.yaml: its form, its promises, and that the programs that Debian has of it work together
with the files of deploy/compose, on the loopback.

    compose_test.py --exporter PROGRAM --simulator PROGRAM
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import snmp_stand  # noqa: E402
import stand  # noqa: E402

DEPLOY = ROOT / "deploy"
FILE = DEPLOY / "compose.yaml"
COMPOSE = yaml.safe_load(FILE.read_text())
SERVICES = COMPOSE["services"]
HAS_OWN_HEALTH_CHECK = {"exporter"}  # in its image


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path):
    """An answer in JSON; None while there is none."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None


class Form(unittest.TestCase):
    def test_schema(self):
        tool = pathlib.Path(sys.executable).parent / "check-jsonschema"
        schema = [tool, "--builtin-schema", "vendor.compose-spec"]
        done = subprocess.run([*schema, FILE], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as wrong:
            wrong.write(FILE.read_text().replace("read_only:", "readonly:"))
            wrong.flush()
            self.assertNotEqual(subprocess.run([*schema, wrong.name], capture_output=True, check=False).returncode, 0)

    def test_no_container_has_rights(self):
        for name, service in SERVICES.items():
            with self.subTest(service=name):
                self.assertIs(service["read_only"], True)
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
                self.assertFalse({"privileged", "cap_add", "network_mode", "pid", "user"} & service.keys())
                self.assertTrue(name in HAS_OWN_HEALTH_CHECK or service["healthcheck"]["test"])

    def test_only_the_loopback_is_published(self):
        for name, service in SERVICES.items():
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), f"{name}: {port}")

    def test_what_is_named_is_there(self):
        for name, service in SERVICES.items():
            with self.subTest(service=name):
                self.assertLessEqual(set(service["networks"]), COMPOSE["networks"].keys())
                self.assertLessEqual(set(service.get("depends_on", [])), SERVICES.keys())
                for volume in service.get("volumes", []):
                    source = volume.split(":")[0]
                    if source.startswith("."):
                        self.assertTrue(volume.endswith(":ro"), volume)
                        self.assertTrue((DEPLOY / source).exists(), volume)
                    else:
                        self.assertIn(source, COMPOSE["volumes"])
                build = service.get("build")
                if isinstance(build, dict):
                    self.assertRegex((DEPLOY / build["context"] / "Dockerfile").read_text(),
                                     rf"(?m)^FROM \S+ AS {build['target']}$")
                elif build:
                    self.assertTrue((DEPLOY / build / "Dockerfile").exists())
                else:
                    self.assertRegex(service["image"], r":v?\d+\.\d+\.\d+$")

    def test_prometheus_takes_the_rules_and_nothing_else_of_that_folder(self):
        """What is for fleets lies in a folder below, which the pattern does not reach."""
        volume, = (v for v in SERVICES["prometheus"]["volumes"] if v.startswith("./prometheus:"))
        pattern, = yaml.safe_load((DEPLOY / "compose" / "prometheus.yml").read_text())["rule_files"]
        self.assertEqual(pattern, volume.split(":")[1] + "/*.yml")
        files = sorted((DEPLOY / "prometheus").glob(pathlib.PurePath(pattern).name))
        self.assertEqual([file.name for file in files], ["upslink.alerts.yml", "upslink.rules.yml"])
        done = subprocess.run(["promtool", "check", "rules", *files], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_whoever_speaks_by_name_shares_a_network(self):
        """The names in the files, and who reads them."""
        for reader, path in (("exporter", "exporter.yaml"), ("prometheus", "prometheus.yml"),
                             ("grafana", "grafana/datasources/prometheus.yaml")):
            text = (DEPLOY / "compose" / path).read_text()
            spoken_to = {name for name in SERVICES if re.search(rf"\b{name}:\d+", text)}
            self.assertTrue(spoken_to, path)
            for name in spoken_to:
                self.assertTrue(set(SERVICES[reader]["networks"]) & set(SERVICES[name]["networks"]), f"{reader}, {name}")

    def test_grafana_is_provisioned_from_folders_that_are_mounted(self):
        mounted = {volume.split(":")[1] for volume in SERVICES["grafana"]["volumes"]}
        folder = DEPLOY / "compose" / "grafana"
        for provider in yaml.safe_load((folder / "dashboards" / "upslink.yaml").read_text())["providers"]:
            self.assertIn(provider["options"]["path"], mounted)
        source, = yaml.safe_load((folder / "datasources" / "prometheus.yaml").read_text())["datasources"]
        self.assertEqual((source["type"], source["url"]), ("prometheus", "http://prometheus:9090"))
        self.assertIn("/etc/grafana/provisioning", mounted)

    def test_the_health_check_of_the_simulator_tells_whether_it_listens(self):
        test = SERVICES["simulator"]["healthcheck"]["test"]
        port = int(SERVICES["simulator"]["command"][-1].split(":")[1])
        pattern = test[3].replace(f":{port:04X} ", ":%04X ")
        self.assertIn("%04X", pattern, "the health check looks for another port")
        with stand.Stand() as s:
            there = int(s.simulator("--profile", "su700", "--tcp", "0.0.0.0:0").addresses[0].rsplit(":", 1)[1])

            def status(port):
                return subprocess.run(["grep", "-q", pattern % port, "/proc/net/tcp"], check=False).returncode

            self.assertEqual(status(there), 0)
            self.assertEqual(status(free_port()), 1)


class Together(unittest.TestCase):
    """Names of services and their ports become free ports of the loopback; the rest of the files stays."""

    def setUp(self):
        self.stand = self.enterContext(stand.Stand())
        self.ports = {("simulator", 4001): self.simulator()}
        for name, port in (("exporter", 12400), ("prometheus", 9090), ("alertmanager", 9093), ("snmpd", 1705)):
            self.ports[name, port] = free_port()
        self.ports["snmpd", 1161] = free_port(socket.SOCK_DGRAM)

    def simulator(self):
        simulator = self.stand.simulator("--profile", "su700", "--tcp", "127.0.0.1:0")
        self.unit = simulator
        return int(simulator.addresses[0].rsplit(":", 1)[1])

    def copy(self, path, *changes):
        text = (DEPLOY / path).read_text()
        for (name, port), ours in self.ports.items():
            text = re.sub(rf"\b({name}|0\.0\.0\.0|127\.0\.0\.1):{port}\b", f"127.0.0.1:{ours}", text)
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        target = self.stand.folder / pathlib.PurePath(path).name
        target.write_text(text)
        return target

    def start_snmpd(self):
        folder = self.stand.folder
        config = self.copy("compose/snmpd/snmpd.conf", ("udp:1161", f"udp:127.0.0.1:{self.ports['snmpd', 1161]}"))
        command = re.search(r"(?m)^ENTRYPOINT (\[.*\])$", (DEPLOY / "compose/snmpd/Dockerfile").read_text())[1]
        words = [str(config) if word == "/etc/snmp/snmpd.conf" else word for word in json.loads(command)]
        self.environment = dict(os.environ, SNMP_PERSISTENT_DIR=str(folder), SNMPCONFPATH=str(folder), MIBS="")
        self.stand.program("snmpd", words, env=self.environment)

    def snmpget(self, oid):
        return subprocess.run(["snmpget", "-v2c", "-cpublic", "-t1", "-r0", "-Oqv",
                               f"127.0.0.1:{self.ports['snmpd', 1161]}", oid],
                              env=self.environment, capture_output=True, text=True, check=False)

    def start(self, service, program, *options):
        """With the options of compose.yaml, but for paths and addresses."""
        wanted = [word for word in SERVICES[service]["command"] if not re.match(r"--(config\.file|storage\.\w*\.?path)", word)]
        self.stand.program(service, [snmp_stand.tool(program, program), *wanted, *options])

    def test_from_the_ups_to_the_alert(self):
        self.start_snmpd()
        self.stand.exporter({}, "--config.file", self.copy("compose/exporter.yaml"), "--web.listen-address",
                            f"127.0.0.1:{self.ports['exporter', 12400]}", "--snmp.agentx-address",
                            f"tcp:127.0.0.1:{self.ports['snmpd', 1705]}", listen=False)
        rules = self.rules()
        self.start("alertmanager", "prometheus-alertmanager",
                   f"--config.file={self.copy('compose/alertmanager.yml', ('group_wait: 10s', 'group_wait: 1s'))}",
                   f"--storage.path={self.stand.folder}/alertmanager",
                   f"--web.listen-address=127.0.0.1:{self.ports['alertmanager', 9093]}")
        config = self.copy("compose/prometheus.yml", ("/etc/prometheus/rules", str(rules)),
                           ("scrape_interval: 15s", "scrape_interval: 1s"),
                           ("evaluation_interval: 15s", "evaluation_interval: 1s"))
        checked = subprocess.run(["promtool", "check", "config", config], capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.start("prometheus", "prometheus", f"--config.file={config}",
                   f"--storage.tsdb.path={self.stand.folder}/prometheus",
                   f"--web.listen-address=127.0.0.1:{self.ports['prometheus', 9090]}")

        stand.until("Prometheus has upslink_up 1", lambda: self.query('upslink_up{ups="demo",job="upslink"}') == ["1"])
        stand.until("snmpd has the model", lambda: self.snmpget("1.3.6.1.2.1.33.1.1.2.0").stdout.strip() == '"SMART-UPS 700"')
        stand.until("both jobs are scraped", lambda: self.query("up") == ["1", "1"])
        self.unit.ask("line fail")
        stand.until("Alertmanager has the alert", self.alerted, within=40)

    def rules(self):
        """Those of deploy/prometheus, but with no time to wait for."""
        folder = self.stand.folder / "rules"
        folder.mkdir()
        for path in (DEPLOY / "prometheus").glob("*.yml"):
            (folder / path.name).write_text(re.sub(r"(?m)^( +for: ).*$", r"\g<1>1s", path.read_text()))
        return folder

    def query(self, expression):
        """The values that Prometheus finds."""
        answer = ask(self.ports["prometheus", 9090], "/api/v1/query?query=" + urllib.parse.quote(expression))
        return [result["value"][1] for result in answer["data"]["result"]] if answer else []

    def alerted(self):
        alerts = ask(self.ports["alertmanager", 9093], "/api/v2/alerts") or []
        return [alert["labels"]["ups"] for alert in alerts if alert["labels"]["alertname"] == "UpsOnBattery"
                and alert["labels"]["severity"] == "warning"] == ["demo"]

    def test_alertmanager_takes_its_configuration(self):
        done = subprocess.run(["amtool", "check-config", DEPLOY / "compose" / "alertmanager.yml"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    stand.main()
