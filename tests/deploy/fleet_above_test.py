#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/prometheus/fleet/thanos and mimir: that one series is seen of two replicas, and goes on when one of them
ends. Debian has neither program, so they are named by the environment:

    UPSLINK_THANOS=PROGRAM UPSLINK_MIMIR=PROGRAM fleet_above_test.py --exporter PROGRAM --simulator PROGRAM
"""

import json
import os
import socket
import unittest
import urllib.error
import urllib.parse
import urllib.request

import yaml
from fleet_stand import FleetCase, stand

THANOS, MIMIR = os.environ.get("UPSLINK_THANOS"), os.environ.get("UPSLINK_MIMIR")


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def asked(url):
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def series(url, expression, **more):
    """The labels of what a query finds; nothing while there is no answer."""
    parameters = urllib.parse.urlencode(dict(more, query=expression))
    try:
        return [found["metric"] for found in asked(f"{url}/api/v1/query?{parameters}")["data"]["result"]]
    except (OSError, ValueError):
        return []


class Above(FleetCase):
    def setUp(self):
        super().setUp()
        unit = self.stand.simulator("--profile", "su700", "--smart")
        exporter = f"127.0.0.1:{self.stand.exporter({'rack': unit.links[0]}).port}"
        self.list_targets([{"labels": {"site": "hall-a"}, "targets": [exporter]}])
        self.one = {"__name__": "upslink_up", "site": "hall-a", "job": "upslink", "instance": exporter, "ups": "rack"}

    def arguments(self, name, replaced, without=()):
        """The flags of an .args file, those of `replaced` with other values."""
        lines = (self.fleet / "thanos" / name).read_text().splitlines()
        flags = [line for line in lines if line.startswith("--") and not line.startswith(tuple(without))]
        for flag, value in replaced.items():
            found = [index for index, line in enumerate(flags) if line.startswith(f"--{flag}=")]
            self.assertEqual(len(found), 1, flag)
            flags[found[0]] = f"--{flag}={value}"
        path = self.stand.folder / f"{len(self.stand.programs)}.{name}"
        path.write_text("".join(flag + "\n" for flag in flags))
        return f"@{path}"

    @unittest.skipUnless(THANOS, "UPSLINK_THANOS names no program")
    def test_thanos_shows_one_of_two_replicas(self):
        self.fleet.joinpath("shard-0.yml").write_text(
            (self.fleet / "shard.yml").read_text().replace("modulus: 2", "modulus: 1"))
        bucket = self.stand.folder / "objstore.yml"
        bucket.write_text(yaml.safe_dump({"type": "FILESYSTEM", "config": {"directory": str(self.stand.folder / "bucket")}}))
        stores, servers = [], []
        for replica in "ab":
            servers.append(self.server("shard-0.yml", "--enable-feature=expand-external-labels", "--storage.tsdb.min-block-duration=2h",
                                       "--storage.tsdb.max-block-duration=2h", replica=replica))
            stores.append(free_address())
            flags = self.arguments("sidecar.args", {
                "prometheus.url": servers[-1].url, "tsdb.path": servers[-1].storage, "grpc-address": stores[-1],
                "http-address": free_address(), "objstore.config-file": bucket})
            self.stand.program(f"sidecar-{replica}", [THANOS, "sidecar", flags])
        web = free_address()
        flags = self.arguments("query.args", {"http-address": web, "grpc-address": free_address()}, without=["--endpoint="])
        with open(flags[1:], "a") as more:
            more.writelines(f"--endpoint={store}\n" for store in stores)
        self.stand.program("query", [THANOS, "query", flags])

        def seen(dedup):
            return series(f"http://{web}", "upslink_up", dedup=dedup)

        self.until("both replicas are there", lambda: {labels["replica"] for labels in seen("false")} == {"a", "b"})
        self.until("they are seen as one", lambda: seen("true") == [self.one | {"cluster": "shard-0"}])
        servers[0].program.stop()
        self.until("one alone is left", lambda: [labels["replica"] for labels in seen("false")] == ["b"])
        self.assertEqual(seen("true"), [self.one | {"cluster": "shard-0"}])

    @unittest.skipUnless(MIMIR, "UPSLINK_MIMIR names no program")
    def test_mimir_believes_one_of_two_replicas(self):
        web = free_address()
        config = yaml.safe_load((self.fleet / "mimir" / "mimir.yml").read_text())
        config["server"] = {"http_listen_address": "127.0.0.1", "http_listen_port": int(web.split(":")[1]),
                            "grpc_listen_address": "127.0.0.1", "grpc_listen_port": int(free_address().split(":")[1])}
        folder = self.stand.folder / "mimir"
        config["common"]["storage"] = {"backend": "filesystem", "filesystem": {"dir": str(folder / "blocks")}}
        config["blocks_storage"] |= {"tsdb": {"dir": str(folder / "tsdb")}, "bucket_store": {"sync_dir": str(folder / "sync")}}
        config["compactor"]["data_dir"] = str(folder / "compactor")
        config["memberlist"] = {"bind_addr": ["127.0.0.1"], "bind_port": int(free_address().split(":")[1])}
        rings = {"distributor": "ring", "ingester": "ring", "ruler": "ring", "query_scheduler": "ring",
                 "compactor": "sharding_ring", "store_gateway": "sharding_ring", "alertmanager": "sharding_ring"}
        for part, ring in rings.items():
            config.setdefault(part, {}).setdefault(ring, {})["instance_addr"] = "127.0.0.1"
        config["frontend"] = {"address": "127.0.0.1"}
        path = self.stand.folder / "mimir.yml"
        path.write_text(yaml.safe_dump(config))
        self.stand.program("mimir", [MIMIR, f"-config.file={path}"])
        agents = {replica: self.server("agent.yml", "--enable-feature=agent,expand-external-labels", agent=True, replica=replica,
                                       replaced={"receiver.example.org:9090/api/v1/write": f"{web}/api/v1/push"})
                  for replica in "ab"}
        expected = [self.one | {"cluster": "hall-a"}]

        def elected():
            return asked(f"http://{web}/distributor/ha_tracker")["elected"][0]["replica"]

        self.until("one of them is believed", lambda: series(f"http://{web}/prometheus", "upslink_up") == expected)
        first = elected()
        agents[first].program.stop()
        self.until("the other one is", lambda: elected() != first)
        self.until("it goes on", lambda: series(f"http://{web}/prometheus", "time() - timestamp(upslink_up) < 3"))
        self.assertEqual(series(f"http://{web}/prometheus", "upslink_up"), expected)


if __name__ == "__main__":
    stand.main()
