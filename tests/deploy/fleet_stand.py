# SPDX-License-Identifier: Apache-2.0
"""A stand for deploy/prometheus/fleet: a copy of its files in a folder of the test's own, with lists of targets
that the test writes, and Debian's Prometheus started with them."""

import hashlib
import os
import pathlib
import re
import shutil
import sys
import unittest

import prometheus_server
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import stand  # noqa: E402

FLEET = ROOT / "deploy" / "prometheus" / "fleet"


def shard_of(address, count):
    """The number that Prometheus' hashmod gives: the last eight bytes of the MD5 sum, modulo."""
    return int.from_bytes(hashlib.md5(address.encode()).digest()[8:], "big") % count


class FleetCase(unittest.TestCase):
    """The files as they are, but for hosts, ports and how often."""

    def setUp(self):
        self.stand = self.enterContext(stand.Stand())
        self.fleet = self.stand.folder / "prometheus" / "fleet"
        shutil.copytree(FLEET.parent, self.fleet.parent)
        for path in self.fleet.glob("targets/*"):
            path.unlink()

    def until(self, what, condition):
        """Prometheus takes up targets every five seconds, on a machine that may be busy otherwise. A failure says
        what the programs complained of, such as inotify instances that the user has no more of."""
        try:
            return stand.until(what, condition, within=90)
        except stand.Failure as failure:
            said = [f"{program.name}: {line}" for program in self.stand.programs for line in program.log().splitlines()
                    if "level=error" in line or "level=warn" in line]
            raise stand.Failure("\n".join([str(failure), *said[-20:]])) from None

    def list_targets(self, targets):
        """Written as targets/hall-a.yml says: beside it, then renamed."""
        new = self.fleet / "targets" / "new"
        new.write_text(yaml.safe_dump(targets))
        new.rename(self.fleet / "targets" / "all.yml")

    def adapted(self, name, replaced, static=()):
        """A file of the fleet with other texts, intervals of a second, nobody to alert, and, where a job names its
        targets itself, those of `static`."""
        text = re.sub(r"(_interval): \d+[sm]", r"\1: 1s", (self.fleet / name).read_text())
        for old, new in replaced.items():
            self.assertIn(old, text)
            text = text.replace(old, new)
        config = yaml.safe_load(text)
        config.pop("alerting", None)
        for scrape in config["scrape_configs"]:
            if "static_configs" in scrape:
                scrape["static_configs"] = [{"targets": list(static)}]
        return yaml.safe_dump(config)

    def server(self, name, *flags, replica="", agent=False, replaced=None, static=()):
        """A Prometheus with such a file, once it is ready; its folder of storage is in `storage`."""
        label = f"{name.removesuffix('.yml')}{replica}"
        config = self.fleet / f"{label}.started.yml"
        config.write_text(self.adapted(name, replaced or {}, static))
        storage = self.stand.folder / f"{label}.storage"
        command = prometheus_server.command(config, storage, *flags, agent=agent)

        def started():
            """Reading lists takes an inotify instance. Whoever else runs as this user may have them all; then
            Prometheus never reads its lists, so it is started again."""
            program = self.stand.program(label, command, env=dict(os.environ, REPLICA=replica))
            server = prometheus_server.Api(self.until(f"{label} listens", lambda: prometheus_server.address_in(program.log())))
            self.until(f"{label} is ready", server.ready)
            if "file_sd_configs" in config.read_text():
                self.until(f"{label} reads its lists", lambda: server.finds() or "adding file watcher" in program.log())
            if "adding file watcher" in program.log():
                program.stop()
                return None
            server.storage, server.program = storage, program
            return server

        return self.until(f"{label} has an inotify instance", started)
