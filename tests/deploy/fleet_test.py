#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/prometheus/fleet: that Prometheus takes every file, that the files agree with each other, and that
several of Debian's Prometheus share exporters, federate, find and send as they say, on the loopback.

    fleet_test.py --exporter PROGRAM --simulator PROGRAM
"""

import http.server
import json
import re
import subprocess
import threading
import unittest

import yaml
from fleet_stand import FLEET, ROOT, FleetCase, shard_of, stand

SERVERS = {"prometheus.yml": [], "receiver.yml": [], "shard.yml": [], "global.yml": [], "agent.yml": ["--agent"]}


def read(path):
    return yaml.safe_load((FLEET / path).read_text())


def run(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **options)


class Form(unittest.TestCase):
    def test_promtool_takes_every_file(self):
        rules = {path.name for path in FLEET.glob("*.rules.yml")}
        self.assertEqual({path.name for path in FLEET.glob("*.yml")} - rules, set(SERVERS))
        for name, flags in SERVERS.items():
            done = run("promtool", "check", "config", *flags, FLEET / name)
            self.assertEqual(done.returncode, 0, name + done.stdout + done.stderr)
            self.assertNotIn("WARNING", done.stdout + done.stderr, name)
        for name in rules:
            done = run("promtool", "check", "rules", "--lint-fatal", FLEET / name)
            self.assertEqual(done.returncode, 0, name + done.stdout + done.stderr)

    def test_an_agent_has_no_rules(self):
        done = run("promtool", "check", "config", "--agent", FLEET / "receiver.yml")
        self.assertNotEqual(done.returncode, 0, "promtool would take anything")

    def test_the_rules(self):
        done = run("promtool", "test", "rules", ROOT / "tests" / "deploy" / "fleet_rules.yml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_both_ways_to_list_targets_list_the_same(self):
        self.assertEqual(read("targets/hall-a.yml"), json.loads((FLEET / "targets.json").read_text()))

    def test_the_labels_that_tell_replicas_apart_are_the_same_everywhere(self):
        for name in ("agent.yml", "shard.yml"):
            self.assertEqual(set(read(name)["global"]["external_labels"]), {"cluster", "replica"}, name)
        limits = read("mimir/mimir.yml")["limits"]
        self.assertEqual((limits["ha_cluster_label"], limits["ha_replica_label"]), ("cluster", "replica"))
        self.assertIn("--query.replica-label=replica\n", (FLEET / "thanos" / "query.args").read_text())
        self.assertEqual(read("shard.yml")["alerting"]["alert_relabel_configs"], [{"regex": "replica", "action": "labeldrop"}])

    def test_what_is_above_knows_the_same_shards(self):
        federated = read("global.yml")["scrape_configs"][0]["static_configs"][0]["targets"]
        queried = re.findall(r"(?m)^--endpoint=(shard.*)$", (FLEET / "thanos" / "query.args").read_text())
        self.assertEqual([host.split(":")[0] for host in federated], [host.split(":")[0] for host in queried])

    def test_shards_are_refused_without_a_number(self):
        for words in ([], ["0"], ["two"]):
            done = run(FLEET / "shards.sh", *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, r"^shards.sh: say how many .*\n$")


class AtWork(FleetCase):
    def exporters_for_shards(self, count):
        """At least four, so many that no shard is empty; the first two call their UPS the same."""
        found = []
        while len(found) < 4 or len({shard_of(address, count) for address in found}) < count:
            self.assertLess(len(found), 16, "the kernel's ports all hash alike")
            name = "twin" if len(found) < 2 else f"ups{len(found)}"
            unit = self.stand.simulator("--profile", "su700", "--smart")
            found.append(f"127.0.0.1:{self.stand.exporter({name: unit.links[0]}).port}")
        return found

    def test_shards_scrape_each_exporter_once_and_are_federated(self):
        count = 2
        done = run(self.fleet / "shards.sh", count)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        exporters = self.exporters_for_shards(count)
        self.list_targets([{"labels": {"site": "hall-a"}, "targets": exporters[:2]},
                           {"labels": {"site": "hall-b"}, "targets": exporters[2:]}])
        replicas = [(number, replica) for number in range(count) for replica in "ab"]
        servers = {(number, replica): self.server(f"shard-{number}.yml", "--enable-feature=expand-external-labels",
                                                  replica=replica) for number, replica in replicas}
        top = self.server("global.yml", static=[server.address for server in servers.values()])

        for (number, replica), server in servers.items():
            own = {address for address in exporters if shard_of(address, count) == number}
            self.until(f"shard {number}{replica} scrapes its exporters", lambda: set(server.targets()) == own)
            self.until("their UPSes are up", lambda: server.value("sum(upslink_up)") == len(own))
            self.assertEqual({labels["instance"] for labels, _ in server.query("up")}, own)
        for replica in "ab":
            listed = [address for number in range(count) for address in servers[number, replica].targets()]
            self.assertEqual(sorted(listed), sorted(exporters), "each exporter belongs to one shard")

        self.until("the fleet is counted", lambda: top.value("fleet:upslink_up:sum") == len(exporters))
        self.assertEqual(top.value('fleet:upslink_status:sum{flag="on_line"}'), len(exporters))
        # Each UPS once from each replica, with the labels of its exporter and of who scraped it.
        self.until("all replicas are federated", lambda: len(top.query("upslink_up")) == 2 * len(exporters))
        for labels, value in top.query("upslink_up"):
            self.assertEqual((labels["cluster"], value), (f"shard-{shard_of(labels['instance'], count)}", 1))
            self.assertEqual((labels["job"], labels["site"]),
                             ("upslink", "hall-a" if labels["instance"] in exporters[:2] else "hall-b"))
        self.assertEqual({labels["replica"] for labels, _ in top.query("upslink_info")}, {"a", "b"})
        # The name that two have is found, and nothing is scraped twice.
        self.assertEqual(top.query("ups:upslink_up:count")[0][0]["ups"], "twin")
        self.assertEqual(top.value("ups:upslink_up:count"), 2)
        # So is the serial number, which all simulated units have.
        self.until("alerts are pending", lambda: {labels["alertname"] for labels, _ in top.query("ALERTS")}
                   == {"UpsNameNotUnique", "UpsReadTwice"})

    def test_an_agent_sends_what_it_scrapes(self):
        unit = self.stand.simulator("--profile", "su700", "--smart")
        exporter = f"127.0.0.1:{self.stand.exporter({'rack': unit.links[0]}).port}"
        self.list_targets([{"labels": {"site": "hall-a"}, "targets": [exporter]}])
        receiver = self.server("receiver.yml", "--web.enable-remote-write-receiver")
        self.server("agent.yml", "--enable-feature=agent,expand-external-labels", agent=True, replica="b",
                    replaced={"receiver.example.org:9090": receiver.address})
        self.until("the receiver has upslink_up 1", lambda: receiver.value("upslink_up") == 1)
        self.assertEqual(receiver.query("upslink_up")[0][0], {
            "__name__": "upslink_up", "cluster": "hall-a", "replica": "b", "site": "hall-a", "job": "upslink",
            "instance": exporter, "ups": "rack"})
        self.until("its rules see the site", lambda: receiver.value('site:upslink_up:sum{site="hall-a"}') == 1)
        self.until("all rules were evaluated", lambda: "unknown" not in receiver.rules().values())
        self.assertEqual(set(receiver.rules().values()), {"ok"}, receiver.rules())
        self.assertIn("UpsOnBattery", receiver.rules(), "the rules one folder up are not loaded")

    def test_exporters_beside_each_ups_are_found_over_http_and_in_files(self):
        """All of them call their UPS `ups`."""
        simulator = self.stand.simulator("--profile", "su700", "--smart", "--count", "3", "--link", self.stand.folder / "u")
        hosts = [f"127.0.0.{number + 2}" for number in range(3)]
        exporters = []
        for host, link in zip(hosts, simulator.links):
            started = self.stand.exporter({"ups": link}, "--web.listen-address", f"{host}:0", listen=False)
            exporters.append(f"{host}:{started.port}")
        served = [{"labels": {"site": "hall-a"}, "targets": exporters[:1]}]
        url = self.serve(lambda: json.dumps(served).encode())
        self.list_targets([{"targets": exporters[2:]}])
        server = self.server("prometheus.yml", replaced={"http://inventory.example.org:8080/upslink": url})
        self.until("one was found over HTTP, one in a file", lambda: set(server.targets()) == {exporters[0], exporters[2]})
        served[0]["targets"].append(exporters[1])
        self.until("the new one was found", lambda: set(server.targets()) == set(exporters))
        self.until("all are up", lambda: server.value("sum(upslink_up)") == 3)
        self.assertEqual({(labels["instance"], labels["ups"]) for labels, _ in server.query("upslink_up")},
                         {(host, host) for host in hosts})
        self.assertEqual(server.query("ups:upslink_up:count"), [])

    def serve(self, body):
        """The URL of a server that answers with what body() returns."""
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                content = body()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/upslink"


if __name__ == "__main__":
    stand.main()
